/** A sweep file in place of a scenario: what it says stands where the options of `meshsim sweep` do, and they go first. */
import { type Axis, parseAxis } from '../../sweep/axes.ts';
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
 * @throws InputError with all that is wrong with a sweep file
 * @throws RangeError with what is wrong with an axis of the options
 */
export async function asked(file: string, options: SweepArguments): Promise<Asked> {
  const own = options.axis.map(parseAxis);
  const text = await showing(null, () => readText(file));
  if (!isSweepFile(text)) return { file, axes: own, options };
  const sweep = await showing(text, () => loadSweepFile(text));
  const { design, points } = sweep;
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
      }),
      ...options,
      zip: options.zip || (design === 'zip' && options.sample === undefined),
      set: [...settings, ...options.set],
      threshold: [...sweep.thresholds, ...options.threshold],
      baseline: sweep.baseline && options.baseline,
    },
  };
}

/** As `--set` has it. JSON is YAML in one line. */
function setting(path: string, value: unknown): string {
  return `${path}=${JSON.stringify(value)}`;
}

/** An axis of the options stands in place of that of the file with the same path, or behind all others. */
function united(axes: readonly Axis[], own: readonly Axis[]): readonly Axis[] {
  const instead = (axis: Axis) => own.find(({ path }) => path === axis.path) ?? axis;
  const others = own.filter(({ path }) => !axes.some((axis) => axis.path === path));
  return [...axes.map(instead), ...others];
}

/** Without what is null. */
function defined(
  fields: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string>> {
  const there = Object.entries(fields).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return Object.fromEntries(there);
}
