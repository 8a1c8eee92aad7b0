/**
 * Times the calendar in the hold model (take the next event, schedule it anew), against a binary heap, and fuzzes its
 * order. `npx tsx bench/engine/calendar.ts [fuzzed pops]`
 */
import { Calendar } from '../../src/engine/calendar.ts';
import { BinaryHeap } from './binary-heap.ts';
import { type IncrementName, incrementNames, increments, uniformFrom } from './increments.ts';
import { median, printTable } from './table.ts';

type Queue = Calendar | BinaryHeap;

const PENDING = [1e2, 1e4, 1e6];
const TARGETS = [36, 45, 95];
const FLOORS = [60, 70, 150];
/** Of one row; the largest queues take long. */
const repetitionsOf = (pending: number): number => (pending < 1e6 ? 5 : 3);
const HOLDS = 1e6;
const FUZZED_POPS = 2e7;
/** Inserts and pops of the fuzz under one set of circumstances. */
const STRETCH = 20_000;

/** Words of a record: the least that the calendar can use. An event is known by where its record begins. */
const RECORD = 4;
const calendarOf = (capacity: number): Calendar => new Calendar(new Int32Array(capacity * RECORD));

const makers = {
  calendar: (capacity: number): Queue => calendarOf(capacity),
  'binary heap': (capacity: number): Queue => new BinaryHeap(capacity * RECORD),
};
type QueueName = keyof typeof makers;

/** CPU nanoseconds of one pop and one insert. */
function timeHolds(queue: Queue, pending: number, steps: Float64Array): number {
  fill(queue, pending, steps);
  // Everything is replaced twice, so that the queue is in its steady state.
  hold(queue, Math.max(2 * pending, HOLDS / 10), steps);
  const before = process.cpuUsage();
  hold(queue, HOLDS, steps);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1e3) / HOLDS;
}

function fill(queue: Queue, pending: number, steps: Float64Array): void {
  for (let id = 0; id < pending; id++) queue.insert(steps[id & (steps.length - 1)], id * RECORD);
}

function hold(queue: Queue, count: number, steps: Float64Array): void {
  const mask = steps.length - 1;
  for (let i = 0; i < count; i++) {
    const id = queue.pop();
    queue.insert(queue.timeOf(id) + steps[i & mask], id);
  }
}

/** Counts pops that came too early: before an earlier time, or before an equal one that was scheduled first. */
function violations(pops: number, seed: number): { readonly pops: number; readonly bad: number } {
  const uniform = uniformFrom(seed);
  const capacity = 4096;
  const calendar = calendarOf(capacity);
  const orderOf = new Float64Array(capacity);
  const free = Int32Array.from({ length: capacity }, (_, id) => id * RECORD);
  let freeCount = capacity;
  let [inserted, popped, bad, now, last] = [0, 0, 0, 0, 0];
  const sequences = incrementNames.map((name) => increments(name, seed));
  while (popped < pops) {
    // Growth and decline in turn, all kinds of increments, on widely different scales of time.
    const steps = sequences[Math.floor(uniform() * sequences.length)];
    const scale = 10 ** -Math.floor(uniform() * 7);
    const growth = uniform();
    const from = Math.floor(uniform() * (steps.length - STRETCH));
    for (let i = from; i < from + STRETCH; i++) {
      if (freeCount > 0 && (calendar.size === 0 || uniform() < growth)) {
        const id = free[--freeCount];
        orderOf[id / RECORD] = inserted++;
        calendar.insert(now + Math.floor(steps[i] * scale), id);
        continue;
      }
      const id = calendar.pop();
      const at = calendar.timeOf(id);
      if (at < now || (at === now && popped > 0 && orderOf[id / RECORD] < last)) bad++;
      now = at;
      last = orderOf[id / RECORD];
      free[freeCount++] = id;
      popped++;
    }
  }
  return { pops: popped, bad };
}

function measure(name: IncrementName, pending: number): Record<QueueName, number> {
  const samples: Record<QueueName, number[]> = { calendar: [], 'binary heap': [] };
  for (let r = 0; r < repetitionsOf(pending); r++) {
    const steps = increments(name, r + 1);
    for (const queue of Object.keys(makers) as QueueName[]) {
      samples[queue].push(timeHolds(makers[queue](pending), pending, steps));
    }
  }
  return { calendar: median(samples.calendar), 'binary heap': median(samples['binary heap']) };
}

function main(): void {
  const fuzzed = Number(process.argv[2] ?? FUZZED_POPS);
  const rows = PENDING.flatMap((pending, p) => {
    const exponential = measure('exponential', pending);
    return incrementNames.map((name) => {
      const { calendar, 'binary heap': heap } =
        name === 'exponential' ? exponential : measure(name, pending);
      return [
        pending.toLocaleString('en'),
        name,
        calendar.toFixed(0),
        heap.toFixed(0),
        `${(calendar / exponential.calendar).toFixed(2)}×`,
        name === 'exponential' ? `${TARGETS[p]} (floor ${FLOORS[p]})` : '≤ 2×',
      ];
    });
  });
  const head = ['pending', 'increments', 'calendar', 'binary heap', 'to exponential', 'target'];
  printTable('Hold model, CPU ns of a pop and an insert (G5)', head, rows);
  const { pops, bad } = violations(fuzzed, 1);
  console.log(
    `order violations: ${bad} in ${pops.toExponential(1)} fuzzed pops; target: 0 in 1e+8`,
  );
}

main();
