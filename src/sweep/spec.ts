/**
 * What a sweep simulates, as plain data: what all points share (it crosses to a thread or a machine once), and what is
 * a point's own. Together they say everything; who simulates a point needs no file.
 */
import type { Profile } from '../calibration/profile.ts';
import type { PointFailure, PointRecord, PointValue } from '../measure/points.ts';

/** What all points share. */
export interface SweepSpec {
  readonly meshsim: string;
  /** The scenario as it was read; `file` is what problems call it. */
  readonly file: string;
  readonly text: string;
  /** `path=value` of the command line, before those of a point. */
  readonly set: readonly string[];
  readonly seed: string | null;
  readonly reps: string | null;
  readonly until: string | null;
  readonly thresholds: readonly string[];
  /** List of recorded events, where the scenario names one. */
  readonly events: { readonly file: string; readonly text: string } | null;
  /** By the name that a scenario calls it. */
  readonly profiles: Readonly<
    Record<string, { readonly profile: Profile; readonly digest: string }>
  >;
  readonly baseline: boolean;
  /** Of all that stands above but the axes' own values. */
  readonly digest: string;
}

/** What is a point's own. */
export interface PointJob {
  readonly id: string;
  readonly index: number;
  /** By axis: `path=value`, the value in YAML. */
  readonly settings: readonly string[];
  /** The same values as data. */
  readonly values: readonly PointValue[];
}

/** What became of a point. */
export type PointOutcome = { readonly record: PointRecord } | { readonly failure: PointFailure };
