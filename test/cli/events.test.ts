import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadInputs } from '../../src/cli/inputs.ts';
import { scratch } from './meshsim.ts';

describe('a recorded event list', () => {
  const folder = scratch();
  const scenario = join(folder, 'shop.yml');
  writeFileSync(
    scenario,
    `topology:
  namespaces:
    - { name: shop, services: [ { name: a } ] }
load:
  - { to: a, rate: 10/s }
events: { file: recorded.csv }
`,
  );
  const list = (text: string) => writeFileSync(join(folder, 'recorded.csv'), text);

  test('is looked for beside the scenario', async () => {
    await expect(loadInputs(scenario)).rejects.toThrow(
      `${join(folder, 'recorded.csv')}: cannot be read: there is no such file`,
    );
  });

  test('becomes part of the scenario, and of its digest', async () => {
    list('time,kind,service,count\n1s,crash,a,1\n');
    const one = await loadInputs(scenario);
    expect(one.scenario.events).toBeNull();
    expect(one.scenario.churn).toMatchObject([{ kind: 'crash', service: 'shop/a', at: 1e9 }]);
    list('time,kind,service,count\n2s,crash,a,1\n');
    const other = await loadInputs(scenario);
    expect(other.digest).not.toBe(one.digest);
  });

  test('is shown with the lines that are wrong', async () => {
    list('time,kind,service,count\n1s,crash,b,1\n');
    await expect(loadInputs(scenario)).rejects.toThrow(
      /recorded\.csv:2:10: service: there is no service "b".*\n {2}2 \| 1s,crash,b,1\n {4}\| {10}\^/,
    );
  });
});
