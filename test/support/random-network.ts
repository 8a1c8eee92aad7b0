/**
 * Random networks for fast-check, as plans: data that shrinks well and from which a network is written. Holds and
 * calls nest, so that whatever is taken is given back; sources stop, so that every network comes to rest.
 */
import fc from 'fast-check';
import { gamma } from '../../src/engine/distributions/gamma.ts';
import type { Distribution } from '../../src/engine/distributions.ts';
import type { Network, PickRule, Policy, Pool, Station } from '../../src/engine/network.ts';
import { Draft, exp, fixed, type Label, MS, SECOND } from './network.ts';

/** Times that steps take: of a millisecond or so, some always the same, some none. */
export const times: readonly Distribution[] = [
  fixed(0),
  fixed(MS),
  fixed(0.4 * MS),
  exp(MS),
  exp(3 * MS),
  gamma.of({ mean: MS, cv: 2 }),
];

type Block =
  | { readonly kind: 'visit'; readonly role: number; readonly time: number; readonly tail: number }
  | { readonly kind: 'delay'; readonly time: number }
  | { readonly kind: 'fail'; readonly share: number }
  | { readonly kind: 'loop'; readonly share: number; readonly body: readonly Block[] }
  | { readonly kind: 'hold'; readonly body: readonly Block[] }
  | { readonly kind: 'fork'; readonly bodies: readonly (readonly Block[])[] }
  | {
      readonly kind: 'call';
      readonly policy: Policy;
      readonly rule: PickRule;
      readonly body: readonly Block[];
      /** Frames that a callee takes: with a second one, the call may go by a relay where the caller knows nobody. */
      readonly way: 'direct' | 'relayed' | 'awaited';
    };

interface SourcePlan {
  readonly kind: 'open' | 'regular' | 'closed';
  readonly connections: number;
  /** Open: requests per second. */
  readonly rate: number;
  readonly think: number;
  readonly body: readonly Block[];
}

type Change =
  | { readonly kind: 'state'; readonly place: number; readonly state: number }
  | { readonly kind: 'members'; readonly members: readonly number[] }
  | { readonly kind: 'apply'; readonly viewer: number; readonly lag: number }
  | { readonly kind: 'scope'; readonly viewer: number; readonly knows: boolean };

export interface Plan {
  readonly seed: number;
  readonly stations: readonly (Station & { readonly isEverywhere: boolean })[];
  readonly pools: readonly Pool[];
  readonly sources: readonly SourcePlan[];
  readonly changes: readonly { readonly at: number; readonly change: Change }[];
  readonly deadlinesPropagate: boolean;
}

/** Outcomes that a place that is down, and a step that fails, may have. */
const DOWN = 8;
const HUNG = 9;
const FAILED = 10;
const ANY_FAILURE = 0xfffe;
const STOP = 0.06 * SECOND;
const CALLEES = [1, 2, 3];
const CORES = 2;
/** Every place has a twin, so many further. */
const TWINS = 1 + CALLEES.length;
const TWIN = 1;
/** How long a job waits for its proxy to be told. */
const PATIENCE = 8 * MS;
/** Blocks within blocks. */
const LEVELS = 3;

const time = fc.nat({ max: times.length - 1 });

export const station: fc.Arbitrary<Plan['stations'][number]> = fc
  .record({
    discipline: fc.constantFrom('fifo' as const, 'pinned' as const, 'sharing' as const),
    servers: fc.integer({ min: 1, max: 3 }),
    jobsMax: fc.constantFrom(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1, 4),
    host: fc.constantFrom(-1, -1, 0),
    wake: fc.constantFrom(null, { cost: 0.1 * MS, coldAfter: 2 * MS, coldCost: 0.3 * MS }),
    isEverywhere: fc.boolean(),
  })
  .map((plan) => {
    const isSharing = plan.discipline === 'sharing';
    return {
      ...plan,
      jobsMax: plan.discipline === 'fifo' ? plan.jobsMax : Number.POSITIVE_INFINITY,
      host: isSharing ? -1 : plan.host,
      wake: isSharing ? null : plan.wake,
    };
  });

const pool = fc.record({
  size: fc.integer({ min: 1, max: 3 }),
  queueMax: fc.constantFrom(Number.POSITIVE_INFINITY, 0, 2),
});

const policy: fc.Arbitrary<Policy> = fc.record({
  retries: fc.nat({ max: 2 }),
  retryOn: fc.constantFrom(ANY_FAILURE, 1 << FAILED, 0),
  backoffBase: fc.constantFrom(0, MS),
  backoffMax: fc.constant(2 * MS),
  deadline: fc.constantFrom(0, 1, MS, 4 * MS),
  budget: fc.constantFrom(null, { share: 0.2, minimum: 1 }, { share: 0, minimum: 0 }),
});

const way = fc.constantFrom('direct' as const, 'relayed' as const, 'awaited' as const);

const leaf: fc.Arbitrary<Block> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('visit' as const),
      role: fc.nat({ max: 2 }),
      time,
      tail: fc.constantFrom(-1, -1, 1, 3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delay' as const), time }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('fail' as const),
      share: fc.constantFrom(0.1, 0.5, 1),
    }),
  },
);

const blocksOf = (block: fc.Arbitrary<Block>) => fc.array(block, { minLength: 1, maxLength: 3 });

/** A call needs someone to call, so the deepest level has none. */
function blocks(level: number): fc.Arbitrary<readonly Block[]> {
  if (level === 0) return blocksOf(leaf);
  const body = blocks(level - 1);
  const rule = fc.constantFrom<PickRule>('leastRequest', 'roundRobin', 'random', 'connection');
  return blocksOf(
    fc.oneof(
      { weight: 2, arbitrary: leaf },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('loop' as const),
          share: fc.constantFrom(0.2, 0.5),
          body,
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('hold' as const),
          body,
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('fork' as const),
          bodies: fc.array(body, { maxLength: 3 }),
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('call' as const), policy, rule, body, way }),
      },
    ),
  );
}

const source: fc.Arbitrary<SourcePlan> = fc.record({
  kind: fc.constantFrom('open' as const, 'regular' as const, 'closed' as const),
  connections: fc.integer({ min: 1, max: 5 }),
  rate: fc.constantFrom(100, 500, 1000),
  think: fc.constantFrom(1, 3, 4),
  body: blocks(LEVELS),
});

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constant('state' as const),
    place: fc.constantFrom(...CALLEES),
    state: fc.constantFrom(0, 0, DOWN, HUNG),
  }),
  fc.record({ kind: fc.constant('members' as const), members: fc.subarray(CALLEES) }),
  fc.record({
    kind: fc.constant('apply' as const),
    viewer: fc.nat({ max: 1 }),
    lag: fc.nat({ max: 2 }),
  }),
  fc.record({
    kind: fc.constant('scope' as const),
    viewer: fc.nat({ max: 1 }),
    knows: fc.boolean(),
  }),
);

export const plan: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(),
  stations: fc.array(station, { minLength: 3, maxLength: 3 }),
  pools: fc.array(pool, { minLength: LEVELS, maxLength: LEVELS }),
  sources: fc.array(source, { minLength: 1, maxLength: 2 }),
  changes: fc.array(fc.record({ at: fc.nat({ max: STOP * 1.2 }), change }), { maxLength: 12 }),
  deadlinesPropagate: fc.boolean(),
});

/** The network of a plan; with another seed it has other draws. */
export function networkOf(plan: Plan, seed = plan.seed): Network {
  const draft = new Draft(String(seed));
  const host = draft.host(CORES);
  for (const _ of CALLEES) draft.place({ host, viewer: 1 });
  for (let twin = 0; twin < TWINS; twin++) draft.place({ host, viewer: 1, class: TWIN });
  draft.notice(HUNG, 2 * MS);
  const everywhere = [0, ...CALLEES];
  for (const { isEverywhere, ...station } of plan.stations) {
    draft.station(station, isEverywhere ? everywhere : CALLEES);
  }
  for (const pool of plan.pools) draft.pool(pool, everywhere);
  const group = draft.group(CALLEES);
  draft.counters(1 + CALLEES.length);
  for (const source of plan.sources) {
    const entry = draft.here;
    const end = draft.label();
    new Writer(draft, group).write(source.body, 0, end);
    draft.mark(end);
    draft.leave();
    const options = { entry, stop: STOP, connections: source.connections };
    if (source.kind === 'closed') draft.closed(source.connections, timeOf(source.think), options);
    else draft[source.kind](source.rate, options);
  }
  return draft.finish({ deadlinesPropagate: plan.deadlinesPropagate });
}

const timeOf = (index: number): Distribution => times[index];

class Writer {
  private readonly draft: Draft;
  private readonly group: number;
  /** Pools held around the blocks that are being written. Who takes them in one order cannot deadlock. */
  private held = 0;

  constructor(draft: Draft, group: number) {
    this.draft = draft;
    this.group = group;
  }

  /** @param failed - where what goes wrong leads to, with everything given back that these blocks took */
  write(blocks: readonly Block[], depth: number, failed: Label): void {
    for (const block of blocks) this.writeBlock(block, depth, failed);
  }

  private writeBlock(block: Block, depth: number, failed: Label): void {
    const { draft } = this;
    switch (block.kind) {
      case 'visit': {
        const tail = block.tail < 0 ? {} : { tail: timeOf(block.tail) };
        draft.visit(block.role, timeOf(block.time), { depth, ...tail });
        return;
      }
      case 'delay':
        draft.delay(timeOf(block.time));
        return;
      case 'fail': {
        const fine = draft.label();
        draft.chance(block.share, fine);
        draft.outcome(FAILED);
        draft.jump(failed);
        draft.mark(fine);
        return;
      }
      case 'loop':
        this.writeLoop(block.body, block.share, depth, failed);
        return;
      case 'hold':
        this.writeHold(block.body, depth, failed);
        return;
      case 'fork':
        this.writeFork(block.bodies, depth, failed);
        return;
      case 'call':
        this.writeCall(block, depth + 1, failed);
        return;
    }
  }

  private writeLoop(body: readonly Block[], share: number, depth: number, failed: Label): void {
    const { draft } = this;
    const again = draft.label();
    const done = draft.label();
    draft.mark(again);
    this.write(body, depth, failed);
    draft.chance(share, done);
    draft.jump(again);
    draft.mark(done);
  }

  private writeHold(body: readonly Block[], depth: number, failed: Label): void {
    const { draft } = this;
    const giveBack = draft.label();
    const full = draft.label();
    const role = this.held;
    draft.hold(role, full, depth);
    this.held++;
    this.write(body, depth, giveBack);
    this.held--;
    draft.mark(giveBack);
    draft.release(role, depth);
    draft.mark(full);
    draft.unlessOk(failed);
  }

  private writeFork(bodies: readonly (readonly Block[])[], depth: number, failed: Label): void {
    const { draft } = this;
    draft.fork(
      bodies.map((body) => () => {
        const joined = draft.label();
        this.write(body, depth, joined);
        draft.mark(joined);
      }),
      depth,
    );
    draft.unlessOk(failed);
  }

  private writeCall(call: Extract<Block, { kind: 'call' }>, depth: number, failed: Label): void {
    const { draft, group } = this;
    if (call.way === 'relayed') this.writeRelayed(call, depth);
    else {
      draft.attempt(depth, call.policy, (end) => {
        if (call.way === 'awaited') draft.await(depth - 1, group, PATIENCE, end);
        this.writePick(call.rule, depth, end);
        this.writeCallee(call.body, depth, end);
      });
    }
    draft.unlessOk(failed);
  }

  /** Two ways to one callee, whose steps stand there once: the answer takes the way that the request took. */
  private writeRelayed(
    { policy, rule, body }: Extract<Block, { kind: 'call' }>,
    depth: number,
  ): void {
    const { draft, group } = this;
    const unknown = draft.label();
    const reach = draft.label();
    const home = draft.label();
    const isDirect = draft.label();
    const done = draft.label();
    draft.unlessKnown(depth - 1, group, unknown);
    const direct = draft.openCall(depth, policy);
    draft.stay(depth, 0);
    const last = draft.openCall(depth + 1);
    this.writePick(rule, depth + 1, home);
    draft.jump(reach);
    draft.mark(unknown);
    const relayed = draft.openCall(depth, policy);
    draft.stay(depth, TWINS);
    const beyond = draft.openCall(depth + 1);
    draft.visit(0, timeOf(1), { depth });
    this.writePick('random', depth + 1, home);
    draft.mark(reach);
    this.writeCallee(body, depth + 1, home);
    draft.count(1, { depth: depth + 1, first: CALLEES[0] });
    draft.mark(home);
    draft.unlessClass(depth, TWIN, isDirect);
    draft.count(0);
    draft.settle(beyond);
    draft.settle(relayed);
    draft.jump(done);
    draft.mark(isDirect);
    draft.settle(last);
    draft.settle(direct);
    draft.mark(done);
  }

  private writePick(rule: PickRule, depth: number, none: Label): void {
    const { draft, group } = this;
    const slots = 1 + CALLEES.length;
    const edge = draft.edge({
      callerFirst: 0,
      callerSlots: 2 * slots,
      calleeFirst: 0,
      calleeSlots: slots,
    });
    draft.pick(depth, { group, rule, edge }, none);
  }

  private writeCallee(body: readonly Block[], depth: number, end: Label): void {
    const { draft } = this;
    draft.unlessUp(depth, end);
    this.write(body, depth, end);
    draft.unlessUp(depth, end, 0);
  }
}
