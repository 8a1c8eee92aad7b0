/**
 * Who takes part: a contender is a command that reads a run as JSON and writes an answer as JSON. Those in JavaScript
 * are compiled by tsc first: run through tsx, every named closure would cost a call more, which is hard on closures.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Answer, Run } from './models.ts';

export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  /** Visits of one run: a few seconds for each, so that what V8 spends on compiling is a few per cent. */
  readonly visits: number;
  /** Runs only for models of this kind, if given. */
  readonly only?: 'fifo' | 'mesh';
}

export interface Absent {
  readonly name: string;
  readonly why: string;
}

/** What `bin/meshsim.js` sets too; all contenders in JavaScript get it. */
export const V8 = [
  '--max-inlined-bytecode-size-cumulative=4000',
  '--max-inlined-bytecode-size=1000',
];

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const built = `${root}out/bench/`;

/** Compiles all that can be compiled here. */
export function muster(): {
  readonly present: readonly Contender[];
  readonly absent: readonly Absent[];
} {
  mkdirSync(built, { recursive: true });
  compileJavaScript();
  const all = [
    script('meshsim', 'meshsim', 2e7),
    script('naive', 'naive', 3e6),
    compiled('c++', [], { visits: 2e7 }),
    compiled('c++ std::priority_queue', ['-DSTD_QUEUE'], { visits: 2e7, only: 'fifo' }),
    simpy(),
  ];
  return {
    present: all.filter((one): one is Contender => 'command' in one),
    absent: all.filter((one): one is Absent => 'why' in one),
  };
}

/** @throws Error if the contender fails */
export function simulate(contender: Contender, run: Run): Answer {
  const [command, ...args] = contender.command;
  const { status, stdout, stderr } = spawnSync(command, args, {
    input: JSON.stringify(run),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${contender.name} failed: ${stderr}`);
  return JSON.parse(stdout) as Answer;
}

/** @returns the path of a compiled file of `bench/engine` */
export function builtFile(name: string): string {
  return `${built}bench/engine/${name}`;
}

/** @throws Error if the compiler says so */
export function compileJavaScript(): void {
  const peers = readdirSync(`${here}peers`).filter((name) => name.endsWith('.ts'));
  const files = [...peers.map((name) => `bench/engine/peers/${name}`), 'bench/engine/in-flight.ts'];
  const options = '--noCheck --noEmit false --allowImportingTsExtensions false --ignoreConfig';
  const target = '--module nodenext --target es2023 --types node --rewriteRelativeImportExtensions';
  const args = [...options.split(' '), ...target.split(' '), '--rootDir', '.', '--outDir', built];
  const { status, stdout } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', ...args, ...files],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`tsc failed: ${stdout}`);
}

function script(name: string, file: string, visits: number): Contender {
  return { name, command: [process.execPath, ...V8, builtFile(`peers/${file}.js`)], visits };
}

function compiled(
  name: string,
  flags: readonly string[],
  rest: Pick<Contender, 'visits' | 'only'>,
): Contender | Absent {
  const binary = `${built}mesh${flags.join('')}`;
  const options = ['-std=c++20', '-O3', '-march=native', ...flags, '-o', binary];
  const { error, status, stderr } = spawnSync('g++', [...options, `${here}peers/mesh.cpp`], {
    encoding: 'utf8',
  });
  if (error !== undefined) return { name, why: 'there is no g++' };
  if (status !== 0) throw new Error(`g++ failed: ${stderr}`);
  return { name, command: [binary], ...rest };
}

/** SimPy 2 from Debian's python3-simpy. */
function simpy(): Contender | Absent {
  const python = '/usr/bin/python3';
  const ask = 'import SimPy.Simulation; print(SimPy.__version__)';
  const { status, stdout } = spawnSync(python, ['-c', ask], { encoding: 'utf8' });
  if (status !== 0)
    return { name: 'simpy', why: "there is no module SimPy (Debian's python3-simpy)" };
  return {
    name: `simpy ${stdout.trim()}`,
    command: [python, `${here}peers/mesh.py`],
    visits: 2.5e5,
  };
}
