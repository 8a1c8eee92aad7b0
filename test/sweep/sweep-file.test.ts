import { describe, expect, it } from 'vitest';
import { ProblemsError, renderProblems } from '../../src/problems.ts';
import { isSweepFile, loadSweepFile } from '../../src/sweep/sweep-file.ts';

const read = (text: string) => loadSweepFile({ file: 's.yml', text });

/** Every problem in a line, without the lines of the file. */
function problems(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return renderProblems(error.problems).trimEnd().split('\n');
  }
  return [];
}

/** The one problem of a file that is right but for these lines. */
const problemOf = (lines: string) => problems(`scenario: x.yml\n${lines}`).join('\n');

describe('a sweep file', () => {
  it('has what the command has as options', () => {
    const sweep = read(`
scenario: ../chain.yml
axes:
  mesh.mode: [none, sidecar]
  load[0].rate: 100/s:300/s:100/s
  load[0].connections: 1..64:log
design: sobol
points: 16
seed: 007
reps: 3
until: 1m30s
set: { measure.window: 2s, topology.hosts: { count: 3 } }
thresholds: ['users: latency.p99 < 25ms']
baseline: false
`);
    expect(sweep).toEqual({
      scenario: '../chain.yml',
      axes: [
        { path: 'mesh.mode', values: ['none', 'sidecar'] },
        { path: 'load[0].rate', values: ['100/s', '200/s', '300/s'] },
        { path: 'load[0].connections', low: 1, high: 64, log: true, unit: '' },
      ],
      design: 'sobol',
      points: 16,
      seed: '7',
      reps: 3,
      until: '1m30s',
      set: { 'measure.window': '2s', 'topology.hosts': { count: 3 } },
      thresholds: ['users: latency.p99 < 25ms'],
      baseline: false,
      find: null,
    });
  });

  it('needs a scenario and an axis, and leaves the rest to the scenario', () => {
    expect(read('scenario: x.yml\naxes: { mesh.mode: sidecar }')).toEqual({
      scenario: 'x.yml',
      axes: [{ path: 'mesh.mode', values: ['sidecar'] }],
      design: 'grid',
      points: null,
      seed: null,
      reps: null,
      until: null,
      set: {},
      thresholds: [],
      baseline: true,
      find: null,
    });
    expect(problems('design: zip')).toEqual([
      's.yml:1:1: scenario: missing; expected text',
      's.yml:1:1: axes: missing; expected a map',
    ]);
    expect(problems('')[0]).toMatch(/^s.yml: the file is empty; expected a sweep with/);
  });

  it('looks along its only axis, which may be an interval', () => {
    const { find, axes } = read('scenario: x.yml\naxes: { a: 1/s..9/s }\nfind: { axis: a }');
    expect(find).toEqual({ axis: 'a', confidence: 0.95 });
    expect(axes).toHaveLength(1);
  });

  it('is told from a scenario, even where it is wrong', () => {
    const isOne = (text: string) => isSweepFile({ file: 's.yml', text });
    expect(isOne('scenario: x.yml\naxes: {}')).toBe(true);
    expect(isOne('scenaro: x.yml\naxes: [1]')).toBe(true);
    expect(isOne('scenario: x.yml\naxis: {}')).toBe(true);
    for (const other of ['topology: {}\nload: []', '', '[axes]', 'axes', 'a: 1\n---\naxes: 1']) {
      expect(isOne(other)).toBe(false);
    }
  });

  it('is refused with all that is wrong with it, each with its place', () => {
    const wrong = `scenaro: chain.yml
axes:
  mesh.mode: [none, [1]]
  load[0: 1,2
  x: 1..2
  y: [.inf]
  measure.reps: [1, 2]
desgin: zip
points: 0
reps: 2
until: 5s 5
baseline: yes
thresholds: ['latency.p9 < 3ms', 3]
set: { a: { b: .nan }, x: 1 }`;
    expect(problems(wrong)).toEqual([
      's.yml:1:1: scenario: missing; expected text',
      's.yml:1:1: scenaro: "scenaro" is no field here; did you mean "scenario"?',
      's.yml:3:21: axes["mesh.mode"][1]: found a list; expected text, a number, true, false or null',
      's.yml:4:3: axes["load[0"]: "load[0" is no path; expected one such as "load[0].rate"',
      's.yml:6:7: axes.y[0]: found "Infinity"; expected text, a number, true, false or null',
      's.yml:8:1: desgin: "desgin" is no field here; did you mean "design"?',
      's.yml:9:9: points: "0" is too small; expected at least 1',
      's.yml:10:1: reps: "measure.reps" stands at "axes[\\"measure.reps\\"]" too; expected one of the two',
      's.yml:11:8: until: "5s 5" is no time; expected a time such as "250us", "1.5ms" or "1m30s"',
      's.yml:12:11: baseline: found "yes"; expected "true" or "false"',
      's.yml:13:14: thresholds[0]: "latency.p9" is no metric; did you mean "latency.p90"?',
      's.yml:13:34: thresholds[1]: found the number "3"; expected text, in quotes',
      's.yml:14:16: set.a.b: found "NaN"; expected a number',
      's.yml:14:24: set.x: "x" stands at "axes.x" too; expected one of the two',
    ]);
  });

  it.each([
    [
      'design: zap\naxes: { a: 1..2 }',
      's.yml:2:9: design: "zap" is no design; did you mean "zip"?',
    ],
    ['axes: {}', 'axes: found no axis; expected one such as "mesh.mode: [none, sidecar]"'],
    ['axes: { a: [] }', 'axes.a: found 0 entries; expected at least 1 entry'],
    ['axes: { a: { b: 1 } }', 'axes.a: found a map; expected a list, or a range such as'],
    ['axes: { a: 5:1:1 }', 'axes.a: "5:1:1" is no range; expected a step above 0'],
    ['axes: { a=b: [1] }', '"a=b" is no path'],
    ['axes: { a: 1..2 }', 'axes.a: an interval is for samples; a grid takes a list'],
    ['axes: { a: [1] }\npoints: 3', 'points: a grid has as many as its axes'],
    ['axes: { a: [1] }\ndesign: lhs', 'design: "lhs" samples points; expected "points"'],
    ['axes: { a: [1, 2], b: [1] }\ndesign: zip', 'equally many values; found a: 2, b: 1'],
    ['axes: { a: [1], \'["a"]\': [2] }', '"a" stands at "axes.a" too'],
    ['axes: { seed: [1, 2] }\nseed: 3', 'seed: "seed" stands at "axes.seed" too'],
    ['axes: { a: [1] }\nfind: { axis: b }', 'find.axis: "b" is no axis here; expected "a"'],
    ['axes: { a: [1], b: [2] }\nfind: { axis: a }', '"find" looks along one axis; found 2'],
    ['axes: { a: [x] }\nfind: { axis: a }', 'axes.a: axis "a" has the value "x"; to look along it'],
    [
      'axes: { a: [1] }\nfind: { axis: a, confidence: 0.2 }',
      '"0.2" is too small; expected at least',
    ],
    [
      'axes: { a: [1] }\nfind: { axis: a, confidence: 1 }',
      '"1" is too large; expected less than 1',
    ],
    ['axes: { a: [1] }\nfind: { axis: a }\npoints: 3', 'expected no "points" beside it'],
    ['axes: { a: [1] }\nfind: { axis: a }\npoints: 0', '"0" is too small'],
    ['axes: { a: {}, b: [2] }\nfind: { axis: a }', 'axes.a: found a map'],
  ])('says once what is wrong with %j', (lines, message) => {
    const said = problemOf(lines);
    expect(said).toContain(message);
    expect(said.split('\n')).toHaveLength(1);
  });

  it('does not sample more axes than Sobol numbers are known for', () => {
    const axes = Array.from({ length: 30 }, (_, a) => `a${a}: 0..1`).join(', ');
    expect(problemOf(`axes: { ${axes} }\ndesign: sobol\npoints: 8`)).toMatch(
      /^s.yml:2:7: axes: found 30 axes; sobol has at most \d+$/,
    );
    expect(problemOf(`axes: { ${axes} }\ndesign: lhs\npoints: 8`)).toBe('');
  });
});
