/**
 * Linear least squares by Householder's QR decomposition (Golub and Van Loan, Matrix Computations, 4th ed., §5.2 and
 * §5.3), on columns scaled to length one, so that bytes and counts do not drown each other.
 */
export type Matrix = readonly (readonly number[])[];

export interface Solution {
  readonly kind: 'solved';
  readonly values: readonly number[];
  /** (AᵀA)⁻¹: the covariance of the values, but for the variance of the right side. */
  readonly inverse: Matrix;
}

/** Some columns add up to another, so that no values are better than all others. */
export interface Dependence {
  readonly kind: 'dependent';
  readonly columns: readonly number[];
}

/** Of a column scaled to length one, what may be left beside its forerunners and still be rounding. */
const ROUNDING = 1e-11;

/** Minimises |A·x − b|². @param rows - A, all of the same length */
export function leastSquares(rows: Matrix, right: readonly number[]): Solution | Dependence {
  const width = rows[0].length;
  const scales = Array.from({ length: width }, (_, j) => norm(rows.map((row) => row[j])));
  const empty = scales.indexOf(0);
  if (empty >= 0) return { kind: 'dependent', columns: [empty] };
  // A and b side by side; reflections turn A into the triangle R and b into Qᵀb.
  const work = rows.map((row, i) => [...row.map((value, j) => value / scales[j]), right[i]]);
  for (let j = 0; j < width; j++) {
    if (j < work.length) reflect(work, j);
    if (j >= work.length || Math.abs(work[j][j]) < ROUNDING) {
      return { kind: 'dependent', columns: dependence(work, j) };
    }
  }
  const values = backSubstitute(
    work,
    width,
    work.map((row) => row[width]),
  );
  const columns = Array.from({ length: width }, (_, j) =>
    backSubstitute(
      work,
      width,
      Array.from({ length: width }, (_, i) => (i === j ? 1 : 0)),
    ),
  );
  // (RᵀR)⁻¹ = R⁻¹·R⁻ᵀ
  const inverse = scales.map((scale, i) =>
    scales.map((other, k) => columns.reduce((sum, c) => sum + c[i] * c[k], 0) / (scale * other)),
  );
  return { kind: 'solved', values: values.map((value, j) => value / scales[j]), inverse };
}

/** Mirrors the rows from `j` on, so that column `j` is zero below its diagonal. */
function reflect(work: number[][], j: number): void {
  const mirror = work.slice(j).map((row) => row[j]);
  mirror[0] += (mirror[0] < 0 ? -1 : 1) * norm(mirror);
  const square = dot(mirror, mirror);
  if (square === 0) return;
  for (let k = j; k < work[j].length; k++) {
    const along = mirror.reduce((sum, value, i) => sum + value * work[j + i][k], 0);
    mirror.forEach((value, i) => {
      work[j + i][k] -= (2 * along * value) / square;
    });
  }
}

/** Column `j` and those before it that it is the sum of. */
function dependence(work: Matrix, j: number): readonly number[] {
  const column = work.slice(0, j).map((row) => row[j]);
  const shares = backSubstitute(work, Math.min(j, work.length), column);
  return [...shares.flatMap((share, i) => (Math.abs(share) > 1e-6 ? [i] : [])), j];
}

/** Solves R·x = b by the upper triangle of the first `size` rows. */
function backSubstitute(triangle: Matrix, size: number, right: readonly number[]): number[] {
  const values = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let rest = right[i];
    for (let k = i + 1; k < size; k++) rest -= triangle[i][k] * values[k];
    values[i] = rest / triangle[i][i];
  }
  return values;
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

function norm(values: readonly number[]): number {
  return Math.hypot(...values);
}
