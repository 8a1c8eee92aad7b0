import { expect, test } from 'vitest';
import { calibrate } from '../../../src/calibration/fit/calibrate.ts';
import { compareWith, differences, writeInto } from '../../../src/calibration/fit/into-profile.ts';
import { loadRecipe } from '../../../src/calibration/fit/load-recipe.ts';
import { readPoints } from '../../../src/calibration/fit/points.ts';
import { ProblemsError } from '../../../src/problems.ts';
import { readYaml } from '../../../src/yaml/source.ts';

const recipe = `name: small
fits:
  - name: memory
    points: points.csv
    response: { column: kb, unit: KB }
    terms:
      - to: memory.base
      - { to: 'memory.costs[1].each', per: clusters }
`;
const models = calibrate(
  loadRecipe({ file: 'recipe.yml', text: recipe }),
  new Map([
    [
      'points.csv',
      readPoints({ file: 'points.csv', text: 'clusters,kb\n1,2060\n2,2070\n3,2086\n' }),
    ],
  ]),
);

function compared(text: string) {
  const profile = readYaml({ file: 'profile.yml', text }, 'a profile');
  return { profile, comparisons: compareWith(profile, models) };
}

const profile = `# What is what.
memory:
  base:   2MiB # as it was
  costs: [ { each: '1KB' }, { each: '9KB',  other: 7us } ] # odd  spaces
`;

test('fitted costs replace those of a profile in its own units, and nothing else changes', () => {
  const { profile: source, comparisons } = compared(profile);
  expect(writeInto(source, comparisons)).toBe(
    profile.replace('2MiB', '1.95MiB').replace("'9KB'", '13KB'),
  );
});

test('what differs is told with its place, the fitted value and its interval', () => {
  const { profile: source, comparisons } = compared(profile.replace('2MiB', '1.95MiB'));
  expect(
    differences(source, comparisons).map(({ line, column, path, message }) => ({
      line,
      column,
      path,
      message,
    })),
  ).toEqual([
    {
      line: 4,
      column: 37,
      path: 'memory.costs[1].each',
      message: 'found "9KB", fitted "13KB" (95 % interval 0KB to 35KB)',
    },
  ]);
});

test('a profile with the same costs to three digits agrees, in whatever unit', () => {
  const { profile: source, comparisons } = compared(
    profile.replace('2MiB', '2050KB').replace("'9KB'", '13000B'),
  );
  expect(differences(source, comparisons)).toEqual([]);
  expect(writeInto(source, comparisons)).toBe(source.text);
});

test('a profile without a place for a cost, or with another quantity there, is wrong', () => {
  const wrong = profile.replace('2MiB', '3ms').replace("each: '9KB'", "eech: '9KB'");
  let message = '';
  try {
    compared(wrong);
  } catch (error) {
    if (!(error instanceof ProblemsError)) throw error;
    message = error.message;
  }
  expect(message.split('\n')).toEqual([
    'profile.yml:3:11: memory.base: "3ms" is in another quantity than the fit, "KB"',
    'profile.yml:4:29: memory.costs[1].each: the fit has a value for this, and the profile has no place for it',
  ]);
});
