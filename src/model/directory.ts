/** Names of everything that is measured, and which stations a load or a call may meet, from the call trees. */
import type { Directory, StationNames } from '../measure/directory.ts';
import { pathBetween } from '../mesh/mode.ts';
import { type CallStep, type ScriptStep, serviceId } from '../topology/topology.ts';
import type { Client, DeployedService, Deployment } from './deployment.ts';

export function makeDirectory(
  deployment: Deployment,
  stations: readonly StationNames[],
  detours: Directory['detours'],
): Directory {
  const { services, clients, proxies, controllers } = deployment;
  const byId = new Map(services.map((service) => [service.id, service]));
  const byOwner = groupByOwner(stations);
  const calleesOf = new Map(services.map((service) => [service.id, callees(service)]));

  /** Names of the stations that requests to these services may meet: their own, and those of all below. */
  function reach(targets: readonly DeployedService[]): string[] {
    const owners = new Set<string>();
    const pending = targets.map(({ id }) => id);
    const seen = new Set(pending);
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      const service = byId.get(id);
      if (service === undefined) continue;
      for (const owner of [id, ...sharedOwners(service), ...relayOf(service)]) owners.add(owner);
      for (const callee of calleesOf.get(id) ?? []) {
        if (seen.has(callee)) continue;
        seen.add(callee);
        pending.push(callee);
      }
    }
    return namesOf(owners);
  }

  /** Of its calls to services that its proxies do not know. */
  function relayOf({ service }: DeployedService): string[] {
    const mode = controllers.find(({ namespaces }) => namespaces.has(service.namespace));
    const relay = mode?.controller.relay ?? null;
    return relay === null ? [] : [serviceId(relay)];
  }

  function namesOf(owners: ReadonlySet<string>): string[] {
    return [...owners].flatMap((owner) =>
      (byOwner.get(owner) ?? []).filter(({ kind }) => kind !== 'istiod').map(({ name }) => name),
    );
  }

  const loads = [...new Set(clients.map(({ load }) => load.name))];
  return {
    loads: loads.map((name) => {
      const own = clients.filter(({ load }) => load.name === name);
      const proxied = own.filter(hasProxy).map(({ target }) => target.service.namespace);
      const ofClients = namesOf(new Set(proxied.map((namespace) => `clients of ${namespace}`)));
      return { name, stations: [...reach(own.map(({ target }) => target)), ...ofClients] };
    }),
    loadOf: clients.map(({ load }) => loads.indexOf(load.name)),
    // Nobody calls a relay by its name.
    services: services
      .filter(({ relay }) => relay === null)
      .map((service) => ({
        id: service.id,
        stations: reach([service]),
        firstPlace: service.firstPlace,
        placeCount: service.slots.length,
      })),
    detours,
    stations,
    proxies: proxies.map(({ kind, service, namespace }) => ({
      kind,
      owner: service < 0 ? namespace : services[service].id,
    })),
  };
}

function groupByOwner(stations: readonly StationNames[]): Map<string, StationNames[]> {
  const groups = new Map<string, StationNames[]>();
  for (const station of stations) {
    const group = groups.get(station.owner) ?? [];
    group.push(station);
    groups.set(station.owner, group);
  }
  return groups;
}

/** Owners of proxies that stand alone on the way to a service: those of hosts, and of its namespace. */
function sharedOwners({ mode, service }: DeployedService): string[] {
  const stops = pathBetween(mode, mode).filter((stop) => stop !== 'wire');
  return stops.some(({ proxy }) => proxy !== 'sidecar') ? ['', service.namespace] : [];
}

function hasProxy({ mode }: Client): boolean {
  return mode.proxies.includes('sidecar');
}

function callees({ service }: DeployedService): string[] {
  return service.versions.flatMap(({ operations }) =>
    operations.flatMap(({ script }) => callsIn(script).map(({ to }) => to)),
  );
}

function callsIn(script: readonly ScriptStep[]): CallStep[] {
  return script.flatMap((step) => {
    if (step.kind === 'parallel') return step.branches.flatMap(callsIn);
    return step.kind === 'call' ? [step] : [];
  });
}
