/** What the control plane did: pushes by type, their bytes, and how fast the proxies had them. */
import { type LatencyEstimates, stages } from '../../measure/result.ts';
import { byteUnit, count, estimate, times, timeUnit, type Unit, withUnit } from '../format.ts';
import { grid } from '../layout.ts';
import type { Context } from './context.ts';

export function controlPlaneSection({ mesh, paint }: Context): readonly string[] {
  if (mesh === null || mesh.controlPlane.events.value === 0) return [];
  const { controlPlane } = mesh;
  const { events, batches, pushes, pushes_total, pushed_proxies, bytes } = controlPlane;
  const title = `${paint.strong('PUSHES')}  ${plural(events.value, 'event', 'events')} in ${plural(batches.value, 'batch', 'batches')}, a replication`;
  if (pushes_total.value === 0) return [title, '  nothing was pushed'];
  const types = Object.entries(pushes)
    .filter(([, of]) => of.value > 0)
    .map(([type, of]) => `${amount(of.value)} ${type}`);
  const facts = [
    `  ${amount(pushes_total.value)} responses (${types.join(', ')}) in ${plural(pushed_proxies.value, 'push', 'pushes')} to a proxy, ${withUnit(bytes, byteUnit)}`,
  ];
  return [
    title,
    ...facts,
    ...convergenceTable(controlPlane, paint.faint),
    ...stageLine(controlPlane, paint.faint),
  ];
}

type ControlPlane = NonNullable<Context['mesh']>['controlPlane'];
const columns = ['mean', 'p50', 'p90', 'p99', 'max'] as const;

function convergenceTable(
  { convergence, fleet_convergence }: ControlPlane,
  faint: (text: string) => string,
): readonly string[] {
  if (convergence === null) return [];
  const unit = timeUnit(convergence.p99_ms.value);
  const rows = [
    [faint(`event to applied [${unit.name}]`), ...columns.map(faint)],
    ['by a proxy', ...cellsOf(convergence, unit)],
  ];
  if (fleet_convergence !== null) {
    rows.push(['by the last proxy', ...cellsOf(fleet_convergence, unit)]);
  }
  return grid(rows, ['left', ...columns.map(() => 'right' as const)]);
}

function cellsOf(latency: LatencyEstimates, unit: Unit): readonly string[] {
  return columns.map((column) => estimate(times(latency[`${column}_ms`], 1 / unit.size)));
}

/** Mean time of a batch in each stage, in one unit. */
function stageLine(
  { stages_ms }: ControlPlane,
  faint: (text: string) => string,
): readonly string[] {
  const most = Math.max(...stages.map((stage) => stages_ms[stage].value));
  if (most === 0) return [];
  const unit = timeUnit(most);
  const rows = [
    [faint(`mean of a stage [${unit.name}]`), ...stages.map(faint)],
    ['', ...stages.map((stage) => estimate(times(stages_ms[stage], 1 / unit.size)))],
  ];
  return grid(rows, ['left', ...stages.map(() => 'right' as const)]);
}

function plural(n: number, one: string, many: string): string {
  return `${amount(n)} ${amount(n) === '1' ? one : many}`;
}

/** Means over replications need not be whole. */
function amount(value: number): string {
  return value >= 10 || Number.isInteger(value) ? count(value) : value.toFixed(1);
}
