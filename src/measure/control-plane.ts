/** What the control plane did: events, pushes, and how long the fleet took to converge. */
import { MILLISECOND } from '../units.ts';
import { across } from './estimate.ts';
import { mean } from './interval.ts';
import { terminatingLatencyOf } from './latency.ts';
import type { ControlPlaneMeasure, Replication } from './replication.ts';
import {
  type ControllerResult,
  type ControlPlaneResult,
  type Estimate,
  type OutageResult,
  type ReasonResult,
  type Stage,
  stages,
} from './result.ts';

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
    stages_ms: stagesOf(measures.map(({ stages }) => stages)),
    by_reason: byReason(measures),
    metrics: measures[0].metrics,
    controllers: controllerResults(measures),
    faults: {
      rejected_connects: estimate(({ faults }) => faults.rejectedConnects),
      refused_connects: estimate(({ faults }) => faults.refusedConnects),
      lost_connections: estimate(({ faults }) => faults.lostConnections),
      aged_connections: estimate(({ faults }) => faults.agedConnections),
      lost_pushes: estimate(({ faults }) => faults.lostPushes),
      lost_events: estimate(({ faults }) => faults.lostEvents),
      disconnected_s: estimate(({ faults }) => faults.disconnectedSeconds),
    },
    outages: outageResults(measures),
  };
}

/** In the order in which they first occur; a replication without an outage counts 0. */
function outageResults(measures: readonly ControlPlaneMeasure[]): readonly OutageResult[] {
  const lists = measures.map(({ outages }) => outages);
  const services = new Set(lists.flatMap((list) => list.map(({ service }) => service)));
  const secondsOf = (name: string) =>
    lists.map((list) => list.find(({ service }) => service === name)?.seconds ?? 0);
  return [...services].map((service) => ({ service, time_s: across(secondsOf(service)) }));
}

/** All replications have the same controllers, in the same order. */
function controllerResults(measures: readonly ControlPlaneMeasure[]): readonly ControllerResult[] {
  return measures[0].scoping.controllers.map(({ mode }, c) => {
    const of = measures.map(({ scoping }) => scoping.controllers[c]);
    return {
      mode,
      writes: across(of.map(({ writes }) => writes)),
      sidecar_writes: across(of.map(({ sidecarWrites }) => sidecarWrites)),
      learned: across(of.map(({ learned }) => learned)),
      dropped: across(of.map(({ dropped }) => dropped)),
      relayed_calls: across(of.map(({ relayedCalls }) => relayedCalls)),
      time_to_known: terminatingLatencyOf(of.map(({ timeToKnown }) => timeToKnown)),
    };
  });
}

/** In the order in which reasons first occur; a replication without one has no part in its stages. */
function byReason(measures: readonly ControlPlaneMeasure[]): readonly ReasonResult[] {
  const reasons = new Set(measures.flatMap((measure) => measure.byReason.map((one) => one.reason)));
  return [...reasons].map((reason) => {
    const found = measures.map((measure) => measure.byReason.find((one) => one.reason === reason));
    const present = found.filter((one) => one !== undefined);
    return {
      reason,
      events: across(found.map((one) => one?.events ?? 0)),
      stages_ms: stagesOf(present.map(({ stages }) => stages)),
    };
  });
}

/** By type in alphabetical order, whichever was pushed first; a type that a replication did not push counts 0. */
function pushesByType(
  measures: readonly ControlPlaneMeasure[],
): Readonly<Record<string, Estimate>> {
  const types = new Set(measures.flatMap(({ pushes }) => Object.keys(pushes)));
  const estimate = (type: string) => across(measures.map(({ pushes }) => pushes[type] ?? 0));
  return Object.fromEntries([...types].sort().map((type) => [type, estimate(type)]));
}

function stagesOf(
  means: readonly ControlPlaneMeasure['stages'][],
): Readonly<Record<Stage, Estimate>> {
  const estimate = (stage: Stage) =>
    across(
      means.map((mean) => mean[stage]),
      MILLISECOND,
    );
  const entries = stages.map((stage) => [stage, estimate(stage)] as const);
  return Object.fromEntries(entries) as Record<Stage, Estimate>;
}
