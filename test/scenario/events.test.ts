import { expect, test } from 'vitest';
import { ProblemsError, renderProblems } from '../../src/problems.ts';
import { withEvents } from '../../src/scenario/events.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

const S = 1e9;

const scenario: Scenario = loadScenario({
  file: 'x.yml',
  text: `topology:
  namespaces:
    - { name: shop, services: [ { name: cart }, { name: stock } ] }
    - { name: bank, services: [ { name: cart } ] }
load:
  - { to: stock, rate: 10/s }
churn:
  - { kind: crash, service: stock, at: 1s }
events: { file: recorded.csv }
`,
});

function events(text: string, file = 'recorded.csv') {
  const { churn, events: left } = withEvents(scenario, { file, text });
  expect(left).toBeNull();
  expect(churn[0]).toEqual(scenario.churn[0]);
  return churn.slice(1);
}

function problems(text: string, file = 'recorded.csv'): string {
  try {
    withEvents(scenario, { file, text });
  } catch (error) {
    if (error instanceof ProblemsError) return renderProblems(error.problems, text);
    throw error;
  }
  throw new Error('it has no problems');
}

test('a scenario names the list, which is read apart', () => {
  expect(scenario.events).toBe('recorded.csv');
});

const once = { every: null, jitter: 0, until: null };

test('a CSV file is churn, one entry a line, after that of the scenario', () => {
  expect(
    events(`# recorded on Monday
time,kind,namespace,service,count,replicas,resource
1.5s,crash,shop,cart,2,,
2s,scale,shop,cart,,5,

3m,config,shop,cart,,,VirtualService
3m,"config","shop",,,,Sidecar
4m,serviceDelete,,stock,,,
`),
  ).toEqual([
    { kind: 'crash', service: 'shop/cart', pods: 2, podStart: 5 * S, at: 1.5 * S, ...once },
    { kind: 'scale', service: 'shop/cart', replicas: [5], podStart: 5 * S, at: 2 * S, ...once },
    {
      kind: 'config',
      resource: 'VirtualService',
      namespace: 'shop',
      service: 'shop/cart',
      at: 180 * S,
      ...once,
    },
    { kind: 'config', resource: 'Sidecar', namespace: 'shop', service: null, at: 180 * S, ...once },
    { kind: 'serviceDelete', service: 'shop/stock', at: 240 * S, ...once },
  ]);
});

test('NDJSON says the same, and both may have any field of a kind', () => {
  const json = `{"time": "1s", "kind": "flap", "namespace": "shop", "service": "cart", "count": 1, "unready": "7s"}
{"time": "2s", "kind": "hostLoss", "count": 1, "resource": null}
`;
  const csv =
    'time,kind,namespace,service,count,unready\n1s,flap,shop,cart,1,7s\n2s,hostLoss,,,1,\n';
  const expected = [
    { kind: 'flap', service: 'shop/cart', pods: 1, unready: 7 * S, at: S, ...once },
    { kind: 'hostLoss', hosts: 1, eviction: 300 * S, podStart: 5 * S, at: 2 * S, ...once },
  ];
  expect(events(json, 'a.ndjson')).toEqual(expected);
  expect(events(csv)).toEqual(expected);
});

test('a column that is there twice is told, as one of the two would not be read', () => {
  expect(
    problems('time,kind,namespace,service,time\n1s,crash,shop,cart,2s\n'),
  ).toBe(`recorded.csv:1:29: there is a column "time" already
  1 | time,kind,namespace,service,time
    |                             ^^^^
`);
});

test('what is wrong with a CSV file is told with its lines and cells', () => {
  expect(
    problems(`time,kind,namespace,service,cuont
1s,crash,shop,crat,1
2,crash,shop,cart,
3s,crahs,shop,cart,
4s,podChurn,shop,cart,
5s,crash,cart,
6s,crash,,cart,
,crash,shop,cart,
`),
  ).toBe(`recorded.csv:1:29: "cuont" is no column of events; did you mean "count"?
  1 | time,kind,namespace,service,cuont
    |                             ^^^^^
recorded.csv:2:15: service: there is no service "shop/crat"; did you mean "shop/cart"?
  2 | 1s,crash,shop,crat,1
    |               ^^^^
recorded.csv:3:1: time: "2" has no unit; expected a time such as "250us", "1.5ms" or "1m30s"
  3 | 2,crash,shop,cart,
    | ^
recorded.csv:4:4: kind: "crahs" is no kind of event; did you mean "crash"?
  4 | 3s,crahs,shop,cart,
    |    ^^^^^
recorded.csv:5:4: kind: "podChurn" is no kind of event; expected "rollingUpdate", "scale", "crash", "flap", "hostLoss", "config", "serviceCreate", "serviceDelete", "istiodFailure", "istiodRollout" or "controllerRestart"
  5 | 4s,podChurn,shop,cart,
    |    ^^^^^^^^
recorded.csv:6:1: found "4" cells; expected "5", as in the header
  6 | 5s,crash,cart,
    | ^^^^^^^^^^^^^^
recorded.csv:7:11: service: "cart" is a service of 2 namespaces; expected one of "shop/cart" or "bank/cart"
  7 | 6s,crash,,cart,
    |           ^^^^
recorded.csv:8:2: time: missing; expected a time such as "250us", "1.5ms" or "1m30s"
  8 | ,crash,shop,cart,
    |  ^^^^^
`);
});

test('what is wrong with an NDJSON file is told with its lines and values', () => {
  expect(
    problems(
      `{"time": "1s", "kind": "scale", "service": "shop/cart"}
{"time": "1s", "kind": "scale", "service": "shop/cart", "replicas": -1}
nonsense
["crash"]
{"time": "1s", "kind": "config", "namespace": "shpo", "resource": "Sidecars"}
{"time": "1s", "kind": "istiodFailure", "count": 3, "repliacs": 1}
`,
      'x.ndjson',
    ),
  ).toBe(`x.ndjson:1:24: replicas: missing; expected a whole number, or a list of them
  1 | {"time": "1s", "kind": "scale", "service": "shop/cart"}
    |                        ^^^^^^^
x.ndjson:2:69: replicas: "-1" is too small; expected at least 0
  2 | {"time": "1s", "kind": "scale", "service": "shop/cart", "replicas": -1}
    |                                                                     ^^
x.ndjson:3:1: found no JSON; expected a JSON object such as {"time": "1s", "kind": "crash"}
  3 | nonsense
    | ^^^^^^^^
x.ndjson:4:1: found a list; expected a JSON object such as {"time": "1s", "kind": "crash"}
  4 | ["crash"]
    | ^^^^^^^^^
x.ndjson:5:67: resource: "Sidecars" is no configuration resource; did you mean "Sidecar"?
  5 | {"time": "1s", "kind": "config", "namespace": "shpo", "resource": "Sidecars"}
    |                                                                   ^^^^^^^^^^
x.ndjson:6:50: replicas: "3" replicas of istiod fail, but there are "1"; expected more of them in "istio.replicas"
  6 | {"time": "1s", "kind": "istiodFailure", "count": 3, "repliacs": 1}
    |                                                  ^
x.ndjson:6:53: "repliacs" is no column of events; did you mean "replicas"?
  6 | {"time": "1s", "kind": "istiodFailure", "count": 3, "repliacs": 1}
    |                                                     ^^^^^^^^^^
`);
});

test('another ending is no list of events', () => {
  expect(problems('', 'events.txt')).toBe(
    'events.txt: no list of events by its ending; expected ".csv" or ".ndjson"\n',
  );
});

test('an empty list has no events', () => {
  expect(events('')).toEqual([]);
  expect(events('time,kind\n')).toEqual([]);
});
