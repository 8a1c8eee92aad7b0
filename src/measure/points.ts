/**
 * The points of a sweep: what one leaves behind when it is done, and the document of all that reports read. Both are
 * plain data; a record is one line of a journal, and the same whoever simulated it.
 */
import type { MetricName } from './metrics.ts';
import type { Estimate, SloResult } from './result.ts';

/** A point that was simulated. */
export interface PointRecord {
  /** Content address: of what was simulated, with what, and by which version. */
  readonly id: string;
  /** In its sweep, from 0 on. */
  readonly index: number;
  /** By axis, as the scenario would have it. */
  readonly values: readonly PointValue[];
  /** Of the first load; in the unit of the metric. null where there is none to give, as where a station is saturated. */
  readonly metrics: Readonly<Record<MetricName, Estimate | null>>;
  readonly slos: readonly SloResult[];
  /** Names of saturated stations. */
  readonly saturated: readonly string[];
  readonly visits: number;
  readonly events: number;
  /** Latency of the first load with the mesh: HdrHistogram V2 compressed, base64; nanoseconds. */
  readonly hdr: string;
}
export type PointValue = string | number | boolean | null;

/** A point that was not. */
export interface PointFailure {
  readonly id: string;
  readonly index: number;
  readonly values: readonly PointValue[];
  readonly kind: 'invalid' | 'failed' | 'out of memory' | 'too long' | 'lost';
  readonly reason: string;
  /** That simulates this point alone, for a shell. */
  readonly command: string;
}

export interface SweepAxis {
  /** In the scenario, such as `load[0].rate`. */
  readonly path: string;
  /** The different ones, in the order of the axis. */
  readonly values: readonly PointValue[];
}

/** A sweep with all that is known of it; points in the order of their index. No wall-clock time is in it. */
export interface SweepResult {
  readonly schema: 'meshsim/sweep/v1';
  readonly meshsim: string;
  readonly scenario: string;
  /** Of the scenario before a point changes it. */
  readonly digest: string;
  readonly seed: string;
  readonly axes: readonly SweepAxis[];
  /** How points were chosen from the axes. */
  readonly design: 'grid' | 'zip' | 'latin-hypercube' | 'sobol' | 'adaptive';
  /** Points of the whole sweep; those of `points` and `failures` may be fewer. */
  readonly size: number;
  readonly points: readonly PointRecord[];
  readonly failures: readonly PointFailure[];
  /** What an adaptive sweep looked for and found. */
  readonly knee: KneeResult | null;
}

/** Where along an axis a threshold stops being kept: two values next to each other, in the unit of the axis. */
export interface KneeResult {
  readonly path: string;
  /** Of several all are kept or not: joined by ` and `. */
  readonly threshold: string;
  /** Keeps it, and does not, as far as was looked; null where all or none of the points keep it. */
  readonly keeps: number | null;
  readonly breaks: number | null;
  /** That a point called `keeps` does and one called `breaks` does not, such as 0.95. */
  readonly confidence: number;
  /** Whether the points have that confidence; else their values alone say so, after all replications allowed. */
  readonly certain: boolean;
  /** Of all points on one side of the knee, as far as was looked, none is of the other kind. */
  readonly monotone: boolean;
}
