/**
 * Distributions of times, by the name a scenario calls them. A new one is one file and one line here: the schema then
 * accepts it, and the tests hold it against its own mean and variance.
 */
import { constant } from './distributions/constant.ts';
import { empirical } from './distributions/empirical.ts';
import { exponential } from './distributions/exponential.ts';
import { gamma } from './distributions/gamma.ts';
import { hyperexponential } from './distributions/hyperexponential.ts';
import type { Distribution, DistributionKind } from './distributions/kind.ts';
import { lognormal } from './distributions/lognormal.ts';
import { pareto } from './distributions/pareto.ts';
import { scaled } from './distributions/scaled.ts';
import { shifted } from './distributions/shifted.ts';
import { weibull } from './distributions/weibull.ts';

export type { Distribution, DistributionKind, ParameterKind } from './distributions/kind.ts';

export const distributions = {
  constant,
  exponential,
  lognormal,
  gamma,
  weibull,
  pareto,
  hyperexponential,
  empirical,
  shifted,
  scaled,
} satisfies Record<string, DistributionKind>;
export type DistributionName = keyof typeof distributions;

/** A distribution as data; a parameter of kind `distribution` is again one of these. */
export interface DistributionSpec {
  readonly distribution: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** @throws RangeError, with a text for the user, if there is no such distribution or its parameters make no sense */
export function makeDistribution(spec: DistributionSpec): Distribution {
  if (!Object.hasOwn(distributions, spec.distribution)) {
    const known = Object.keys(distributions).join(', ');
    throw new RangeError(`"${spec.distribution}" is no distribution; expected one of ${known}`);
  }
  const kind: DistributionKind = distributions[spec.distribution as DistributionName];
  const parameters: Record<string, unknown> = { ...spec.parameters };
  for (const name of Object.keys(spec.parameters)) {
    if (!Object.hasOwn(kind.parameters, name)) {
      const expected = Object.keys(kind.parameters).join(', ');
      throw new RangeError(`${spec.distribution} has no parameter "${name}"; expected ${expected}`);
    }
  }
  for (const [name, expected] of Object.entries(kind.parameters)) {
    const value = parameters[name];
    if (value === undefined)
      throw new RangeError(`${spec.distribution} needs a parameter "${name}"`);
    if (expected === 'distribution' && isSpec(value)) parameters[name] = makeDistribution(value);
  }
  return kind.of(parameters);
}

function isSpec(value: unknown): value is DistributionSpec {
  return (
    typeof value === 'object' && value !== null && 'distribution' in value && 'parameters' in value
  );
}
