/** Jobs as they come from whoever makes them, ahead of their use as far as there is room, and never waited for. */
import type { Bell } from './bell.ts';

export interface Inbox<T> {
  /** What has come since. */
  take(): readonly T[];
  /** Nothing is here, and nothing will come. */
  readonly isDone: boolean;
  /** Takes no more, and forgets what is here. */
  close(): void;
}

/**
 * @param room - for so many in all; looked at again when what is here is taken
 * @param stop - aborted: nothing more is asked for
 * @param bell - rung for each that comes
 */
export function makeInbox<T>(
  source: AsyncIterable<T> | Iterable<T>,
  room: () => number,
  stop: AbortSignal,
  bell: Bell,
): Inbox<T> {
  let here: T[] = [];
  let isOver = false;
  let failure: { readonly error: unknown } | null = null;
  let goOn = () => {};

  async function pull(): Promise<void> {
    try {
      for await (const item of source) {
        if (isOver || stop.aborted) return;
        here.push(item);
        bell.ring();
        while (!isOver && here.length >= room()) {
          await new Promise<void>((resolve) => {
            goOn = resolve;
          });
        }
      }
    } catch (error) {
      failure = { error };
    } finally {
      isOver = true;
      bell.ring();
    }
  }
  void pull();

  return {
    take() {
      if (failure !== null) throw failure.error;
      const taken = here;
      here = [];
      goOn();
      return taken;
    },
    get isDone() {
      return isOver && here.length === 0 && failure === null;
    },
    close() {
      isOver = true;
      here = [];
      goOn();
    },
  };
}
