/** Services and the pods behind them. A pod is of one service here, whoever else selects it. */
import type { MeshModeName } from '../../mesh/modes.ts';
import { quote } from '../../problems.ts';
import { grouped, type ServiceDraft, type VersionDraft, withPorts } from '../draft.ts';
import type { Notebook } from '../foreign.ts';
import { counted, type Manifest, type Manifests } from './collect.ts';
import { freshName, type ImportedService, labelOf, portsOf } from './imported.ts';
import type { Membership } from './membership.ts';
import { isSelected, type Workload } from './workloads.ts';

export interface Pods {
  readonly workloads: readonly Workload[];
  readonly membership: Membership;
}

type Service = Manifest<'Service'>;

export function importServices(
  manifests: Manifests,
  { workloads, membership }: Pods,
  notes: Notebook,
): readonly ImportedService[] {
  const withTargets = manifests.Service.filter((service) => !isAlias(service, notes)).flatMap(
    (service) => {
      const ports = portsOf(service, service.body.spec.ports, notes);
      return ports === null ? [] : [{ service, ports }];
    },
  );
  const ownerOf = ownersOf(
    workloads,
    withTargets.map(({ service }) => service),
  );
  const services = withTargets.map(({ service, ports }): ImportedService => {
    const { name, namespace, annotations, body, place } = service;
    const own = workloads.filter((workload) => ownerOf.get(workload) === service);
    const members = own.length > 0 ? own : endpointsOf(service, manifests);
    if (own.length === 0) noteMissing(service, { workloads, members, ownerOf }, notes);
    const draft: ServiceDraft = {
      name,
      ...withPorts(ports),
      ...(body.spec.clusterIP === 'None' && { headless: true }),
      ...replicasOf(members),
    };
    const exportTo = annotations['networking.istio.io/exportTo']?.split(',') ?? [];
    const mode = modeOf(service, members, membership, notes);
    return { namespace, draft, exportTo, mode, workloads: own, hosts: [], place };
  });
  const others = workloads.filter((one) => !ownerOf.has(one) && one.replicas > 0);
  return [...services, ...orphans(others, services, membership, notes)];
}

/** Only a name for something else, of which proxies are not told (control-plane specification 5.1). */
function isAlias({ name, place, body }: Service, notes: Notebook): boolean {
  if (body.spec.type !== 'ExternalName') return false;
  notes.count(place, 'ExternalName', (count) =>
    count === 1
      ? `the ExternalName service ${quote(name)} is an alias, of which proxies are not told`
      : `${count} ExternalName services, the first of them ${quote(name)}, are aliases, of which proxies are not told`,
  );
  return true;
}

/** The first service that selects the pods, one with a virtual address before headless ones. */
function ownersOf(
  workloads: readonly Workload[],
  services: readonly Service[],
): ReadonlyMap<Workload, Service> {
  const byNamespace = grouped(services, ({ namespace }) => namespace);
  const owners = new Map<Workload, Service>();
  for (const workload of workloads) {
    const all = (byNamespace.get(workload.namespace) ?? []).filter(({ body }) =>
      isSelected(body.spec.selector, workload.labels),
    );
    const owner = all.find(({ body }) => body.spec.clusterIP !== 'None') ?? all[0];
    if (owner !== undefined) owners.set(workload, owner);
  }
  return owners;
}

/** Pods of which nothing is known but their addresses; without a selector, that they are outside of cluster and mesh. */
function endpointsOf(
  { name, namespace, body, place }: Service,
  manifests: Manifests,
): readonly Workload[] {
  const isOfService = (one: Manifest, its: string | undefined) =>
    one.namespace === namespace && its === name;
  const slices = manifests['discovery.k8s.io/EndpointSlice']
    .filter((slice) => isOfService(slice, slice.labels['kubernetes.io/service-name']))
    .flatMap((slice) => slice.body.endpoints)
    .filter(({ conditions }) => conditions?.ready !== false);
  const addresses = manifests.Endpoints.filter((one) => isOfService(one, one.name))
    .flatMap((one) => one.body.subsets)
    .flatMap((subset) => subset.addresses);
  const replicas = slices.length > 0 ? slices.length : addresses.length;
  if (replicas === 0) return [];
  const isSeen = Object.keys(body.spec.selector).length === 0;
  const pod = { containers: [], initContainers: [] };
  const nothing = { labels: {}, annotations: {} };
  return [{ kind: 'Endpoints', name, namespace, replicas, ...nothing, pod, isSeen, place }];
}

/** Workloads are versions of the service; those of one label are one. */
function replicasOf(workloads: readonly Workload[]): Pick<ServiceDraft, 'replicas' | 'versions'> {
  const taken = new Set<string>();
  const versions = [...grouped(workloads, versionOf)].map(([version, members]): VersionDraft => {
    const name = freshName(labelOf(version), taken);
    return { name, replicas: members.reduce((sum, { replicas }) => sum + replicas, 0) };
  });
  if (versions.length > 1) return { versions };
  return { replicas: versions[0]?.replicas ?? 0 };
}

function versionOf({ labels, name }: Workload): string {
  return labels['version'] ?? labels['app.kubernetes.io/version'] ?? name;
}

/** A service is in the mesh as a whole. null: it has no pods. */
function modeOf(
  { name, labels, place }: Service,
  workloads: readonly Workload[],
  membership: Membership,
  notes: Notebook,
): MeshModeName | null {
  const [mode, ...others] = new Set(workloads.map((workload) => membership(workload, labels)));
  if (others.length > 0) {
    notes.say(
      place,
      `pods of ${quote(name)} are under ${[mode, ...others].map(quote).join(' and ')}; here all are under ${quote(mode)}`,
    );
  }
  return workloads.some(({ replicas }) => replicas > 0) ? mode : null;
}

interface Sought {
  readonly workloads: readonly Workload[];
  /** What was found in their place. */
  readonly members: readonly Workload[];
  readonly ownerOf: ReadonlyMap<Workload, Service>;
}

/** Why a service has no workload. */
function noteMissing(service: Service, { workloads, members, ownerOf }: Sought, notes: Notebook) {
  const { name, namespace, body, place } = service;
  const { selector } = body.spec;
  const at = { ...place, path: [...place.path, 'spec', 'selector'] };
  const rival = workloads.find(
    (one) => one.namespace === namespace && isSelected(selector, one.labels),
  );
  if (rival !== undefined) {
    const owner = ownerOf.get(rival)?.name;
    notes.say(
      at,
      `${quote(name)} selects the pods of ${quote(rival.name)}, as ${quote(owner)} does; a pod is of one service here, so that ${quote(name)} has none`,
    );
  } else if (members.length > 0) {
    const [{ replicas }] = members;
    notes.count(place, 'endpoints', (count) =>
      count === 1
        ? `${quote(name)} has ${counted(replicas, 'replica')}, as many as it has endpoints`
        : `${count} services, the first of them ${quote(name)}, have as many replicas as they have endpoints`,
    );
  } else if (Object.keys(selector).length > 0) {
    notes.count(at, 'selector', (count) =>
      count === 1
        ? `the selector of ${quote(name)} matches no pods of these files: it has none`
        : `the selectors of ${count} services, the first of them ${quote(name)}, match no pods of these files: they have none`,
    );
  } else {
    notes.say(
      place,
      `${quote(name)} has no selector and no endpoints in these files: it has no pods`,
    );
  }
}

/** Pods that no service selects; a service that no proxy may see stands for them, for their own proxies count. */
function orphans(
  workloads: readonly Workload[],
  services: readonly ImportedService[],
  membership: Membership,
  notes: Notebook,
): readonly ImportedService[] {
  const taken = new Set(services.map(({ namespace, draft }) => `${namespace}/${draft.name}`));
  return workloads.flatMap((workload): readonly ImportedService[] => {
    const { kind, name, namespace, replicas, place } = workload;
    const mode = membership(workload, {});
    if (mode === 'none') {
      notes.count(place, 'orphans', (count) =>
        count === 1
          ? `no service selects the pods of the ${kind} ${quote(name)}, which are outside the mesh: they are left out`
          : `no service selects the pods of ${count} workloads, the first of them ${quote(name)}, which are outside the mesh: they are left out`,
      );
      return [];
    }
    const id = freshName(`${namespace}/${labelOf(name)}`, taken);
    notes.say(
      place,
      `no service selects the pods of the ${kind} ${quote(name)}: a service that no proxy may see stands for them`,
    );
    const draft: ServiceDraft = {
      name: id.slice(namespace.length + 1),
      port: 8080,
      protocol: 'tcp',
      replicas,
    };
    return [{ namespace, draft, exportTo: ['~'], mode, workloads: [workload], hosts: [], place }];
  });
}
