/**
 * The life of a request as OTLP/JSON (opentelemetry-proto, `trace/v1`, in its JSON encoding: ids in hexadecimal,
 * enums as numbers, 64-bit numbers as text). Jaeger, Tempo and an OpenTelemetry collector read it. The epoch is
 * the beginning of simulated time.
 */
import { indicesBy, type Life, type Span, type SpanKind } from '../measure/life.ts';

/** Of `trace.proto`. */
const INTERNAL = 1;
const SERVER = 2;
const CLIENT = 3;
const OK = 1;
const ERROR = 2;

const kinds: Readonly<Record<SpanKind, number>> = {
  call: CLIENT,
  detour: INTERNAL,
  serve: SERVER,
  crossing: INTERNAL,
  wire: INTERNAL,
  work: INTERNAL,
  sleep: INTERNAL,
  wait: INTERNAL,
  'back-off': INTERNAL,
  connect: INTERNAL,
};

/** @param ids - of the trace, as 32 hexadecimal digits; those of its spans follow from it */
export function renderOtlp(life: Life, { traceId, version }: OtlpOptions): string {
  const byService = indicesBy(life.spans, (span) => span.service);
  const resourceSpans = [...byService].map(([service, indices]) => ({
    resource: { attributes: [text('service.name', service)] },
    scopeSpans: [
      {
        scope: { name: 'meshsim', version },
        spans: indices.map((index) => spanOf(life, index, traceId)),
      },
    ],
  }));
  return `${JSON.stringify({ resourceSpans }, null, 2)}\n`;
}

export interface OtlpOptions {
  /** 32 hexadecimal digits, not all 0. */
  readonly traceId: string;
  /** Of meshsim. */
  readonly version: string;
}

function spanOf({ spans, request, seed }: Life, index: number, traceId: string): object {
  const span = spans[index];
  const parent = span.parent < 0 ? {} : { parentSpanId: spanId(span.parent) };
  const isRoot = span.parent < 0;
  return {
    traceId,
    spanId: spanId(index),
    ...parent,
    name: span.kind === 'call' ? `call ${span.what}` : span.what,
    kind: kinds[span.kind],
    startTimeUnixNano: String(span.start),
    endTimeUnixNano: String(span.end),
    attributes: [
      text('meshsim.where', span.where),
      ...(span.waited > 0 ? [integer('meshsim.waited_ns', span.waited)] : []),
      ...(isRoot ? [integer('meshsim.request', request), text('meshsim.seed', seed)] : []),
    ],
    status: statusOf(span),
  };
}

function statusOf({ outcome }: Span): object {
  return outcome === 'ok' ? { code: OK } : { code: ERROR, message: outcome };
}

/** Not 0, which means none. */
function spanId(index: number): string {
  return (index + 1).toString(16).padStart(16, '0');
}

function text(key: string, value: string): object {
  return { key, value: { stringValue: value } };
}

function integer(key: string, value: number): object {
  return { key, value: { intValue: String(value) } };
}
