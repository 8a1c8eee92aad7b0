/** Numbers of outcomes, in the order of the names in `measure/replication.ts`; see there for what they mean. */
import { CANCELLED, OK, OVERFLOW, TIMEOUT, UNAVAILABLE } from '../engine/network.ts';
import type { RetryReason } from '../scenario/scenario.ts';

/** What the pods of a cluster are to who comes there, beside 0 for up. */
export const REFUSED = 1;
export const UNREACHABLE = 2;
/** The application's own. */
export const ERROR = 6;
/** The proxy's that has no way to where a call wants to go. */
export const BLOCKED = 8;

export const outcomeNumbers = {
  ok: OK,
  refused: REFUSED,
  unreachable: UNREACHABLE,
  unavailable: UNAVAILABLE,
  overflow: OVERFLOW,
  timeout: TIMEOUT,
  error: ERROR,
  cancelled: CANCELLED,
  blocked: BLOCKED,
} satisfies Record<RetryReason | 'ok' | 'cancelled' | 'blocked', number>;
