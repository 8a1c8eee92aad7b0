import { describe, expect, it } from 'vitest';
import { compile } from '../../src/model/compile.ts';
import { istioProfile, scenarioOf } from '../support/scenarios.ts';

const { directory } = compile(
  scenarioOf(`
topology:
  namespaces:
    - name: shop
      services:
        - name: web
          operations:
            - { name: page, script: [{ call: stock }, { call: { service: web, operation: part } }] }
            - { name: part, script: [{ call: prices }] }
        - { name: stock, operations: [{ name: all, script: [{ call: store }] }, { name: one, script: [{ call: { service: web, operation: part } }] }] }
        - { name: prices, threads: 4 }
        - name: store
        - name: lonely
load:
  - { to: shop/web, rate: 1/s }
  - { name: second, to: shop/prices, rate: 1/s, mesh: sidecar }
`),
  istioProfile,
);

const short = (names: readonly string[]) =>
  names
    .filter((name) => !name.endsWith('main'))
    .map((name) => name.replace('shop/', ''))
    .toSorted();

describe('the stations that requests may meet', () => {
  it('are those of the service and of all below it, also where calls come back to a service', () => {
    const of = (id: string) =>
      short(directory.services.find((one) => one.id === id)?.stations ?? []);
    const below = [
      'app prices',
      'app stock',
      'app store',
      'app web',
      'sidecar prices',
      'sidecar stock',
      'sidecar store',
      'sidecar web',
      'threads prices',
    ];
    expect(of('shop/web')).toEqual(below);
    expect(of('shop/stock')).toEqual(below);
    expect(of('shop/store')).toEqual(['app store', 'sidecar store']);
  });

  it('are, of a load, also the proxies of its own clients', () => {
    expect(short(directory.loads[1].stations)).toEqual([
      'app prices',
      'sidecar clients of shop',
      'sidecar prices',
      'threads prices',
    ]);
  });

  it('never include istiod', () => {
    expect(directory.loads.flatMap(({ stations }) => stations)).not.toContain('istiod');
  });
});
