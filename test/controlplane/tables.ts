/** Proxies as push contexts have them, and pushes as the specification's tables write them. */
import {
  type Key,
  merge,
  type PushKind,
  type Reason,
  type Request,
  requestOf,
} from '../../src/controlplane/changes.ts';
import { type Rules, type Types, typesFor } from '../../src/controlplane/events.ts';
import type { FleetProxy, FleetService } from '../../src/controlplane/fleet.ts';
import { releaseOf } from '../../src/controlplane/releases.ts';
import { Catalogue } from '../../src/controlplane/resources.ts';
import { type EgressHosts, Scopes } from '../../src/controlplane/scopes.ts';
import { type Who, Workloads } from '../../src/controlplane/workloads.ts';
import type { ViewPort } from '../../src/controlplane/world.ts';

/** Nobody looks at views here; scopes are numbered all the same. */
export function noViews(): ViewPort {
  let scopes = 0;
  return {
    publish: () => 0,
    apply() {},
    applyGroup() {},
    addScope: () => ++scopes,
  };
}

export interface Table {
  readonly rules: Rules;
  readonly catalogue: Catalogue;
  readonly scopes: Scopes;
  readonly namespaces: readonly string[];
  /** @param service - −1 for a pod of none */
  who(namespace: number, service: number, kind?: FleetProxy['kind']): Who;
}

/** All services have two ready pods; namespace 0 is the root's. */
export function tableOf(
  release: string,
  services: readonly FleetService[],
  namespaces: readonly string[],
): Table {
  const catalogue = new Catalogue({ services });
  const scopes = new Scopes({ namespaces, services, undiscovered: [] }, catalogue, noViews());
  for (const s of services.keys()) catalogue.set(s, 2);
  const servicesOf = namespaces.map((_, n) =>
    [...services.keys()].filter((s) => services[s].namespace === n),
  );
  return {
    rules: { release: releaseOf(release), services, servicesOf, root: 0 },
    catalogue,
    scopes,
    namespaces,
    who(namespace, service, kind = 'sidecar') {
      const proxies = { workloads: [{ kind, namespace, service }], workloadOf: Int32Array.of(0) };
      return new Workloads(proxies, scopes, 0).of(0);
    },
  };
}

/** The same proxy once a Sidecar was written, which the next push is about. @param service - −1: for its namespace */
export function rescoped(
  { scopes }: Table,
  who: Who,
  service: number,
  hosts: EgressHosts | null,
): Who {
  const { kind, namespace } = who;
  const proxies = {
    workloads: [{ kind, namespace, service: who.service }],
    workloadOf: Int32Array.of(0),
  };
  const workloads = new Workloads(proxies, scopes, 0);
  scopes.write(namespace, service, hosts);
  workloads.adopt(batchOf(['Sidecar', namespace, service]), 1);
  return workloads.of(0);
}

/** Kind, namespace, service. */
export type Written = readonly [PushKind, number, number];

export function batchOf(...keys: readonly Written[]): Request {
  return batchFor('config', ...keys);
}

export function batchFor(reason: Reason, ...keys: readonly Written[]): Request {
  return keys
    .map(([kind, namespace, service]) => {
      const key: Key = { kind, namespace, service };
      return requestOf({ at: 0, key, reason, isNew: false, version: 0 });
    })
    .reduce(merge);
}

export const forced = requestOf({ at: 0, key: null, reason: 'global', isNew: false, version: 0 });

/** CDS, EDS, LDS, RDS: `-`, `all`, or the services of a part by letter; what is sent beside them by name. */
export function shown(types: Types | null): string {
  if (types === null) return 'no push';
  const part = (extent: Types['cds'], of: readonly number[]) => {
    const letters = of.map((s) => 'abcdefgh'[s]).sort();
    return extent === 'none' ? '-' : extent === 'full' ? 'all' : `[${letters.join()}]`;
  };
  const whole = (isSent: boolean) => (isSent ? 'all' : '-');
  const { cds, eds, lds, rds, cdsServices, edsServices, secrets, extensions } = types;
  return [
    part(cds, cdsServices),
    part(eds, edsServices),
    whole(lds),
    whole(rds),
    ...(secrets > 0 ? ['SDS'] : []),
    ...(extensions > 0 ? ['ECDS'] : []),
  ].join(' ');
}

export function pushed(request: Request, who: Who, { rules }: Table): string {
  return shown(typesFor(request, who, rules, who.before ?? who));
}
