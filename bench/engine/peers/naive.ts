/**
 * The models in plain JavaScript, as one would write them in an afternoon: a heap of event objects, closures for what
 * comes next. Nothing is tuned, nothing is silly.
 */
import type { Answer, Call, FifoModel, MeshModel, Run } from '../models.ts';
import { answerStdin } from './answer.ts';

interface Event {
  readonly time: number;
  readonly order: number;
  readonly action: () => void;
  cancelled: boolean;
}

class Simulator {
  now = 0;
  private readonly heap: Event[] = [];
  private scheduled = 0;

  schedule(delay: number, action: () => void): Event {
    const event = { time: this.now + delay, order: this.scheduled++, action, cancelled: false };
    this.push(event);
    return event;
  }

  run(isDone: () => boolean): void {
    while (this.heap.length > 0 && !isDone()) {
      const event = this.pop();
      if (event.cancelled) continue;
      this.now = event.time;
      event.action();
    }
  }

  private push(event: Event): void {
    const { heap } = this;
    let i = heap.length;
    heap.push(event);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(event, heap[parent])) break;
      heap[i] = heap[parent];
      i = parent;
    }
    heap[i] = event;
  }

  private pop(): Event {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop() as Event;
    if (heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

let visits = 0;

/** Servers with one line: first come, first served. */
class Station {
  private readonly simulator: Simulator;
  private readonly waiting: { demand: number; done: () => void }[] = [];
  private free: number;

  constructor(simulator: Simulator, servers: number) {
    this.simulator = simulator;
    this.free = servers;
  }

  visit(demand: number, done: () => void): void {
    visits++;
    if (this.free > 0) this.serve(demand, done);
    else this.waiting.push({ demand, done });
  }

  private serve(demand: number, done: () => void): void {
    this.free--;
    this.simulator.schedule(demand, () => {
      this.free++;
      const next = this.waiting.shift();
      if (next !== undefined) this.serve(next.demand, next.done);
      done();
    });
  }
}

class Threads {
  private readonly waiting: ((isTaken: boolean) => void)[] = [];
  private free: number;
  private readonly lineMax: number;

  constructor(count: number, lineMax: number) {
    this.free = count;
    this.lineMax = lineMax;
  }

  take(then: (isTaken: boolean) => void): void {
    if (this.free > 0) {
      this.free--;
      then(true);
    } else if (this.waiting.length < this.lineMax) this.waiting.push(then);
    else then(false);
  }

  give(): void {
    const next = this.waiting.shift();
    if (next !== undefined) next(true);
    else this.free++;
  }
}

class Histogram {
  count = 0;
  sum = 0;
  private readonly counts = new Map<number, number>();

  record(value: number): void {
    this.count++;
    this.sum += value;
    const bucket = Math.floor(Math.log2(value + 1) * 64);
    this.counts.set(bucket, (this.counts.get(bucket) ?? 0) + 1);
  }
}

/** Mulberry32, so that a seed repeats a run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function simulate(
  run: Run,
  serve: (simulator: Simulator, random: () => number) => (done: () => void) => void,
) {
  visits = 0;
  const simulator = new Simulator();
  const random = randomFrom(run.seed);
  const sojourns = new Histogram();
  const request = serve(simulator, random);
  const mean = 1e9 / run.model.rate;
  let inside = 0;
  let arrived = 0;
  const arrive = () => {
    const arrival = simulator.now;
    arrived++;
    const isMeasured = arrival >= run.from && arrival < run.to;
    if (isMeasured) inside++;
    request(() => {
      if (!isMeasured) return;
      inside--;
      sojourns.record(simulator.now - arrival);
    });
    simulator.schedule(-Math.log(1 - random()) * mean, arrive);
  };
  simulator.schedule(0, arrive);
  simulator.run(() => simulator.now >= run.to && inside === 0);
  return { visits, arrived, requests: sojourns.count, mean: sojourns.sum / sojourns.count };
}

function simulateFifo(run: Run, model: FifoModel): Omit<Answer, 'cpuSeconds'> {
  const measured = simulate(run, (simulator, random) => {
    const stations = model.stations.map(({ servers }) => new Station(simulator, servers));
    const exponential = (mean: number) => -Math.log(1 - random()) * mean;
    return (leave) => {
      const go = (step: number) => {
        if (step === model.route.length) return leave();
        const s = model.route[step];
        stations[s].visit(exponential(model.stations[s].mean), () => go(step + 1));
      };
      go(0);
    };
  });
  return { ...measured, retries: 0, timeouts: 0 };
}

interface Pod {
  readonly workers: Station[];
  readonly cores: Station;
  readonly threads: Threads;
  /** By call of the tree, what this pod's proxy knows of it. */
  readonly outbound: Map<Call, { underWay: number; retrying: number; atPod: number[] }>;
}

function simulateMesh(run: Run, model: MeshModel): Omit<Answer, 'cpuSeconds'> {
  let retries = 0;
  let timeouts = 0;
  const measured = simulate(run, (simulator, random) => {
    const exponential = (mean: number) => -Math.log(1 - random()) * mean;
    const calls: Call[] = [];
    const list = (call: Call) => {
      calls.push(call);
      call.calls.forEach(list);
    };
    list(model.root);
    const laneOf = new Map(calls.map((call, c) => [call, c * 2]));
    const latency = new Map(calls.map((call) => [call, new Histogram()]));
    const makePod = (s: number): Pod => {
      const { workers, cores, threads, lineMax } = model.services[s];
      return {
        workers: Array.from({ length: workers }, () => new Station(simulator, 1)),
        cores: new Station(simulator, cores),
        threads: new Threads(threads, lineMax),
        outbound: new Map(
          calls.map((call) => {
            const atPod = new Array<number>(model.services[call.callee].pods).fill(0);
            return [call, { underWay: 0, retrying: 0, atPod }];
          }),
        ),
      };
    };
    const pods = model.services.map((service, s) =>
      Array.from({ length: service.pods }, () => makePod(s)),
    );

    const cross = (pod: Pod, connection: number, lane: number, call: Call, done: () => void) => {
      const worker = pod.workers[(mix(connection, lane) >>> 0) % pod.workers.length];
      worker.visit(exponential(call.crossing), done);
    };
    const travel = (done: () => void) => {
      if (model.wire === 0) done();
      else simulator.schedule(exponential(model.wire), done);
    };
    /** Two different pods at random, the one with fewer calls from here. */
    const pick = (atPod: number[]) => {
      const first = Math.floor(random() * atPod.length);
      if (atPod.length === 1) return first;
      let second = Math.floor(random() * (atPod.length - 1));
      if (second >= first) second++;
      return atPod[second] < atPod[first] ? second : first;
    };

    const work = (pod: Pod, call: Call, connection: number, done: (isOk: boolean) => void) => {
      pod.cores.visit(exponential(call.before), () => {
        if (random() < call.errorShare) return done(false);
        let left = call.calls.length;
        let isOk = true;
        const goOn = () => {
          if (call.after === 0) done(isOk);
          else pod.cores.visit(exponential(call.after), () => done(isOk));
        };
        if (left === 0) return goOn();
        for (const nested of call.calls) {
          send(pod, nested, connection, (nestedIsOk) => {
            isOk = isOk && nestedIsOk;
            if (--left === 0) goOn();
          });
        }
      });
    };

    const deliver = (
      from: Pod,
      to: Pod,
      call: Call,
      connection: number,
      done: (isOk: boolean) => void,
    ) => {
      const lane = laneOf.get(call) as number;
      const answer = (isOk: boolean) => {
        cross(to, connection, lane + 1, call, () => {
          travel(() => cross(from, connection, lane, call, () => done(isOk)));
        });
      };
      cross(from, connection, lane, call, () => {
        travel(() => {
          cross(to, connection, lane + 1, call, () => {
            to.threads.take((isTaken) => {
              if (!isTaken) return answer(false);
              work(to, call, connection, (isOk) => {
                to.threads.give();
                answer(isOk);
              });
            });
          });
        });
      });
    };

    const send = (from: Pod, call: Call, connection: number, done: (isOk: boolean) => void) => {
      const began = simulator.now;
      const outbound = from.outbound.get(call);
      if (outbound === undefined) throw new Error('this pod has no such call');
      const { atPod } = outbound;
      outbound.underWay++;
      const attempt = (retry: number) => {
        const to = pick(atPod);
        atPod[to]++;
        let isSettled = false;
        const settle = (isOk: boolean) => {
          if (isSettled) return;
          isSettled = true;
          deadline.cancelled = true;
          atPod[to]--;
          if (retry > 0) outbound.retrying--;
          const retryMax = Math.max(
            model.budget.minimum,
            Math.floor(model.budget.share * outbound.underWay),
          );
          if (!isOk && retry < model.retries && outbound.retrying < retryMax) {
            retries++;
            outbound.retrying++;
            const backoff = Math.min(model.backoffBase * 2 ** retry, model.backoffMax);
            simulator.schedule(random() * backoff, () => attempt(retry + 1));
            return;
          }
          outbound.underWay--;
          latency.get(call)?.record(simulator.now - began);
          done(isOk);
        };
        const deadline = simulator.schedule(call.deadline, () => {
          timeouts++;
          settle(false);
        });
        deliver(from, pods[call.callee][to], call, connection, settle);
      };
      attempt(0);
    };

    return (leave) => {
      send(pods[0][0], model.root, Math.floor(random() * model.connections), leave);
    };
  });
  const { arrived } = measured;
  return { ...measured, retries: retries / arrived, timeouts: timeouts / arrived };
}

function mix(a: number, b: number): number {
  let h = a ^ Math.imul(b, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return h ^ (h >>> 15);
}

answerStdin((run) =>
  run.model.kind === 'fifo' ? simulateFifo(run, run.model) : simulateMesh(run, run.model),
);
