/** What a reader should know before believing the numbers of a result: noise, rare events, stations near saturation. */
import { formatShare } from '../units.ts';
import { alignBy } from './align.ts';
import { BATCHES_MIN } from './interval.ts';
import { BEYOND_MIN, isThin, type QuantileName, quantiles } from './latency.ts';
import { FAILURES_MIN, failuresOf } from './loads.ts';
import type { LoadMeasure, Replication } from './replication.ts';
import type { CaseResult, LatencyEstimates, LoadResult, Result } from './result.ts';
import { flickering } from './saturation.ts';

/** From here on waits react to the smallest change of the load. */
const BUSY = 0.9;
const quantileNames = Object.keys(quantiles) as readonly QuantileName[];

export function warningsOfRun(
  { precision, reps }: Pick<Result, 'precision' | 'reps'>,
  warmup: { readonly reached: boolean },
): readonly string[] {
  const warnings: string[] = [];
  if (!warmup.reached) {
    warnings.push(
      'the end of the warm-up was not found within the first half of the run: simulate longer, or set the warm-up',
    );
  }
  if (precision !== null && !precision.reached) {
    const known =
      precision.achieved === null
        ? 'gave no interval of the mean latency'
        : `know the mean latency to ±${formatShare(precision.achieved)}`;
    warnings.push(
      `${counted(reps, 'replication')} ${known}, not to ±${formatShare(precision.target)}`,
    );
  }
  return warnings;
}

/** @param replications - those that the case was made from */
export function warningsOfCase(
  { name, stations, loads }: Pick<CaseResult, 'name' | 'stations' | 'loads'>,
  replications: readonly Replication[],
): readonly string[] {
  const lists = replications.map((replication) => replication.loads);
  const warnings = [
    ...alignBy(lists, (load) => load.name).flatMap(({ items }, i) => [
      ...errorWarnings(loads[i], items),
      ...unfinishedWarnings(loads[i]),
      ...latencyWarnings(loads[i], items),
    ]),
    ...busyWarnings(stations),
    ...flickering(replications).map(
      (station) =>
        `station "${station.name}" was saturated in ${station.count} of ${replications.length} replications: its load is at the edge of what it can do`,
    ),
  ];
  return name === 'baseline' ? warnings.map((text) => `baseline: ${text}`) : warnings;
}

function errorWarnings(load: LoadResult, items: readonly LoadMeasure[]): readonly string[] {
  const failures = items.reduce((sum, item) => sum + failuresOf(item), 0);
  if (failures === 0 || failures >= FAILURES_MIN) return [];
  return [`load "${load.name}": the error rate rests on ${counted(failures, 'failed request')}`];
}

function unfinishedWarnings({ name, outcomes }: LoadResult): readonly string[] {
  const unfinished = outcomes.unfinished ?? 0;
  if (unfinished === 0) return [];
  const which = counted(unfinished, 'request');
  return [`load "${name}": ${which} had not left when the run ended; latencies are without them`];
}

function latencyWarnings(load: LoadResult, items: readonly LoadMeasure[]): readonly string[] {
  if (load.saturated) return [];
  if (load.latency === null && load.requests === 0) {
    return [`load "${load.name}": no request arrived in the window`];
  }
  if (load.latency === null) return [];
  const filled = items.filter(({ latency }) => latency.length > 0);
  if (filled.length === 1 && filled[0].batchMeans.length < BATCHES_MIN) {
    return [
      `load "${load.name}": a single replication of fewer than ${BATCHES_MIN} batches gives no interval`,
    ];
  }
  return quantileWarnings(load.name, load.latency, filled);
}

/** Quantiles without interval: because of too few values, or because those there are depend on each other. */
function quantileWarnings(
  load: string,
  latency: LatencyEstimates,
  filled: readonly LoadMeasure[],
): readonly string[] {
  const histograms = filled.map((item) => item.latency);
  const open = quantileNames.filter((name) => latency[`${name}_ms`].low === null);
  const thin = open.filter((name) => isThin(histograms, quantiles[name]));
  const dependent = open.filter((name) => !thin.includes(name));
  const warnings: string[] = [];
  if (thin.length > 0) {
    warnings.push(
      `load "${load}": fewer than ${BEYOND_MIN} requests of a replication lie beyond ${written(thin)}: no interval`,
    );
  }
  if (dependent.length > 0) {
    warnings.push(
      `load "${load}": requests resemble their neighbours too much for an interval of ${written(dependent)} from a single replication`,
    );
  }
  return warnings;
}

/** `p99, p99.9` */
function written(names: readonly QuantileName[]): string {
  return names.map((name) => `p${100 * quantiles[name]}`).join(', ');
}

/** One for all of a case: a large mesh may have hundreds. */
function busyWarnings(stations: CaseResult['stations']): readonly string[] {
  const busy = stations.filter(
    (station) => !station.saturated && station.utilisation_max.value > BUSY,
  );
  if (busy.length === 0) return [];
  const busiest = busy.reduce((a, b) =>
    b.utilisation_max.value > a.utilisation_max.value ? b : a,
  );
  const others =
    busy.length === 1 ? '' : ` (${busy.length} stations are busier than ${formatShare(BUSY)})`;
  const share = formatShare(busiest.utilisation_max.value);
  return [
    `station "${busiest.name}" is busy ${share} of the time${others}: waits there vary much between runs`,
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
