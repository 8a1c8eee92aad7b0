/** Load balancing: which of the places that a caller sees gets the call. */
import type { Jobs } from './jobs.ts';
import * as L from './layout.ts';
import type { Edge, Network } from './network.ts';
import * as P from './program.ts';
import { mix } from './random.ts';
import * as R from './registers.ts';
import { UnderWay } from './under-way.ts';
import type { Views } from './views.ts';

const { CONNECTION, FRAME_COUNTED, NONE } = L;
const { CONNECTION_RULE, LEAST_REQUEST, ROUND_ROBIN } = P;
const { UNIFORM } = R;

/** Pairs are known by 32-bit integers. */
const PAIRS_MAX = 2 ** 31 - 2;

export class Picker {
  private readonly jobs: Jobs;
  private readonly registers: Float64Array;
  private readonly views: Views;
  /** By place. */
  readonly viewerOf: Int32Array;
  private readonly edges: readonly Edge[];
  /** By edge: where its pairs and its turns begin. */
  private readonly underWayBase: Int32Array;
  private readonly turnBase: Int32Array;
  /** Calls that a caller has at a callee, by base + caller slot * callee slots + callee slot. */
  private readonly underWay: UnderWay;
  /** turn[base + caller slot]: round robin. */
  private readonly turn: Int32Array;

  constructor(network: Network, jobs: Jobs, views: Views, registers: Float64Array) {
    this.registers = registers;
    this.jobs = jobs;
    this.views = views;
    this.viewerOf = Int32Array.from(network.viewerOf);
    this.edges = network.edges;
    this.underWayBase = new Int32Array(network.edges.length);
    this.turnBase = new Int32Array(network.edges.length);
    let pairs = 0;
    let callers = 0;
    const counted = new Set<number>();
    for (const step of network.steps) {
      if (step.verb === 'pick' && step.rule === 'leastRequest') counted.add(step.edge);
    }
    network.edges.forEach((edge, e) => {
      this.underWayBase[e] = pairs;
      this.turnBase[e] = callers;
      if (counted.has(e)) pairs += edge.callerSlots * edge.calleeSlots;
      callers += edge.callerSlots;
    });
    if (pairs > PAIRS_MAX) {
      throw new RangeError(
        `${pairs} pairs of a caller and a callee, expected at most ${PAIRS_MAX}`,
      );
    }
    this.underWay = new UnderWay(pairs);
    this.turn = new Int32Array(callers);
  }

  /**
   * Chooses a place for the call, by the pick whose record begins at `at`. Of the draw in register UNIFORM the integer
   * part after scaling chooses, its fraction chooses again.
   *
   * @returns the place, or NONE if the caller sees none
   */
  pick(job: number, code: Int32Array, at: number): number {
    const { i32 } = this.jobs;
    const caller = i32[job + code[at + 1] - 1];
    const group = code[at + 3];
    const edge = code[at + 5];
    const viewer = code[at + 7] === NONE ? this.viewerOf[caller] : code[at + 7];
    const list = this.views.listFor(group, viewer);
    const count = this.views.countOf(list);
    if (count === 0) return NONE;
    const start = this.views.startOf(list);
    switch (code[at + 4]) {
      case LEAST_REQUEST:
        return this.leastRequest(job + code[at + 2], edge, caller, start, count);
      case ROUND_ROBIN: {
        const slot = this.turnBase[edge] + this.slotOf(edge, caller);
        // Every caller's proxy starts its round at a place of its own, as Envoy's do.
        const turn = (this.turn[slot]++ + mix(slot, edge)) >>> 0;
        return this.views.places[start + (turn % (count >>> 0))];
      }
      case CONNECTION_RULE:
        return this.byConnection(start, count, mix(mix(i32[job + CONNECTION], caller), group));
      default:
        return this.views.places[start + ((this.registers[UNIFORM] * count) | 0)];
    }
  }

  /** Which of an edge's callers this is. */
  private slotOf(edge: number, caller: number): number {
    const { callerFirst, callerSlots } = this.edges[edge];
    return callerSlots === 1 ? 0 : caller - callerFirst;
  }

  /** Power of two choices (Mitzenmacher 2001): two different places at random, the one with fewer calls under way. */
  private leastRequest(
    frame: number,
    edge: number,
    caller: number,
    start: number,
    count: number,
  ): number {
    const scaled = this.registers[UNIFORM] * count;
    const { places } = this.views;
    const { calleeFirst, calleeSlots } = this.edges[edge];
    const base = this.underWayBase[edge] + this.slotOf(edge, caller) * calleeSlots - calleeFirst;
    const first = scaled | 0;
    let place = places[start + first];
    if (count > 1) {
      let second = ((scaled - first) * (count - 1)) | 0;
      if (second >= first) second++;
      const other = places[start + second];
      if (this.underWay.of(base + other) < this.underWay.of(base + place)) place = other;
    }
    this.underWay.add(base + place);
    this.jobs.i32[frame + FRAME_COUNTED] = base + place + 1;
    return place;
  }

  /** Rendezvous hashing (Thaler and Ravishankar 1998): a connection moves only if its place goes. */
  private byConnection(start: number, count: number, connection: number): number {
    const { places } = this.views;
    let best = places[start];
    let most = -1;
    for (let i = start; i < start + count; i++) {
      const weight = mix(connection, places[i]) >>> 0;
      if (weight > most) {
        most = weight;
        best = places[i];
      }
    }
    return best;
  }

  /** The call of this frame is over: it is under way no more. */
  settle(frame: number): void {
    const { i32 } = this.jobs;
    const counted = i32[frame + FRAME_COUNTED];
    if (counted === 0) return;
    this.underWay.remove(counted - 1);
    i32[frame + FRAME_COUNTED] = 0;
  }
}
