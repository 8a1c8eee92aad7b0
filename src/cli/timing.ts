/** Wall clock, CPU and memory of a run: the only facts about it that differ from one time to the next. */
import { availableParallelism, cpus } from 'node:os';
import type { Result } from '../measure/result.ts';

/** @returns gives the text of `timing.json` when the run is over */
export function startTiming(jobs: number): (result: Result) => string {
  const started = new Date();
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  return ({ events, visits }) => {
    const { user, system } = process.cpuUsage(cpuBefore);
    const wall = (performance.now() - began) / 1e3;
    const cpu = (user + system) / 1e6;
    const facts = {
      started: started.toISOString(),
      wall_s: rounded(wall),
      // Of all threads, starting them included.
      cpu_s: rounded(cpu),
      events,
      visits,
      events_per_wall_s: Math.round(events / wall),
      events_per_cpu_s: Math.round(events / cpu),
      visits_per_cpu_s: Math.round(visits / cpu),
      memory_max_bytes: process.resourceUsage().maxRSS * 1024,
      threads: jobs,
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      cpu: cpus()[0]?.model ?? 'not known',
      cores: availableParallelism(),
    };
    return `${JSON.stringify(facts, null, 2)}\n`;
  };
}

function rounded(seconds: number): number {
  return Number(seconds.toFixed(3));
}
