/**
 * Least squares where some values must not be negative. The best such values are the unbounded solution of the columns
 * that they do not hold at 0 (Lawson and Hanson, Solving Least Squares Problems, ch. 23); with the few columns of a
 * cost model all sets of held columns can be tried.
 */
import { type Dependence, dot, leastSquares, type Matrix } from './least-squares.ts';

export interface Bounded {
  readonly kind: 'solved';
  readonly values: readonly number[];
  /** Columns that were free to move; the others are held at 0. */
  readonly free: readonly number[];
  /** Of the free ones, by their position in `free`: (AᵀA)⁻¹. */
  readonly inverse: Matrix;
}

/** @param bounded - by column: whether its value must not be negative */
export function boundedLeastSquares(
  rows: Matrix,
  right: readonly number[],
  bounded: readonly boolean[],
): Bounded | Dependence {
  const columns = bounded.map((_, j) => j);
  const unbounded = leastSquares(rows, right);
  if (unbounded.kind === 'dependent') return unbounded;
  const isAllowed = (values: readonly number[]) =>
    values.every((value, j) => !bounded[j] || value >= 0);
  if (isAllowed(unbounded.values)) return { ...unbounded, free: columns };
  const candidates = subsets(columns.filter((j) => bounded[j]))
    .map((held) =>
      freeing(
        rows,
        right,
        columns.filter((j) => !held.includes(j)),
      ),
    )
    .filter(({ values }) => isAllowed(values))
    .map((candidate) => ({ candidate, error: squaredError(rows, right, candidate.values) }));
  return candidates.reduce((best, other) => (other.error < best.error ? other : best)).candidate;
}

/** The solution of some columns, 0 for the others. */
function freeing(rows: Matrix, right: readonly number[], free: readonly number[]): Bounded {
  const values = rows[0].map(() => 0);
  if (free.length === 0) return { kind: 'solved', values, free, inverse: [] };
  const solution = leastSquares(
    rows.map((row) => free.map((j) => row[j])),
    right,
  );
  // Columns of a matrix without dependence have none among themselves.
  if (solution.kind === 'dependent') throw new Error('a part of independent columns is dependent');
  free.forEach((j, i) => {
    values[j] = solution.values[i];
  });
  return { kind: 'solved', values, free, inverse: solution.inverse };
}

function subsets(items: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** items.length }, (_, set) =>
    items.filter((_, i) => Math.floor(set / 2 ** i) % 2 === 1),
  );
}

function squaredError(rows: Matrix, right: readonly number[], values: readonly number[]): number {
  return rows.reduce((sum, row, i) => sum + (dot(row, values) - right[i]) ** 2, 0);
}
