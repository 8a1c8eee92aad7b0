/** Relays of config modes, as services of the mesh like any other: pods with a proxy that is told everything. */
import type { Relay } from '../scope/strategy.ts';
import {
  DEFAULT_OPERATION,
  type Namespace,
  ROOT_NAMESPACE,
  type Service,
  serviceId,
  type Topology,
} from '../topology/topology.ts';
import type { ModeController } from './knowledge.ts';

/** One for each name: modes that name the same relay share it, with the pods of the larger. */
export function relaysOf(controllers: readonly ModeController[]): readonly Relay[] {
  const byId = new Map<string, Relay>();
  for (const { controller } of controllers) {
    const { relay } = controller;
    if (relay === null) continue;
    const id = serviceId(relay);
    const known = byId.get(id);
    if (known === undefined || known.replicas < relay.replicas) byId.set(id, relay);
  }
  return [...byId.values()];
}

/**
 * It listens on every HTTP port that a service outside of Istio's own namespace has, so that whoever has its
 * configuration has a listener for calls to them (specification: config modes, Slime's wormhole ports).
 */
export function relayService(relay: Relay, topology: Topology): Service {
  const { name, namespace, replicas } = relay;
  const [port = 80, ...others] = httpPorts(topology);
  const protocol = 'http1';
  const operation = { name: DEFAULT_OPERATION, response: 0, script: [] };
  return {
    name,
    namespace,
    protocol,
    port,
    autoDetect: false,
    otherPorts: others.map((other) => ({ port: other, protocol, autoDetect: false })),
    headless: false,
    exportTo: ['*'],
    versions: [{ name: 'v1', replicas, operations: [operation] }],
    subsets: 0,
    cores: relay.kind === 'application' ? relay.cores : 1,
    threads: null,
    queueMax: null,
    errorShare: 0,
  };
}

/** A namespace of its own, though the scenario may have one of this name: a relay does not wait for that to join. */
export function relayNamespace(relay: Relay, service: Service): Namespace {
  return { name: relay.namespace, joins: 0, readySpread: 0, services: [service] };
}

function httpPorts({ namespaces }: Topology): readonly number[] {
  const services = namespaces
    .filter(({ name }) => name !== ROOT_NAMESPACE)
    .flatMap((namespace) => namespace.services);
  const ports = services
    .flatMap((service) => [service, ...service.otherPorts])
    .filter(({ protocol }) => protocol !== 'tcp')
    .map(({ port }) => port);
  return [...new Set(ports)].toSorted((a, b) => a - b);
}
