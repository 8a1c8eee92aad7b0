/** Our engine, as a contender. */

import { OUTCOMES } from '../../../src/engine/calls.ts';
import { LatencyHistogram } from '../../../src/engine/histogram.ts';
import { TIMEOUT } from '../../../src/engine/network.ts';
import { Simulation } from '../../../src/engine/simulate.ts';
import type { Answer, Run } from '../models.ts';
import { networkOf } from '../network.ts';
import { answerStdin } from './answer.ts';

function simulate(run: Run): Omit<Answer, 'cpuSeconds'> {
  const sojourns = new LatencyHistogram();
  const simulation = new Simulation(networkOf(run), {
    from: run.from,
    to: run.to,
    observer: {
      leave(_source, _request, arrival, now) {
        if (arrival >= run.from && arrival < run.to) sojourns.record(now - arrival);
      },
    },
  });
  simulation.runUntil(run.to);
  simulation.drain(run.to * 10);
  return {
    visits: simulation.stations.visitCount(),
    requests: sojourns.count,
    mean: sojourns.mean,
    retries: sum(simulation.calls.retries) / sojourns.count,
    timeouts:
      sum(simulation.calls.tries.filter((_, i) => i % OUTCOMES === TIMEOUT)) / sojourns.count,
  };
}

const sum = (counts: Float64Array): number => counts.reduce((all, count) => all + count, 0);

answerStdin(simulate);
