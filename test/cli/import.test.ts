/** `meshsim import`, and the other commands given a file of another tool. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { importerChoices } from '../../src/cli/commands/import.ts';
import { importerNames } from '../../src/import/importers.ts';
import { meshsim, scratch } from './meshsim.ts';

const fixtures = fileURLToPath(new URL('../import/fixtures/', import.meta.url));
const shop = readFileSync(join(fixtures, 'shop.yaml'), 'utf8');
const cwd = scratch();
for (const name of readdirSync(fixtures)) {
  writeFileSync(join(cwd, name), readFileSync(join(fixtures, name)));
}
writeFileSync(join(cwd, 'broken.yaml'), 'apiVersion: v1\nkind: Service\nspec: {}\n');
writeFileSync(
  join(cwd, 'more.yaml'),
  'apiVersion: v1\nkind: Service\nmetadata: { name: b }\nspec: { ports: [{ name: tcp, port: 9 }] }\n',
);

test('the help names every importer', () => {
  expect(importerChoices).toEqual(importerNames);
});

test('a scenario goes to stdout, notes go to stderr', async () => {
  const { code, stdout, stderr } = await meshsim(['import', 'shop.yaml'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^# yaml-language-server: .*\n# Imported by meshsim: .*, shop\.yaml\.\n/);
  expect(stdout).toMatch(/\nname: shop\n/);
  expect(stderr).toMatch(/^shop\.yaml:14:1: note: 1 namespace without services is left out\n/);
});

test('what is imported to a file is valid, and says nothing more', async () => {
  const args = ['import', '-', '-q', '-o', 'mine.yml', '--name', 'mine'];
  expect(await meshsim(args, { cwd, input: shop })).toMatchObject({
    code: 0,
    stdout: '',
    stderr: '',
  });
  expect(readFileSync(join(cwd, 'mine.yml'), 'utf8')).toMatch(/\nname: mine\n/);
  const validated = await meshsim(['validate', 'mine.yml'], { cwd });
  expect(validated).toMatchObject({ code: 0, stdout: 'mine.yml: ok\n', stderr: '' });
  expect(readdirSync(cwd).filter((name) => name.includes('.new-'))).toEqual([]);
});

test('several files become one scenario', async () => {
  const { code, stdout } = await meshsim(['import', 'kubectl-get.yaml', 'more.yaml'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toMatch(/\nname: imported\n/);
  expect(stdout).toMatch(/{ name: b, port: 9, protocol: tcp, replicas: 0 }/);
});

test('validate takes a foreign file as it is', async () => {
  const { code, stdout, stderr } = await meshsim(['validate', 'pilot-load.yaml'], { cwd });
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'pilot-load.yaml: ok\n' });
  expect(stderr).toMatch(/^pilot-load\.yaml:30:13: note: /);
});

test('run simulates a foreign file, without requests, and settings change it', async () => {
  const args = [
    'run',
    'pilot-load.yaml',
    '--until',
    '20s',
    '--set',
    'topology.namespaces[0].count=2',
  ];
  const { code, stdout, stderr } = await meshsim([...args, '--reps', '1', '-j', '1'], { cwd });
  expect(code).toBe(0);
  expect(stderr).toMatch(/^pilot-load\.yaml:30:13: note: .*\n(.*\n)*meshsim 0/);
  expect(stdout).toMatch(/^pilot-load {3}ambient-waypoint|^pilot-load {3}sidecar/);
  expect(stdout).toMatch(/PUSHES {2}[\d,]+ events/);
  expect(stdout).not.toMatch(/LOAD/);
});

test.each([
  [
    ['broken.yaml'],
    /^broken\.yaml:1:1: metadata: missing; expected a map\n {2}1 \| apiVersion: v1\n/,
  ],
  [
    ['nowhere.yaml'],
    /^nowhere\.yaml: cannot be read: there is no such file or directory; did you mean "more.yaml"\?\n$/,
  ],
  [['-', '-'], /^meshsim: standard input can be read once; "-" is given twice\n$/],
  [
    ['shop.yaml', '--name', 'a b'],
    /^meshsim: --name: "a b" is no name of a scenario; expected letters/,
  ],
  [
    ['shop.yaml', '--from', 'istio'],
    /^meshsim: option "--from <tool>": "istio" is invalid; expected "pilot-load" or "kubernetes"\n$/,
  ],
  [
    ['pilot-load-old.yaml'],
    /^pilot-load-old\.yaml:8:5: istio: "istio" is of pilot-load's old schema/,
  ],
])('import %j ends with 2 and says why', async (args, message) => {
  const { code, stdout, stderr } = await meshsim(['import', ...args], { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('manifests with faults are told as manifests, whatever the command', async () => {
  const input = 'apiVersion: v1\nkind: Service\nmetadata: { name: {{ .Values.name }} }\n';
  const { code, stderr } = await meshsim(['validate', '-'], { cwd, input });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^<stdin>:3:19: this is a template of Helm, not YAML; render it first/);
});

test('a request cannot be followed where there is no load', async () => {
  const { code, stderr } = await meshsim(['run', 'more.yaml', '--trace', '0', '-j', '1', '-q'], {
    cwd,
  });
  expect(code).toBe(2);
  expect(stderr).toBe('meshsim: "--trace" needs a request to follow; the scenario has no load\n');
});
