/** The points of a design as jobs: `path=value` for each axis, and a name that says what the point is. */
import type { PointValue } from '../measure/points.ts';
import { quote } from '../problems.ts';
import type { Design } from './design.ts';
import type { PointJob } from './spec.ts';

/** Part `part` of `count`, from 1 on: every count-th point. */
export interface Shard {
  readonly part: number;
  readonly count: number;
}

/** SHA-256 in hexadecimal digits. */
export type Hash = (text: string) => string;

/** `2/3`. @throws RangeError */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim());
  const [part, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || part < 1 || part > count) {
    throw new RangeError(`${quote(text)} is no shard; expected one such as 1/3, 2/3 or 3/3`);
  }
  return { part, count };
}

/** A value as YAML that means the same, in one line. */
export function asYaml(value: PointValue): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

export function jobAt(design: Design, index: number, digest: string, hash: Hash): PointJob {
  const values = design.valuesAt(index);
  const settings = design.axes.map(({ path }, a) => `${path}=${asYaml(values[a])}`);
  // What is simulated does not depend on the order of axes, nor on the other points.
  const id = `p${hash(JSON.stringify([digest, [...settings].sort()])).slice(0, 40)}`;
  return { id, index, settings, values };
}

export function* jobsOf(
  design: Design,
  { part, count }: Shard,
  digest: string,
  hash: Hash,
): Generator<PointJob> {
  for (let index = part - 1; index < design.size; index += count) {
    yield jobAt(design, index, digest, hash);
  }
}
