/** What needs attention: stations that cannot keep up, thresholds, and warnings. */
import type { Estimate, SloResult } from '../../measure/result.ts';
import { formatShare } from '../../units.ts';
import { margin, NONE } from '../format.ts';
import { firstThatFits, grid, shorten, wrap } from '../layout.ts';
import type { Context } from './context.ts';

export function saturatedSection({ result, paint, width }: Context): readonly string[] {
  const rows = result.cases.flatMap(({ name, saturated }) =>
    saturated.map((station) => [
      name === 'mesh' ? '' : 'no mesh',
      shorten(station.name, width - 50),
      `${station.servers} ${station.servers === 1 ? 'server' : 'servers'}`,
      `utilisation ${formatShare(station.utilisation)}`,
    ]),
  );
  if (rows.length === 0) return [];
  const columns = rows.every(([name]) => name === '') ? rows.map(([, ...rest]) => rest) : rows;
  const title = 'SATURATED';
  const meaning = 'more work comes than can be done: waits grow with the run, and have no mean';
  const [first, ...more] = wrap(`${title}  ${meaning}`, width);
  return [
    first.replace(title, paint.bad(title)),
    ...more.map((line) => `  ${line}`),
    ...grid(columns, ['left', 'left', 'right', 'left']),
  ];
}

export function sloSection({ result, paint, width }: Context): readonly string[] {
  if (result.slos.length === 0) return [];
  const rows = result.slos.map((slo) => [
    slo.pass ? '✓' : '✗',
    slo.expression,
    slo.value === null ? NONE : `${slo.shown} ${intervalOf(slo)}`.trim(),
    slo.value === null ? slo.shown : slo.certain ? '' : UNCERTAIN,
  ]);
  const lines = firstThatFits(
    [
      () => grid(rows, ['left', 'left', 'left', 'left']),
      () => rows.flatMap((row) => onLines(row, width)),
    ],
    width,
  );
  const failed = result.slos.filter(({ pass }) => !pass).length;
  const count = `${result.slos.length - failed} of ${result.slos.length} kept`;
  const title = `${paint.strong('THRESHOLDS')}  ${failed > 0 ? paint.bad(count) : count}`;
  const isOpen = result.slos.some(({ value, certain }) => value !== null && !certain);
  const meaning =
    'uncertain: the interval holds the bound, or there is none; another run might say otherwise';
  return [
    title,
    ...lines.map((line) => coloured(line, paint)),
    ...(isOpen ? indented(meaning, width).map(paint.faint) : []),
  ];
}

const UNCERTAIN = 'uncertain';

/** A threshold that is too long for a row of a table. */
function onLines([mark, expression, ...rest]: readonly string[], width: number): readonly string[] {
  const value = rest.filter((text) => text !== '').join('   ');
  return [`  ${mark}   ${expression}`, ...wrap(value, width - 6).map((line) => `      ${line}`)];
}

function coloured(line: string, paint: Context['paint']): string {
  const marked = line
    .replace(/^ {2}✓/, `  ${paint.good('✓')}`)
    .replace(/^ {2}✗/, `  ${paint.bad('✗')}`);
  return marked.replace(/ uncertain$/, ` ${paint.caution(UNCERTAIN)}`);
}

function indented(text: string, width: number): readonly string[] {
  return wrap(text, width - 2).map((line) => `  ${line}`);
}

/** Relative, as a value may be in any unit: `(±1.2% of it)`. */
function intervalOf({ value }: SloResult): string {
  if (value === null || value.low === null || value.high === null || value.value === 0) return '';
  const { low, high } = value as Estimate & { readonly low: number; readonly high: number };
  const half = Math.max(high - value.value, value.value - low);
  if (margin(value) === '') return '';
  return `(±${formatShare(Number((half / Math.abs(value.value)).toPrecision(2)))} of it)`;
}

export function warningSection({ result, paint, width }: Context): readonly string[] {
  if (result.warnings.length === 0) return [];
  const lines = result.warnings.flatMap((warning) =>
    wrap(warning, width - 4).map((line, i) => `${i === 0 ? '  ! ' : '    '}${line}`),
  );
  return [paint.caution('WARNINGS'), ...lines];
}
