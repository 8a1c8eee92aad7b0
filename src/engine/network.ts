/**
 * The queueing network: the engine's only input. Names have become numbers; nothing here knows of a mesh.
 *
 * A *place* is where work can be done (a pod is one). A *role* says which station of a place is meant, so that
 * one program serves every replica: `stationOf[role * placeCount + place]`. A *group* is a set of places that
 * can stand for one another, a *viewer* is who sees which members a group has at the moment.
 */
import type { QuantileTable } from './quantile-table.ts';

/** Where jobs are served. */
export interface Station {
  /**
   * `fifo`: one line, `servers` servers. `pinned`: every connection belongs to one of the servers for life and
   * waits there, as in Envoy. `sharing`: processor sharing by all present, at most one server each.
   */
  readonly discipline: 'fifo' | 'pinned' | 'sharing';
  readonly servers: number;
  /** Visitors present at most, served ones included; more are rejected. Infinity for no bound; `fifo` only. */
  readonly jobsMax: number;
  /** Host whose cores it shares with other stations, or −1: then its servers are its own. Not for `sharing`. */
  readonly host: number;
  /**
   * Extra demand of a visit that finds its server idle: a wake-up; `coldCost` instead once idle for `coldAfter`.
   * Not for `sharing`. [ns]
   */
  readonly wake: {
    readonly cost: number;
    readonly coldAfter: number;
    readonly coldCost: number;
  } | null;
}

/** Things held over several steps, such as worker threads or connections. */
export interface Pool {
  readonly size: number;
  /** Jobs that may wait for one; more are turned away. */
  readonly queueMax: number;
}

/** Outcome numbers the engine itself gives; the network's author may use others, up to 15. */
export const OK = 0;
export const UNAVAILABLE = 3;
export const OVERFLOW = 4;
export const TIMEOUT = 5;
export const CANCELLED = 7;

/** What an attempt does when its body failed. */
export interface Policy {
  /** Retries after the first try. */
  readonly retries: number;
  /** Bit i set: outcome i is retried. */
  readonly retryOn: number;
  /** Back-off before retry n is uniform in [0, min(base · 2^(n−1), max)): Envoy's jittered exponential. [ns] */
  readonly backoffBase: number;
  readonly backoffMax: number;
  /** Deadline of one try, 0 for none. [ns] */
  readonly deadline: number;
  /** Concurrent retries at most, as a share of the calls under way from the same caller, but at least `minimum`. */
  readonly budget: { readonly share: number; readonly minimum: number } | null;
}

/**
 * How a caller chooses among the places it sees. `connection`: by the connection alone (rendezvous hashing), so
 * that a connection stays where it is while its place is in sight, as kube-proxy balances.
 */
export type PickRule = 'leastRequest' | 'roundRobin' | 'random' | 'connection';

/**
 * Who calls whom; counts of calls under way, as one caller's proxy sees them, are kept by edge. Slots are
 * consecutive places. With one caller slot all callers share their counts: a proxy between them keeps them.
 */
export interface Edge {
  readonly callerFirst: number;
  readonly callerSlots: number;
  readonly calleeFirst: number;
  readonly calleeSlots: number;
}

/** A step names others by their index in `steps`, and the frame of a call by its depth in the call tree. */
export type Step =
  /** Chooses the place of frame `depth` from what `viewer` sees, or the viewer of frame `depth − 1` if that is −1. */
  | {
      readonly verb: 'pick';
      readonly depth: number;
      readonly viewer: number;
      readonly group: number;
      readonly rule: PickRule;
      readonly edge: number;
      readonly purpose: number;
      readonly onNone: number;
    }
  /** Is served at the station that the place of frame `depth` has in this role; passes by where it has none. */
  | {
      readonly verb: 'visit';
      readonly depth: number;
      readonly role: number;
      readonly demand: number;
      readonly purpose: number;
      /** Names the connection among those of its request; decides the server of a pinned station. */
      readonly lane: number;
      /** Occupies the server after the job has left it: an index of `demands` and its purpose, or −1 for none. */
      readonly tail: number;
      readonly tailPurpose: number;
    }
  /** Passes time without occupying anything; `near` instead where the places of frames `depth − 1` and `depth` share a host. */
  | {
      readonly verb: 'delay';
      readonly depth: number;
      readonly demand: number;
      readonly near: number;
      readonly purpose: number;
    }
  /** Starts a job at each of `branches` and waits for all of them; the first failure among them is its own. */
  | { readonly verb: 'fork'; readonly depth: number; readonly branches: readonly number[] }
  /** Ends a branch. */
  | { readonly verb: 'join' }
  | {
      readonly verb: 'hold';
      readonly depth: number;
      readonly role: number;
      readonly onReject: number;
    }
  | { readonly verb: 'release'; readonly depth: number; readonly role: number }
  /** Goes to `to` unless a draw falls below `share`. */
  | {
      readonly verb: 'branch';
      readonly unless: 'chance';
      readonly share: number;
      readonly purpose: number;
      readonly to: number;
    }
  /**
   * Goes to `to` unless the place of frame `depth` is up; its state is then the outcome, after `downDelay` of it. `call` is
   * the frame of the call whose try comes to the place here; 0 where it has been there, and is about to leave.
   */
  | {
      readonly verb: 'branch';
      readonly unless: 'up';
      readonly depth: number;
      readonly call: number;
      readonly to: number;
    }
  /** Goes to `to` unless the place of frame `depth` is of this class. */
  | {
      readonly verb: 'branch';
      readonly unless: 'class';
      readonly depth: number;
      readonly class: number;
      readonly to: number;
    }
  /** Goes to `to` unless the viewer of the place of frame `depth` knows the group. */
  | {
      readonly verb: 'branch';
      readonly unless: 'known';
      readonly depth: number;
      readonly group: number;
      readonly to: number;
    }
  /** Goes to `to` unless all is well so far. */
  | { readonly verb: 'branch'; readonly unless: 'ok'; readonly to: number }
  /**
   * Frame `depth` is where frame `depth − 1` is, or so many places further: a place may have a twin, the same pod that
   * looks for others in another name.
   */
  | { readonly verb: 'stay'; readonly depth: number; readonly offset: number }
  /**
   * Waits until the viewer of the place of frame `depth` knows the group; UNAVAILABLE, and on to `to`, when that has
   * taken `timeout`. [ns]
   */
  | {
      readonly verb: 'await';
      readonly depth: number;
      readonly group: number;
      readonly timeout: number;
      readonly to: number;
    }
  /** Counts at `counter`; or, by place of a frame, at the one that is as far behind it as the place is behind `first`. */
  | {
      readonly verb: 'count';
      readonly counter: number;
      readonly by: { readonly depth: number; readonly first: number } | null;
    }
  /** Sets the outcome; with `onlyFailures` only where it was a failure. */
  | { readonly verb: 'outcome'; readonly outcome: number; readonly onlyFailures: boolean }
  /** A jump back closes a loop; every pass draws anew. */
  | { readonly verb: 'jump'; readonly to: number }
  /** Opens a call at frame `depth`; `settle` at `end` closes it, with the same policy and tag. */
  | {
      readonly verb: 'attempt';
      readonly depth: number;
      readonly policy: number;
      readonly purpose: number;
      readonly tag: number;
      readonly end: number;
    }
  | { readonly verb: 'settle'; readonly depth: number; readonly attempt: number }
  /** Ends the request. */
  | { readonly verb: 'leave' };

/** Where jobs come from. */
export interface Source {
  /** First step of its jobs. */
  readonly entry: number;
  /** Place of frame 0: who calls. */
  readonly place: number;
  readonly start: number;
  readonly stop: number;
  /** Connections that its requests spread over. */
  readonly connections: number;
  readonly arrivals: /** Rate per second from `at` on, piecewise constant; the last holds on. `regular`: evenly spaced instead of Poisson. */
    | {
        readonly kind: 'open';
        readonly rates: readonly { readonly at: number; readonly rate: number }[];
        readonly regular: boolean;
      }
    /** Every connection sends, waits for the answer, thinks (an index of `demands`), and sends again; after an answer that took no time, in a millisecond at the soonest. */
    | { readonly kind: 'closed'; readonly think: number };
  /** Purposes of its gaps (or think times), and of the choice of a connection. */
  readonly gapPurpose: number;
  readonly connectionPurpose: number;
}

export interface Network {
  readonly placeCount: number;
  /** By place: 0 is up, anything else the outcome of who comes there. */
  readonly placeState: readonly number[];
  /** By place: what `branch unless class` compares. */
  readonly classOf: readonly number[];
  /** By place: the host that it is on. */
  readonly hostOf: readonly number[];
  /** By place: who looks for others in its name. */
  readonly viewerOf: readonly number[];
  readonly viewerCount: number;
  /** By outcome: how long it takes to notice that a place in this state does not answer. [ns] */
  readonly downDelay: readonly number[];
  readonly stations: readonly Station[];
  /** stationOf[role * placeCount + place], −1 for none. */
  readonly stationOf: Int32Array;
  readonly hosts: readonly { readonly cores: number }[];
  readonly pools: readonly Pool[];
  /** poolOf[role * placeCount + place], −1 for none. */
  readonly poolOf: Int32Array;
  readonly groups: readonly (readonly number[])[];
  readonly edges: readonly Edge[];
  readonly policies: readonly Policy[];
  /** Service times, delays and think times. [ns] */
  readonly demands: readonly QuantileTable[];
  readonly steps: readonly Step[];
  readonly sources: readonly Source[];
  /** Names of everything random, all distinct, and two 32-bit keys for each: keys[2 * purpose], keys[2 * purpose + 1]. */
  readonly purposes: readonly string[];
  readonly keys: Int32Array;
  /** How many kinds of calls are told apart by the tag of their attempt. */
  readonly tagCount: number;
  /** Counters that steps may count at. */
  readonly counterCount: number;
  /** A deadline that passes stops the work below it too; otherwise that work burns on. */
  readonly deadlinesPropagate: boolean;
}
