/**
 * Goal: what stands in docs/ for Kubernetes and Slurm works. Method: fields are checked against the documents of the
 * two; then the very command line of a container, or the script, runs here for every index, with the variables set as
 * the scheduler would, and what is merged is the sweep that one machine makes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { scratch, tiny } from '../cli/meshsim.ts';

const root = join(import.meta.dirname, '../..');
const docs = join(root, 'docs');

interface Container {
  readonly name: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}
interface Workload {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: {
    readonly completionMode?: string;
    readonly completions?: number;
    readonly backoffLimit?: number;
    readonly backoffLimitPerIndex?: number;
    readonly podFailurePolicy?: {
      readonly rules: readonly {
        readonly action: string;
        readonly onExitCodes?: {
          readonly containerName: string;
          readonly operator: string;
          readonly values: readonly number[];
        };
      }[];
    };
    readonly template: {
      readonly spec: {
        readonly restartPolicy?: string;
        readonly terminationGracePeriodSeconds?: number;
        readonly containers: readonly Container[];
        readonly volumes?: readonly { readonly name: string }[];
      };
    };
  };
}

const manifest = (name: string): Workload =>
  parse(readFileSync(join(docs, 'kubernetes', name), 'utf8'));
const sweepJob = manifest('sweep-job.yml');
const mergeJob = manifest('merge-job.yml');
const containerOf = ({ spec }: Workload) => spec.template.spec.containers[0];
const envOf = ({ env }: Container) => Object.fromEntries(env.map((one) => [one.name, one.value]));

describe('the Job of a sweep', () => {
  const { spec } = sweepJob;

  test('is an Indexed Job with as many indexes as shards', () => {
    expect(sweepJob).toMatchObject({ apiVersion: 'batch/v1', kind: 'Job' });
    expect(spec.completionMode).toBe('Indexed');
    expect(spec.completions).toBe(Number(envOf(containerOf(sweepJob))['SHARDS']));
    expect(spec.backoffLimitPerIndex).toBeGreaterThan(0);
  });

  test('ends at once where the scenario is wrong, and gives up a shard whose points fail', () => {
    // A policy for failed pods asks for it.
    expect(spec.template.spec.restartPolicy).toBe('Never');
    const rules = spec.podFailurePolicy?.rules ?? [];
    const codes = rules.flatMap(({ action, onExitCodes }) =>
      onExitCodes === undefined ? [] : [[action, onExitCodes.operator, onExitCodes.values]],
    );
    expect(codes).toEqual([
      ['FailJob', 'In', [2]],
      ['FailIndex', 'In', [3]],
    ]);
    const names = rules.flatMap(({ onExitCodes }) => onExitCodes?.containerName ?? []);
    expect(new Set(names)).toEqual(new Set([containerOf(sweepJob).name]));
  });
});

const SHARDS = 2;
/** Those that stand in the manifests: 12 points. */
const axes = [
  ...['--axis', 'load[0].rate=100/s:400/s:100/s'],
  ...['--axis', 'mesh.mode=none,sidecar,ambient'],
];

/** A directory where `meshsim` is a command, and the scenario of the manifests stands. */
function site() {
  const cwd = scratch();
  mkdirSync(join(cwd, 'bin'));
  symlinkSync(join(root, 'bin/meshsim.js'), join(cwd, 'bin/meshsim'));
  writeFileSync(join(cwd, 'scenario.yml'), tiny);
  async function command(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const path = `${join(cwd, 'bin')}:${process.env['PATH']}`;
    const [program, ...args] = words;
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env, PATH: path } });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.stdout.resume();
    const [code] = await once(child, 'close');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.anything() });
  }
  const digest = (out: string) => readFileSync(join(cwd, out, 'sweep.sha256'), 'utf8');
  return { cwd, command, digest };
}

describe('what is merged is what one machine makes:', () => {
  const { cwd, command, digest } = site();
  beforeAll(() => command(['meshsim', 'sweep', 'scenario.yml', ...axes, '-O', 'alone']));

  test('of the pods of the Jobs', async () => {
    const env = { SCENARIO: 'scenario.yml', RESULTS: cwd, SHARDS: String(SHARDS) };
    const run = (workload: Workload, index: number) => {
      const container = containerOf(workload);
      const set = { ...envOf(container), ...env, JOB_COMPLETION_INDEX: String(index) };
      return command([...container.command, ...container.args], set);
    };
    for (let index = 0; index < SHARDS; index++) await run(sweepJob, index);
    await run(mergeJob, 0);
    expect(digest('merged')).toBe(digest('alone'));
  });

  test('of the tasks of the array', async () => {
    const script = join(docs, 'slurm/sweep.sbatch');
    expect(readFileSync(script, 'utf8')).toContain('#SBATCH --array=1-20\n');
    for (let task = 1; task <= SHARDS; task++) {
      await command(['sh', script], {
        SLURM_ARRAY_TASK_ID: String(task),
        SLURM_ARRAY_TASK_COUNT: String(SHARDS),
        SLURM_CPUS_PER_TASK: '1',
      });
    }
    await command(['sh', '-c', 'exec meshsim merge shards/* -O of-tasks']);
    expect(digest('of-tasks')).toBe(digest('alone'));
  });
});

test.each(['sweep-job.yml', 'merge-job.yml', 'workers.yml'])('%s mounts what it has', (name) => {
  const { volumes = [], containers } = manifest(name).spec.template.spec;
  const mounted = containers.flatMap(({ volumeMounts = [] }) =>
    volumeMounts.map((one) => one.name),
  );
  expect(mounted.toSorted()).toEqual(volumes.map((one) => one.name).toSorted());
});
