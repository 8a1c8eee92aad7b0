/** What the controllers of config modes did: how fast they learned, and what that cost. */
import { digits, estimate, NONE, timeUnit } from '../format.ts';
import { firstThatFits, grid } from '../layout.ts';
import type { Context } from './context.ts';

export function controllerSection({ mesh, paint, width }: Context): readonly string[] {
  const active = (mesh?.controlPlane.controllers ?? []).filter(({ writes }) => writes.value > 0);
  if (active.length === 0) return [];
  const slowest = active.map(({ time_to_known }) => time_to_known?.max_ms.value ?? 0);
  const unit = timeUnit(Math.max(...slowest));
  const rows = active.map(({ mode, learned, dropped, relayed_calls, time_to_known, ...writes }) => [
    mode,
    estimate(learned),
    estimate(dropped),
    time_to_known === null ? NONE : digits(time_to_known.mean_ms.value / unit.size),
    time_to_known === null ? NONE : digits(time_to_known.max_ms.value / unit.size),
    estimate(relayed_calls),
    estimate(writes.writes),
    estimate(writes.sidecar_writes),
  ]);
  const head = [
    'config mode',
    'learned',
    'dropped',
    `to known [${unit.name}]`,
    'max',
    'relayed',
    'API writes',
    'of Sidecars',
  ];
  const forms = [head.length, 6, 5].map((count) => () => {
    const shown = [head, ...rows].map((row) => row.slice(0, count));
    return grid(shown, ['left', ...head.slice(1, count).map(() => 'right' as const)]);
  });
  const [first, ...rest] = firstThatFits(forms, width);
  return [
    `${paint.strong('CONTROLLERS')}  first call to known by all pods of its caller`,
    paint.faint(first),
    ...rest,
  ];
}
