/** How far a run is, on stderr: a bar where a person watches, else a line every ten seconds. */
import { SingleBar } from 'cli-progress';
import { formatTime, SECOND } from '../units.ts';

/** [ms] */
const LINE_EVERY = 10_000;
const SCALE = 1000;

export interface Progress {
  /** So many replications are next. */
  expect(count: number): void;
  /** One of them is so far: 0 to 1, after so many events. */
  at(replication: object, share: number, events: number): void;
  /** Finished replications, and all known so far. */
  readonly done: number;
  readonly known: number;
  stop(): void;
}

type Stream = NodeJS.WriteStream;

/** @param look - `none`: only counts */
export function makeProgress(stream: Stream, look: 'bar' | 'lines' | 'none'): Progress {
  const shares = new Map<object, { readonly share: number; readonly events: number }>();
  const began = performance.now();
  let known = 0;
  const state = (): State => {
    const entries = [...shares.values()];
    return {
      share: known === 0 ? 0 : sum(entries.map(({ share }) => share)) / known,
      events: sum(entries.map(({ events }) => events)),
      done: entries.filter(({ share }) => share >= 1).length,
      known,
      seconds: (performance.now() - began) / 1000,
    };
  };
  const view = look === 'none' ? null : look === 'bar' ? bar(stream) : lines(stream, state);
  return {
    expect(count) {
      known += count;
      view?.update(state());
    },
    at(replication, share, events) {
      shares.set(replication, { share, events });
      view?.update(state());
    },
    get done() {
      return state().done;
    },
    get known() {
      return known;
    },
    stop: () => view?.stop(),
  };
}

interface State {
  /** Of the simulated time of all replications known so far. */
  readonly share: number;
  readonly events: number;
  readonly done: number;
  readonly known: number;
  /** Since the start. */
  readonly seconds: number;
}

interface View {
  update(state: State): void;
  stop(): void;
}

function bar(stream: Stream): View {
  const single = new SingleBar({
    stream,
    format: '{bar} {percentage}%  {text}',
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    fps: 5,
  });
  single.start(SCALE, 0, { text: '' });
  return {
    update: (state) => single.update(Math.round(state.share * SCALE), { text: textOf(state) }),
    stop: () => single.stop(),
  };
}

function lines(stream: Stream, state: () => State): View {
  const timer = setInterval(() => {
    const now = state();
    stream.write(`${Math.floor(now.share * 100)}%  ${textOf(now)}\n`);
  }, LINE_EVERY);
  return { update: () => {}, stop: () => clearInterval(timer) };
}

/** `3 of 10 replications   2.1 M events/s   12 s left` */
function textOf({ share, events, done, known, seconds }: State): string {
  const rate = seconds === 0 ? 0 : events / seconds;
  const left = share === 0 ? null : (seconds * (1 - share)) / share;
  const parts = [`${done} of ${known} replications`];
  // Before the first news of a thread there is nothing to say.
  if (rate >= 1) parts.push(`${speedOf(rate)} events/s`);
  if (left !== null && left >= 1) parts.push(`${formatTime(Math.round(left) * SECOND)} left`);
  return parts.join('   ');
}

function speedOf(rate: number): string {
  if (rate >= 50_000) return `${(rate / 1e6).toFixed(1)} M`;
  return rate >= 1000 ? `${Math.round(rate / 1000)} k` : `${Math.round(rate)}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
