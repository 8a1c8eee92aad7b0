/**
 * What the control plane needs of the simulation around it: a clock, a calendar, stations, and the views of those
 * who balance calls. `engine/simulate.ts` has all of it; tests use a heap of events.
 */

/** Called at the time that it was scheduled for, with the argument given then. */
export type Handler = (now: number, argument: number) => void;

export interface World {
  /** In whole nanoseconds. */
  readonly now: number;
  readonly views: ViewPort;
  /** Makes a handler known; `schedule` and `work` name it by the number returned. */
  register(handler: Handler): number;
  /** @param argument - a 32-bit integer */
  schedule(at: number, handler: number, argument: number): void;
  /** Does work at a station, beside everybody else there, and then calls the handler. [ns] */
  work(station: number, demand: number, handler: number, argument: number): void;
  /** How long a station's servers have been taken so far, all together. [ns] */
  busyTime(station: number): number;
  /** @param state - 0 for up, else the outcome number of who comes there */
  setPlaceState(place: number, state: number): void;
  /** From now on the viewer knows the groups of this scope; who waited for one of them goes on. */
  setScope(viewer: number, scope: number): void;
  /** How often the program has passed a counter since it was last cleared. */
  counter(index: number): number;
  /** When that first happened since it was last cleared, −1 if it did not. [ns] */
  firstCounted(index: number): number;
  /** The pod that kept it is gone. */
  clearCounter(index: number): void;
  /** Who is told that a job waits for its viewer to know a group. */
  onAsk(handler: (viewer: number, group: number) => void): void;
}

/** Who sees which members of a group: one history for all, and for every viewer the version it has applied. */
export interface ViewPort {
  /** @returns the number of the new version, one more than the last */
  publish(group: number, members: readonly number[]): number;
  apply(viewer: number, version: number): void;
  applyGroup(viewer: number, group: number, version: number): void;
  /** Groups that a viewer may know: 1 for each that it does. @returns its number; 0 is all groups */
  addScope(knows: Uint8Array): number;
}

/** A uniform draw in [0, 1), a function of its address alone: what it is for, and two integers. */
export type Draw = (purpose: string, a: number, b: number) => number;

/** Every purpose that the control plane draws for, so that keys can be made for them. */
export const drawPurposes = [
  'istiod of a proxy',
  'push order',
  'connection age',
  'connection age at the start',
  'reconnect back-off',
  'churn jitter',
  'churn victim',
  'churn choice',
  'churn pause',
  'phase of a controller',
] as const;
