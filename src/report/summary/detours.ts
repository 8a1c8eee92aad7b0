/** Calls to services that the caller's proxy did not know: how many, what became of them, and what that took. */
import type { DetourResult, LatencyEstimates } from '../../measure/result.ts';
import { count, digits, NONE, timeUnit } from '../format.ts';
import { grid, shorten } from '../layout.ts';
import type { Context } from './context.ts';

/** The rest is in result.json. */
const ROWS_MAX = 15;
const columns = ['mean', 'p50', 'p99', 'max'] as const;
/** Of the columns that are no names. */
const NUMBERS_WIDTH = 55;

export function detourSection({ mesh, paint, width }: Context): readonly string[] {
  const rows = (mesh?.services ?? [])
    .flatMap(({ service, detours }) => detours.map((detour) => ({ service, detour })))
    .toSorted((a, b) => b.detour.calls - a.detour.calls);
  if (rows.length === 0) return [];
  const shown = rows.slice(0, ROWS_MAX);
  const unit = timeUnit(Math.max(...shown.map(({ detour }) => detour.latency?.p50_ms.value ?? 0)));
  const cell = ({ latency }: DetourResult, of: (typeof columns)[number]) =>
    latency === null ? NONE : digits(quantityOf(latency, of) / unit.size);
  const [head, ...table] = grid(
    [
      ['', '', 'calls', `mean [${unit.name}]`, ...columns.slice(1)],
      ...shown.map(({ service, detour }) => [
        shorten(service, Math.max(12, width - NUMBERS_WIDTH)),
        detour.way,
        count(detour.calls),
        ...columns.map((of) => cell(detour, of)),
      ]),
    ],
    ['left', 'left', ...Array.from({ length: 1 + columns.length }, () => 'right' as const)],
  );
  const more = rows.length - shown.length;
  return [
    `${paint.strong('UNKNOWN')}  calls whose caller’s proxy did not know the service, most frequent first`,
    paint.faint(head),
    ...table,
    ...(more === 0 ? [] : [`  … and ${count(more)} more in result.json`]),
  ];
}

function quantityOf(latency: LatencyEstimates, of: (typeof columns)[number]): number {
  return latency[`${of}_ms`].value;
}
