/** The protocol of a contender in JavaScript: a run as JSON on stdin, its answer as JSON on stdout. */
import { readFileSync } from 'node:fs';
import type { Answer, Run } from '../models.ts';

/** Share of a run that is simulated once before, so that compilation is not measured. */
const WARM_UP = 0.15;

export function answerStdin(simulate: (run: Run) => Omit<Answer, 'cpuSeconds'>): void {
  const run: Run = JSON.parse(readFileSync(0, 'utf8'));
  simulate({ ...run, from: 0, to: Math.round(run.to * WARM_UP) });
  const before = process.cpuUsage();
  const result = simulate(run);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${JSON.stringify({ ...result, cpuSeconds: (user + system) / 1e6 })}\n`);
}
