/** How far a sweep is, on stderr: one line that is written over where a person watches, else a line every ten seconds. */

/** [ms] */
const EVERY = { terminal: 200, lines: 10_000 };

export interface SweepProgress {
  done(): void;
  failed(): void;
  events(count: number): void;
  stop(): void;
}

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>;

/** @param points - that are to be simulated now; @param kept - that were done before */
export function sweepProgress(stream: Stream, points: number, kept: number): SweepProgress {
  const began = performance.now();
  const isTerminal = stream.isTTY === true;
  let last = began;
  let done = 0;
  let failed = 0;
  let events = 0;
  const text = () => {
    const seconds = (performance.now() - began) / 1000;
    const ended = done + failed;
    const left = ended === 0 ? null : ((points - ended) * seconds) / ended;
    const parts = [
      `${ended} of ${points} points`,
      `${(events / 1e6 / Math.max(seconds, 1e-3)).toFixed(1)} M events/s`,
      ...(left === null ? [] : [`${Math.ceil(left)} s left`]),
      ...(kept > 0 ? [`${kept} were there`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
    ];
    return parts.join(', ');
  };
  const show = () => {
    const now = performance.now();
    if (now - last < (isTerminal ? EVERY.terminal : EVERY.lines)) return;
    last = now;
    stream.write(isTerminal ? `\r\x1b[K${text()}` : `${text()}\n`);
  };
  return {
    done: () => {
      done++;
      show();
    },
    failed: () => {
      failed++;
      show();
    },
    events: (count) => {
      events += count;
    },
    stop: () => {
      if (isTerminal) stream.write('\r\x1b[K');
    },
  };
}
