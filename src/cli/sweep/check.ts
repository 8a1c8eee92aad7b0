/** Values of axes, looked at before the first point is simulated: a typing error is none of a point. */
import { type Problem, ProblemsError, renderProblems } from '../../problems.ts';
import type { Design } from '../../sweep/design.ts';
import { asYaml } from '../../sweep/jobs.ts';
import { scenarioOf } from '../../sweep/point.ts';
import type { SweepSpec } from '../../sweep/spec.ts';
import { InputError } from '../exit.ts';

/** Of an axis: who writes a list that is longer has a program write it. */
const CHECKED_MAX = 50;

/** @throws InputError with all values that no point can have */
export function checkValues(spec: SweepSpec, design: Design): void {
  const found = design.axes.flatMap((_, axis) =>
    Array.from({ length: checkedOf(design, axis) }, (_, v) => wrongWith(spec, design, axis, v)),
  );
  // A wrong path is wrong with every value.
  const texts = new Set(
    found.flat().map((problem) => renderProblems([atAxis(problem)], textOf(spec, problem))),
  );
  if (texts.size > 0) throw new InputError([...texts].join(''));
}

function checkedOf({ axes }: Design, axis: number): number {
  // An interval has the values that are drawn from it; if one is good, so are the others.
  return Math.min(CHECKED_MAX, Math.max(1, axes[axis].values.length));
}

/** Some values are only good, or only bad, together with others: wrong is what is so alone and among others. */
function wrongWith(spec: SweepSpec, design: Design, a: number, v: number): readonly Problem[] {
  const { axes, kind } = design;
  const value = axes[a].values[v] ?? design.valuesAt(0)[a];
  const setting = `${axes[a].path}=${asYaml(value)}`;
  const alone = problemsOf(spec, [setting]);
  if (alone.length === 0) return [];
  const values = design.valuesAt(kind === 'zip' ? v : 0);
  const others = axes.map(({ path }, i) => (i === a ? setting : `${path}=${asYaml(values[i])}`));
  return problemsOf(spec, others).length === 0 ? [] : alone;
}

function problemsOf(spec: SweepSpec, settings: readonly string[]): readonly Problem[] {
  try {
    scenarioOf(spec, { settings });
    return [];
  } catch (error) {
    if (error instanceof ProblemsError) return error.problems;
    throw error;
  }
}

function atAxis(problem: Problem): Problem {
  return problem.file === '--set' ? { ...problem, file: '--axis' } : problem;
}

function textOf({ file, text }: SweepSpec, problem: Problem): string | undefined {
  return problem.file === file ? text : undefined;
}
