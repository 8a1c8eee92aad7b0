/** Recipes and points that a user may get wrong: each mistake is told, with its place, all at once. */
import { describe, expect, test } from 'vitest';
import { calibrate, type FittedModel } from '../../../src/calibration/fit/calibrate.ts';
import { loadRecipe } from '../../../src/calibration/fit/load-recipe.ts';
import { readPoints } from '../../../src/calibration/fit/points.ts';
import { ProblemsError } from '../../../src/problems.ts';

const recipe = `name: small
fits:
  - name: memory
    points: points.csv
    where: { kind: envoy }
    response: { column: mb, unit: MB }
    terms:
      - to: proxyMemory[0].costs.base
      - { to: 'proxyMemory[0].costs.perCluster', per: clusters }
`;
const points = `# Invented.
kind,clusters,mb
envoy,10,11
envoy,20,12
other,99,99
envoy,30,13
`;

function run(recipeText = recipe, pointsText = points): readonly FittedModel[] {
  const loaded = loadRecipe({ file: 'recipe.yml', text: recipeText });
  const table = readPoints({ file: 'points.csv', text: pointsText });
  return calibrate(loaded, new Map([['points.csv', table]]));
}

/** `file:line:column path: message; help` */
function problems(recipeText?: string, pointsText?: string): readonly string[] {
  try {
    run(recipeText, pointsText);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    return error.message.split('\n');
  }
  return [];
}

test('a recipe takes its rows, scales the response, and names the costs', () => {
  const [{ costs, points: fitted, rms }] = run();
  expect(costs.map(({ to, value }) => [to, Number(value.toFixed(3))])).toEqual([
    ['proxyMemory[0].costs.base', 10e6],
    ['proxyMemory[0].costs.perCluster', 100e3],
  ]);
  expect(fitted.map(({ line }) => line)).toEqual([3, 4, 6]);
  expect(rms).toBeLessThan(1e-3);
});

describe('in a recipe', () => {
  test.each([
    [
      'an unknown column',
      ['per: clusters', 'per: cluster'],
      'recipe.yml:9:55: fits[0].terms[1].per: "cluster" is no column of "points.csv"; did you mean "clusters"?',
    ],
    [
      'a filter by an unknown column',
      ['kind: envoy', 'sort: envoy'],
      'recipe.yml:5:14: fits[0].where.sort: "sort" is no column of "points.csv"; expected one of "kind", "clusters" or "mb"',
    ],
    [
      'a filter that no row passes',
      ['kind: envoy', 'kind: nginx'],
      'recipe.yml:5:12: fits[0].where: no row of "points.csv" is like this',
    ],
    [
      'a unit that is none',
      ['unit: MB', 'unit: Mb'],
      'recipe.yml:6:35: fits[0].response.unit: "Mb" is no unit; did you mean "MB"?',
    ],
    [
      'a place that is none',
      ['proxyMemory[0].costs.base', 'proxyMemory[x].costs'],
      'recipe.yml:8:13: fits[0].terms[0].to: "proxyMemory[x].costs" is no place in a profile; expected one such as "controlPlane.cpu.edsPerCluster" or "proxyMemory[0].costs.base"',
    ],
    [
      'a cost twice',
      ['costs.base', 'costs.perCluster'],
      'recipe.yml:9:15: fits[0].terms[1].to: "proxyMemory[0].costs.perCluster" is fitted twice',
    ],
    [
      'a prior of another quantity',
      ['per: clusters', 'per: clusters, prior: { mean: 2us, sd: 1KB }'],
      'recipe.yml:9:80: fits[0].terms[1].prior.mean: is in "us", the response in "MB"; expected the same quantity',
    ],
    [
      'a prior without doubt',
      ['per: clusters', 'per: clusters, prior: { mean: 2KB, sd: 0KB }'],
      'recipe.yml:9:89: fits[0].terms[1].prior.sd: a standard deviation has to be above 0',
    ],
    [
      'a prior without a unit',
      ['per: clusters', 'per: clusters, prior: { mean: 2KB, sd: "1" }'],
      'recipe.yml:9:89: fits[0].terms[1].prior.sd: "1" is no cost; expected a time such as "250us", "1.5ms" or "1m30s", or a size such as "300B", "2KiB" or "1MB"',
    ],
    [
      'an unknown key',
      ['points:', 'data:'],
      'recipe.yml:3:5: fits[0].points: missing; expected text\nrecipe.yml:4:5: fits[0].data: "data" is no field here; expected one of "name", "points", "where", "response", "weights" or "terms"',
    ],
  ] as const)('%s is told', (_name, [from, to], message) => {
    expect(problems(recipe.replace(from, to)).join('\n')).toBe(message);
  });

  test('what the points cannot tell apart is told by name', () => {
    const twice = `${recipe}      - { to: controlPlane.bytes.cluster, per: clusters }\n`;
    expect(problems(twice)).toEqual([
      'recipe.yml:10:15: fits[0].terms[2].to: the points cannot tell these apart: "proxyMemory[0].costs.perCluster", "controlPlane.bytes.cluster"; one of them needs a prior, or has to go',
    ]);
  });

  test('relative weights of a point of 0 are told', () => {
    const relative = recipe.replace('    terms:', '    weights: relative\n    terms:');
    expect(problems(relative, points.replace('10,11', '10,0'))).toEqual([
      'recipe.yml:3:11: fits[0].name: relative weights need points above 0',
    ]);
  });
});

describe('in the points', () => {
  test('cells that are no numbers are all told, where they are', () => {
    expect(problems(recipe, points.replace('10,11', 'ten,').replace('20,12', '20,1.2.3'))).toEqual([
      'points.csv:3:7: clusters: found "ten"; expected a number',
      'points.csv:3:11: mb: found nothing; expected a number',
      'points.csv:4:10: mb: found "1.2.3"; expected a number',
    ]);
  });

  test('rows of another length, and quotes, are told', () => {
    expect(problems(recipe, points.replace('10,11', '10').replace('other', '"other"'))).toEqual([
      'points.csv:3:1: found 2 cells; expected 3, as in the heading',
      'points.csv:5:1: a cell has quotes; expected plain values without commas',
    ]);
  });

  test('a heading alone, and one with a name twice, are told', () => {
    expect(problems(recipe, 'kind,clusters,mb\n')).toEqual([
      'points.csv: expected a line of column names and one of values at least',
    ]);
    expect(problems(recipe, points.replace('clusters', 'mb'))).toEqual([
      'points.csv:2:1: two columns are called "mb"',
    ]);
  });
});
