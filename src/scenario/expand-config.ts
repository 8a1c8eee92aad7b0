/** Expands config modes: every namespace gets one, and what they let see is found by name. */
import { quote } from '../problems.ts';
import type { ConfigMode } from '../scope/config-mode.ts';
import { controllerOf } from '../scope/strategies.ts';
import { isDiscovered } from '../scope/visibility.ts';
import { ROOT_NAMESPACE, serviceId } from '../topology/topology.ts';
import type { Path } from '../yaml/finding.ts';
import { didYouMean } from '../yaml/suggest.ts';
import { type Catalog, findNamespaces } from './names.ts';
import type { Report } from './reporter.ts';
import type { ConfigSettings } from './scenario.ts';
import type { ConfigDraft } from './schema.ts';

/** Later entries win over earlier ones. */
export function expandConfig(draft: ConfigDraft, catalog: Catalog, report: Report): ConfigSettings {
  const { mode, namespaces, outboundTraffic, discoverySelectors } = draft;
  const all = [...catalog.namespaces.keys()];
  const modeOf: Record<string, ConfigMode> = {};
  for (const namespace of all) modeOf[namespace] = mode;
  checkMode(mode, { path: ['config', 'mode'], namespaces: all }, catalog, report);
  for (const [written, its] of Object.entries(namespaces)) {
    const path: Path = ['config', 'namespaces', written];
    const found = findNamespaces(catalog, written);
    if ('message' in found) {
      report(path, found.message, found.help, 'key');
      continue;
    }
    checkMode(its, { path, namespaces: found.ids }, catalog, report);
    for (const namespace of found.ids) modeOf[namespace] = its;
  }
  discoverySelectors.forEach((selector, i) => {
    const found = findNamespaces(catalog, selector);
    if ('message' in found) report(['config', 'discoverySelectors', i], found.message, found.help);
  });
  const undiscovered = all.filter((namespace) => !isDiscovered(namespace, discoverySelectors));
  return { modeOf, outboundTraffic, undiscovered };
}

/** Namespaces whose mode has a controller that learns, and can restart. */
export function controlledNamespaces({ modeOf }: ConfigSettings): readonly string[] {
  return Object.keys(modeOf).filter((name) => controllerOf(modeOf[name]).observes.length > 0);
}

/** Namespaces whose proxies come to know more as they go, by a controller or by asking themselves. */
export function learningNamespaces({ modeOf }: ConfigSettings): readonly string[] {
  return Object.keys(modeOf).filter((name) => controllerOf(modeOf[name]).unknown !== 'passthrough');
}

/** Services that modes bring along, whose pods may crash or be updated like any other's. */
export function relayIds({ modeOf }: ConfigSettings): readonly string[] {
  const relays = Object.values(modeOf).flatMap((mode) => controllerOf(mode).relay ?? []);
  return [...new Set(relays.map(serviceId))];
}

/** Where a mode is written, and which namespaces it is for. */
interface Use {
  readonly path: Path;
  readonly namespaces: readonly string[];
}

function checkMode(mode: ConfigMode, use: Use, catalog: Catalog, report: Report): void {
  const { path } = use;
  if (mode.mode === 'exportTo') {
    mode.to.forEach((name, i) => {
      const isKnown = name === '.' || name === '*' || catalog.namespaces.has(name);
      if (!isKnown) reportNamespace(name, [...path, 'to', i], catalog, report);
    });
  }
  if (mode.mode === 'slime')
    checkHosts(mode.stableHosts, [...path, 'stableHosts'], catalog, report);
  if (mode.mode !== 'sidecar-static') return;
  checkHosts(mode.hosts, [...path, 'hosts'], catalog, report);
  const names = use.namespaces.flatMap((namespace) => catalog.namespaces.get(namespace) ?? []);
  for (const [service, hosts] of Object.entries(mode.services)) {
    const place = [...path, 'services', service];
    checkHosts(hosts, place, catalog, report);
    if (names.includes(service)) continue;
    const message = `there is no service ${quote(service)} in these namespaces`;
    report(place, message, didYouMean(service, names), 'key');
  }
}

/** The control plane's namespace may be imported whether the scenario has services in it or not. */
function checkHosts(hosts: readonly string[], path: Path, catalog: Catalog, report: Report): void {
  hosts.forEach((host, i) => {
    const [namespace, name] = host.split('/');
    const names = catalog.namespaces.get(namespace);
    if (['.', '*', '~', ROOT_NAMESPACE].includes(namespace)) return;
    if (names === undefined) reportNamespace(namespace, [...path, i], catalog, report);
    else if (name !== '*' && !names.includes(name)) {
      const message = `there is no service ${quote(name)} in namespace ${quote(namespace)}`;
      report([...path, i], message, didYouMean(name, names));
    }
  });
}

function reportNamespace(name: string, path: Path, catalog: Catalog, report: Report): void {
  const message = `there is no namespace ${quote(name)}`;
  report(path, message, didYouMean(name, catalog.namespaces.keys()));
}
