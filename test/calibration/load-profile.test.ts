/** Profiles are read strictly: all that is wrong with one is told, each with its place. */
import { describe, expect, it, test } from 'vitest';
import { loadProfile } from '../../src/calibration/load-profile.ts';
import { ProblemsError } from '../../src/problems.ts';
import { file, profile, text } from './default-profile.ts';

/** `line:column path: message; help` of every problem. */
function problemsIn(written: string): string[] {
  try {
    loadProfile({ file, text: written });
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return error.problems.map(({ line, column, path, message, help }) => {
      return `${line}:${column} ${path}: ${help === '' ? message : `${message}; ${help}`}`;
    });
  }
  return [];
}

/** The default profile with the first occurrence of something replaced. */
function changed(from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

/** Line of the first occurrence. */
function lineOf(part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length;
}

test('units become nanoseconds, bytes and nanoseconds per byte', () => {
  expect(profile.network.loopback).toBe(19_300);
  expect(profile.controlPlane.envoy.perListener).toBe(2e6);
  expect(profile.controlPlane.bytes.ldsBase).toBe(14_700);
  expect(profile.proxyMemory[2].costs.perCluster).toBe(94 * 1024);
  expect(profile.controlPlane.cpu.perByte).toBe(2);
  expect(profile.network.betweenHosts).toEqual({
    distribution: 'lognormal',
    parameters: { mean: 109_000, cv: 0.3 },
  });
});

test('a delay may be constant', () => {
  const { network } = loadProfile({
    file,
    text: changed('{ lognormal: { mean: 57.8us, cv: 0.3 } }', '40us'),
  });
  expect(network.sameHost).toEqual({ distribution: 'constant', parameters: { value: 40_000 } });
});

describe('is told with its place', () => {
  it.each([
    [
      'a misspelt key',
      'gcFactor',
      'gcFaktor',
      /^\d+:5 controlPlane\.cpu\.gcFaktor: "gcFaktor" is no field here; did you mean "gcFactor"\?$/,
    ],
    [
      'a time without a unit',
      'loopback: 19.3us',
      'loopback: 19.3',
      /^\d+:13 network\.loopback: "19\.3" has no unit; expected a time such as/,
    ],
    [
      'a list for a time',
      'loopback: 19.3us',
      'loopback: [19.3us]',
      /^\d+:13 network\.loopback: found a list; expected a time such as/,
    ],
    [
      'a negative time',
      'loopback: 19.3us',
      'loopback: -1us',
      /^\d+:13 network\.loopback: "-1us" is negative; expected a time/,
    ],
    [
      'a cost per byte that is a time',
      'perByte: 2ns/B',
      'perByte: 2ns',
      /^\d+:14 controlPlane\.cpu\.perByte: "2ns" is no cost per byte; expected one such as "1\.6ns\/B"$/,
    ],
    [
      'a size that is a time',
      'claBase: 60B',
      'claBase: 60us',
      /^\d+:14 controlPlane\.bytes\.claBase: "60us" is no size; expected a size such as/,
    ],
    [
      'a spread of 0',
      'sameHost: { lognormal: { mean: 57.8us, cv: 0.3 } }',
      'sameHost: { lognormal: { mean: 57.8us, cv: 0 } }',
      /^\d+:46 network\.sameHost\.lognormal\.cv: "0" is too small; expected more than 0$/,
    ],
    [
      'no workers',
      'workers: 2',
      'workers: 0',
      /^\d+:14 proxies\.sidecar\.workers: "0" is too small; expected at least 1$/,
    ],
    [
      'a release that YAML takes for a number',
      "from: '1.13'",
      'from: 1.13',
      /^\d+:11 proxyMemory\[1\]\.from: found "1\.13"; expected a release in quotes, such as "1\.8"$/,
    ],
    [
      'a release that is none',
      "from: '1.13'",
      "from: 'old'",
      /^\d+:11 proxyMemory\[1\]\.from: "old" is no version; expected one such as "1\.8"$/,
    ],
    [
      'two entries for one release',
      "from: '1.13'",
      "from: '1.30'",
      /^\d+:\d+ proxyMemory: two entries have the same "from"$/,
    ],
    [
      'an unknown kind of memory',
      'kind: rss',
      'kind: Rss',
      /^\d+:11 proxyMemory\[1\]\.kind: "Rss" is no kind of memory; did you mean "rss"\?$/,
    ],
  ])('%s', (_what, from, to, problem) => {
    const problems = problemsIn(changed(from, to));
    const found = problems.find((each) => problem.test(each));
    expect(found, problems.join('\n')).toBeDefined();
    // The list as a whole begins below its key.
    const line = /same "from"/.test(found ?? '') ? lineOf("  - from: '1.0'") : lineOf(from);
    expect(found).toMatch(new RegExp(`^${line}:`));
  });
});

test('what is missing is told at the key of the map that it is missing from', () => {
  const problems = problemsIn(changed('  loopback: 19.3us\n', ''));
  expect(problems).toEqual([
    `${lineOf('network:')}:1 network.loopback: missing; expected a time such as "250us", "1.5ms" or "1m30s"`,
  ]);
});

test('all problems are told, in the order of the file', () => {
  const broken = changed('loopback: 19.3us', 'loopback: x')
    .replace('gcFactor: 1.25', 'gcFactor: many')
    .replace('workers: 2', 'wrokers: 2')
    .replace('cost: 60.4us', 'cost: dear');
  expect(problemsIn(broken).map((problem) => problem.split(' ')[1])).toEqual([
    'network.loopback:',
    'proxies.sidecar.workers:',
    'proxies.sidecar.wrokers:',
    'proxies.sidecar.wake.cost:',
    'controlPlane.cpu.gcFactor:',
  ]);
});

describe('what is no profile at all is a problem, never a crash', () => {
  const bomb = Array.from({ length: 9 }, (_, i) => {
    const inner = i === 0 ? '1' : `*a${i - 1}`;
    return `a${i}: &a${i} [${Array(9).fill(inner).join(', ')}]`;
  }).join('\n');
  it.each([
    ['an empty file', '', 'the file is empty; expected a profile'],
    ['a list', '- 1', 'found a list; expected a map'],
    ['bytes', '\0\u0001', 'this is no text; expected YAML'],
    ['an open bracket', 'name: [', 'must be sufficiently indented and end with a ]'],
    ['a key twice', 'name: a\nname: b', '"name" stands twice in this map'],
    ['an alias without an anchor', 'name: *none', 'there is no anchor "&none" above this'],
    ['aliases of aliases', bomb, 'aliases are nested so that they stand for more than 1000 values'],
    ['20 000 nested lists', '['.repeat(20_000), 'lists and maps are nested deeper than 64 levels'],
    ['two documents', 'name: a\n---\nname: b', 'a second document starts here; expected one'],
  ])('%s', (_what, written, message) => {
    const problems = problemsIn(written);
    expect(problems).not.toEqual([]);
    expect(problems[0]).toContain(message);
  });
});
