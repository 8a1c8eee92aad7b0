/** Who watches a simulation, or acts in it from outside. */

/** Watches a simulation; all arguments are numbers of the network. */
export interface Observer {
  /** A request has ended, measured or not. */
  leave(source: number, request: number, arrival: number, now: number, outcome: number): void;
}

/** Watches one request step by step. */
export interface Tracer {
  readonly source: number;
  readonly request: number;
  /**
   * A job of the request is about to do a step, with this outcome so far. `place` is that of the step's frame,
   * `salt` the address of its draws beside their purpose and the request.
   */
  step(now: number, job: number, step: number, place: number, outcome: number, salt: number): void;
  /** A deadline has passed: `call` burns on without its caller, who goes on as job `caller`. `attempt`: what opened it. */
  part(now: number, call: number, caller: number, attempt: number): void;
}

/** Called at the time that it was scheduled for, with the argument given then. */
export type Handler = (now: number, argument: number) => void;

export interface SimulationOptions {
  /** Requests that arrive in [from, to) are counted. [ns] */
  readonly from: number;
  readonly to: number;
  readonly observer?: Observer;
  readonly tracer?: Tracer;
}
