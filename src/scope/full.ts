/**
 * Istio as it comes: without Sidecar resources every proxy knows every service that is exported to it. Nothing is ever
 * learned, so there is nothing to watch. (Specification: config modes, `full`.)
 */
import { still } from './site.ts';
import type { Controller } from './strategy.ts';

/** There is nothing to set. */
export type FullSettings = Readonly<Record<never, never>>;

export function full(_: FullSettings): Controller<null> {
  return {
    unknown: 'passthrough',
    relay: null,
    pauseMax: null,
    observes: [],
    start: () => still(null),
    reduce: () => still(null),
  };
}
