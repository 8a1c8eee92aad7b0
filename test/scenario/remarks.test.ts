import { expect, test } from 'vitest';
import { loadScenario } from '../../src/scenario/load.ts';
import { remarksOn } from '../../src/scenario/remarks.ts';

const text = `
topology:
  namespaces:
    - { name: shop, services: [{ name: cart }, { name: stock }] }
    - { name: bank, services: [{ name: cart }] }
load: []
`;

function remarks(...set: readonly string[]) {
  return remarksOn(loadScenario({ file: 'shop.yml', text, overrides: { set } }));
}

test('a config mode that sidecars work by is idle where there are none, and that is said', () => {
  expect(remarks('mesh.mode=ambient', 'config.mode=slime')).toEqual([
    'config mode "slime" has no effect in namespaces "shop" and "bank": no service there has a sidecar',
  ]);
  expect(remarks('mesh.namespaces={bank: none}', 'config.mode=datm')).toEqual([
    'config mode "datm" has no effect in namespace "bank": no service there has a sidecar',
  ]);
});

test('nothing is said where one service has a sidecar, or the mode is for proxies of every kind', () => {
  expect(remarks('config.mode=lazyxds')).toEqual([]);
  expect(
    remarks(
      'mesh.mode=none',
      'mesh.services={shop/cart: clientonly}',
      'config.namespaces={shop: odcds}',
    ),
  ).toEqual([]);
  expect(remarks('mesh.mode=none', 'config.mode=exportTo')).toEqual([]);
});
