/** Runs the command line as a user does, from a directory of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const launcher = fileURLToPath(new URL('../../bin/meshsim.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** When stderr has this text. */
  said(text: string): Promise<void>;
}

/** A new empty directory, removed after the tests of the file. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'meshsim-test-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface StartOptions {
  readonly cwd: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A file that stdout goes to. */
  readonly stdout?: string;
}

export function start(
  args: readonly string[],
  { cwd, input = '', env = {}, stdout }: StartOptions,
): Running {
  const clean = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ...env };
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd,
    env: clean,
    stdio: ['pipe', stdout === undefined ? 'pipe' : openSync(stdout, 'w'), 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  child.stdout?.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr?.on('data', (text) => {
    output.stderr += text;
    for (const listener of listeners) listener();
  });
  child.stdin?.end(input);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
  });
  const said = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => output.stderr.includes(text) && resolve();
      listeners.add(look);
      look();
    });
  return { process: child, ended, said };
}

export function meshsim(args: readonly string[], options: StartOptions): Promise<Ended> {
  return start(args, options).ended;
}

/** One service, a second of simulated time: quick, and yet everything is there. */
export const tiny = `name: tiny
topology:
  namespaces:
    - name: shop
      services:
        - name: cart
          replicas: 2
          script: [{ work: { exponential: { mean: 1ms } } }]
load:
  - { name: users, to: shop/cart, rate: 200/s }
measure: { warmup: 0s, window: 1s, reps: 2 }
thresholds: [latency.p99 < 1s]
`;
