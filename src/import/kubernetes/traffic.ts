/** Resources about traffic between services: subsets, mTLS, autoscalers; and what of routes a reader wants to know. */
import { quote } from '../../problems.ts';
import { ROOT_NAMESPACE } from '../../topology/topology.ts';
import { listed } from '../../yaml/suggest.ts';
import type { ChurnDraft } from '../draft.ts';
import type { Notebook } from '../foreign.ts';
import type { Manifests } from './collect.ts';
import { destinationsOf, type Hosts } from './hosts.ts';
import type { ImportedService } from './imported.ts';

/** By service, `namespace/name`: subsets of its DestinationRules. */
export function subsetsOf(
  manifests: Manifests,
  hosts: Hosts,
  notes: Notebook,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { name, namespace, body, place } of manifests['networking.istio.io/DestinationRule']) {
    const { host, subsets, trafficPolicy } = body.spec;
    const service = hosts.find(host, namespace);
    if (service === null) {
      notes.say(
        place,
        `the DestinationRule ${quote(name)} is about ${quote(host)}, which is no service of these files: it is left out`,
      );
      continue;
    }
    const id = `${service.namespace}/${service.name}`;
    if (subsets.length > 0) found.set(id, (found.get(id) ?? 0) + subsets.length);
    if (trafficPolicy === undefined || trafficPolicy === null) continue;
    notes.count(
      place,
      'trafficPolicy',
      (count) =>
        `${count} of kind "DestinationRule" with a trafficPolicy: it is not taken over; how proxies balance, retry and encrypt stands in "mesh"`,
    );
  }
  return found;
}

/** Whether proxies encrypt. */
export function encrypts(manifests: Manifests, notes: Notebook): boolean {
  let isEncrypted = true;
  for (const { name, namespace, body, place } of manifests[
    'security.istio.io/PeerAuthentication'
  ]) {
    if (body.spec?.mtls?.mode !== 'DISABLE') continue;
    if (namespace === ROOT_NAMESPACE && body.spec.selector === null) {
      isEncrypted = false;
    } else {
      notes.say(
        place,
        `the PeerAuthentication ${quote(`${namespace}/${name}`)} switches mTLS off for a part of the mesh; here it is on or off for all ("mesh.mtls")`,
      );
    }
  }
  return isEncrypted;
}

/** Routes are not simulated, but they tell where requests come in. */
export function noteRoutes(manifests: Manifests, hosts: Hosts, notes: Notebook): void {
  const entries = new Set<string>();
  const routes = manifests['networking.istio.io/VirtualService'];
  for (const route of routes) {
    const { name, namespace, body, place } = route;
    const { gateways } = body.spec;
    notes.count(
      place,
      'VirtualService',
      (count) =>
        `${count} of kind "VirtualService": routes are not simulated; calls go where the scripts of services say`,
    );
    for (const host of destinationsOf(route)) {
      const service = hosts.find(host, namespace);
      if (service === null) {
        notes.say(
          place,
          `the VirtualService ${quote(name)} routes to ${quote(host)}, which is no service of these files`,
        );
      } else if (gateways.some((gateway) => gateway !== 'mesh')) {
        entries.add(`${service.namespace}/${service.name}`);
      }
    }
  }
  if (entries.size > 0) {
    notes.say(
      routes[0].place,
      `gateways let requests in to ${listed([...entries]).replace(' or ', ' and ')}: a load would call them`,
    );
  }
  for (const { place } of manifests['networking.istio.io/Gateway']) {
    notes.count(
      place,
      'Gateway',
      (count) => `${count} of kind "Gateway": their servers are not simulated`,
    );
  }
}

const CPU_TARGET = 80;

export function autoscalersOf(
  manifests: Manifests,
  services: readonly ImportedService[],
  notes: Notebook,
): readonly ChurnDraft[] {
  return manifests['autoscaling/HorizontalPodAutoscaler'].flatMap(
    ({ name, namespace, body, place }): readonly ChurnDraft[] => {
      const { scaleTargetRef, minReplicas, maxReplicas, metrics, ...old } = body.spec;
      const left = (why: string) => {
        notes.say(place, `the HorizontalPodAutoscaler ${quote(name)} ${why}: it is left out`);
        return [];
      };
      const service = services.find(
        (one) =>
          one.namespace === namespace &&
          one.workloads.some(
            ({ kind, name }) => kind === scaleTargetRef.kind && name === scaleTargetRef.name,
          ),
      );
      if (service === undefined) return left('scales what is behind no service of these files');
      if (service.workloads.length > 1) return left('scales one of several versions of a service');
      const cpu = metrics.find(({ resource }) => resource?.name === 'cpu')?.resource?.target
        ?.averageUtilization;
      const target =
        cpu ?? old.targetCPUUtilizationPercentage ?? (metrics.length === 0 ? CPU_TARGET : null);
      if (target === null) return left('has no target of CPU utilisation');
      notes.count(
        place,
        'hpa',
        (count) =>
          `${count} of kind "HorizontalPodAutoscaler": the target is a share of the CPU requests there, and of the cores of a pod here`,
      );
      const min = Math.max(1, minReplicas ?? 1);
      const id = `${namespace}/${service.draft.name}`;
      return [
        { kind: 'hpa', service: id, target: `${target}%`, min, max: Math.max(min, maxReplicas) },
      ];
    },
  );
}
