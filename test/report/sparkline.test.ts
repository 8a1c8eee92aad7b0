import { expect, test } from 'vitest';
import { LatencyHistogram } from '../../src/engine/histogram.ts';
import { encodeHdr } from '../../src/measure/hdr.ts';
import { sparkline } from '../../src/report/sparkline.ts';

function sparkOf(values: readonly number[]) {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return sparkline(encodeHdr(histogram.sparse()));
}

test('two humps are seen as two, the fuller one higher', () => {
  const low = Array.from({ length: 900 }, (_, i) => 1e6 + 100 * i);
  const high = Array.from({ length: 100 }, (_, i) => 50e6 + 10_000 * i);
  const spark = sparkOf([...low, ...high]);
  expect(spark?.line).toMatch(/^[█▇▆]+ +[▁▂▃]+$/);
  expect(spark?.from).toBeCloseTo(1e6, -4);
});

test('equal times on a logarithmic axis make an even line', () => {
  const values = Array.from({ length: 5000 }, (_, i) => Math.round(1e6 * 10 ** (i / 2500)));
  expect(sparkOf(values)?.line).toMatch(/^[▆▇█]+$/);
});

test('of no values, or a single one, there is no line', () => {
  expect(sparkOf([])).toBeNull();
  expect(sparkOf([5e6, 5e6])).toBeNull();
});
