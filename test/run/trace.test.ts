/** The life of a request, from a scenario whose every time is known or bounded. */
import { describe, expect, test } from 'vitest';
import type { Life, Span } from '../../src/measure/life.ts';
import { renderLife } from '../../src/report/life.ts';
import { traceRequest } from '../../src/run/trace.ts';
import { shopTask } from './shop.ts';

const MS = 1e6;
const life = traced(shopTask(), 17);

function traced(task: ReturnType<typeof shopTask>, request: number): Life {
  const found = traceRequest(task, request);
  if (found === null) throw new Error(`request ${request} did not come`);
  return found;
}

function spansOf({ spans }: Life, kind: Span['kind'], what?: string): readonly Span[] {
  return spans.filter((span) => span.kind === kind && (what ?? span.what) === span.what);
}

describe('the life of a request', () => {
  test('is one tree: a call from outside, and everything else within', () => {
    const roots = life.spans.filter(({ parent }) => parent < 0);
    expect(roots).toMatchObject([
      { kind: 'call', service: 'users', what: 'shop/front', start: life.arrival, end: life.end },
    ]);
    life.spans.forEach(({ parent }, index) => {
      expect(parent).toBeLessThan(index);
    });
  });

  test('begins every span within its parent, and ends it there unless its caller gave up', () => {
    for (const span of life.spans) {
      expect(span.end).toBeGreaterThanOrEqual(span.start);
      const parent = life.spans[span.parent];
      if (parent === undefined) continue;
      expect(span.start).toBeGreaterThanOrEqual(parent.start);
      const isOrphan = lineOf(life, span).some(({ what }) => what === 'shop/slow');
      if (!isOrphan) expect(span.end).toBeLessThanOrEqual(parent.end);
    }
  });

  test('leaves no gap in a call whose work is done one after the other', () => {
    const cart = life.spans.findLastIndex(
      ({ kind, what }) => kind === 'call' && what === 'shop/cart',
    );
    const within = life.spans.filter((span) => lineOf(life, span).includes(life.spans[cart]));
    const leaves = within.filter(({ kind }) => kind !== 'serve');
    const taken = leaves.reduce((sum, { start, end }) => sum + end - start, 0);
    expect(leaves.length).toBeGreaterThan(6);
    expect(taken).toBe(life.spans[cart].end - life.spans[cart].start);
  });

  test('has the work that the scenario asks for, where it asks for it', () => {
    const [front] = spansOf(life, 'work', 'work').filter(({ service }) => service === 'shop/front');
    expect(front.end - front.start - front.waited).toBe(1 * MS);
    expect(front.where).toBe('shop/front-v1-0');
    expect(spansOf(life, 'sleep').map(({ start, end }) => end - start)).toEqual([3 * MS]);
    expect(spansOf(life, 'serve').map(({ service }) => service)).toEqual(
      expect.arrayContaining(['shop/front', 'shop/cart', 'shop/slow']),
    );
  });

  test('knows what a visit asked for, so that nothing waits where nobody else is', () => {
    const lives = [11, 12, 13, 14, 15].map((request) => traced(shopTask(), request));
    const work = lives
      .flatMap((one) => spansOf(one, 'work', 'work'))
      .filter(({ service }) => service === 'shop/cart');
    expect(work).toHaveLength(10);
    expect(new Set(work.map(({ start, end }) => end - start)).size).toBe(10);
    expect(work.filter(({ waited }) => waited > 0)).toEqual([]);
  });

  test('is on the wire only while nobody serves it', () => {
    const wires = spansOf(life, 'wire');
    expect(wires.length).toBeGreaterThan(8);
    for (const { parent } of wires) expect(life.spans[parent].kind).toBe('call');
    for (const serve of spansOf(life, 'serve')) expect(serve.end).toBeGreaterThan(serve.start);
  });

  test('crosses a sidecar at both ends of a call inside the mesh, on both ways', () => {
    const [cart] = spansOf(life, 'call', 'shop/cart');
    const crossings = life.spans.filter(
      (span) => span.kind === 'crossing' && lineOf(life, span).includes(cart),
    );
    const ways = crossings.map(({ where, what }) => `${where.split(' of ')[0]} ${what}`);
    expect(ways).toEqual([
      'sidecar crossing request',
      'sidecar crossing request',
      'sidecar crossing answer',
      'sidecar crossing answer',
    ]);
  });

  test('shows a deadline that passed, the retry after a back-off, and the work that burnt on', () => {
    const [slow] = spansOf(life, 'call', 'shop/slow');
    expect(slow.outcome).toBe('timeout');
    expect(slow.end - slow.start).toBeGreaterThanOrEqual(10 * MS);
    const serves = spansOf(life, 'serve').filter(({ service }) => service === 'shop/slow');
    expect(serves).toHaveLength(2);
    expect(serves[0].end - serves[0].start).toBeGreaterThan(8 * MS);
    expect(spansOf(life, 'back-off')).toHaveLength(1);
    expect(life.outcome).toBe('ok');
  });

  test('is the same again, and another for another request or seed', () => {
    expect(traced(shopTask(), 17)).toEqual(life);
    expect(traced(shopTask(), 18).end).not.toBe(life.end);
    expect(traced(shopTask(['seed=2']), 17).end).not.toBe(life.end);
  });

  test('has no proxies without a mesh', () => {
    const bare = traced(shopTask(['mesh.mode=none', 'load[0].mesh=none']), 17);
    expect(spansOf(bare, 'crossing')).toEqual([]);
    expect(spansOf(bare, 'wire').length).toBeGreaterThan(0);
  });

  test('of an ambient mesh passes ztunnels and the waypoint', () => {
    const ambient = traced(shopTask(['mesh.mode=ambient-waypoint']), 17);
    const where = new Set(spansOf(ambient, 'crossing').map((span) => span.where));
    expect(where).toContain('waypoint of shop');
    expect([...where].some((name) => /^ztunnel on host [01]$/.test(name))).toBe(true);
  });

  test('is null for a request that does not come', () => {
    expect(traceRequest(shopTask(), 100_000)).toBeNull();
  });
});

describe('as text', () => {
  test('a life is a line a span, indented by depth, in the order of time', () => {
    const lines = renderLife(life).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^request 17 of "users": arrived at \d+ ms, ok after [.\d]+ ms$/);
    const rows = lines.slice(3);
    expect(rows).toHaveLength(life.spans.length);
    expect(rows[0]).toMatch(/ 0\.000 +\d+\.\d{3} +users → shop\/front$/);
    const slow = rows.filter((row) => row.includes('shop/front → shop/slow'));
    expect(slow).toEqual([expect.stringMatching(/ {4}shop\/front → shop\/slow {2}\(timeout\)$/)]);
  });
});

/** A span's parent, the parent's parent, and so on. */
function lineOf({ spans }: Life, span: Span): readonly Span[] {
  const parent = spans[span.parent];
  return parent === undefined ? [] : [parent, ...lineOf({ spans } as Life, parent)];
}
