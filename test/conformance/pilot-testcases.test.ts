/**
 * The published cases of istiod's timing (pilot-testcases.json of the data folder), exactly: debouncer, queue and
 * throttle, end to end, connect limit, upstream's unit tests, buckets. Types and counts have files of their own.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConnectLimit } from '../../src/controlplane/connect.ts';
import { Connections } from '../../src/controlplane/connections.ts';
import { createControlPlane } from '../../src/controlplane/control-plane.ts';
import { Histogram } from '../../src/controlplane/metrics.ts';
import { PushQueue } from '../../src/controlplane/push-queue.ts';
import { fakeWorld } from '../controlplane/fake-world.ts';
import { costs, drawOf, fleetOf, MS, S, settings } from '../controlplane/fleets.ts';
import { debounce, dispatching, every } from '../controlplane/pipeline.ts';

interface Case<Input, Expected> {
  readonly id: string;
  readonly group: string;
  readonly input: Input;
  readonly expected: Expected;
  readonly cases: readonly {
    readonly name: string;
    readonly ops?: readonly string[];
    readonly expected: unknown;
  }[];
}

const folder = process.env['MESHSIM_DATA'];
const file = join(folder ?? '', 'control-plane/pilot-testcases.json');
const isThere = folder !== undefined && existsSync(file);
const all: readonly Case<never, never>[] = isThere
  ? (JSON.parse(readFileSync(file, 'utf8')) as { tests: Case<never, never>[] }).tests
  : [];

/** The cases of a group, or one that says why there are none. */
function conformance<Input, Expected>(
  group: string,
  check: (one: Case<Input, Expected>) => void,
): void {
  const cases = all.filter((one) => one.group === group) as unknown as Case<Input, Expected>[];
  if (!isThere) {
    test.skip(`${group} (skipped: MESHSIM_DATA names no folder with control-plane/pilot-testcases.json)`, () => {});
    return;
  }
  test(`there are cases of ${group}`, () => expect(cases.length).toBeGreaterThan(0));
  for (const one of cases) test(`${group}/${one.id}`, () => check(one));
}

describe('the published cases of the debouncer', () => {
  interface Input {
    readonly debounce_after_ms: number;
    readonly debounce_max_ms: number;
    readonly eds_debounce: boolean;
    readonly push_fn_ms: number;
    readonly events:
      | readonly { readonly t: number; readonly endpoints_only?: boolean }[]
      | { readonly from: number; readonly step: number; readonly to: number };
  }
  interface Expected {
    readonly pushes: readonly unknown[];
    readonly pushes_truncated: boolean;
    readonly immediate_pushes: readonly number[];
  }
  conformance<Input, Expected>('debounce', ({ input, expected }) => {
    const events =
      'from' in input.events
        ? every(input.events.step, input.events.to, input.events.from)
        : input.events.map(({ t, endpoints_only }) => ({
            t,
            endpointsOnly: endpoints_only === true,
          }));
    const { pushes, immediate } = debounce({
      after: input.debounce_after_ms,
      max: input.debounce_max_ms,
      endpoints: input.eds_debounce,
      pushTakes: input.push_fn_ms,
      events,
    });
    const shown = pushes.map((push) => ({
      push_at: push.at,
      merged_events: push.events,
      first_event: push.first,
      push_fn_returns: push.returns,
      pilot_debounce_time_ms: push.returns - push.first,
    }));
    const counted = expected.pushes_truncated ? shown.slice(0, expected.pushes.length) : shown;
    expect(counted).toEqual(expected.pushes);
    expect(immediate).toEqual(expected.immediate_pushes);
  });
});

/** `p0..p999`, or a list of names; connections are their places among all names. */
function connectionsOf(names: string | readonly string[]): readonly string[] {
  if (typeof names !== 'string') return names;
  const [from, to] = names.split('..').map((name) => Number(name.slice(1)));
  return Array.from({ length: to - from + 1 }, (_, i) => `p${from + i}`);
}

describe('the published cases of the push queue', () => {
  interface Input {
    readonly throttle: number;
    readonly service_ms: number;
    readonly enqueue: readonly {
      readonly t: number;
      readonly conns: string | readonly string[];
      readonly id: number;
    }[];
    readonly connection_busy_until?: Readonly<Record<string, number>>;
  }
  conformance<Input, Readonly<Record<string, unknown>>>('queue', ({ input, expected }) => {
    const names = [...new Set(input.enqueue.flatMap(({ conns }) => connectionsOf(conns)))];
    const { world, log, enqueue, busy } = dispatching(
      names.length,
      input.throttle,
      input.service_ms,
    );
    for (const [name, until] of Object.entries(input.connection_busy_until ?? {})) {
      busy(0, names.indexOf(name), until);
    }
    for (const { t, conns, id } of input.enqueue) {
      enqueue(
        t,
        connectionsOf(conns).map((name) => names.indexOf(name)),
        id,
      );
    }
    world.run();
    if (Array.isArray(expected['pushes'])) {
      const shown = log.map(({ con, first, last, queueTime, done, convergence }) => ({
        con: names[con],
        merged: input.enqueue.map(({ id }) => id).filter((id) => first <= id && id <= last),
        queue_time: queueTime,
        done,
        convergence,
      }));
      expect(shown).toEqual(expected['pushes']);
      return;
    }
    const times = log.map(({ convergence }) => convergence).sort((a, b) => a - b);
    expect({
      pushes: log.length,
      last_done: Math.max(...log.map(({ done }) => done)),
      convergence_p50: times[Math.ceil(times.length / 2) - 1],
      convergence_mean: times.reduce((sum, time) => sum + time, 0) / times.length,
      convergence_max: times.at(-1),
      queue_time_max: Math.max(...log.map(({ queueTime }) => queueTime)),
    }).toEqual(expected);
  });
});

describe('the published case from an event to its last push', () => {
  interface Input {
    readonly debounce_after_ms: number;
    readonly debounce_max_ms: number;
    readonly events: readonly { readonly t: number }[];
    readonly pushcontext_init_ms: number;
    readonly throttle: number;
    readonly proxies: number;
    readonly service_ms: number;
  }
  interface Wave {
    readonly count: number;
    readonly queue_time: number;
    readonly convergence: number;
    readonly done: number;
  }
  interface Expected {
    readonly request_start: number;
    readonly pilot_debounce_time_ms: number;
    readonly pilot_pushcontext_init_ms: number;
    readonly first_wave: Wave;
    readonly second_wave: Wave;
    readonly event_to_last_send_ms: number;
  }
  // A whole control plane: costs are set so that a context takes what the case says, and so does the push of a listener.
  conformance<Input, Expected>('end_to_end', ({ input, expected }) => {
    const shape = { services: 1, replicas: input.proxies, spares: 0, istiods: 1 };
    const zero = Object.fromEntries(Object.keys(costs.cpu).map((key) => [key, 0])) as unknown;
    const cpu = {
      ...(zero as typeof costs.cpu),
      gcFactor: 1,
      ldsBase: input.service_ms * MS,
      scopePerService: input.pushcontext_init_ms * MS,
    };
    const base = fleetOf(shape);
    const fleet = { ...base, costs: { ...costs, cpu, network: { ...costs.network, watchLag: 0 } } };
    // A station that serves all at once stands for cores enough for the throttle.
    const world = fakeWorld([[]], fleet.slots.length);
    const churn = input.events.map(({ t }) => ({
      kind: 'config' as const,
      resource: 'VirtualService' as const,
      namespace: 'shop',
      service: null,
      at: t * MS + S,
      every: null,
      jitter: 0,
      until: null,
    }));
    const control = createControlPlane(
      world,
      fleet,
      {
        ...settings,
        debounceAfter: input.debounce_after_ms * MS,
        debounceMax: input.debounce_max_ms * MS,
        pushThrottle: input.throttle,
      },
      churn,
      drawOf(1),
    );
    control.start();
    world.run(100 * S);
    const { metrics } = control.measure();
    const sumOf = (name: string) => metrics.find((one) => one.name === name)!.sum * 1000;
    const waves = [expected.first_wave, expected.second_wave];
    const total = (of: (wave: Wave) => number) =>
      waves.reduce((sum, wave) => sum + wave.count * of(wave), 0);
    expect(sumOf('pilot_debounce_time')).toBeCloseTo(expected.pilot_debounce_time_ms, 6);
    expect(sumOf('pilot_pushcontext_init_seconds')).toBeCloseTo(
      expected.pilot_pushcontext_init_ms,
      6,
    );
    expect(sumOf('pilot_proxy_queue_time')).toBeCloseTo(
      total((wave) => wave.queue_time),
      6,
    );
    expect(sumOf('pilot_proxy_convergence_time')).toBeCloseTo(
      total((wave) => wave.convergence),
      6,
    );
    const { proxyConvergence, sentConvergence } = control.tally;
    expect(proxyConvergence.count).toBe(input.proxies);
    expect(proxyConvergence.min).toBe(expected.first_wave.convergence * MS);
    expect(proxyConvergence.max).toBe(expected.second_wave.convergence * MS);
    expect(sentConvergence.min).toBe(expected.first_wave.done * MS);
    expect(sentConvergence.max).toBe(expected.event_to_last_send_ms * MS);
  });
});

describe('the published cases of the connect limit', () => {
  interface Input {
    readonly limit_per_s: number;
    readonly connect_at: string;
  }
  interface Expected {
    readonly accepted: number;
    readonly rejected_immediately: number;
  }
  conformance<Input, Expected>('rate_limit', ({ input, expected }) => {
    const limit = new ConnectLimit(input.limit_per_s);
    const answers = Array.from({ length: Number.parseInt(input.connect_at, 10) }, () =>
      limit.accept(0),
    );
    const accepted = answers.filter((at) => at >= 0);
    expect(accepted).toHaveLength(expected.accepted);
    expect(answers.length - accepted.length).toBe(expected.rejected_immediately);
    expect(accepted).toEqual(accepted.map((_, i) => Math.round((i * 1e9) / input.limit_per_s)));
  });
});

describe("upstream's tests of the push queue", () => {
  /** Does what `enqueue p0 {start:0,configs:[A]}`, `dequeue`, `dequeue x2` and `markdone p0` say. */
  function operate(ops: readonly string[]) {
    const connections = new Connections();
    const cons = [connections.add(0), connections.add(1)];
    const queue = new PushQueue(connections);
    const out: { con: number; first: number; last: number; start: number }[] = [];
    let pushes = 0;
    let isBlocked = 0;
    const dequeue = () => {
      const con = queue.dequeue();
      if (con < 0) {
        isBlocked++;
        return;
      }
      const range = { first: 0, last: 0, forced: false, start: 0 };
      queue.take(con, range);
      out.push({ con, ...range });
    };
    for (const op of ops) {
      const [verb, who = '', what = ''] = op.split(' ');
      const con = cons[Number(who.slice(1))];
      if (verb === 'enqueue')
        queue.enqueue(con, pushes++, Number(/start:(\d+)/.exec(what)?.[1] ?? 0));
      else if (verb === 'markdone') queue.markDone(con);
      else for (let n = who === 'x2' ? 2 : 1; n > 0; n--) dequeue();
    }
    return { out, isBlocked, pending: queue.pending };
  }
  conformance<never, never>('push_queue_upstream', ({ id, cases }) => {
    for (const { name, ops, expected } of cases) {
      if (id === 'U8') {
        const often = name.includes('100 times') ? 100 : 1;
        const { cons, world, log, enqueue } = dispatching(5, 2, 10);
        for (let n = 0; n < often; n++) enqueue(n, cons, n);
        world.run();
        for (const con of cons) {
          const pushes = log.filter((push) => push.con === con).length;
          expect(pushes, name).toBeGreaterThanOrEqual(1);
          expect(pushes, name).toBeLessThanOrEqual(often);
        }
        continue;
      }
      const { out, isBlocked, pending } = operate(ops ?? []);
      const wanted = expected as readonly string[];
      if (/^\d+$/.test(wanted[0])) {
        expect(pending, name).toBe(Number(wanted[0]));
        continue;
      }
      const names = wanted.filter((one) => one.startsWith('p'));
      expect(
        out.map(({ con }) => `p${con}`),
        name,
      ).toEqual(names.map((one) => one.slice(0, 2)));
      expect(isBlocked, name).toBe(wanted.filter((one) => one.startsWith('blocks')).length);
      const last = out.at(-1)!;
      if (names.at(-1)!.includes('both merged'))
        expect([last.first, last.last], name).toEqual([1, 2]);
      if (names.at(-1)!.includes('configs:[A,B]')) {
        expect(last, name).toMatchObject({ first: 0, last: 1, start: 0 });
      }
    }
  });
});

describe('the published case of histogram buckets', () => {
  interface Input {
    readonly bounds: readonly number[];
    readonly samples_s: readonly number[];
  }
  interface Expected {
    readonly cumulative: Readonly<Record<string, number>>;
    readonly count: number;
    readonly sum: number;
  }
  conformance<Input, Expected>('metrics', ({ input, expected }) => {
    const buckets = new Histogram(input.bounds);
    for (const sample of input.samples_s) buckets.observe(sample);
    const counts = [...buckets.counts];
    const upTo = (b: number) => counts.slice(0, b + 1).reduce((sum, count) => sum + count, 0);
    const cumulative = counts.map((_, b) => [String(buckets.bounds[b] ?? '+Inf'), upTo(b)]);
    expect(Object.fromEntries(cumulative)).toEqual(expected.cumulative);
    expect(upTo(counts.length)).toBe(expected.count);
    expect(buckets.sum).toBeCloseTo(expected.sum, 9);
  });
});
