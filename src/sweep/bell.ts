/** Things to wait for. */

/** May ring before anyone waits: one ring is enough for all that came before it. */
export interface Bell {
  ring(): void;
  /** Until it rings, or has rung since it was waited for last; or until the time is over. [ms] */
  wait(time: number): Promise<void>;
}

export function makeBell(): Bell {
  let hasRung = false;
  let wake = () => {};
  return {
    ring() {
      hasRung = true;
      wake();
    },
    async wait(time) {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          const timer = Number.isFinite(time) ? setTimeout(resolve, time) : undefined;
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      hasRung = false;
    },
  };
}

export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
