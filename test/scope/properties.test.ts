/** What holds of every config mode that learns, whatever happens in whatever order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConfigMode } from '../../src/scope/config-mode.ts';
import { controllerOf, strategies } from '../../src/scope/strategies.ts';
import type { Dependency, ScopeEvent, Site } from '../../src/scope/strategy.ts';
import { type Driven, drive, httpService, S } from './drive.ts';

const { slime, lazyxds, datm } = strategies;
const asmAdaptive = strategies['asm-adaptive'];
const modes: readonly [name: string, mode: ConfigMode, settled: number][] = [
  ['lazyxds', { mode: 'lazyxds', ...lazyxds.defaults }, 1],
  ['asm-adaptive', { mode: 'asm-adaptive', ...asmAdaptive.defaults }, 1],
  ['slime, access log', { mode: 'slime', ...slime.defaults, source: 'accesslog' }, 11],
  ['slime, Prometheus', { mode: 'slime', ...slime.defaults, source: 'prometheus' }, 25],
  ['datm, poll', { mode: 'datm', ...datm.defaults, detect: 'poll' }, 25],
  ['datm, rule', { mode: 'datm', ...datm.defaults, detect: 'rule' }, 75],
  ['datm, Alertmanager', { mode: 'datm', ...datm.defaults, detect: 'alertmanager' }, 105],
];

const RUNS = { numRuns: 100, seed: 20_301 };
const COUNT = 6;
/** Five HTTP services and one of TCP in two namespaces; the first four are under the mode. */
const site: Site = {
  services: Array.from({ length: COUNT }, (_, s) => ({
    ...httpService(`s${s}`, s % 2 === 0 ? 'even' : 'odd'),
    isTcp: s === COUNT - 1,
  })),
  own: [0, 1, 2, 3],
};

type Happening =
  | { readonly what: 'call'; readonly pair: Dependency }
  | { readonly what: 'tell'; readonly event: ScopeEvent }
  | { readonly what: 'pods'; readonly service: number };

const service = fc.nat(COUNT - 1);
const pair = fc.record({ source: fc.nat(3), destination: service });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: pair.map((one) => ({ what: 'call' as const, pair: one })) },
  {
    weight: 1,
    arbitrary: fc.record({ service, exists: fc.boolean() }).map((one) => ({
      what: 'tell' as const,
      event: { kind: 'service' as const, ...one },
    })),
  },
  { weight: 1, arbitrary: service.map((one) => ({ what: 'pods' as const, service: one })) },
  {
    weight: 1,
    arbitrary: fc.constant({ what: 'tell' as const, event: { kind: 'restart' as const } }),
  },
);
const history = fc.array(fc.record({ after: fc.integer({ min: 1, max: 40 }), happening }), {
  maxLength: 40,
});
const phase = fc.integer({ min: 0, max: 999 }).map((n) => n / 1000);

function happen(driven: Driven, at: number, { ...one }: Happening): void {
  if (one.what === 'call') driven.call(at, one.pair.source, one.pair.destination);
  else if (one.what === 'pods') driven.restartPods(at, one.service);
  else driven.tell(at, one.event);
}

describe.each(modes)('%s', (_, mode, settled) => {
  test('writes Sidecars only for its own, of services that are there', () => {
    fc.assert(
      fc.property(history, phase, phase, (events, p, q) => {
        const driven = drive(controllerOf(mode), site, [p, q]);
        let end = 0;
        const changes: { at: number; service: number; exists: boolean }[] = [];
        for (const { after, happening: one } of events) {
          end += after * S;
          happen(driven, end, one);
          if (one.what === 'tell' && one.event.kind === 'service') {
            changes.push({ at: end, ...one.event });
          }
        }
        driven.run(end + 200 * S);
        /** Just before, or just after what happened at that time. */
        const exists = (of: number, at: number) => {
          const before = changes.findLast((one) => one.service === of && one.at < at);
          const after = changes.findLast((one) => one.service === of && one.at <= at);
          return (before?.exists ?? true) || (after?.exists ?? true);
        };
        for (const { at, effect } of driven.done) {
          if (effect.kind !== 'sidecar') continue;
          if (effect.service !== null) {
            expect(site.own).toContain(effect.service);
            if (effect.hosts !== null) expect(exists(effect.service, at)).toBe(true);
          }
          for (const host of effect.hosts ?? []) {
            const named = site.services.findIndex((s) => host === `${s.namespace}/${s.name}`);
            if (named >= 0) expect(exists(named, at), `${host} at ${at / S} s`).toBe(true);
          }
        }
      }),
      RUNS,
    );
  });

  test('comes to the same in whatever order the calls of one batch are told', () => {
    const calls = fc.array(pair, { minLength: 1, maxLength: 12 });
    const shuffled = calls.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([one, other]) => {
        const outcome = (batch: readonly Dependency[]) => {
          const driven = drive(controllerOf(mode), site, [0.3, 0.7]);
          for (const { source, destination } of batch) driven.call(50 * S, source, destination);
          driven.run(400 * S);
          return driven.done;
        };
        expect(outcome(other)).toEqual(outcome(one));
      }),
      RUNS,
    );
  });

  test('knows each HTTP destination that is called regularly, once it has settled', () => {
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 6 }), phase, phase, (pairs, p, q) => {
        const driven = drive(controllerOf(mode), site, [p, q]);
        for (let at = 50; at < 400; at += 5)
          for (const { source, destination } of pairs) driven.call(at * S, source, destination);
        for (let until = 50 + settled; until < 400; until += 5) {
          driven.run(until * S + 1);
          for (const { source, destination } of pairs) {
            const { namespace, name, isTcp } = site.services[destination];
            if (isTcp) continue;
            expect(driven.hostsOf(source)).toContain(`${namespace}/${name}`);
          }
        }
      }),
      { ...RUNS, numRuns: 30 },
    );
  });
});
