/**
 * Goal: where queueing theory has an exact answer, the engine gives it. Method: thirty replications of each row; theory
 * must lie in the 99.9 % interval of their mean, and the interval's half-width must be below 3 % of theory.
 *
 * That such a test can fail is part of it: every row is run again with one server too many (or too few), with one job
 * in fifty that slips away unserved, and with demands 2 % longer. Each must be told from theory, by more than two
 * half-widths of the sound run, so that no fault of that size hides in the interval. (A bound is told only by what
 * brings the mean above it.) The same was done once by hand to the engine itself: draws 2 % longer, a server too few in
 * the choice of the earliest free one, every fiftieth arrival sent home; every row that such a fault reaches failed.
 */
import { tsImport } from 'tsx/esm/api';
import { describe, expect, it } from 'vitest';
import { agrees, type Faults, type Finding, type Row, sound } from './check.ts';

/** Loaded by Node itself: Vitest turns every use of an import into a look-up, which makes the engine four times slower. */
const { find }: typeof import('./check.ts') = await tsImport('./check.ts', import.meta.url);
const { rows }: typeof import('./rows.ts') = await tsImport('./rows.ts', import.meta.url);

const faultsOf = (row: Row): Readonly<Record<string, Faults>> => {
  const slower = { '2 % more demand': { ...sound, demand: 1.02 } };
  if (row.isBound) return slower;
  const oneServer = row.wrongServers > 0 ? 'one server too many' : 'one server too few';
  return {
    ...slower,
    [oneServer]: { ...sound, servers: row.wrongServers },
    'one job in fifty lost': { ...sound, lost: 0.02 },
  };
};

describe.each(rows.map((row) => [row.name, row] as const))('%s', (_, row) => {
  let right: readonly Finding[] = [];

  it(`agrees with ${row.source}`, () => {
    right = find(row, sound);
    for (const finding of right) {
      expect(agrees(row, finding), JSON.stringify(finding)).toBe(true);
    }
  });

  it.each(Object.entries(faultsOf(row)))('would not agree with %s', (_fault, faults) => {
    const wrong = find(row, faults);
    expect(wrong.every((finding) => agrees(row, finding))).toBe(false);
    const isTold = wrong.some(({ mean, theory }, m) => {
      const { half } = right[m];
      return row.isBound ? mean - half > theory : Math.abs(mean - theory) > 2 * half;
    });
    expect(isTold, JSON.stringify({ right, wrong })).toBe(true);
  });
});
