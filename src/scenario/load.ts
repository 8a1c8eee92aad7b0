/** YAML text to a scenario, or every problem in it with its place. */
import { type Problem, ProblemsError } from '../problems.ts';
import { areNested, type Finding, type Path, renderPath } from '../yaml/finding.ts';
import { findingsOf } from '../yaml/issues.ts';
import {
  inOrder,
  nowhere,
  plainValue,
  problemAt,
  readYaml,
  type Written,
  type YamlSource,
} from '../yaml/source.ts';
import { type ExpandOptions, expand } from './expand.ts';
import { applyOverrides, type Origin, type Overrides } from './overrides.ts';
import type { Scenario } from './scenario.ts';
import { draft } from './schema.ts';

export type { Overrides } from './overrides.ts';

export interface Source extends Written {
  readonly overrides?: Overrides;
}

/** @throws ProblemsError with all problems of the text and the overrides */
export function loadScenario({ file, text, overrides = {} }: Source): Scenario {
  const source = readYaml({ file, text }, 'a scenario with "topology" and "load"');
  const { until, origins, problems } = applyOverrides(source.document, overrides);
  const { scenario, findings } = check(plainValue(source), {
    defaultName: nameOf(file),
    until,
    checksEnd: until === null,
  });
  if (scenario !== null && problems.length === 0) return scenario;
  const placed = findings.map((finding) => toProblem(finding, source, origins));
  throw new ProblemsError([...problems, ...inOrder(placed)]);
}

/**
 * Schema first. Where only fields are wrong that could be left out, what is left is looked at for the rest of the
 * problems, so that all are known at once.
 */
function check(value: unknown, options: ExpandOptions): ReturnType<typeof expand> {
  const parsed = draft.safeParse(value, { reportInput: true });
  if (parsed.success) return expand(parsed.data, options);
  const findings = findingsOf(parsed.error.issues);
  if (!findings.every(({ path }) => leaveOut(value, path))) return { scenario: null, findings };
  const rest = draft.safeParse(value);
  // Where the run ends is then unknown.
  const checksEnd = options.checksEnd && !findings.some(({ path }) => path[0] === 'measure');
  const more = rest.success ? expand(rest.data, { ...options, checksEnd }).findings : [];
  // What is said about the surroundings of a field may only be so because it was left out.
  const others = more.filter(({ path }) => !findings.some((known) => areNested(known.path, path)));
  return { scenario: null, findings: [...findings, ...others] };
}

/** Times that are needed where they stand, and may be 0. */
const neededTimes: readonly (string | number)[] = ['work', 'sleep', 'think', 'networkLatency'];

/** @returns whether there was a field to leave out; the entry of a list is none, as all others would move */
function leaveOut(value: unknown, path: Path): boolean {
  const needed = path.findIndex((part) => neededTimes.includes(part));
  const above = path.slice(0, needed < 0 ? -1 : needed);
  const field = path[above.length];
  let parent = value;
  for (const part of above) {
    if (!isRecord(parent)) return false;
    parent = parent[part];
  }
  if (!isRecord(parent) || typeof field !== 'string') return false;
  if (needed >= 0) parent[field] = 0;
  else delete parent[field];
  return true;
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What an override brought in is its own fault. */
function toProblem(finding: Finding, source: YamlSource, origins: readonly Origin[]): Problem {
  const { path, message, help } = finding;
  const origin = origins.findLast(
    (set) => set.path.length <= path.length && areNested(set.path, path),
  );
  if (origin === undefined) return problemAt(source, finding);
  const shownPath = origin.isPath ? renderPath(path) : '';
  return { ...nowhere(origin.option, message), path: shownPath, help };
}

/** The file's name without folders and ending, with `-` for what a name may not hold. */
export function nameOf(file: string): string {
  const base = (file.split(/[\\/]/).pop() ?? '').replace(/\.(ya?ml|json)$/i, '');
  return (
    base
      .replace(/[^-.\w]/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 100) || 'scenario'
  );
}
