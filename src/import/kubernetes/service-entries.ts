/** ServiceEntries: a service for each of their hosts, with as many pods as they have endpoints, outside of the mesh. */
import { quote } from '../../problems.ts';
import { withPorts } from '../draft.ts';
import type { Notebook } from '../foreign.ts';
import type { Manifest, Manifests } from './collect.ts';
import { freshName, type ImportedService, labelOf, portsOf } from './imported.ts';
import { isSelected, type Workload } from './workloads.ts';

type ServiceEntry = Manifest<'networking.istio.io/ServiceEntry'>;

export function importServiceEntries(
  manifests: Manifests,
  services: readonly ImportedService[],
  workloads: readonly Workload[],
  notes: Notebook,
): readonly ImportedService[] {
  const taken = new Set(services.map(({ namespace, draft }) => `${namespace}/${draft.name}`));
  for (const { name, place } of manifests['networking.istio.io/WorkloadEntry']) {
    notes.count(
      place,
      'WorkloadEntry',
      (count) =>
        `${count} of kind "WorkloadEntry", such as ${quote(name)}: each is a pod without a proxy of the ServiceEntries that select it`,
    );
  }
  return manifests['networking.istio.io/ServiceEntry'].flatMap((entry) => {
    const { namespace, place, body } = entry;
    const given = body.spec.ports.map(({ number, name, protocol }) => ({
      port: number,
      name,
      appProtocol: protocol,
      protocol: 'TCP',
    }));
    const ports = portsOf(entry, given, notes);
    if (ports === null) return [];
    const replicas = endpointCount(entry, manifests, workloads);
    return body.spec.hosts.map((host): ImportedService => {
      const id = freshName(`${namespace}/${labelOf(host)}`, taken);
      const name = id.slice(namespace.length + 1);
      notes.count(place, 'ServiceEntry', (count) =>
        count === 1
          ? `the host ${quote(host)} of a ServiceEntry is the service ${quote(name)} here`
          : `${count} hosts of ServiceEntries are services here, the first of them, ${quote(host)}, as ${quote(name)}`,
      );
      return {
        namespace,
        draft: { name, ...withPorts(ports), replicas },
        exportTo: body.spec.exportTo,
        mode: replicas === 0 ? null : 'none',
        workloads: [],
        hosts: [host],
        place,
      };
    });
  });
}

function endpointCount(
  { namespace, body: { spec } }: ServiceEntry,
  manifests: Manifests,
  workloads: readonly Workload[],
): number {
  const selector = spec.workloadSelector;
  if (selector === null) return spec.endpoints.length;
  const machines = manifests['networking.istio.io/WorkloadEntry'].filter(
    (one) => one.namespace === namespace && isSelected(selector, one.body.spec.labels),
  );
  const pods = workloads.filter(
    (one) => one.namespace === namespace && isSelected(selector, one.labels),
  );
  return machines.length + pods.reduce((sum, { replicas }) => sum + replicas, 0);
}
