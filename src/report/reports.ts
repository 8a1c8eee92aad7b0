/** What a result can be shown as: text for a person, a program, or a spreadsheet. */
import type { Result } from '../measure/result.ts';
import { serialise } from '../measure/serialise.ts';
import { services } from './csv.ts';
import type { Paint } from './layout.ts';
import { render } from './table.ts';

export interface RenderOptions {
  readonly paint: Paint;
  /** Columns. */
  readonly width: number;
}

export type Report = (result: Result, options: RenderOptions) => string;

/** Every report, by the extension of its files. A new report is one file and one line here. */
export const reports = {
  json: (result) => serialise(result),
  csv: (result) => services(result),
  txt: render,
} satisfies Record<string, Report>;
export type ReportName = keyof typeof reports;
