import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeProgress } from '../../src/cli/progress.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A stderr that is no terminal. */
function pipe() {
  const written: string[] = [];
  const write = (text: string) => written.push(text);
  return { written, stream: { isTTY: false, write } as unknown as NodeJS.WriteStream };
}

test('where nobody watches there is a line every ten seconds: share, replications, speed, time left', () => {
  const { stream, written } = pipe();
  const progress = makeProgress(stream, 'lines');
  const [first, second] = [{}, {}];
  progress.expect(4);
  progress.at(first, 1, 30e6);
  progress.at(second, 0.6, 18e6);
  vi.advanceTimersByTime(9_999);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(written).toEqual(['40%  1 of 4 replications   4.8 M events/s   15 s left\n']);
  progress.at(second, 1, 30e6);
  vi.advanceTimersByTime(10_000);
  expect(written[1]).toBe('50%  2 of 4 replications   3.0 M events/s   20 s left\n');
  progress.stop();
  vi.advanceTimersByTime(60_000);
  expect(written).toHaveLength(2);
  expect([progress.done, progress.known]).toEqual([2, 4]);
});

test('a quiet run only counts', () => {
  const { stream, written } = pipe();
  const progress = makeProgress(stream, 'none');
  progress.expect(1);
  progress.at({}, 1, 1);
  vi.advanceTimersByTime(60_000);
  progress.stop();
  expect(written).toEqual([]);
  expect([progress.done, progress.known]).toEqual([1, 1]);
});

test('a slow start is told in thousands, and before the first news of a thread there is no speed', () => {
  const { stream, written } = pipe();
  const progress = makeProgress(stream, 'lines');
  progress.expect(1);
  vi.advanceTimersByTime(10_000);
  progress.at({}, 0.5, 40_000);
  vi.advanceTimersByTime(10_000);
  progress.stop();
  expect(written).toEqual([
    '0%  0 of 1 replications\n',
    '50%  0 of 1 replications   2 k events/s   20 s left\n',
  ]);
});
