import { MINUTE, SECOND } from '../units.ts';
import { ambient } from './ambient.ts';
import { asmAdaptive } from './asm-adaptive.ts';
import type { ConfigMode } from './config-mode.ts';
import { datm } from './datm.ts';
import { exportTo } from './export-to.ts';
import { full } from './full.ts';
import { lazyxds } from './lazyxds.ts';
import { odcds } from './odcds.ts';
import { sidecarStatic } from './sidecar-static.ts';
import { slime } from './slime.ts';
import type { Controller } from './strategy.ts';

/** A kind of config mode: what its settings are unless a scenario says otherwise, and its controller. */
interface Strategy<Settings> {
  readonly defaults: Settings;
  make(settings: Settings): Controller<unknown>;
}

function strategy<Settings>(
  make: (settings: Settings) => Controller<unknown>,
  defaults: NoInfer<Settings>,
): Strategy<Settings> {
  return { defaults, make };
}

/** Envoy's buffer_flush_interval of gRPC access logs. */
const FLUSH = SECOND;
/** Istio 1.8.2's addon Prometheus. */
const SCRAPE = 15 * SECOND;
const EVALUATION = MINUTE;

/**
 * Every config mode, by the name a scenario calls it. A new mode is one file and one line here. (Defaults:
 * specification, config modes, sections 1.5, 2, 3, 4 and the extra-hop parameters of 5.9.)
 */
export const strategies = {
  full: strategy(full, {}),
  'sidecar-static': strategy(sidecarStatic, { hosts: ['./*', 'istio-system/*'], services: {} }),
  exportTo: strategy(exportTo, { to: ['.'] }),
  slime: strategy(slime, {
    source: 'accesslog',
    tick: 10 * SECOND,
    flush: FLUSH,
    scrape: SCRAPE,
    stableHosts: [],
    relay: { replicas: 1, cores: 0.4, work: 300_000 },
  }),
  lazyxds: strategy(lazyxds, { flush: FLUSH, relay: { replicas: 1 } }),
  datm: strategy(datm, {
    detect: 'rule',
    poll: 10 * SECOND,
    scrape: SCRAPE,
    evaluation: EVALUATION,
    groupWait: 30 * SECOND,
    // Prometheus' own look-back; the paper names a window and no length.
    window: 5 * MINUTE,
    importControlPlane: false,
    namespaceSidecar: true,
    relay: { replicas: 1 },
  }),
  odcds: strategy(odcds, { timeout: 5 * SECOND }),
  ambient: strategy(ambient, {}),
  'asm-adaptive': strategy(asmAdaptive, { flush: FLUSH, relay: { replicas: 1 } }),
} satisfies Record<string, Pick<Strategy<never>, 'make'>>;
export type ConfigModeName = keyof typeof strategies;
export const configModeNames = Object.keys(strategies) as ConfigModeName[];

export function controllerOf(mode: ConfigMode): Controller<unknown> {
  // The name says which settings stand beside it.
  const { make } = strategies[mode.mode] as Strategy<ConfigMode>;
  return make(mode);
}
