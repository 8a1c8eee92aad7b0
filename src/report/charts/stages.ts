/** Where the time from a change to the proxies' having it goes, stage by stage, for each kind of change. */
import { type Result, stages } from '../../measure/result.ts';
import { type Chart, round } from './chart.ts';

export function stagesChart({ cases }: Result): Chart | null {
  const mesh = cases.find(({ name }) => name === 'mesh');
  const reasons = mesh?.controlPlane.by_reason ?? [];
  if (reasons.length === 0) return null;
  const rows = reasons.flatMap(({ reason, events, stages_ms }) =>
    stages.map((stage, order) => ({
      reason: `${reason} (${Math.round(events.value)})`,
      stage,
      order,
      value: round(stages_ms[stage].value),
    })),
  );
  return {
    title: 'From a change to the proxies',
    subtitle: 'mean time in each stage, by what was changed (how often)',
    columns: { reason: 'change (events)', stage: 'stage', value: 'time [ms]' },
    rows,
    view: {
      width: 480,
      height: { step: 26 },
      mark: { type: 'bar' },
      encoding: {
        y: { field: 'reason', type: 'nominal', title: null, sort: null },
        x: { field: 'value', type: 'quantitative', title: 'ms', stack: 'zero' },
        color: { field: 'stage', type: 'nominal', title: null, sort: [...stages] },
        order: { field: 'order' },
      },
    },
  };
}
