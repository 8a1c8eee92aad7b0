import { afterEach, describe, expect, test, vi } from 'vitest';
import { hasColour, progressLook, widthOf } from '../../src/cli/terminal.ts';

afterEach(() => vi.unstubAllEnvs());

const terminal = { isTTY: true };
const pipe = { isTTY: false };

describe('there is colour', () => {
  test.each([
    [terminal, true, {}, true],
    [pipe, true, {}, false],
    [terminal, false, { FORCE_COLOR: '1' }, false],
    [terminal, true, { NO_COLOR: '1' }, false],
    [terminal, true, { NO_COLOR: '' }, true],
    [pipe, true, { FORCE_COLOR: '1' }, true],
    [terminal, true, { FORCE_COLOR: '0' }, false],
    [pipe, true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [terminal, true, { TERM: 'dumb' }, false],
  ])('on %o, option %s, with %o: %s', (stream, option, env, expected) => {
    for (const name of ['NO_COLOR', 'FORCE_COLOR']) vi.stubEnv(name, undefined);
    vi.stubEnv('TERM', 'xterm');
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    expect(hasColour(stream, option)).toBe(expected);
  });
});

describe('progress', () => {
  test.each([
    [terminal, true, {}, 'bar'],
    [pipe, true, {}, 'lines'],
    [pipe, true, { FORCE_COLOR: '1' }, 'lines'],
    [terminal, false, {}, 'lines'],
    [terminal, true, { NO_COLOR: '1' }, 'lines'],
    [terminal, true, { NO_COLOR: '' }, 'bar'],
    [terminal, true, { TERM: 'dumb' }, 'lines'],
  ])(
    'on %o, option %s, with %o, moves the cursor only where it may: %s',
    (stream, option, env, look) => {
      vi.stubEnv('NO_COLOR', undefined);
      vi.stubEnv('TERM', 'xterm');
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
      expect(progressLook(stream, option)).toBe(look);
    },
  );
});

test.each([
  [{}, 100],
  [{ columns: 0 }, 100],
  [{ columns: 20 }, 80],
  [{ columns: 95 }, 95],
  [{ columns: 300 }, 110],
])('a terminal of %o gets lines of %i columns', (stream, width) => {
  expect(widthOf(stream)).toBe(width);
});
