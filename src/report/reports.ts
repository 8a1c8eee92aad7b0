/** What a result can be shown as: text for a person, a program, or a spreadsheet. */
import type { Result } from '../measure/result.ts';
import { deserialise, serialise } from '../measure/serialise.ts';
import { picture } from './charts.ts';
import { services } from './csv.ts';
import { runHtml } from './html/run.ts';
import type { Paint } from './layout.ts';
import { prometheus } from './prometheus.ts';
import { render } from './table.ts';

export interface RenderOptions {
  readonly paint: Paint;
  /** Columns. */
  readonly width: number;
}

/** A text; a picture takes a while. */
export type Report = (result: Result, options: RenderOptions) => string | Promise<string>;

/** Every report, by the extension of its files. A new report is one file and one line here. */
export const reports = {
  json: (result) => serialise(result),
  csv: (result) => services(result),
  txt: render,
  prom: (result) => prometheus(result),
  svg: (result) => picture(result),
  // As it is read again from its file, where numbers have fewer digits.
  html: (result) => runHtml(deserialise(serialise(result))),
} satisfies Record<string, Report>;
export type ReportName = keyof typeof reports;
