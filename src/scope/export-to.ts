/**
 * Visibility set by the owners of services: their annotation networking.istio.io/exportTo names the namespaces whose
 * proxies may see them. It is a property of the services; no controller runs. (Specification: config modes,
 * `exportTo`; the annotation is Istio's.)
 */
import { type FullSettings, full } from './full.ts';
import type { Controller } from './strategy.ts';

export interface ExportToSettings {
  /** `.` the service's own namespace, a namespace, or `*`. */
  readonly to: readonly string[];
}

export function exportTo(_: ExportToSettings): Controller<null> {
  return full({} satisfies FullSettings);
}
