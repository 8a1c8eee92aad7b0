/** Work on things as they come, so many at a time. */

/**
 * Gives what became of each job, in the order in which they end. The next job is asked for as soon as there is room for
 * it; meanwhile nothing that has ended waits, so that jobs may depend on what came out of others.
 *
 * @param work - never rejects
 * @param signal - aborted: no job is begun any more, those under way are waited for
 */
export async function* inParallel<Job, Outcome>(
  jobs: AsyncIterable<Job> | Iterable<Job>,
  { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
  work: (job: Job) => Promise<Outcome>,
): AsyncGenerator<Outcome, void, void> {
  const source =
    Symbol.asyncIterator in jobs ? jobs[Symbol.asyncIterator]() : jobs[Symbol.iterator]();
  const ended: Outcome[] = [];
  const broken: unknown[] = [];
  let underWay = 0;
  let isAsking = false;
  let isOver = false;
  let wake = () => {};

  const begin = async (job: Job) => {
    underWay++;
    ended.push(await work(job));
    underWay--;
    wake();
  };
  const ask = async () => {
    isAsking = true;
    try {
      const { done, value } = await source.next();
      if (done === true || signal.aborted) isOver = true;
      else void begin(value);
    } catch (error) {
      isOver = true;
      broken.push(error);
    }
    isAsking = false;
    wake();
  };
  const stop = () => wake();
  signal.addEventListener('abort', stop);
  try {
    for (;;) {
      for (let next = ended.shift(); next !== undefined; next = ended.shift()) yield next;
      if (signal.aborted) isOver = true;
      if (isOver && underWay === 0) break;
      if (!isOver && !isAsking && underWay < limit) void ask();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (broken.length > 0) throw broken[0];
  } finally {
    isOver = true;
    signal.removeEventListener('abort', stop);
    void source.return?.();
  }
}
