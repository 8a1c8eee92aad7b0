/** OTLP/JSON, checked against its specification (opentelemetry-proto, `docs/specification.md` "JSON Protobuf Encoding"). */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { renderOtlp } from '../../src/report/otlp.ts';
import { traceRequest } from '../../src/run/trace.ts';
import { shopTask } from '../run/shop.ts';

const nanos = z.string().regex(/^\d{1,19}$/);
const attribute = z.strictObject({
  key: z.string().min(1),
  value: z.union([
    z.strictObject({ stringValue: z.string() }),
    z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
    z.strictObject({ doubleValue: z.number() }),
    z.strictObject({ boolValue: z.boolean() }),
  ]),
});
const id = (digits: number) => z.string().regex(new RegExp(`^(?!0+$)[0-9a-f]{${digits}}$`));
const span = z.strictObject({
  traceId: id(32),
  spanId: id(16),
  parentSpanId: id(16).optional(),
  name: z.string().min(1),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes: z.array(attribute),
  status: z.strictObject({ code: z.int().min(0).max(2), message: z.string().optional() }),
});
const traces = z.strictObject({
  resourceSpans: z
    .array(
      z.strictObject({
        resource: z.strictObject({ attributes: z.array(attribute).min(1) }),
        scopeSpans: z.array(
          z.strictObject({
            scope: z.strictObject({ name: z.string(), version: z.string() }),
            spans: z.array(span).min(1),
          }),
        ),
      }),
    )
    .min(1),
});

const life = traceRequest(shopTask(), 17);
if (life === null) throw new Error('request 17 did not come');
const traceId = '56d53151abbeaf4f83155caa6c3f018c';
const document = traces.parse(JSON.parse(renderOtlp(life, { traceId, version: '0.1.0' })));
const spans = document.resourceSpans.flatMap(({ scopeSpans }) =>
  scopeSpans.flatMap((scope) => scope.spans),
);

describe('a trace', () => {
  test('has every span once, under the service that it belongs to', () => {
    expect(spans).toHaveLength(life.spans.length);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    const services = document.resourceSpans.map(({ resource }) => resource.attributes[0]);
    expect(services).toEqual(
      [...new Set(life.spans.map(({ service }) => service))].map((stringValue) => ({
        key: 'service.name',
        value: { stringValue },
      })),
    );
  });

  test('is one tree of one trace', () => {
    const ids = new Set(spans.map(({ spanId }) => spanId));
    const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    expect(roots).toHaveLength(1);
    for (const { parentSpanId, traceId: own } of spans) {
      expect(own).toBe(traceId);
      if (parentSpanId !== undefined) expect(ids).toContain(parentSpanId);
    }
  });

  test('has a server span below each client span that was served, times of the simulation, and failures', () => {
    const byId = new Map(spans.map((one) => [one.spanId, one]));
    const servers = spans.filter(({ kind }) => kind === 2);
    expect(servers.length).toBeGreaterThan(3);
    for (const { parentSpanId } of servers) expect(byId.get(parentSpanId ?? '')?.kind).toBe(3);
    const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
    expect(Number(root?.startTimeUnixNano)).toBe(life.arrival);
    expect(Number(root?.endTimeUnixNano)).toBe(life.end);
    expect(spans.filter(({ status }) => status.code === 2).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['call shop/slow']),
    );
  });
});
