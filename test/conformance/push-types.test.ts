/**
 * What a change pushes, by release, against the test cases of the specification (control-plane/pilot-testcases.json,
 * group push_types). Each case is rebuilt from its title; what it expects is read from the file.
 */
import { expect, test } from 'vitest';
import { merge, type Request } from '../../src/controlplane/changes.ts';
import { needsContext } from '../../src/controlplane/context.ts';
import { triggerOf } from '../../src/controlplane/triggers.ts';
import type { Who } from '../../src/controlplane/workloads.ts';
import { service } from '../controlplane/fleets.ts';
import {
  batchFor,
  batchOf,
  forced,
  pushed,
  rescoped,
  type Table,
  tableOf,
} from '../controlplane/tables.ts';
import { describeWithData } from './data.ts';

interface Case {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** Namespace n has a and b, another one has c. */
const namespaces = ['istio-system', 'n', 'elsewhere'];
const [N, ELSEWHERE] = [1, 2];
const services = [
  service('a', { namespace: N, id: 'n/a' }),
  service('b', { namespace: N, id: 'n/b' }),
  service('c', { namespace: ELSEWHERE, id: 'elsewhere/c' }),
];
const [A, B, C] = [0, 1, 2];
const NONE = -1;

/** A batch, and proxies by the name that the case gives them. */
interface Rebuilt {
  readonly request: Request;
  readonly who: Readonly<Record<string, Who>>;
}

/** Sees everything and owns another service. */
const usual = (table: Table) => ({ '': table.who(ELSEWHERE, C) });
const scopedTo = (table: Table, hosts: readonly string[]) => {
  table.scopes.write(ELSEWHERE, C, hosts);
  return table.who(ELSEWHERE, C);
};

const rebuilt: Readonly<Record<string, (table: Table) => Rebuilt>> = {
  T1: (table) => ({ request: endpointOfA(table), who: usual(table) }),
  T2: (table) => ({ request: endpointOfA(table), who: { '': scopedTo(table, ['./*']) } }),
  T3: (table) => ({ request: batchOf(['VirtualService', N, A]), who: usual(table) }),
  T4: (table) => ({
    request: merge(endpointOfA(table), batchOf(['VirtualService', N, A])),
    who: usual(table),
  }),
  T5: (table) => ({ request: batchOf(['DestinationRule', N, A]), who: usual(table) }),
  T6: (table) => ({
    request: batchFor('service', ['ServiceEntry', N, A]),
    who: usual(table),
  }),
  T8(table) {
    const elsewhere = table.who(ELSEWHERE, C);
    // The write adds nothing to what was seen before, but for c.
    table.scopes.write(N, NONE, ['./*']);
    const user = rescoped(table, table.who(N, A), NONE, ['*/*']);
    return { request: batchOf(['Sidecar', N, NONE]), who: { n: user, elsewhere } };
  },
  T9: (table) => ({ request: forced, who: usual(table) }),
  T10: (table) => ({ request: forced, who: usual(table) }),
  T12: (table) => ({
    request: merge(endpointOfA(table), batchOf(['DestinationRule', N, B])),
    who: { '': scopedTo(table, ['n/a']) },
  }),
  T13(table) {
    const inside = table.who(N, A);
    const caller = table.who(ELSEWHERE, C);
    const stranger = scopedTo(table, ['./*']);
    const request = batchOf(['PeerAuthentication', N, NONE]);
    return { request, who: { i: inside, ii: caller, iii: stranger } };
  },
};

function endpointOfA({ rules }: Table): Request {
  const trigger = triggerOf({ kind: 'endpoints', service: A }, services, rules.release);
  const { kind, namespace, service } = trigger!.key!;
  return batchFor(trigger!.reason, [kind, namespace, service]);
}

/** Releases that a column stands for: those from it to the next one. */
const columns: Readonly<Record<string, readonly string[]>> = {
  '1.22-1.25': ['1.22', '1.25'],
  '1.26': ['1.26', '1.29'],
  '1.30': ['1.30'],
  '1.31+': ['1.31'],
};

/** One type as the file has it: `-`, `all`, or what a part is about; by the letters of the services that it names. */
function extent(written: string): string {
  if (written === '-' || /^all\b/.test(written)) return written.split(' ')[0];
  if (/services of n\b/.test(written)) return '[a,b]';
  if (/added\/removed services/.test(written)) return '[c]';
  const named = /^(?:delta: )?(a)\b/.exec(written);
  return named === null ? '[]' : `[${named[1]}]`;
}

/** What is expected, as `pushed` shows it, by proxy; a case may write it as an object, a sentence, or "same". */
function expectations(written: unknown): Readonly<Record<string, string>> {
  if (typeof written === 'string') {
    if (/^no push\b/.test(written)) return { '': 'no push' };
    // What is pushed straight to one proxy is as everything pushed to all.
    if (/^(CDS|Forced)/.test(written)) return { '': sentence(written) };
    return Object.fromEntries(
      written.split('; ').map((part) => {
        const [, who, what] = /^(\w+): (.*)$/.exec(part) ?? [];
        return [who, sentence(what)];
      }),
    );
  }
  const types = written as Readonly<Record<string, unknown>>;
  if (!('CDS' in types)) {
    return Object.fromEntries(
      Object.entries(types).map(([who, of]) => [who, Object.values(expectations(of))[0]]),
    );
  }
  const shown = ['CDS', 'EDS', 'LDS', 'RDS'].map((type) => extent(String(types[type])));
  return { '': shown.join(' ') };
}

/** `CDS all, EDS -, LDS all, RDS all; …` or `CDS, EDS, LDS, RDS all`. */
function sentence(written: string): string {
  if (/^no push\b/.test(written)) return 'no push';
  const types = ['CDS', 'EDS', 'LDS', 'RDS'].map((type) => {
    if (written.includes('CDS, EDS, LDS, RDS all')) return 'all';
    const [, what] = new RegExp(`${type} (.*?) ?(?:, [ELRC]DS|;|$)`).exec(written) ?? [];
    return extent(what);
  });
  return types.join(' ');
}

/** "same" and "as 1.30" refer to the column before. */
function resolved(expected: Case['expected']): readonly (readonly [string, unknown])[] {
  let latest: unknown;
  return Object.entries(expected).map(([column, written]) => {
    if (!/^(same|as )/.test(String(written))) latest = written;
    return [column, latest];
  });
}

describeWithData('pushes of the specification', (read) => {
  const { tests }: { readonly tests: readonly Case[] } = JSON.parse(
    read('control-plane/pilot-testcases.json'),
  );
  const cases = tests.filter(({ group }) => group === 'push_types');
  test.each(cases.map((one) => [one.id, one.title, one] as const))(
    'push_types/%s: %s',
    (id, _, one) => {
      const rebuild = rebuilt[id];
      expect(rebuild, 'the case is not known here').toBeDefined();
      for (const [column, written] of resolved(one.expected)) {
        for (const release of columns[column]) check(rebuild, written, release);
      }
    },
  );
});

function check(rebuild: (table: Table) => Rebuilt, written: unknown, release: string): void {
  const table = tableOf(release, services, namespaces);
  const { request, who } = rebuild(table);
  const shown = Object.fromEntries(
    Object.entries(who).map(([name, proxy]) => [name, pushed(request, proxy, table)]),
  );
  expect(shown, release).toMatchObject(expectations(written));
  const { full, pushctx_init } = (written ?? {}) as Readonly<Record<string, unknown>>;
  if (full !== undefined) expect(request.full).toBe(full);
  if (pushctx_init !== undefined) {
    expect(needsContext(request, table.rules.release)).toBe(pushctx_init);
  }
}
