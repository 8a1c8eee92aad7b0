/** `meshsim diff`, carried out: both sides read, compared as what they are, shown; the exit code is the answer. */

import type { Difference } from '../../measure/compare.ts';
import {
  compareRuns,
  compareSweeps,
  isSaturationDifferent,
} from '../../measure/compare-results.ts';
import { rounded } from '../../measure/serialise.ts';
import { quote } from '../../problems.ts';
import type { DiffArguments } from '../commands/diff.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit.ts';
import { packageVersion } from '../package.ts';
import { hasColour, painter, widthOf } from '../terminal.ts';
import { costView } from './cost-view.ts';
import { compareCosts } from './costs.ts';
import { type DiffInput, readInput } from './inputs.ts';
import { runDetails, sweepDetails } from './json.ts';
import { runView } from './run-view.ts';
import { sweepView } from './sweep-view.ts';
import { renderMarkdown, renderText, type View } from './view.ts';

const IDENTICAL = 'identical';
type Answer = typeof IDENTICAL | 'no difference detected' | 'different' | 'nothing compared';

interface Compared {
  readonly answer: Answer;
  readonly view: View;
  /** What is in the JSON beside what was compared. */
  readonly details: object;
}

export async function diffCommand(
  left: string,
  right: string,
  { output, noise, color }: DiffArguments,
): Promise<ExitCode> {
  const [a, b] = [await readInput(left), await readInput(right)];
  const { answer, view: shown, details } = compare(a, b, noise);
  const view = answer === IDENTICAL ? { ...shown, answer, remarks: [] } : shown;
  if (output === 'json') {
    const head = { meshsim: packageVersion(), kind: a.kind, a: a.path, b: b.path, noise, answer };
    process.stdout.write(`${JSON.stringify(rounded({ ...head, ...details }), null, 2)}\n`);
  } else if (output === 'md') process.stdout.write(renderMarkdown(view));
  else {
    const paint = painter(hasColour(process.stdout, color));
    process.stdout.write(renderText(view, { paint, width: widthOf(process.stdout) }));
  }
  if (answer !== 'nothing compared')
    return answer === 'different' ? exitCodes.differs : exitCodes.ok;
  throw new UsageError(
    'nothing could be compared: a quantity needs an interval on both sides; run both with --reps 5',
  );
}

/** @throws UsageError where a and b are not of one kind */
function compare(a: DiffInput, b: DiffInput, noise: number): Compared {
  if (a.kind === 'run' && b.kind === 'run') return ofRuns(a, b, noise);
  if (a.kind === 'sweep' && b.kind === 'sweep') return ofSweeps(a, b, noise);
  if (a.kind === 'profile' && b.kind === 'profile') return ofCosts(a, b, noise);
  throw new UsageError(
    `${quote(a.path)} is a ${a.kind} and ${quote(b.path)} is a ${b.kind}; expected two of a kind`,
  );
}

type Of<Kind extends DiffInput['kind']> = Extract<DiffInput, { kind: Kind }>;

function ofRuns(a: Of<'run'>, b: Of<'run'>, noise: number): Compared {
  const comparison = compareRuns(a.run, b.run, noise);
  const { metrics, saturation } = comparison;
  return {
    answer: a.bytes === b.bytes ? IDENTICAL : answerOf(metrics, isSaturationDifferent(saturation)),
    view: runView(a, b, comparison, noise),
    details: runDetails(comparison),
  };
}

function ofSweeps(a: Of<'sweep'>, b: Of<'sweep'>, noise: number): Compared {
  const comparison = comparing(() => compareSweeps(a.sweep, b.sweep, noise));
  const { points, onlyA, onlyB } = comparison;
  const isSaturated = points.some((point) => isSaturationDifferent(point.saturation));
  const isApart = onlyA.length + onlyB.length > 0 || isSaturated;
  const all = points.flatMap((point) => point.metrics);
  return {
    answer: a.bytes === b.bytes ? IDENTICAL : answerOf(all, isApart),
    view: sweepView(a, b, comparison, noise),
    details: sweepDetails(comparison),
  };
}

function ofCosts(a: Of<'profile'>, b: Of<'profile'>, noise: number): Compared {
  const costs = compareCosts(a.costs, b.costs, noise);
  const isSame = costs.every(({ verdict }) => verdict === 'same');
  const isChanged = costs.some(({ verdict }) => verdict === 'changed');
  return {
    answer: isSame ? IDENTICAL : isChanged ? 'different' : 'no difference detected',
    view: costView(a.path, b.path, costs, noise),
    details: { costs },
  };
}

function answerOf(differences: readonly Difference[], isApart: boolean): Answer {
  const has = (...verdicts: readonly Difference['verdict'][]) =>
    differences.some(({ verdict }) => verdicts.includes(verdict));
  if (isApart || has('higher', 'lower')) return 'different';
  return has('no difference detected') ? 'no difference detected' : 'nothing compared';
}

function comparing<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}
