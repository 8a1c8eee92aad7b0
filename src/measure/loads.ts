/** What the requests of a load, and the calls of a service, met: throughput, errors, latency. */
import { SECOND } from '../units.ts';
import { alignBy } from './align.ts';
import { detourResults } from './detours.ts';
import { across } from './estimate.ts';
import { encodeHdr } from './hdr.ts';
import { shareInterval } from './interval.ts';
import { latencyOf } from './latency.ts';
import {
  type LoadMeasure,
  outcomes,
  type Replication,
  type ServiceMeasure,
} from './replication.ts';
import type { Estimate, LoadResult, ServiceResult } from './result.ts';
import { meets } from './saturation.ts';
import { merge, quantileOf } from './sparse.ts';
import { staleResult } from './stale.ts';

/** Failures behind an error rate without which replications say little about how it varies. */
export const FAILURES_MIN = 10;

export function loadResults(
  replications: readonly Replication[],
  saturated: ReadonlySet<string>,
): readonly LoadResult[] {
  const windows = replications.map(({ window }) => window / SECOND);
  const lists = replications.map(({ loads }) => loads);
  return alignBy(lists, (load) => load.name).map(({ key, items }) => {
    const isSaturated = meets(items[0], saturated);
    return {
      name: key,
      requests: sum(items.map((load) => load.arrivals)),
      throughput_per_s: across(items.map((load, rep) => load.completions / windows[rep])),
      errors_share: errorsShare(items),
      outcomes: outcomesOf(items),
      saturated: isSaturated,
      latency: isSaturated ? null : latencyOf(items),
      hdr: encodeHdr(merge(items.map((load) => load.latency))),
    };
  });
}

export function serviceResults(
  replications: readonly Replication[],
  saturated: ReadonlySet<string>,
): readonly ServiceResult[] {
  const windows = replications.map(({ window }) => window / SECOND);
  const lists = replications.map(({ services }) => services);
  return alignBy(lists, (service) => service.service).map(({ key, items }) => ({
    service: key,
    calls_per_s: across(items.map((service, rep) => service.calls / windows[rep])),
    failed: sum(items.map((service) => service.failed)),
    retries: sum(items.map((service) => service.retries)),
    latency: meets(items[0], saturated) ? null : latencyOf(items.map(withoutBatches)),
    detours: detourResults(items, meets(items[0], saturated)),
    stale: staleResult(items.map(({ stale }) => stale)),
  }));
}

export function failuresOf(load: LoadMeasure): number {
  return load.arrivals - load.byOutcome[outcomes.indexOf('ok')];
}

/**
 * Over replications, because failures come in bursts; but with a single one, or hardly any failure, by Wilson's
 * interval of all requests together: no failure in a thousand requests does not mean that there are none.
 */
function errorsShare(items: readonly LoadMeasure[]): Estimate {
  const failures = items.map(failuresOf);
  const arrivals = items.map((load) => load.arrivals);
  const requests = sum(arrivals);
  if (items.length === 1 || sum(failures) < FAILURES_MIN) {
    return shareInterval(sum(failures), requests);
  }
  return across(failures.map((failed, rep) => failed / Math.max(1, arrivals[rep])));
}

function outcomesOf(items: readonly LoadMeasure[]): LoadResult['outcomes'] {
  const counts = outcomes.map(
    (outcome, i) => [outcome, sum(items.map((load) => load.byOutcome[i] ?? 0))] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** Services keep no batches and no maximum: the largest bucket tells it within 0.05 %. */
function withoutBatches({ latency, latencyMean }: ServiceMeasure) {
  const latencyMax = latency.length === 0 ? 0 : quantileOf(latency, 1);
  return { latency, latencyMean, latencyMax, batchMeans: [] };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
