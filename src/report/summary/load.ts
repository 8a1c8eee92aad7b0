/** One load: how many requests, how they ended, how long they took, and how much of that is the mesh. */
import type {
  Estimate,
  LatencyEstimates,
  LoadResult,
  OverheadResult,
} from '../../measure/result.ts';
import { formatTime } from '../../units.ts';
import {
  count,
  digits,
  estimate,
  margin,
  NONE,
  signed,
  signedEstimate,
  times,
  timeUnit,
  type Unit,
} from '../format.ts';
import { firstThatFits, flow, grid, wrap } from '../layout.ts';
import { sparkline } from '../sparkline.ts';
import type { Context } from './context.ts';

const columns = ['mean', 'p50', 'p90', 'p99', 'p999', 'max'] as const;
const headings = { p999: 'p99.9' } as Readonly<Record<string, string>>;

export function loadSection(context: Context, load: LoadResult): readonly string[] {
  const { paint, width } = context;
  const { name } = load;
  const [first, ...more] = flow([name, ...trafficOf(load)], { gap: '   ', width });
  const title = [
    `${paint.strong(first.slice(0, name.length))}${first.slice(name.length)}`,
    ...more,
  ];
  if (load.latency === null) {
    const why = load.saturated
      ? paint.bad('no latency: its requests meet a saturated station')
      : load.requests === 0
        ? 'no latency: no request arrived'
        : 'no latency: none of its requests had left when the run ended';
    return [...title, `  ${why}`];
  }
  return [
    ...title,
    ...latencyTable(context, load, load.latency),
    ...failuresIn(load, width).map(paint.caution),
    ...shapeOf(context, load),
  ];
}

/** `24,000 requests   400 ±1.2/s   errors 0.02 ±0.01 %: 12 timeout, 3 refused` */
function trafficOf({
  requests,
  throughput_per_s,
  errors_share,
  outcomes,
}: LoadResult): readonly string[] {
  const failures = Object.entries(outcomes).filter(([outcome]) => outcome !== 'ok');
  const share = failures.length === 0 ? 'no errors' : `errors ${percent(errors_share)}`;
  const kinds = failures.map(([outcome, n]) => `${count(n ?? 0)} ${outcome}`).join(', ');
  const throughput = `${estimate(throughput_per_s)} answered/s`;
  const errors = kinds === '' ? share : `${share}: ${kinds}`;
  return [`${count(requests)} requests`, throughput, errors];
}

/** From here on a reader should know that failures are in the latency; they may be much faster, or slower. */
const FAILED_SHARE = 0.01;

function failuresIn({ requests, outcomes }: LoadResult, width: number): readonly string[] {
  const { ok = 0, unfinished = 0 } = outcomes;
  const left = requests - unfinished;
  const failed = left - ok;
  if (failed <= FAILED_SHARE * requests) return [];
  const text = `latency is of all ${count(left)} requests that left, the ${count(failed)} that failed too`;
  return wrap(text, width - 2).map((line) => `  ${line}`);
}

function latencyTable(
  { baseline, result, paint, width }: Context,
  load: LoadResult,
  latency: LatencyEstimates,
): readonly string[] {
  const unit = timeUnit(latency.p50_ms.value);
  const without = baseline?.loads.find(({ name }) => name === load.name)?.latency ?? null;
  const overhead = result.overhead.find((entry) => entry.load === load.name);
  const head = [`latency [${unit.name}]`, ...columns.map((column) => headings[column] ?? column)];
  const rows = [head, ['with the mesh', ...cellsOf(latency, unit)]];
  if (without !== null) rows.push(['without', ...cellsOf(without, unit)]);
  if (overhead !== undefined) {
    rows.push(['overhead', ...overheadCells(overhead, unit)]);
    rows.push(['', ...shareCells(overhead, without)]);
  }
  // Without room for all, some quantiles have to go; they are in loads.csv.
  const forms = [[], ['p999'], ['p999', 'p90'], ['p999', 'p90', 'max']].map((dropped) => () => {
    const kept = (_: string, i: number) => i === 0 || !dropped.includes(columns[i - 1]);
    const shown = rows.map((row) => row.filter(kept));
    return grid(shown, ['left', ...shown[0].slice(1).map(() => 'right' as const)]);
  });
  const [first, ...table] = firstThatFits(forms, width);
  const verdict = overhead === undefined ? [] : verdictOf(overhead);
  return [paint.faint(first), ...table, ...verdict];
}

function cellsOf(latency: LatencyEstimates, unit: Unit): readonly string[] {
  return columns.map((column) => estimate(times(latency[`${column}_ms`], 1 / unit.size)));
}

/** Mean and quantiles whose difference is in the result. */
const compared = ['mean', 'p50', 'p90', 'p99'] as const;

function overheadCells(overhead: OverheadResult, unit: Unit): readonly string[] {
  return compared.map((column) => signedEstimate(times(overhead[`${column}_ms`], 1 / unit.size)));
}

/** A share from which on percents would be long and say no more. */
const MANY_TIMES = 10;

/** Of what it takes without the mesh. */
function shareCells(overhead: OverheadResult, without: LatencyEstimates | null): readonly string[] {
  return compared.map((column) => {
    const base = without?.[`${column}_ms`].value ?? 0;
    if (column !== 'mean' && base === 0) return NONE;
    const share =
      column === 'mean' ? overhead.mean_share.value : overhead[`${column}_ms`].value / base;
    if (share >= MANY_TIMES) return `${digits(share)}×`;
    return column === 'mean' ? percent(overhead.mean_share, true) : `${signed(100 * share)}%`;
  });
}

function verdictOf({ verdict }: OverheadResult): readonly string[] {
  if (verdict === 'slower') return [];
  const text = {
    faster: 'requests are faster with the mesh',
    'no difference detected': 'no difference detected between with and without the mesh',
    'not known': 'too few replications to say whether the mesh makes a difference',
  }[verdict];
  return [`  ${text}`];
}

function shapeOf({ paint }: Context, { hdr }: LoadResult): readonly string[] {
  const spark = sparkline(hdr);
  if (spark === null) return [];
  const ms = (ns: number) => formatTime(ns);
  const { line, from, to } = spark;
  return [`  ${ms(from)} ${paint.faint('│')}${line}${paint.faint('│')} ${ms(to)}`];
}

/** A share, `0.12 ±0.03 %`. */
function percent(share: Estimate, isSigned = false): string {
  const of = times(share, 100);
  const value = isSigned ? signed(of.value) : estimate({ ...of, low: null, high: null });
  return `${`${value} ${margin(of)}`.trim()}%`;
}
