/**
 * Simulated station visits per CPU second, of our engine and of others, on the same models.
 * `npx tsx bench/engine/run.ts [--reps n] [--model name]…`
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Contender, muster, simulate } from './contenders.ts';
import { type Answer, fifoNetwork, fullMesh, type Model, mm1, runOf, theory } from './models.ts';
import { median, printTable } from './table.ts';

const models: readonly Model[] = [mm1, fifoNetwork, fullMesh];
/** Means further apart than this are named. */
const DEVIATION_MAX = 0.03;

const targets: Readonly<Record<string, readonly string[]>> = {
  [fifoNetwork.name]: ['G3: floor 8 M visits/s; target 14 M, above std::priority_queue'],
  [fullMesh.name]: [
    'G1: floor 8 M visits/s, 0.36 of c++, 7 × naive, 85 × simpy; target 11 M, 0.50, 9 ×, 110 ×',
  ],
};

interface Figures {
  readonly contender: Contender;
  /** Visits per CPU second, median. */
  readonly speed: number;
  readonly slowest: number;
  readonly fastest: number;
  readonly mean: number;
  readonly retries: number;
  readonly timeouts: number;
}

/** Repetitions take turns, so that a slow spell of the machine meets all. */
function race(model: Model, contenders: readonly Contender[], reps: number): readonly Figures[] {
  const answers = contenders.map((): Answer[] => []);
  for (let rep = 1; rep <= reps; rep++) {
    contenders.forEach((contender, c) => {
      answers[c].push(simulate(contender, runOf(model, contender.visits, rep)));
    });
  }
  return contenders.map((contender, c) => figuresOf(contender, answers[c]));
}

function figuresOf(contender: Contender, answers: readonly Answer[]): Figures {
  const speeds = answers.map(({ visits, cpuSeconds }) => visits / cpuSeconds);
  const requests = answers.reduce((sum, answer) => sum + answer.requests, 0);
  const overRequests = (of: (answer: Answer) => number): number =>
    answers.reduce((sum, answer) => sum + of(answer) * answer.requests, 0) / requests;
  return {
    contender,
    speed: median(speeds),
    slowest: Math.min(...speeds),
    fastest: Math.max(...speeds),
    mean: overRequests(({ mean }) => mean),
    retries: overRequests(({ retries }) => retries),
    timeouts: overRequests(({ timeouts }) => timeouts),
  };
}

function print(model: Model, figures: readonly Figures[]): void {
  const [ours] = figures;
  const exact = theory(model);
  // Without theory the contender that simulated most says what is right.
  const judge = figures.reduce((a, b) => (b.contender.visits > a.contender.visits ? b : a));
  const expected = exact ?? judge.mean;
  const head = ['contender', '', 'M visits/s', 'range', 'meshsim is', 'mean sojourn', 'off by'];
  if (model.kind === 'mesh') head.push('retries', 'time-outs');
  const rows = figures.map((one) => {
    const deviation = one.mean / expected - 1;
    const row = [
      one.contender.name,
      Math.abs(deviation) > DEVIATION_MAX ? 'other mean!' : '',
      (one.speed / 1e6).toPrecision(3),
      `${(one.slowest / 1e6).toPrecision(3)}–${(one.fastest / 1e6).toPrecision(3)}`,
      `${(ours.speed / one.speed).toPrecision(2)} ×`,
      `${(one.mean / 1e3).toFixed(1)} µs`,
      `${(deviation * 100).toFixed(2)} %`,
    ];
    if (model.kind === 'mesh') row.push(perMille(one.retries), perMille(one.timeouts));
    return row;
  });
  const truth = exact === null ? `mean of ${judge.contender.name}` : 'theory';
  printTable(`${model.name}: visits per CPU second; means against ${truth}`, head, rows);
  for (const target of targets[model.name] ?? []) console.log(target);
}

const perMille = (share: number): string => `${(share * 1e3).toFixed(1)} ‰`;

function main(): void {
  const { values } = parseArgs({
    options: { reps: { type: 'string', default: '5' }, model: { type: 'string', multiple: true } },
  });
  const reps = Number(values.reps);
  const chosen = models.filter(({ name }) => values.model?.includes(name) ?? true);
  if (!(Number.isInteger(reps) && reps > 0)) {
    fail(`reps is "${values.reps}"; expected a whole number above 0`);
  } else if (chosen.length === 0) {
    const known = models.map(({ name }) => `"${name}"`).join(', ');
    fail(`"${values.model?.join('", "')}" is no model; expected ${known}`);
  } else raceAll(chosen, reps);
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 2;
}

function raceAll(chosen: readonly Model[], reps: number): void {
  const { present, absent } = muster();
  console.log(`${cpus()[0].model.trim()}, Node ${process.version}, medians of ${reps} runs`);
  for (const { name, why } of absent) console.log(`absent: ${name}, as ${why}`);
  for (const model of chosen) {
    const contenders = present.filter(({ only }) => only === undefined || only === model.kind);
    print(model, race(model, contenders, reps));
  }
}

main();
