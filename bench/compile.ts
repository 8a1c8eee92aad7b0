/**
 * Compile time: CPU seconds from the text of a scenario to a network, for ten thousand pods of a thousand services.
 * `npx tsx bench/compile.ts`
 */
import { readFileSync } from 'node:fs';
import { loadProfile } from '../src/calibration/load-profile.ts';
import { compile } from '../src/model/compile.ts';
import { loadScenario } from '../src/scenario/load.ts';
import { printTable } from './engine/table.ts';

const file = 'calibration/istio.yml';
const profile = loadProfile({ file, text: readFileSync(file, 'utf8') });
const services = Array.from({ length: 1000 }, (_, i) => ({
  name: `s${i}`,
  replicas: 10,
  script: i % 25 === 24 ? [] : [{ call: `s${i + 1}` }],
}));
const text = JSON.stringify({
  topology: { hosts: { count: 100, cores: 16 }, namespaces: [{ name: 'big', services }] },
  load: [{ to: 'big/s0', rate: '10/s' }],
  churn: [{ kind: 'rollingUpdate', service: 'big/*', at: '10s' }],
});

function timed<T>(work: () => T): { readonly seconds: string; readonly value: T } {
  const start = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(start);
  return { seconds: ((user + system) / 1e6).toFixed(2), value };
}

const loaded = timed(() => loadScenario({ file: 'big.yml', text }));
const compiled = timed(() => compile(loaded.value, profile));
const { network, fleet } = compiled.value;
printTable(
  'ten thousand pods, in CPU seconds',
  ['stage', 'makes', 'CPU s'],
  [
    ['load', `${loaded.value.topology.namespaces[0].services.length} services`, loaded.seconds],
    ['compile', `${fleet.slots.length} slots, ${network.steps.length} steps`, compiled.seconds],
  ],
);
console.log('aim: under 2 s together');
