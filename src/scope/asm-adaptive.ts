/**
 * Alibaba ASM's adaptive xDS: as LazyXDS, an egress gateway for what is not known and Sidecars from its access log,
 * but without a virtual host for every unknown service in each proxy. Its source is closed: an assumption of the
 * specification (config modes, `asm-adaptive`).
 */
import { type LazyxdsSettings, type LazyxdsState, lazy } from './lazyxds.ts';
import type { Controller } from './strategy.ts';

export type AsmAdaptiveSettings = LazyxdsSettings;

const RELAY = { name: 'istio-axds-egressgateway', namespace: 'istio-system' };

export function asmAdaptive({ flush, relay }: AsmAdaptiveSettings): Controller<LazyxdsState> {
  return lazy(flush, relay, RELAY, false);
}
