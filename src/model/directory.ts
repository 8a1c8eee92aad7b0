/** Names of everything that is measured, and which stations a load or a call may meet, from the call trees. */
import type { Directory, StationNames } from '../measure/directory.ts';
import { pathBetween } from '../mesh/mode.ts';
import { type CallStep, type ScriptStep, serviceId } from '../topology/topology.ts';
import type { Client, DeployedService, Deployment } from './deployment.ts';

export function makeDirectory(
  { services, clients, proxies }: Deployment,
  stations: readonly StationNames[],
): Directory {
  const byId = new Map(services.map((service) => [service.id, service]));
  const known = new Map<string, ReadonlySet<string>>();
  const ownerOf = new Map(stations.map(({ name, owner }) => [name, owner]));
  const names = [...new Set(clients.map(({ load }) => load.name))];

  /** Owners of the stations that a request to a service may meet: itself and all below it. */
  function owners(service: DeployedService): ReadonlySet<string> {
    const found = known.get(service.id);
    if (found !== undefined) return found;
    const below = new Set([service.id, ...stopOwners(service)]);
    known.set(service.id, below);
    for (const { to } of callsOf(service)) {
      const callee = byId.get(to);
      if (callee !== undefined) for (const owner of owners(callee)) below.add(owner);
    }
    return below;
  }

  function stopOwners({ mode, service }: DeployedService): string[] {
    const stops = pathBetween(mode, mode).filter((stop) => stop !== 'wire');
    return stops.some(({ proxy }) => proxy !== 'sidecar') ? ['', service.namespace] : [];
  }

  function stationsOf(of: ReadonlySet<string>): string[] {
    return [...ownerOf]
      .filter(([name, owner]) => of.has(owner) && name !== 'istiod')
      .map(([n]) => n);
  }

  function loadStations(name: string): string[] {
    const own = clients.filter(({ load }) => load.name === name);
    const all = new Set(own.flatMap(({ target }) => [...owners(target)]));
    for (const { target } of own.filter(hasProxy))
      all.add(`clients of ${target.service.namespace}`);
    return stationsOf(all);
  }

  return {
    loads: names.map((name) => ({ name, stations: loadStations(name) })),
    loadOf: clients.map(({ load }) => names.indexOf(load.name)),
    services: services.map((service) => ({
      id: serviceId(service.service),
      stations: stationsOf(owners(service)),
    })),
    stations,
    proxies: proxies.map(({ kind, service, namespace }) => ({
      kind,
      owner: service < 0 ? namespace : services[service].id,
    })),
  };
}

function hasProxy({ mode }: Client): boolean {
  return mode.proxies.sidecar !== undefined;
}

function callsOf({ service }: DeployedService): CallStep[] {
  return service.versions.flatMap(({ operations }) =>
    operations.flatMap(({ script }) => callsIn(script)),
  );
}

function callsIn(script: readonly ScriptStep[]): CallStep[] {
  return script.flatMap((step) => {
    if (step.kind === 'parallel') return step.branches.flatMap(callsIn);
    return step.kind === 'call' ? [step] : [];
  });
}
