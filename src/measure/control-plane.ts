/** What the control plane did: events, pushes, and how long the fleet took to converge. */
import { MILLISECOND } from '../units.ts';
import { across } from './estimate.ts';
import { mean } from './interval.ts';
import { terminatingLatencyOf } from './latency.ts';
import type { ControlPlaneMeasure, Replication } from './replication.ts';
import { type ControlPlaneResult, type Estimate, type Stage, stages } from './result.ts';

export function controlPlaneResult(replications: readonly Replication[]): ControlPlaneResult {
  const measures = replications.map(({ controlPlane }) => controlPlane);
  const estimate = (of: (measure: ControlPlaneMeasure) => number) => across(measures.map(of));
  return {
    events: estimate((measure) => measure.events),
    batches: estimate((measure) => measure.batches),
    pushes: pushesByType(measures),
    pushes_total: estimate(({ pushes }) => Object.values(pushes).reduce((sum, n) => sum + n, 0)),
    pushed_proxies: estimate((measure) => measure.pushedProxies),
    bytes: estimate((measure) => measure.bytes),
    istiod_cpu_s: estimate((measure) => measure.istiodCpuSeconds),
    istiod_memory_bytes: mean(measures.map((measure) => measure.istiodMemory)),
    convergence: terminatingLatencyOf(measures.map((measure) => measure.convergence)),
    fleet_convergence: terminatingLatencyOf(measures.map((measure) => measure.fleetConvergence)),
    proxy_convergence: terminatingLatencyOf(measures.map((measure) => measure.proxyConvergence)),
    stages_ms: stagesOf(measures),
    faults: {
      rejected_connects: estimate(({ faults }) => faults.rejectedConnects),
      refused_connects: estimate(({ faults }) => faults.refusedConnects),
      lost_connections: estimate(({ faults }) => faults.lostConnections),
      aged_connections: estimate(({ faults }) => faults.agedConnections),
      lost_pushes: estimate(({ faults }) => faults.lostPushes),
      lost_events: estimate(({ faults }) => faults.lostEvents),
      disconnected_s: estimate(({ faults }) => faults.disconnectedSeconds),
    },
  };
}

/** By type in alphabetical order, whichever was pushed first; a type that a replication did not push counts 0. */
function pushesByType(
  measures: readonly ControlPlaneMeasure[],
): Readonly<Record<string, Estimate>> {
  const types = new Set(measures.flatMap(({ pushes }) => Object.keys(pushes)));
  const estimate = (type: string) => across(measures.map(({ pushes }) => pushes[type] ?? 0));
  return Object.fromEntries([...types].sort().map((type) => [type, estimate(type)]));
}

function stagesOf(measures: readonly ControlPlaneMeasure[]): Readonly<Record<Stage, Estimate>> {
  const estimate = (stage: Stage) =>
    across(
      measures.map((measure) => measure.stages[stage]),
      MILLISECOND,
    );
  const entries = stages.map((stage) => [stage, estimate(stage)] as const);
  return Object.fromEntries(entries) as Record<Stage, Estimate>;
}
