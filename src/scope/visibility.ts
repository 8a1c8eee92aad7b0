/** What limits visibility by itself, without a controller: who a service is exported to, and what istiod looks at. */
import { matches } from '../topology/pattern.ts';
import type { ConfigMode } from './config-mode.ts';

/** Namespaces that a service under a mode is exported to; its own annotation wins. @param own - `['*']` if it has none */
export function exportedTo(own: readonly string[], mode: ConfigMode): readonly string[] {
  return mode.mode === 'exportTo' && own.length === 1 && own[0] === '*' ? mode.to : own;
}

/**
 * discoverySelectors of MeshConfig: istiod ignores all that is in other namespaces at its informers, so there is
 * neither a service nor an event of them. @param selectors - patterns of names; none selects all
 */
export function isDiscovered(namespace: string, selectors: readonly string[]): boolean {
  return selectors.length === 0 || selectors.some((selector) => matches(selector, namespace));
}
