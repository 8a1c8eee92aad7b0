/**
 * Who knows whom. A config mode, a service that is not exported, a namespace that istiod does not look at: each leaves
 * services unknown to proxies, and then calls to them go another way, or none.
 */

import type { MeshMode } from '../mesh/mode.ts';
import { meshModes } from '../mesh/modes.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ConfigMode } from '../scope/config-mode.ts';
import { controllerOf } from '../scope/strategies.ts';
import type { Controller } from '../scope/strategy.ts';
import { exportedTo } from '../scope/visibility.ts';
import { type Service, serviceId, type Topology } from '../topology/topology.ts';
import type { CallSite, Workload } from './call-site.ts';
import type { DeployedRelay, DeployedService } from './deployment.ts';

/** A config mode that gives proxies less than everything, and the namespaces under it. */
export interface ModeController {
  /** The mode's name. */
  readonly mode: ConfigMode['mode'];
  readonly controller: Controller<unknown>;
  readonly namespaces: ReadonlySet<string>;
}

/** Namespaces with equal modes share a controller. Where nobody has a sidecar there is nothing to give less of. */
export function controllersOf({ config, mesh, topology }: Scenario): readonly ModeController[] {
  const namespacesOf = new Map<string, { mode: ConfigMode; namespaces: Set<string> }>();
  for (const { name, services } of topology.namespaces) {
    const modes = services.map(
      (service) => meshModes[mesh.modeOf[serviceId(service)] ?? mesh.mode],
    );
    if (!modes.some(hasSidecarOfCaller)) continue;
    const mode = config.modeOf[name];
    const key = JSON.stringify(mode);
    const entry = namespacesOf.get(key) ?? { mode, namespaces: new Set() };
    namespacesOf.set(key, entry);
    entry.namespaces.add(name);
  }
  return [...namespacesOf.values()]
    .map(({ mode, namespaces }) => {
      return { mode: mode.mode, controller: controllerOf(mode), namespaces };
    })
    .filter((one) => restricts(one, topology));
}

/** Whether it begins by writing Sidecars; `full` and its kind never write any. */
function restricts({ controller, namespaces }: ModeController, topology: Topology): boolean {
  const services = topology.namespaces.flatMap((namespace) => namespace.services);
  const site = {
    services: services.map(({ name, namespace, protocol }) => {
      return { name, namespace, isTcp: protocol === 'tcp', exists: true };
    }),
    own: [...services.keys()].filter((s) => namespaces.has(services[s].namespace)),
  };
  return controller.start(site, 0).effects.some(({ kind }) => kind === 'sidecar');
}

/** Its calls go out by a sidecar, which knows what it was told. */
export function hasSidecarOfCaller({ path }: MeshMode): boolean {
  const [first] = path;
  return first !== undefined && first !== 'wire' && first.proxy === 'sidecar';
}

/** Namespaces that a service is exported to, in the notation of its annotation. */
export function exportOf({ config }: Scenario, service: Service): readonly string[] {
  return exportedTo(service.exportTo, config.modeOf[service.namespace] ?? FULL);
}

/** Of namespaces that the scenario does not name, such as that of a relay. */
const FULL: ConfigMode = { mode: 'full' };

/** What becomes of a call whose caller's proxy does not know the service. */
export type Detour =
  /** It goes to a proxy that knows all. */
  | { readonly kind: 'relay'; readonly relay: DeployedRelay }
  /** It goes to the address that the application asked for, in plain text. */
  | { readonly kind: 'pass' }
  /** It fails at once. */
  | { readonly kind: 'block' }
  /** It waits until the proxy is told. */
  | { readonly kind: 'pause'; readonly timeout: number };

/** `isOnly`: the proxy never knows the service. */
export type SomeDetour = Detour & { readonly isOnly: boolean };

/**
 * @returns null if the caller's proxy always knows the callee, or there is none. The pod of a load does: it stands for
 *   an ingress gateway or a test client, whose configuration is not what a scenario is about
 */
export function detourOf(workload: Workload, { caller, callee }: CallSite): SomeDetour | null {
  const { scenario, deployment } = workload;
  if (caller.service === null || !hasSidecarOfCaller(caller.mode)) return null;
  const { namespace } = caller.service.service;
  const isAllowed = scenario.config.outboundTraffic === 'ALLOW_ANY';
  const outside: Detour = { kind: isAllowed ? 'pass' : 'block' };
  if (!isVisible(scenario, callee.service, namespace)) {
    return { ...outside, isOnly: true };
  }
  const mode = deployment.controllers.find(({ namespaces }) => namespaces.has(namespace));
  if (mode === undefined) return null;
  const { unknown, pauseMax, relay } = mode.controller;
  if (unknown === 'pause') return { kind: 'pause', timeout: pauseMax ?? 0, isOnly: false };
  // A relay goes by the host that a request names; a connection names none.
  if (unknown === 'passthrough' || relay === null || callee.service.protocol === 'tcp') {
    return { ...outside, isOnly: false };
  }
  const id = serviceId(relay);
  const service = deployment.services.filter(isRelay).find((one) => one.id === id);
  if (service === undefined) throw new Error(`relay "${id}" is not deployed`);
  return { kind: 'relay', relay: service, isOnly: false };
}

function isRelay(service: DeployedService): service is DeployedRelay {
  return service.relay !== null;
}

/** What istiod does not look at, nobody sees. */
function isVisible(scenario: Scenario, service: Service, from: string): boolean {
  const { namespace } = service;
  if (scenario.config.undiscovered.includes(namespace)) return false;
  return exportOf(scenario, service).some(
    (to) => to === '*' || to === from || (to === '.' && namespace === from),
  );
}

/** Whether some proxy may not know some service. */
export function isPartial(scenario: Scenario, controllers: readonly ModeController[]): boolean {
  const services = scenario.topology.namespaces.flatMap((namespace) => namespace.services);
  return (
    controllers.length > 0 ||
    scenario.config.undiscovered.length > 0 ||
    services.some((service) => !exportOf(scenario, service).includes('*'))
  );
}
