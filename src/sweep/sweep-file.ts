/**
 * A sweep in a file: a scenario, axes, and how points are chosen from them; what `meshsim sweep` has as options. Read
 * from YAML, or refused with everything that is wrong with it.
 */
import type { z } from 'zod';
import { ProblemsError, quote } from '../problems.ts';
import { areNested, type Finding, type Path, renderPath } from '../yaml/finding.ts';
import { findingsOf } from '../yaml/issues.ts';
import { inOrder, plainValue, problemAt, readYaml, type Written } from '../yaml/source.ts';
import { parseYaml } from '../yaml/text.ts';
import { type Axis, isInterval } from './axes.ts';
import { gridOf, zipOf } from './design.ts';
import { DIMENSIONS_MAX } from './sobol.ts';
import { stepsOf } from './steps.ts';
import { type DesignName, pathOf, sweepFileSchema } from './sweep-file-schema.ts';

export interface SweepFile {
  /** Relative to this file. */
  readonly scenario: string;
  readonly axes: readonly Axis[];
  readonly design: DesignName;
  /** Of a sample; null of other designs. */
  readonly points: number | null;
  /** What is null is as the scenario has it. */
  readonly seed: string | null;
  readonly reps: number | null;
  /** Simulated time of a replication, such as `60s`. */
  readonly until: string | null;
  /** By path, before a point sets its own. */
  readonly set: Readonly<Record<string, unknown>>;
  /** Added to those of the scenario. */
  readonly thresholds: readonly string[];
  readonly baseline: boolean;
  /** To look along its only axis for where the thresholds stop being kept, at a confidence from 0.5 to below 1. */
  readonly find: { readonly axis: string; readonly confidence: number } | null;
}

/** Whether a text is one, right or wrong, and no scenario: it has a field that only sweep files have. */
export function isSweepFile({ text }: Written): boolean {
  const { document, faults } = parseYaml(text);
  return faults.length === 0 && (document.has('axes') || document.has('scenario'));
}

/** @throws ProblemsError with everything that is wrong with the text, each with its place */
export function loadSweepFile(written: Written): SweepFile {
  const source = readYaml(written, 'a sweep with "scenario" and "axes"');
  const { sweep, findings } = check(plainValue(source));
  if (sweep !== null) return sweep;
  throw new ProblemsError(inOrder(findings.map((finding) => problemAt(source, finding))));
}

interface Checked {
  /** null if there is anything wrong. */
  readonly sweep: SweepFile | null;
  readonly findings: readonly Finding[];
}

/** Field by field, then together; where fields are wrong, what is left is looked at together. */
function check(value: unknown): Checked {
  const parsed = sweepFileSchema.safeParse(value, { reportInput: true });
  if (parsed.success) {
    const sweep = sweepOf(parsed.data);
    const findings = conflicts(sweep);
    return { sweep: findings.length === 0 ? sweep : null, findings };
  }
  const findings = findingsOf(parsed.error.issues);
  const rest = sweepFileSchema.safeParse(without(value, findings));
  const others = rest.success ? conflicts(sweepOf(rest.data)) : [];
  const isNew = ({ path }: Finding) => !findings.some((known) => areNested(known.path, path));
  return { sweep: null, findings: [...findings, ...others.filter(isNew)] };
}

/** A copy without what is at fault: a field, or an entry of a map. */
function without(value: unknown, findings: readonly Finding[]): unknown {
  const rest = structuredClone(value);
  if (!isMap(rest)) return rest;
  for (const { path } of findings) {
    const [field, entry] = path;
    const inside = rest[field];
    if (entry !== undefined && isMap(inside)) delete inside[entry];
    else delete rest[field];
  }
  const isWrong = (...fields: readonly string[]) =>
    findings.some(({ path: [field] }) => fields.includes(String(field)));
  // What is not known cannot be said to suit the axes or not: a sample of one point suits all.
  return {
    scenario: '-',
    ...rest,
    ...(isWrong('design', 'points') ? { design: 'lhs', points: 1 } : {}),
    ...(isWrong('design', 'points', 'axes') ? { find: null } : {}),
  };
}

function isMap(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sweepOf({ axes, ...rest }: z.output<typeof sweepFileSchema>): SweepFile {
  return { ...rest, axes: Object.entries(axes).map(([path, values]) => ({ path, ...values })) };
}

// ---- What no field alone can show.

function conflicts(sweep: SweepFile): readonly Finding[] {
  const { find } = sweep;
  const chosen =
    find === null ? [...wrongPoints(sweep), ...wrongAxes(sweep)] : wrongSearch(sweep, find.axis);
  return [...chosen, ...saidTwice(sweep)];
}

/** A search is along one axis of numbers, and chooses its points itself. */
function wrongSearch({ axes, design, points }: SweepFile, path: string): readonly Finding[] {
  const beside = (field: string) =>
    at([field], `"find" chooses the points itself; expected no ${quote(field)} beside it`);
  const chosen = [
    ...(design === 'grid' ? [] : [beside('design')]),
    ...(points === null ? [] : [beside('points')]),
  ];
  if (axes.length > 1) {
    return [...chosen, at(['axes'], `"find" looks along one axis; found ${axes.length}`)];
  }
  const [axis] = axes;
  if (axis.path !== path) {
    const only = `${quote(path)} is no axis here; expected ${quote(axis.path)}`;
    return [...chosen, at(['find', 'axis'], only)];
  }
  return [...chosen, ...refused(['axes', path], () => stepsOf(axis))];
}

/** What a function has against something. */
function refused(path: Path, act: () => unknown): readonly Finding[] {
  try {
    act();
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [at(path, error.message)];
  }
}

const samples: readonly DesignName[] = ['lhs', 'sobol'];

function wrongPoints({ design, points }: SweepFile): readonly Finding[] {
  const isSample = samples.includes(design);
  if (isSample && points === null) {
    return [at(['design'], `${quote(design)} samples points; expected "points", how many`)];
  }
  if (isSample || points === null) return [];
  return [at(['points'], `a ${design} has as many as its axes; expected it with "lhs" or "sobol"`)];
}

function wrongAxes({ axes, design }: SweepFile): readonly Finding[] {
  if (design === 'lhs') return [];
  if (design === 'sobol') {
    if (axes.length <= DIMENSIONS_MAX) return [];
    return [at(['axes'], `found ${axes.length} axes; sobol has at most ${DIMENSIONS_MAX}`)];
  }
  const intervals = axes.filter(isInterval);
  if (intervals.length > 0) {
    const message = `an interval is for samples; a ${design} takes a list, or a range such as "1:5:2"`;
    return intervals.map(({ path }) => at(['axes', path], message));
  }
  return refused(['axes'], () => (design === 'zip' ? zipOf : gridOf)(axes));
}

/** One place of the scenario, told to be two things: one of them would have no effect. */
function saidTwice({ axes, set, seed, reps }: SweepFile): readonly Finding[] {
  const places: readonly Path[] = [
    ...axes.map(({ path }) => ['axes', path]),
    ...Object.keys(set).map((path) => ['set', path]),
    ...(seed === null ? [] : [['seed']]),
    ...(reps === null ? [] : [['reps']]),
  ];
  const first = new Map<string, Path>();
  return places.flatMap((place): readonly Finding[] => {
    const target = targetOf(place);
    const other = first.get(target);
    if (other === undefined) {
      first.set(target, place);
      return [];
    }
    const message = `${quote(target)} stands at ${quote(renderPath(other))} too; expected one of the two`;
    return [{ ...at(place, message), at: 'key' }];
  });
}

/** The path of the scenario that a field of the sweep sets. */
function targetOf([field, path]: Path): string {
  if (path === undefined) return field === 'reps' ? 'measure.reps' : 'seed';
  return pathOf(String(path)) ?? String(path);
}

function at(path: Path, message: string): Finding {
  return { path, at: 'value', message, help: '' };
}
