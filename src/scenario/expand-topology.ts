/** Expands the topology: call graphs are placed in namespaces, templates are multiplied, callees are found by name. */
import { quote } from '../problems.ts';
import {
  DEFAULT_OPERATION,
  type Namespace,
  type Operation,
  type Service,
  type ServicePort,
  type Topology,
  type Version,
} from '../topology/topology.ts';
import type { Bytes } from '../units.ts';
import type { Path } from '../yaml/finding.ts';
import { didYouMean, listed } from '../yaml/suggest.ts';
import { checkServices } from './check-services.ts';
import { expandScript, type WrittenCall } from './expand-script.ts';
import { type Catalog, catalogOf } from './names.ts';
import type { Report } from './reporter.ts';
import { limits } from './schema/fields.ts';
import type {
  NamespaceDraft,
  OperationDraft,
  ServiceDraft,
  TopologyDraft,
  VersionDraft,
} from './schema.ts';

export interface ExpandedTopology {
  readonly topology: Topology;
  readonly catalog: Catalog;
  /** By service id: where it is written. Services of a template share a place. */
  readonly places: ReadonlyMap<string, Path>;
  /** By `answerId`: the calls that it makes, over all versions and branches. */
  readonly calls: ReadonlyMap<string, readonly WrittenCall[]>;
}

/** What a service does when it is asked for an operation. */
export function answerId(service: string, operation: string): string {
  return `${service} ${operation}`;
}

/** Services that are written once, and the namespaces that they come to stand in. */
interface Placement {
  readonly draft: NamespaceDraft;
  readonly names: readonly string[];
  readonly services: readonly ServiceDraft[];
  /** Of `services`. */
  readonly path: Path;
}

/** @returns null if there is nothing to go on with */
export function expandTopology(draft: TopologyDraft, report: Report): ExpandedTopology | null {
  const placements = draft.namespaces.flatMap((_, i) => placementOf(draft, i, report));
  const hostCores = draft.hosts.cores;
  for (const { services, path } of placements) checkServices(services, { path, hostCores, report });
  checkNamespaceNames(placements, draft, report);
  checkExports(placements, report);
  // Without all its services the rest would be full of names that stand for nothing.
  if (isTooLarge(placements, report) || placements.length < draft.namespaces.length) return null;

  const { places, catalog } = register(placements);
  const calls = new Map<string, WrittenCall[]>();
  const namespaces = placements.flatMap((placement) =>
    placement.names.map((name, i): Namespace => {
      const { joins, every, readySpread } = placement.draft;
      const context = { catalog, namespace: name, hostCores, calls, report };
      const services = placement.services.map((service, s) =>
        expandService(service, [...placement.path, s], context),
      );
      return { name, joins: joins + i * every, readySpread, services };
    }),
  );
  const { hosts, networkLatency } = draft;
  return { topology: { hosts, networkLatency, namespaces }, catalog, places, calls };
}

/** Every service by its name, with the operations that it answers. */
function register(placements: readonly Placement[]) {
  const places = new Map<string, Path>();
  const operations = new Map<string, readonly string[]>();
  for (const { names, services, path } of placements) {
    const operationsOf = services.map((service) => operationNames(service));
    for (const namespace of names) {
      services.forEach(({ name }, i) => {
        const id = `${namespace}/${name}`;
        places.set(id, [...path, i]);
        if (operationsOf[i] !== null) operations.set(id, operationsOf[i]);
      });
    }
  }
  return { places, catalog: catalogOf(places.keys(), operations) };
}

/** null: it has only a script. Versions that differ are told by `checkServices`. */
function operationNames({ versions, operations }: ServiceDraft): readonly string[] | null {
  const written = operations ?? versions?.find((version) => version.operations)?.operations;
  return written?.map(({ name }) => name) ?? null;
}

function placementOf(
  { apps, namespaces }: TopologyDraft,
  index: number,
  report: Report,
): Placement[] {
  const draft = namespaces[index];
  const path: Path = ['topology', 'namespaces', index];
  const { app, services } = draft;
  const names = namesOf(draft);
  if (services !== undefined) {
    if (app !== undefined)
      report([...path, 'app'], `found "app" beside "services"; expected one of them`);
    return [{ draft, names, services, path: [...path, 'services'] }];
  }
  if (app === undefined) {
    report(path, 'a namespace without services; expected "app" or "services"');
    return [];
  }
  if (!Object.hasOwn(apps, app)) {
    const known = Object.keys(apps);
    const expected =
      known.length === 0 ? 'expected it in topology.apps' : `expected ${listed(known)}`;
    report([...path, 'app'], `there is no app ${quote(app)}`, didYouMean(app, known) || expected);
    return [];
  }
  return [
    { draft, names, services: apps[app].services, path: ['topology', 'apps', app, 'services'] },
  ];
}

/** `load` five times is load-1 to load-5; `{i}` says where else the number goes. */
function namesOf({ name, count }: NamespaceDraft): readonly string[] {
  if (count === 1 && !name.includes('{i}')) return [name];
  const template = name.includes('{i}') ? name : `${name}-{i}`;
  return Array.from({ length: count }, (_, i) => template.replaceAll('{i}', String(i + 1)));
}

function checkNamespaceNames(
  placements: readonly Placement[],
  { namespaces }: TopologyDraft,
  report: Report,
): void {
  const seen = new Set<string>();
  for (const { draft, names } of placements) {
    const path: Path = ['topology', 'namespaces', namespaces.indexOf(draft), 'name'];
    for (const name of names) {
      if (name.length > 63) report(path, `${quote(name)} is longer than 63 letters`);
      if (seen.has(name)) report(path, `${quote(name)} is the name of two namespaces`);
      seen.add(name);
    }
  }
}

/** Services are exported to namespaces that there are. */
function checkExports(placements: readonly Placement[], report: Report): void {
  const known = placements.flatMap(({ names }) => names);
  for (const { services, path } of placements) {
    services.forEach(({ exportTo }, s) => {
      exportTo.forEach((name, e) => {
        if (['.', '*', '~', ...known].includes(name)) return;
        const help = didYouMean(name, known) || 'expected ".", "*", "~" or a namespace';
        report([...path, s, 'exportTo', e], `there is no namespace ${quote(name)}`, help);
      });
    });
  }
}

function isTooLarge(placements: readonly Placement[], report: Report): boolean {
  const total = (size: (service: ServiceDraft) => number) =>
    placements.reduce((sum, { names, services }) => {
      return sum + names.length * services.reduce((part, service) => part + size(service), 0);
    }, 0);
  const pods = total(podCount);
  const services = total(() => 1);
  const path: Path = ['topology', 'namespaces'];
  if (pods > limits.pods) report(path, `"${pods}" pods in all; expected at most ${limits.pods}`);
  if (services > limits.pods)
    report(path, `"${services}" services in all; expected at most ${limits.pods}`);
  return pods > limits.pods || services > limits.pods;
}

function podCount({ versions, replicas }: ServiceDraft): number {
  return versions?.reduce((sum, version) => sum + version.replicas, 0) ?? replicas ?? 1;
}

/** What services are expanded in. */
interface Context {
  readonly catalog: Catalog;
  readonly namespace: string;
  readonly hostCores: number;
  /** Filled with the calls of every service and operation. */
  readonly calls: Map<string, WrittenCall[]>;
  readonly report: Report;
}

function expandService(draft: ServiceDraft, path: Path, context: Context): Service {
  const { name, subsets, threads, queueMax, headless, exportTo } = draft;
  const [first, ...otherPorts] = portsOf(draft);
  const id = `${context.namespace}/${name}`;
  const only = { name: 'v1', replicas: draft.replicas ?? 1, part: draft, path };
  const parts = draft.versions?.map((part, v) => {
    return { name: part.name, replicas: part.replicas, part, path: [...path, 'versions', v] };
  });
  const versions = (parts ?? [only]).map(({ name, replicas, part, path }): Version => {
    const answers = answersOf(part, path, draft.response ?? 0);
    const operations = answers.map((answer): Operation => {
      const calls = listAt(context.calls, answerId(id, answer.name));
      const script = expandScript(answer.script, answer.path, { ...context, calls });
      return { name: answer.name, response: answer.response, script };
    });
    return { name, replicas, operations };
  });
  return {
    name,
    namespace: context.namespace,
    ...first,
    otherPorts,
    headless,
    exportTo,
    versions,
    subsets,
    cores: draft.cores ?? context.hostCores,
    threads,
    queueMax,
    errorShare: draft.errorRate,
  };
}

/** Calls go to the first. */
function portsOf({ ports, port, protocol, autoDetect }: ServiceDraft): readonly ServicePort[] {
  const only = {
    port: port ?? 8080,
    protocol: protocol ?? ('http1' as const),
    autoDetect: autoDetect ?? false,
  };
  return ports ?? [only];
}

/** An operation as it is written, and where its script is. */
interface Answer extends OperationDraft {
  readonly path: Path;
}

/** The operations of a service or version; a script alone is one. */
function answersOf(
  { script, operations }: ServiceDraft | VersionDraft,
  path: Path,
  response: Bytes,
): readonly Answer[] {
  return (
    operations?.map((one, o) => ({ ...one, path: [...path, 'operations', o, 'script'] })) ?? [
      { name: DEFAULT_OPERATION, response, script: script ?? [], path: [...path, 'script'] },
    ]
  );
}

function listAt<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
