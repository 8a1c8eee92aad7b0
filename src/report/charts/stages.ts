/** Where the time from a change to the proxies' having it goes, stage by stage, for each kind of change. */
import { type Result, stages } from '../../measure/result.ts';
import { type Chart, chart } from './chart.ts';

export function stagesChart({ cases }: Result): Chart | null {
  const mesh = cases.find(({ name }) => name === 'mesh');
  const reasons = mesh?.controlPlane.by_reason ?? [];
  if (reasons.length === 0) return null;
  const values = reasons.flatMap(({ reason, events, stages_ms }) =>
    stages.map((stage, order) => ({
      reason: `${reason} (${Math.round(events.value)})`,
      stage,
      order,
      value: stages_ms[stage].value,
    })),
  );
  return chart('From a change to the proxies', 'mean time in each stage, by what was changed', {
    data: { values },
    width: 480,
    height: { step: 26 },
    mark: { type: 'bar' },
    encoding: {
      y: { field: 'reason', type: 'nominal', title: null, sort: null },
      x: { field: 'value', type: 'quantitative', title: 'ms', stack: 'zero' },
      color: { field: 'stage', type: 'nominal', title: null, sort: [...stages] },
      order: { field: 'order' },
    },
  });
}
