/**
 * Manifests of Kubernetes and Istio, as files or as kubectl prints them: services, the pods behind them, who is in the
 * mesh, and what proxies are told. Nothing in them says who calls whom.
 */
import { ProblemsError } from '../problems.ts';
import {
  grouped,
  type HostsDraft,
  meshOf,
  type ScenarioDraft,
  type ServiceDraft,
} from './draft.ts';
import { type Notebook, notebook, problemOf } from './foreign.ts';
import type { Importer } from './importer.ts';
import { collect, counted, identityOf, type Manifests } from './kubernetes/collect.ts';
import { hostsOf } from './kubernetes/hosts.ts';
import type { ImportedService } from './kubernetes/imported.ts';
import { membershipOf } from './kubernetes/membership.ts';
import { importServiceEntries } from './kubernetes/service-entries.ts';
import { importServices } from './kubernetes/services.ts';
import { importSidecars } from './kubernetes/sidecars.ts';
import { autoscalersOf, encrypts, noteRoutes, subsetsOf } from './kubernetes/traffic.ts';
import { workloadsOf } from './kubernetes/workloads.ts';

export const kubernetes: Importer = {
  title: 'manifests of Kubernetes and Istio',
  detects: (value) => identityOf(value) !== null,
  convert(documents, { name }) {
    const notes = notebook();
    const manifests = collect(documents, notes);
    const hosts = nodesOf(manifests);
    const workloads = workloadsOf(manifests, hosts.count ?? HOSTS);
    const pods = { workloads, membership: membershipOf(manifests, notes) };
    const internal = importServices(manifests, pods, notes);
    const services = [...internal, ...importServiceEntries(manifests, internal, workloads, notes)];
    if (services.length === 0) {
      const message = 'there is neither a Service nor a pod with a proxy; expected at least one';
      throw new ProblemsError([
        problemOf({ source: documents[0].source, path: ['kind'] }, message),
      ]);
    }
    return { draft: draftOf(name, { manifests, services, hosts }, notes), notes: notes.list() };
  },
};

/** As many as a scenario has that says nothing of them. */
const HOSTS = 3;

interface Cluster {
  readonly manifests: Manifests;
  readonly services: readonly ImportedService[];
  readonly hosts: HostsDraft;
}

function draftOf(
  name: string,
  { manifests, services, hosts }: Cluster,
  notes: Notebook,
): ScenarioDraft {
  const names = hostsOf(services);
  const subsets = subsetsOf(manifests, names, notes);
  const config = importSidecars(manifests, services, names, notes);
  const churn = autoscalersOf(manifests, services, notes);
  noteRoutes(manifests, names, notes);
  noteNamespaces(manifests, names.namespaces, notes);
  const memberships = services.map(({ namespace, draft, mode }) => {
    return { namespace, service: draft.name, mode };
  });
  return {
    name,
    topology: {
      ...(hosts.count !== undefined && { hosts }),
      namespaces: [...grouped(services, ({ namespace }) => namespace)].map(
        ([namespace, members]) => ({
          name: namespace,
          services: members.map((service) => {
            const count = subsets.get(`${namespace}/${service.draft.name}`);
            return withDetails(service, count, names.namespaces);
          }),
        }),
      ),
    },
    mesh: meshOf(memberships, encrypts(manifests, notes)),
    ...(config !== null && { config }),
    load: [],
    ...(churn.length > 0 && { churn }),
  };
}

/** Where it is seen, and its subsets; namespaces without services see nothing. */
function withDetails(
  { draft, exportTo }: ImportedService,
  subsets: number | undefined,
  namespaces: ReadonlySet<string>,
): ServiceDraft {
  const written = exportTo.map((one) => one.trim()).filter((one) => one !== '');
  const seen = written.filter((one) => ['.', '~'].includes(one) || namespaces.has(one));
  const isEverywhere = written.length === 0 || written.includes('*');
  const { replicas, versions, ...rest } = draft;
  return {
    ...rest,
    ...(!isEverywhere && { exportTo: seen.length === 0 ? ['~'] : seen }),
    ...(subsets !== undefined && { subsets }),
    ...(replicas !== undefined && { replicas }),
    ...(versions !== undefined && { versions }),
  };
}

/** Of hosts that differ the smallest counts. */
function nodesOf({ Node: nodes }: Manifests): HostsDraft {
  if (nodes.length === 0) return {};
  const cores = nodes.flatMap(({ body }) => {
    const cpu = Math.floor(Number(body.status?.capacity?.cpu ?? Number.NaN));
    return cpu >= 1 ? [cpu] : [];
  });
  return { count: nodes.length, ...(cores.length > 0 && { cores: Math.min(...cores) }) };
}

function noteNamespaces(
  { Namespace }: Manifests,
  used: ReadonlySet<string>,
  notes: Notebook,
): void {
  for (const { name, place } of Namespace) {
    if (used.has(name)) continue;
    notes.count(
      place,
      'Namespace',
      (count) =>
        `${counted(count, 'namespace')} without services ${count === 1 ? 'is' : 'are'} left out`,
    );
  }
}
