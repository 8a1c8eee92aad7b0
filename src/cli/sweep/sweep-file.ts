/** A sweep file in place of a scenario: what it says stands where the options of `meshsim sweep` do, and they go first. */
import { stringify } from 'yaml';
import type { Axis } from '../../sweep/axes.ts';
import { isSweepFile, loadSweepFile } from '../../sweep/sweep-file.ts';
import type { SweepArguments } from '../commands/sweep.ts';
import { readText } from '../files.ts';
import { besideScenario, showing } from '../inputs.ts';

export interface Asked {
  /** The scenario. */
  readonly file: string;
  readonly axes: readonly Axis[];
  /** `axis` apart, which `axes` holds. */
  readonly options: SweepArguments;
}

/**
 * @param own - axes of the options
 * @throws InputError with all that is wrong with a sweep file
 */
export async function askedFor(
  file: string,
  own: readonly Axis[],
  options: SweepArguments,
): Promise<Asked> {
  const text = await showing(null, () => readText(file));
  if (!isSweepFile(text)) return { file, axes: own, options };
  const sweep = await showing(text, () => loadSweepFile(text));
  const { design, points, find } = sweep;
  const settings = Object.entries(sweep.set).map(([path, value]) => setting(path, value));
  return {
    file: besideScenario(sweep.scenario, file),
    axes: united(sweep.axes, own),
    options: {
      ...defined({
        seed: sweep.seed,
        reps: sweep.reps === null ? null : String(sweep.reps),
        until: sweep.until,
        sample: points === null || options.zip ? null : `${design}:${points}`,
        find: find?.axis,
        confidence: find?.confidence,
      }),
      ...options,
      zip: options.zip || (design === 'zip' && options.sample === undefined),
      set: [...settings, ...options.set],
      threshold: [...sweep.thresholds, ...options.threshold],
      baseline: sweep.baseline && options.baseline,
    },
  };
}

/** As `--set` has it: in one line, and as one would write it, since names of points are made of it. */
function setting(path: string, value: unknown): string {
  const isLine = typeof value === 'string' && !/\p{Cc}/u.test(value);
  // JSON is YAML in one line.
  return `${path}=${isLine ? stringify(value, { lineWidth: 0 }).trimEnd() : JSON.stringify(value)}`;
}

/** An axis of the options stands in place of that of the file with the same path, or behind all others. */
function united(axes: readonly Axis[], own: readonly Axis[]): readonly Axis[] {
  const instead = (axis: Axis) => own.find(({ path }) => path === axis.path) ?? axis;
  const others = own.filter(({ path }) => !axes.some((axis) => axis.path === path));
  return [...axes.map(instead), ...others];
}

/** Without what is not said. */
function defined(
  fields: {
    readonly [Key in keyof SweepArguments]?: SweepArguments[Key] | null | undefined;
  },
): Partial<SweepArguments> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}
