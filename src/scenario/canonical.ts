/** What names a scenario: its text in one form, whatever the order of keys, comments and defaults left out. */
import type { Scenario } from './scenario.ts';

/**
 * Of a scenario with its templates expanded and its defaults filled in. The seed is left out: runs of one scenario with
 * different seeds have the same digest, and digest and seed together name a run.
 */
export function canonicalScenario(scenario: Scenario): string {
  const { seed: _, ...rest } = scenario;
  return canonical(rest);
}

/** JSON with the keys of every object in order. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const parts = entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`);
  return `{${parts.join(',')}}`;
}
