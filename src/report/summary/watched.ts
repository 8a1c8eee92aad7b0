/** The sidecars of the services that the scenario watches, side by side: what each config mode leaves them with. */
import type { WatchedResult } from '../../measure/result.ts';
import { byteUnit, estimate, times } from '../format.ts';
import { firstThatFits, grid } from '../layout.ts';
import type { Context } from './context.ts';

export function watchedSection({ mesh, paint, width }: Context): readonly string[] {
  const watched = mesh?.watched ?? [];
  if (watched.length === 0) return [];
  const title = `${paint.strong('SIDECARS')}  at the end, mean of a service's pods`;
  const byName = watched.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
  const unit = byteUnit(Math.max(...byName.map((one) => lastOf(one, 'memory_bytes').value)));
  const columns: readonly Column[] = [
    [`memory [${unit.name}]`, (one) => estimate(times(lastOf(one, 'memory_bytes'), 1 / unit.size))],
    ['CDS', (one) => estimate(lastOf(one, 'clusters'))],
    ['EDS', (one) => estimate(lastOf(one, 'endpoints'))],
    ['updates', (one) => estimate(lastOf(one, 'cluster_updates'))],
    ['pushes', (one) => estimate(lastOf(one, 'pushes'))],
    ['push [s]', (one) => estimate(lastOf(one, 'push_s'))],
    ['converge [s]', (one) => estimate(lastOf(one, 'convergence_s'))],
  ];
  const forms = [columns.length, 5, 3].map((count) => () => table(byName, columns.slice(0, count)));
  const [head, ...rows] = firstThatFits(forms, width);
  return [title, paint.faint(head), ...rows];
}

type Column = readonly [string, (one: WatchedResult) => string];

function table(watched: readonly WatchedResult[], columns: readonly Column[]): readonly string[] {
  const rows = watched.map((one) => [
    one.service,
    one.config,
    ...columns.map(([, show]) => show(one)),
  ]);
  return grid(
    [['service', 'config', ...columns.map(([name]) => name)], ...rows],
    ['left', 'left', ...columns.map(() => 'right' as const)],
  );
}

function nameOf({ service }: WatchedResult): string {
  return service.slice(service.indexOf('/') + 1);
}

function lastOf({ columns, rows }: WatchedResult, column: string) {
  const at = columns.indexOf(column);
  const [value, low, high] = rows.at(-1)?.slice(at, at + 3) ?? [0, null, null];
  return { value: value ?? 0, low, high };
}
