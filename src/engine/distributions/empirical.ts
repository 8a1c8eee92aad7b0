/**
 * Empirical: measured quantiles, and straight lines between them. A time that two shares name is an atom, a share
 * that names two times a jump.
 */
import { type DistributionKind, shown, time } from './kind.ts';

export const empirical = {
  parameters: { points: 'points' },
  of: (parameters) => {
    const { shares, times } = parsed(parameters['points']);
    const pieces = shares
      .slice(1)
      .map((share, i) => ({ share: share - shares[i], from: times[i], to: times[i + 1] }));
    const isOneValue = times[0] === times[times.length - 1];
    const sum = pieces.reduce((total, { share, from, to }) => total + (share * (from + to)) / 2, 0);
    const mean = isOneValue ? times[0] : sum;
    // Second moment of a straight piece, about the mean so that nothing cancels.
    const variance = pieces.reduce((total, { share, from, to }) => {
      const a = from - mean;
      const b = to - mean;
      return total + (share * (a * a + a * b + b * b)) / 3;
    }, 0);
    return { mean, variance, quantile: (u) => interpolated(shares, times, u) };
  },
} satisfies DistributionKind;

/** On a share that names two times, the later one. */
function interpolated(shares: readonly number[], times: readonly number[], u: number): number {
  let low = 0;
  let high = shares.length - 1;
  // shares[low] <= u < shares[high]
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (shares[middle] <= u) low = middle;
    else high = middle;
  }
  const along = (u - shares[low]) / (shares[high] - shares[low]);
  return times[low] + (times[high] - times[low]) * along;
}

function parsed(points: unknown): { shares: number[]; times: number[] } {
  if (!Array.isArray(points) || points.length < 2) {
    throw new RangeError(
      `empirical points are "${shown(points)}"; expected at least two pairs of share and time`,
    );
  }
  const shares: number[] = [];
  const times: number[] = [];
  points.forEach((point: unknown, i) => {
    if (!Array.isArray(point) || point.length !== 2) {
      throw new RangeError(
        `empirical point ${i + 1} is "${shown(point)}"; expected a pair of share and time`,
      );
    }
    shares.push(share(point[0], i));
    times.push(time(`time of empirical point ${i + 1}`, point[1]));
    if (i > 0 && (shares[i] < shares[i - 1] || times[i] < times[i - 1])) {
      throw new RangeError(
        `empirical point ${i + 1} is "${shown(point)}"; expected no smaller share and time than in the point before`,
      );
    }
  });
  if (shares[0] !== 0 || shares[shares.length - 1] !== 1) {
    throw new RangeError(
      `empirical points run from share "${shares[0]}" to "${shares[shares.length - 1]}"; expected 0 to 1`,
    );
  }
  return { shares, times };
}

function share(value: unknown, i: number): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  throw new RangeError(
    `share of empirical point ${i + 1} is "${shown(value)}"; expected a number from 0 to 1`,
  );
}
