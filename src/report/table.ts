/**
 * The summary of a result for a person at a terminal: what is wrong first (saturated stations, missed thresholds),
 * then each load, the services, what the mesh costs, what the control plane did, and what to be wary of.
 */
import type { CaseResult, Result } from '../measure/result.ts';
import { formatTime, SECOND } from '../units.ts';
import type { RenderOptions } from './reports.ts';
import { controlPlaneSection } from './summary/control-plane.ts';
import { costSection } from './summary/cost.ts';
import { loadSection } from './summary/load.ts';
import { serviceSection } from './summary/services.ts';
import { saturatedSection, sloSection, warningSection } from './summary/verdicts.ts';

export function render(result: Result, options: RenderOptions): string {
  const { paint, width } = options;
  const mesh = caseNamed(result, 'mesh');
  const baseline = caseNamed(result, 'baseline');
  const context = { result, mesh, baseline, paint, width };
  const sections = [
    heading(result, paint.strong, paint.faint),
    saturatedSection(context),
    sloSection(context),
    ...(mesh?.loads ?? []).map((load) => loadSection(context, load)),
    serviceSection(context),
    costSection(context),
    controlPlaneSection(context),
    warningSection(context),
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function caseNamed({ cases }: Result, name: CaseResult['name']): CaseResult | null {
  return cases.find((one) => one.name === name) ?? null;
}

function heading(
  result: Result,
  strong: (text: string) => string,
  faint: (text: string) => string,
): readonly string[] {
  const { scenario, mode, release, profile, seed, reps, warmup_s, window_s, method } = result;
  const facts = [mode, `istio ${release}`, `profile ${profile}`, `seed ${seed}`].join('   ');
  const window = formatTime(window_s * SECOND);
  const warmup = formatTime(warmup_s * SECOND);
  const found = method.warmup === 'fixed' ? '' : ` (${method.warmup})`;
  const runs = `${reps} ${reps === 1 ? 'replication' : 'replications'} of ${window} after a warm-up of ${warmup}${found}; ± are 95 % confidence intervals, by ${method.intervals}`;
  return [`${strong(scenario)}   ${facts}`, faint(runs)];
}
