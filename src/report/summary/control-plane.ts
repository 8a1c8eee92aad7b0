/** What the control plane did: pushes by type, their bytes, and how fast the proxies had them. */
import { type LatencyEstimates, stages } from '../../measure/result.ts';
import {
  byteUnit,
  count,
  digits,
  estimate,
  times,
  timeUnit,
  type Unit,
  withUnit,
} from '../format.ts';
import { firstThatFits, flow, grid, wrap } from '../layout.ts';
import type { Context } from './context.ts';

export function controlPlaneSection({ mesh, paint, width }: Context): readonly string[] {
  if (mesh === null || mesh.controlPlane.events.value === 0) return [];
  const { controlPlane } = mesh;
  const { events, batches, pushes, pushes_total, pushed_proxies, bytes } = controlPlane;
  const title = `${paint.strong('PUSHES')}  ${plural(events.value, 'event', 'events')} in ${plural(batches.value, 'batch', 'batches')}, a replication`;
  if (pushes_total.value === 0) return [title, '  nothing was pushed'];
  const types = Object.entries(pushes)
    .filter(([, of]) => of.value > 0)
    .map(([type, of]) => `${amount(of.value)} ${type}`);
  const facts = wrap(
    `${amount(pushes_total.value)} responses (${types.join(', ')}) in ${plural(pushed_proxies.value, 'push', 'pushes')} to a proxy, ${withUnit(bytes, byteUnit)}`,
    width - 2,
  ).map((line) => `  ${line}`);
  return [
    title,
    ...facts,
    ...convergenceTable(controlPlane, paint.faint, width),
    ...stageLine(controlPlane, paint.faint, width),
    ...reasonTable(controlPlane, paint.faint, width),
  ];
}

type ControlPlane = NonNullable<Context['mesh']>['controlPlane'];
const columns = ['mean', 'p50', 'p90', 'p99', 'max'] as const;

function convergenceTable(
  { convergence, fleet_convergence }: ControlPlane,
  faint: (text: string) => string,
  width: number,
): readonly string[] {
  if (convergence === null) return [];
  const unit = timeUnit(convergence.p99_ms.value);
  const rows = [
    [`event to applied [${unit.name}]`, ...columns],
    ['by a proxy', ...cellsOf(convergence, unit)],
  ];
  if (fleet_convergence !== null) {
    rows.push(['by the last proxy', ...cellsOf(fleet_convergence, unit)]);
  }
  const forms = [[], ['p90'], ['p90', 'p50']].map((dropped) => () => {
    const shown = rows.map((row) =>
      row.filter((_, i) => i === 0 || !dropped.includes(columns[i - 1])),
    );
    return grid(shown, ['left', ...shown[0].slice(1).map(() => 'right' as const)]);
  });
  const [head, ...table] = firstThatFits(forms, width);
  return [faint(head), ...table];
}

function cellsOf(latency: LatencyEstimates, unit: Unit): readonly string[] {
  return columns.map((column) => estimate(times(latency[`${column}_ms`], 1 / unit.size)));
}

/** Mean time of a batch in each stage, in one unit. */
function stageLine(
  { stages_ms }: ControlPlane,
  faint: (text: string) => string,
  width: number,
): readonly string[] {
  const most = Math.max(...stages.map((stage) => stages_ms[stage].value));
  if (most === 0) return [];
  const unit = timeUnit(most);
  const rows = [
    [`mean of a stage [${unit.name}]`, ...stages],
    ['', ...stages.map((stage) => estimate(times(stages_ms[stage], 1 / unit.size)))],
  ];
  const parts = stages.map((stage, i) => `${stage} ${rows[1][i + 1]}`);
  const [first, ...rest] = firstThatFits(
    [
      () => grid(rows, ['left', ...stages.map(() => 'right' as const)]),
      () => [
        `  ${rows[0][0]}`,
        ...flow(parts, { gap: '   ', width: width - 4, indent: '' }).map((line) => `    ${line}`),
      ],
    ],
    width,
  );
  return [faint(first), ...rest];
}

/** Where the time from a change to the proxies goes, by what was changed. */
function reasonTable(
  { by_reason }: ControlPlane,
  faint: (text: string) => string,
  width: number,
): readonly string[] {
  if (by_reason.length === 0) return [];
  const all = by_reason.flatMap(({ stages_ms }) => stages.map((stage) => stages_ms[stage].value));
  const unit = timeUnit(Math.max(...all));
  const rows = by_reason.map(({ reason, events, stages_ms }) => [
    reason,
    amount(events.value),
    ...stages.map((stage) => estimate(times(stages_ms[stage], 1 / unit.size))),
  ]);
  const head = [`by reason [${unit.name}]`, 'events', ...stages];
  const plain = by_reason.map(({ reason, events, stages_ms }) => [
    reason,
    amount(events.value),
    ...stages.map((stage) => digits(stages_ms[stage].value / unit.size)),
  ]);
  const aligns = ['left', ...head.slice(1).map(() => 'right' as const)] as const;
  const [first, ...rest] = firstThatFits(
    [rows, plain].map((body) => () => grid([head, ...body], [...aligns])),
    width,
  );
  return [faint(first), ...rest];
}

function plural(n: number, one: string, many: string): string {
  return `${amount(n)} ${amount(n) === '1' ? one : many}`;
}

/** Means over replications need not be whole. */
function amount(value: number): string {
  return value >= 10 || Number.isInteger(value) ? count(value) : value.toFixed(1);
}
