/** Costs of a profile by their path, from its file or from a fit, which knows how sure they are; and two such compared. */
import { z } from 'zod';
import {
  baseValue,
  parseCost,
  quantityOf,
  unitFor,
  writeCost,
} from '../../calibration/fit/cost.ts';
import { loadProfile } from '../../calibration/load-profile.ts';
import { renderPath } from '../../yaml/finding.ts';
import { plainValue, readYaml, type Written } from '../../yaml/source.ts';

export interface Cost {
  /** As it is written. */
  readonly shown: string;
  /** In ns, B, or whatever the text is a number of; null of a text that is no quantity. */
  readonly value: number | null;
  /** 95 %; null where only the value is known. */
  readonly low: number | null;
  readonly high: number | null;
  /** `2.1us to 2.7us`, or ''. */
  readonly interval: string;
}
/** By path, such as `controlPlane.cpu.edsPerCluster`. */
export type Costs = ReadonlyMap<string, Cost>;

/** Of which a result does not depend. */
const texts = new Set(['name', 'platform']);

/** @throws ProblemsError with everything that is wrong with the profile */
export function costsOfProfile(written: Written): Costs {
  loadProfile(written);
  const costs = new Map<string, Cost>();
  const visit = (value: unknown, path: readonly (string | number)[]) => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        visit(item, [...path, Array.isArray(value) ? Number(key) : key]);
      }
      return;
    }
    const shown = String(value);
    const name = renderPath(path);
    if (!texts.has(name)) costs.set(name, { shown, value: amountOf(shown), ...unsure });
  };
  visit(plainValue(readYaml(written, 'a profile')), []);
  return costs;
}

/** `100us`, `1.6ns/B`, `0.85`; null of what is none of these. */
function amountOf(text: string): number | null {
  if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  try {
    return baseValue(parseCost(text.replace(/\/B$/, '')));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const number = z.number().nullable();
/** What `meshsim calibrate -o json` prints, as far as it is compared. */
export const fitsSchema = z.object({
  fits: z.array(
    z.object({
      unit: z.enum(['ns', 'B']),
      costs: z.array(z.object({ to: z.string(), value: z.number(), low: number, high: number })),
    }),
  ),
});

/** Rounded as profiles are, so that a profile with these costs has the same. */
export function costsOfFits({ fits }: z.infer<typeof fitsSchema>): Costs {
  return new Map<string, Cost>(
    fits.flatMap(({ unit: base, costs }) =>
      costs.map(({ to, value, low, high }): readonly [string, Cost] => {
        const unit = unitFor(value, quantityOf(base));
        const shown = writeCost(value, unit);
        const rounded = baseValue(parseCost(shown));
        if (low === null || high === null) return [to, { shown, value: rounded, ...unsure }];
        const interval = `${writeCost(low, unit)} to ${writeCost(high, unit)}`;
        return [to, { shown, value: rounded, low, high, interval }];
      }),
    ),
  );
}

const unsure = { low: null, high: null, interval: '' } as const;

export const costVerdicts = [
  'same',
  'within its interval',
  'changed',
  'only in a',
  'only in b',
] as const;
export type CostVerdict = (typeof costVerdicts)[number];

export interface CostDifference {
  readonly cost: string;
  readonly a: Cost | null;
  readonly b: Cost | null;
  /** b / a. */
  readonly ratio: number | null;
  /** `changed`: beyond the intervals of both together, if any is known, and beyond the noise. */
  readonly verdict: CostVerdict;
}

/** @param noise - a change of less, as a share of a, is none */
export function compareCosts(a: Costs, b: Costs, noise: number): readonly CostDifference[] {
  return [...new Set([...a.keys(), ...b.keys()])].map((cost) => {
    const [x, y] = [a.get(cost) ?? null, b.get(cost) ?? null];
    if (x === null || y === null) {
      return { cost, a: x, b: y, ratio: null, verdict: x === null ? 'only in b' : 'only in a' };
    }
    const ratio = x.value !== null && y.value !== null && x.value > 0 ? y.value / x.value : null;
    return { cost, a: x, b: y, ratio, verdict: verdictOf(x, y, noise) };
  });
}

function verdictOf(a: Cost, b: Cost, noise: number): CostVerdict {
  if (a.value === null || b.value === null) return a.shown === b.shown ? 'same' : 'changed';
  const apart = Math.abs(b.value - a.value);
  if (apart === 0 || apart < noise * a.value) return 'same';
  return apart <= Math.hypot(halfOf(a), halfOf(b)) ? 'within its interval' : 'changed';
}

function halfOf({ value, low, high }: Cost): number {
  if (value === null || low === null || high === null) return 0;
  return Math.max(value - low, high - value);
}
