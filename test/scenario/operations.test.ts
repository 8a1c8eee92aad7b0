/** Services that answer several kinds of requests, and how calls and loads name them. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadScenario } from '../../src/scenario/load.ts';
import { type CallStep, DEFAULT_OPERATION, type Service } from '../../src/topology/topology.ts';
import { constant } from './texts.ts';

const everyField = readFileSync(new URL('every-field.yml', import.meta.url), 'utf8');

/** A shop of some services, called by one load. */
function load(services: string, call = 'to: a') {
  const text = `topology:\n  namespaces:\n    - name: shop\n      services: ${services}\nload: [ { ${call}, rate: 1/s } ]\n`;
  return loadScenario({ file: 'shop.yml', text });
}

function servicesOf(scenario: ReturnType<typeof loadScenario>, namespace: string) {
  const found = scenario.topology.namespaces.find(({ name }) => name === namespace);
  return (found?.services ?? []) as readonly Service[];
}

/** Callee and operation of every call, by operation of the caller. */
function callsOf({ versions: [{ operations }] }: Service) {
  return operations.map(({ name, script }) => {
    const calls = script.filter((step): step is CallStep => step.kind === 'call');
    return [name, calls.map(({ to, operation }) => `${to} ${operation}`)];
  });
}

test('each operation has its own response and script, in each version', () => {
  const scenario = loadScenario({ file: 'every-field.yml', text: everyField });
  const [api, db] = servicesOf(scenario, 'store');
  expect(api.versions).toMatchObject([
    {
      name: 'v1',
      operations: [
        { name: '/read', response: 2048, script: [{ to: 'store/db', operation: 'get' }] },
        {
          name: '/write',
          response: 0,
          script: [
            { kind: 'work', time: constant(1e6) },
            { to: 'store/db', operation: 'put', request: 1024 },
          ],
        },
      ],
    },
  ]);
  expect(
    db.versions.map(({ name, replicas, operations }) => [
      name,
      replicas,
      operations.map((one) => [one.name, one.response, one.script.length]),
    ]),
  ).toEqual([
    [
      'v1',
      1,
      [
        ['get', 1024, 0],
        ['put', 0, 1],
      ],
    ],
    [
      'v2',
      2,
      [
        ['put', 0, 0],
        ['get', 3072, 0],
      ],
    ],
  ]);
  expect(scenario.load.map(({ name, operation }) => [name, operation])).toEqual([
    ['users', DEFAULT_OPERATION],
    ['clients', DEFAULT_OPERATION],
    ['writers', '/write'],
  ]);
});

test('the response of a service with versions is that of each of their scripts', () => {
  const [a] = servicesOf(
    load('[ { name: a, response: 1KiB, versions: [ { name: v1 }, { name: v2 } ] } ]'),
    'shop',
  );
  expect(a.versions.map(({ operations }) => operations)).toEqual([
    [{ name: DEFAULT_OPERATION, response: 1024, script: [] }],
    [{ name: DEFAULT_OPERATION, response: 1024, script: [] }],
  ]);
});

test('who names no operation asks for the first, whichever version answers', () => {
  const services = `
        - { name: a, operations: [ { name: one, script: [ { call: b } ] }, { name: two } ] }
        - name: b
          versions:
            - { name: v1, operations: [ { name: get }, { name: put } ] }
            - { name: v2, operations: [ { name: put }, { name: get } ] }`;
  const scenario = load(services);
  expect(scenario.load[0].operation).toBe('one');
  expect(callsOf(servicesOf(scenario, 'shop')[0])).toEqual([
    ['one', ['shop/b get']],
    ['two', []],
  ]);
});

test('calls may come back to a service, as long as they ask for another operation', () => {
  const services = `
        - { name: a, operations: [ { name: page, script: [ { call: { service: a, operation: part } }, { call: b } ] }, { name: part } ] }
        - { name: b, script: [ { call: { service: a, operation: part } } ] }`;
  const [a, b] = servicesOf(load(services), 'shop');
  expect(callsOf(a)).toEqual([
    ['page', ['shop/a part', `shop/b ${DEFAULT_OPERATION}`]],
    ['part', []],
  ]);
  expect(callsOf(b)).toEqual([[DEFAULT_OPERATION, ['shop/a part']]]);
});

test('a pattern of a load may meet services that have nothing but the operation in common', () => {
  const services = `
        - { name: svc-1, operations: [ { name: get }, { name: put } ] }
        - { name: svc-2, operations: [ { name: delete }, { name: get } ] }`;
  expect(load(services, 'to: svc-*, operation: get').load[0]).toMatchObject({
    to: ['shop/svc-1', 'shop/svc-2'],
    operation: 'get',
  });
});
