/**
 * How fast pushes are simulated, and what a proxy takes in memory, from a hundred to a hundred thousand proxies; and
 * ten minutes of a cluster of 25 000. Every row is a process of its own. `npx tsx bench/controlplane/run.ts [--scale]`
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, printTable } from '../engine/table.ts';
import type { Case, PushKind } from './mesh.ts';
import type { Figures } from './one.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = `${root}out/bench/`;
/** What `bin/meshsim.js` sets too; and the collector, before memory is read. */
const flags = ['--max-inlined-bytecode-size-cumulative=4000', '--expose-gc'];

/** Pushes to single proxies that are timed, about: so many that V8 is done with compiling after a small part of them. */
const PUSHES = { endpoint: 6e6, full: 3e5 };
const REPETITIONS = 3;
const PODS = 10;
/** Simulated time that istiod's four cores need for one proxy, about; a push follows when the one before is done. [ns] */
const TAKES = { endpoint: 40e3, full: (services: number) => 400e3 + 4e3 * services };

function caseOf(proxies: number, push: PushKind): Case {
  const services = proxies / PODS;
  const takes = push === 'endpoint' ? TAKES.endpoint : TAKES.full(services);
  const every = Math.round(0.2e9 + takes * proxies);
  const rounds = Math.max(2, Math.round(PUSHES[push] / proxies));
  const warmUp = every * Math.max(2, Math.round(rounds / 4));
  return {
    services,
    proxies,
    istiods: 1,
    cores: 4,
    push,
    every,
    jitter: 0,
    warmUp,
    measured: every * rounds,
  };
}

function compile(): void {
  const options = '--noCheck --noEmit false --allowImportingTsExtensions false --ignoreConfig';
  const target = '--module nodenext --target es2023 --types node --rewriteRelativeImportExtensions';
  const args = [...options.split(' '), ...target.split(' '), '--rootDir', '.', '--outDir', built];
  const { status, stdout } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', ...args, 'bench/controlplane/one.ts'],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`tsc failed: ${stdout}`);
}

function measure(one: Case): Figures {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...flags, `${built}bench/controlplane/one.js`],
    { cwd: root, input: JSON.stringify(one), encoding: 'utf8' },
  );
  if (status !== 0) {
    throw new Error(`${JSON.stringify(one)} ended with ${signal ?? status}: ${stderr}`);
  }
  return JSON.parse(stdout) as Figures;
}

function growth(push: PushKind): void {
  const cases = [100, 1000, 10_000, 100_000].map((proxies) => caseOf(proxies, push));
  const samples = cases.map((): Figures[] => []);
  for (let rep = 0; rep < REPETITIONS; rep++) {
    cases.forEach((one, c) => {
      samples[c].push(measure(one));
    });
  }
  const costs = samples.map((of) =>
    median(of.map(({ cpuSeconds, pushes }) => cpuSeconds / pushes)),
  );
  const rows = cases.map(({ proxies, services }, c) => [
    proxies.toLocaleString('en'),
    services.toLocaleString('en'),
    samples[c][0].pushes.toLocaleString('en'),
    (1e-6 / costs[c]).toPrecision(3),
    (costs[c] / costs[0]).toFixed(2),
    (samples[c][0].grown / proxies).toFixed(0),
    (samples[c][0].resident / 1e6).toFixed(0),
  ]);
  const head = [
    'proxies',
    'services',
    'pushes',
    'M pushes/s',
    'to linear',
    'bytes a proxy',
    'MB in all',
  ];
  printTable(`${push} pushes, by CPU seconds`, head, rows);
}

/** 25 000 sidecars of 1 000 services, thirty pod events a second, ten minutes. */
function scale(): void {
  const one: Case = {
    services: 1000,
    proxies: 25_000,
    istiods: 10,
    cores: 16,
    push: 'endpoint',
    every: Math.round(1e9 / 30),
    jitter: 0.5e9,
    warmUp: 0,
    measured: 600e9,
  };
  const { pushes, cpuSeconds, resident } = measure(one);
  printTable(
    'ten minutes of 25 000 sidecars, 1 000 services, 30 pod events a second (ten istiods of 16 cores)',
    ['proxies', 'pushes', 'CPU s', 'M pushes/s', 'MB in all'],
    [
      [
        '25,000',
        pushes.toLocaleString('en'),
        cpuSeconds.toFixed(1),
        (pushes / cpuSeconds / 1e6).toPrecision(3),
        (resident / 1e6).toFixed(0),
      ],
    ],
  );
}

compile();
if (!process.argv.includes('--scale')) {
  growth('endpoint');
  growth('full');
}
scale();
console.log(
  'G8: 1 M endpoint pushes a CPU second at 100 000 proxies of 10 000 services, 200 MB; aim: 5 M, 64 bytes a proxy, 100 MB',
);
console.log('scale: ten minutes in under 60 s on one core, in under 2 GiB');
