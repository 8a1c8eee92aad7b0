/** What the sections of a summary share. */
import type { CaseResult, Result } from '../../measure/result.ts';
import type { Paint } from '../layout.ts';

export interface Context {
  readonly result: Result;
  readonly mesh: CaseResult | null;
  /** null: not simulated. */
  readonly baseline: CaseResult | null;
  readonly paint: Paint;
  /** Columns of a line. */
  readonly width: number;
}
