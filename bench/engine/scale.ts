/**
 * How speed and memory go with the number of calls in flight (G6, G7). Every row is a process of its own.
 * `npx tsx bench/engine/scale.ts`
 */
import { spawnSync } from 'node:child_process';
import { builtFile, compileJavaScript, V8 } from './contenders.ts';
import type { Case, InFlight } from './in-flight.ts';
import {
  type FifoModel,
  fullMesh,
  type Model,
  runOf,
  scaled,
  stretched,
  visitsPerRequest,
} from './models.ts';
import { median, printTable } from './table.ts';

/** Visits before the clock starts, so that everything is compiled and full, and after. */
const WARM_UP = 3e6;
const MEASURED = 3e6;

/** Requests in line at a server that never gets to the end of it: the least that a request can cost. */
const waitingRoom: FifoModel = {
  kind: 'fifo',
  name: 'one long line',
  rate: 1e6,
  stations: [{ name: 'server', servers: 1, mean: 1e9 }],
  route: [0],
};

interface Row {
  readonly name: string;
  readonly model: Model;
  /** Visits, or arrivals of the waiting room, before and after the clock starts. */
  readonly warmUp: number;
  readonly measured: number;
  readonly repetitions: number;
}

const rows: readonly Row[] = [
  { name: 'as it is', model: fullMesh, warmUp: WARM_UP, measured: MEASURED, repetitions: 5 },
  {
    name: '60 times as large',
    model: scaled(fullMesh, 60),
    warmUp: WARM_UP,
    measured: MEASURED,
    repetitions: 5,
  },
  {
    name: '60 times, pods 60 ms away',
    model: stretched(scaled(fullMesh, 60), 60e6),
    warmUp: 1.5e7,
    measured: MEASURED,
    repetitions: 1,
  },
  {
    name: 'a million requests in one line',
    model: waitingRoom,
    warmUp: 1e6,
    measured: 1e5,
    repetitions: 1,
  },
];

function measure({ model, warmUp, measured }: Row): InFlight {
  const run = runOf(model, warmUp, 1);
  const nanos = Math.round((measured / visitsPerRequest(model) / model.rate) * 1e9);
  const one: Case = { run, measured: nanos };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...V8, builtFile('in-flight.js')],
    {
      input: JSON.stringify(one),
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`a row failed: ${stderr}`);
  return JSON.parse(stdout) as InFlight;
}

function main(): void {
  compileJavaScript();
  const samples = rows.map((): InFlight[] => []);
  for (let rep = 0; rep < Math.max(...rows.map(({ repetitions }) => repetitions)); rep++) {
    rows.forEach((row, r) => {
      if (rep < row.repetitions) samples[r].push(measure(row));
    });
  }
  const speeds = samples.map((of) => median(of.map(({ visitsPerSecond }) => visitsPerSecond)));
  const head = [
    'model',
    'full mesh',
    'requests',
    'calls',
    'jobs',
    'M visits/s',
    'slower',
    'MB',
    'bytes a call',
    'bytes a request',
  ];
  const table = rows.map(({ name, model }, r) => {
    const { requests, calls, jobs, grown, resident } = samples[r][0];
    const isLarge = jobs > 1e5;
    return [
      model.kind === 'mesh' ? 'full mesh' : 'one station',
      name,
      requests.toLocaleString('en'),
      calls.toLocaleString('en'),
      jobs.toLocaleString('en'),
      (speeds[r] / 1e6).toPrecision(3),
      `${(speeds[0] / speeds[r]).toFixed(2)} ×`,
      (resident / 1e6).toFixed(0),
      isLarge && calls > 0 ? (grown / calls).toFixed(0) : '–',
      isLarge ? (grown / requests).toFixed(0) : '–',
    ];
  });
  printTable('Speed and memory by what is in flight', head, table);
  console.log(
    'G6: 14 000 calls in flight 1.15 × slower than 240 (floor 1.3 ×); 1.3 M calls in flight: 1.75 M visits/s (floor 1.2 M)',
  );
  console.log(
    'G7: 100 bytes a call (floor 200), a million calls in 150 MB; floor for a million requests: 400 MB',
  );
}

main();
