/**
 * Properties of the tables of who is pushed what, for random meshes, Sidecars and batches under every release. Types
 * are compared by what they make a proxy be sent; nothing here knows the tables.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { merge, pushKinds, type Request } from '../../src/controlplane/changes.ts';
import { type Extent, type Types, typesFor } from '../../src/controlplane/events.ts';
import { releaseNames } from '../../src/controlplane/releases.ts';
import { service } from './fleets.ts';
import { batchOf, forced, type Table, tableOf } from './tables.ts';

const namespaces = ['istio-system', 'shop', 'pay'];
const services = [0, 1, 2, 3, 4].map((s) => {
  const namespace = 1 + (s % 2);
  return service(`s${s}`, { namespace, id: `${namespaces[namespace]}/s${s}` });
});

const key = fc
  .tuple(fc.constantFrom(...pushKinds), fc.nat(2), fc.integer({ min: -1, max: 4 }))
  .map(([kind, namespace, about]) => {
    const ofService = about < 0 ? namespace : services[about].namespace;
    return batchOf([kind, ofService, about]);
  });
const batch = fc.array(key, { minLength: 1, maxLength: 4 }).map((keys) => keys.reduce(merge));
const hosts = fc.constantFrom<readonly string[]>(['*/*'], ['./*'], ['~/*'], ['shop/*'], ['pay/s1']);
const kind = fc.constantFrom('sidecar', 'gateway', 'waypoint', 'ztunnel');
const mesh = fc.record({
  release: fc.constantFrom(...releaseNames),
  kind,
  own: fc.nat(4),
  ofNamespace: fc.option(hosts),
  ofService: fc.option(hosts),
});

function proxyIn(one: typeof mesh extends fc.Arbitrary<infer Mesh> ? Mesh : never) {
  const table = tableOf(one.release, services, namespaces);
  const { namespace } = services[one.own];
  if (one.ofNamespace !== null) table.scopes.write(namespace, -1, one.ofNamespace);
  if (one.ofService !== null) table.scopes.write(namespace, one.own, one.ofService);
  return { table, who: table.who(namespace, one.own, one.kind) };
}

const extents: readonly Extent[] = ['none', 'part', 'full'];
const isAtLeast = (more: readonly number[], less: readonly number[]) =>
  less.every((s) => more.includes(s));

/** Everything that `less` sends, `more` sends too. */
function covers(more: Types | null, less: Types | null): boolean {
  if (less === null) return true;
  if (more === null) return false;
  const extent = (type: 'cds' | 'eds', services: 'cdsServices' | 'edsServices') => {
    if (more[type] === 'full') return true;
    return (
      extents.indexOf(more[type]) >= extents.indexOf(less[type]) &&
      isAtLeast(more[services], less[services])
    );
  };
  return (
    extent('cds', 'cdsServices') &&
    extent('eds', 'edsServices') &&
    more.lds >= less.lds &&
    more.rds >= less.rds &&
    more.nds >= less.nds &&
    more.secrets >= less.secrets &&
    more.extensions >= less.extensions
  );
}

const typesIn = (
  request: Request,
  { table, who }: { table: Table; who: ReturnType<Table['who']> },
) => typesFor(request, who, table.rules);

describe('for every release, proxy and batch', () => {
  test('a batch with more keys never sends less', () => {
    fc.assert(
      fc.property(mesh, batch, batch, (one, some, others) => {
        const proxy = proxyIn(one);
        const [less, more] = [some, merge(some, others)].map((request) => typesIn(request, proxy));
        expect(covers(more, less)).toBe(true);
        // Of a forced push nobody says which secrets and extensions there are.
        const named = more === null ? null : { ...more, secrets: 0, extensions: 0 };
        expect(covers(typesIn(merge(some, forced), proxy), named)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('the order of keys is of no account', () => {
    fc.assert(
      fc.property(mesh, batch, batch, (one, some, others) => {
        const proxy = proxyIn(one);
        const [a, b] = [merge(some, others), merge(others, some)].map((r) => typesIn(r, proxy));
        expect(covers(a, b) && covers(b, a)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('a sidecar gets nothing of services that it neither sees nor is of', () => {
    fc.assert(
      fc.property(mesh, fc.array(fc.nat(4), { minLength: 1 }), (one, about) => {
        const { table, who } = proxyIn({ ...one, kind: 'sidecar' });
        const unseen = about.filter((s) => !who.scope.includes(s) && s !== one.own);
        fc.pre(unseen.length > 0);
        const ofServices = [
          'Endpoints',
          'ServiceEntry',
          'VirtualService',
          'DestinationRule',
        ] as const;
        const request = unseen
          .map((s, i) => batchOf([ofServices[i % 4], services[s].namespace, s]))
          .reduce(merge);
        expect(typesIn(request, { table, who })).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  test('a part is about services that the proxy sees, and only those', () => {
    fc.assert(
      fc.property(mesh, batch, (one, request) => {
        const { table, who } = proxyIn(one);
        const types = typesIn(request, { table, who });
        const sent = [...(types?.cdsServices ?? []), ...(types?.edsServices ?? [])];
        expect(sent.every((s) => who.scope.includes(s))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('once keys are filtered, what does not concern a proxy changes nothing for it', () => {
    const filtering = releaseNames.slice(releaseNames.indexOf('1.26'));
    fc.assert(
      fc.property(mesh, fc.constantFrom(...filtering), batch, key, (one, release, some, other) => {
        const proxy = proxyIn({ ...one, release });
        fc.pre(typesIn(other, proxy) === null && !some.endpointsOnly);
        const [without, beside] = [some, merge(some, other)].map((r) => typesIn(r, proxy));
        // To 1.30 it may still make a push full that was not, and so an endpoint's key that of its service.
        fc.pre(some.full || !other.full || !proxy.table.rules.release.hasFullFlag);
        expect(covers(beside, without) && covers(without, beside)).toBe(true);
      }),
      { numRuns: 700 },
    );
  });
});
