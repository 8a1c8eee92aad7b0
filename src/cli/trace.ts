/** `--trace`: the life of one request of the first load, in replication 0 under the mesh, as text and as OTLP/JSON. */
import { createHash } from 'node:crypto';
import { renderLife } from '../report/life.ts';
import { renderOtlp } from '../report/otlp.ts';
import type { Task } from '../run.ts';
import type { LocalExecutor } from '../sweep/executors/local.adapter.ts';
import { UsageError } from './exit.ts';
import type { Inputs } from './inputs.ts';
import { packageVersion } from './package.ts';

export interface Traced {
  readonly text: string;
  readonly otlp: string;
}

/** @throws UsageError if the request does not arrive, or has not left at the end */
export async function traceIn(
  { scenario, profile, digest }: Inputs,
  request: number,
  executor: LocalExecutor,
): Promise<Traced> {
  if (scenario.load.length === 0) {
    throw new UsageError('"--trace" needs a request to follow; the scenario has no load');
  }
  const { warmup, window } = scenario.measure;
  const task: Task = {
    scenario,
    profile,
    name: 'mesh',
    rep: 0,
    window: { from: 0, to: (warmup ?? 0) + window },
    isPilot: false,
  };
  const life = await executor.trace(task, request);
  if (life === null) {
    throw new UsageError(
      `request ${request} of load "${scenario.load[0].name}" does not come and leave within the run; expected the number of one that does, counted from 0`,
    );
  }
  // Two runs of one scenario and seed give the same trace, so it has the same id.
  const traceId = createHash('sha256')
    .update(`${digest} ${scenario.seed} ${request}`)
    .digest('hex')
    .slice(0, 32);
  return { text: renderLife(life), otlp: renderOtlp(life, { traceId, version: packageVersion() }) };
}
