/** The life of one request: what happened to it, where, and how long each thing took. Plain data, times in ns. */

export type SpanKind =
  /** A call as its caller sees it, all tries and back-offs included. */
  | 'call'
  /** The part of a call that goes by a relay, past the mesh, or is held back, as its caller's proxy sees it. */
  | 'detour'
  /** The called pod at work on it, from arrival to answer. */
  | 'serve'
  /** A message at a proxy, on one of its two ways. */
  | 'crossing'
  | 'wire'
  | 'work'
  | 'sleep'
  /** For a thread of the pod. */
  | 'wait'
  | 'back-off'
  /** Until a host that does not answer is given up. */
  | 'connect';

export interface Span {
  /** Index of the span around it, −1 for none. Parents come before their children. */
  readonly parent: number;
  readonly kind: SpanKind;
  /** The service that it is part of, or the load. */
  readonly service: string;
  /** Pod or proxy where it happens. */
  readonly where: string;
  readonly what: string;
  readonly start: number;
  readonly end: number;
  /** Of a visit: the time that it took beyond the work that was asked for: in line, waking up, or slowed. */
  readonly waited: number;
  /** 'ok', or how it failed. */
  readonly outcome: string;
}

export interface Life {
  readonly load: string;
  readonly request: number;
  readonly seed: string;
  readonly arrival: number;
  readonly end: number;
  readonly outcome: string;
  readonly spans: readonly Span[];
}

/** Indices of spans, grouped; groups and indices in the order of the spans. */
export function indicesBy<Key>(
  spans: readonly Span[],
  keyOf: (span: Span) => Key,
): ReadonlyMap<Key, readonly number[]> {
  const groups = new Map<Key, number[]>();
  spans.forEach((span, index) => {
    const group = groups.get(keyOf(span));
    if (group === undefined) groups.set(keyOf(span), [index]);
    else group.push(index);
  });
  return groups;
}
