/** A scenario for traces: calls one after the other and at once, threads, deadlines that pass, retries. */
import type { Task } from '../../src/run.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { profile } from '../calibration/default-profile.ts';

const text = `
topology:
  hosts: { count: 2, cores: 4 }
  namespaces:
    - name: shop
      services:
        - name: front
          threads: 2
          script:
            - work: 1ms
            - parallel:
                - call: { service: cart }
                - [{ sleep: 3ms }, { call: { service: slow, timeout: 5ms, retries: 1, optional: true } }]
            - call: { service: cart }
        - name: cart
          replicas: 2
          script: [{ work: { exponential: { mean: 500us } } }]
        - name: slow
          script: [{ work: 8ms }]
load:
  - { name: users, to: shop/front, rate: 50/s, connections: 4 }
mesh: { resilience: { retries: 1, retryOn: [timeout] } }
measure: { warmup: 0s, window: 5s, reps: 1 }
`;

export function shopTask(set: readonly string[] = []): Task {
  const scenario = loadScenario({ file: 'shop.yml', text, overrides: { set } });
  const { window } = scenario.measure;
  return {
    scenario,
    profile,
    name: 'mesh',
    rep: 0,
    window: { from: 0, to: window },
    isPilot: false,
  };
}
