/**
 * Names and settings that producers and workers of a queue have to agree about. The queue of BullMQ has the version of
 * meshsim in its name: a worker never sees points of another version, whose records would be other ones.
 */

/** In front of every key that is ours. */
export const PREFIX = 'meshsim';

/** Of BullMQ, which adds it to the prefix. */
export function queueName(queue: string, meshsim: string): string {
  return `${queue}@${meshsim}`;
}

/** Where a specification stands: compressed JSON, under the SHA-256 of the JSON. */
export function specKey(queue: string, address: string): string {
  return `${PREFIX}:${queue}:spec:${address}`;
}

/** Who serves the queue, of any version: a sorted set by the time they said so last. */
export function workersKey(queue: string): string {
  return `${PREFIX}:${queue}:workers`;
}

/**
 * A worker that dies is missed after its lock has run out and another one has looked: 7 s at most. A point may be
 * begun, and then lost with its worker, three times before it is given up.
 */
export const settings = {
  attempts: 3,
  maxStalledCount: 3,
  /** [ms] */
  lockDuration: 5000,
  stalledInterval: 2000,
  runRetryDelay: 1000,
} as const;

/** Of a specification that no producer looks after any more. [s] */
export const SPEC_KEPT = 86_400;
/** The largest specification that is unpacked. [B] */
export const SPEC_MAX = 512 * 2 ** 20;
