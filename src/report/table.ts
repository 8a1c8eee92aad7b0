/**
 * The summary of a result for a person at a terminal: what is wrong first (saturated stations, missed thresholds),
 * then each load, the services, calls to what proxies did not know or knew wrongly, what the mesh costs, what the
 * control plane did and lost, and what to be wary of.
 */
import type { CaseResult, Result } from '../measure/result.ts';
import { formatTime, SECOND } from '../units.ts';
import { flow, wrap } from './layout.ts';
import type { RenderOptions } from './reports.ts';
import type { Context } from './summary/context.ts';
import { controlPlaneSection } from './summary/control-plane.ts';
import { controllerSection } from './summary/controllers.ts';
import { costSection } from './summary/cost.ts';
import { detourSection } from './summary/detours.ts';
import { faultSection } from './summary/faults.ts';
import { loadSection } from './summary/load.ts';
import { serviceSection } from './summary/services.ts';
import { staleSection } from './summary/stale.ts';
import { saturatedSection, sloSection, warningSection } from './summary/verdicts.ts';
import { watchedSection } from './summary/watched.ts';

export function render(result: Result, options: RenderOptions): string {
  const { paint, width } = options;
  const mesh = caseNamed(result, 'mesh');
  const baseline = caseNamed(result, 'baseline');
  const context: Context = { result, mesh, baseline, paint, width };
  const sections = [
    heading(context),
    saturatedSection(context),
    sloSection(context),
    ...(mesh?.loads ?? []).map((load) => loadSection(context, load)),
    serviceSection(context),
    detourSection(context),
    staleSection(context),
    costSection(context),
    controlPlaneSection(context),
    faultSection(context),
    controllerSection(context),
    watchedSection(context),
    warningSection(context),
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function caseNamed({ cases }: Result, name: CaseResult['name']): CaseResult | null {
  return cases.find((one) => one.name === name) ?? null;
}

function heading({ result, paint, width }: Context): readonly string[] {
  const { scenario, mode, release, profile, seed, reps, warmup_s, window_s, method } = result;
  const facts = [scenario, mode, `istio ${release}`, `profile ${profile}`, `seed ${seed}`];
  const [first, ...rest] = flow(facts, { gap: '   ', width });
  const window = formatTime(window_s * SECOND);
  const warmup = formatTime(warmup_s * SECOND);
  const found = method.warmup === 'fixed' ? '' : ` (${method.warmup})`;
  const runs = `${reps} ${reps === 1 ? 'replication' : 'replications'} of ${window} after a warm-up of ${warmup}${found}; ± are 95 % confidence intervals, by ${method.intervals}`;
  return [
    `${paint.strong(first.slice(0, scenario.length))}${first.slice(scenario.length)}`,
    ...rest,
    ...wrap(runs, width).map(paint.faint),
  ];
}
