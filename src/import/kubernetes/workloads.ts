/** Who runs pods: Deployments and their like, and pods that nobody owns; counted once where the files hold both. */
import { grouped } from '../draft.ts';
import type { Place } from '../foreign.ts';
import type { Manifest, Manifests } from './collect.ts';
import type { Labels, PodSpec } from './schemas.ts';

/** Pods of one template. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  /** Of its pods. */
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly pod: PodSpec;
  /** Pods as they run were seen: what they have been given stands in them. */
  readonly isSeen: boolean;
  readonly place: Place;
}

const controllers = [
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
] as const;

/** @param hostCount - pods of a DaemonSet whose status does not say how many there are */
export function workloadsOf(manifests: Manifests, hostCount: number): readonly Workload[] {
  const isThere = new Set<string>();
  for (const kind of controllers) {
    for (const { namespace, name } of manifests[kind]) isThere.add(keyOf(namespace, kind, name));
  }
  const pods = grouped(manifests.Pod.filter(isAlive), (pod) => ownerOf(pod, isThere) ?? '');
  const owners = controllers.flatMap((kind) =>
    manifests[kind]
      .filter((one) => ownerOf(one, isThere) === null)
      .map((one) => {
        const [pod] = pods.get(keyOf(one.namespace, kind, one.name)) ?? [];
        return controlled(kind, one, pod ?? null, hostCount);
      }),
  );
  return [...owners, ...loosePods(pods.get('') ?? [])].filter(
    ({ kind, replicas }) => kind !== 'ReplicaSet' || replicas > 0,
  );
}

/** Who of those that are there owns something; null: nobody. A Deployment owns its pods through ReplicaSets. */
function ownerOf({ namespace, body }: Manifest, isThere: ReadonlySet<string>): string | null {
  for (const { kind, name } of body.metadata.ownerReferences) {
    // They are named after it, and need not be there themselves.
    const deployment = name.slice(0, name.lastIndexOf('-'));
    const candidates = [
      ...(kind === 'ReplicaSet' ? [keyOf(namespace, 'apps/Deployment', deployment)] : []),
      keyOf(namespace, `apps/${kind}`, name),
    ];
    const found = candidates.find((key) => isThere.has(key));
    if (found !== undefined) return found;
  }
  return null;
}

function keyOf(namespace: string, kind: string, name: string): string {
  return `${namespace} ${kind} ${name}`;
}

function controlled(
  kind: (typeof controllers)[number],
  { name, namespace, body: { spec, status }, place }: Manifest<(typeof controllers)[number]>,
  seen: Manifest<'Pod'> | null,
  hostCount: number,
): Workload {
  const { template } = spec;
  const replicas =
    kind === 'apps/DaemonSet'
      ? (status?.desiredNumberScheduled ?? hostCount)
      : (spec.replicas ?? 1);
  return {
    kind: kind.slice('apps/'.length),
    name,
    namespace,
    replicas,
    ...(seen === null ? template.metadata : metaOf(seen)),
    pod: seen?.body.spec ?? template.spec,
    isSeen: seen !== null && isRunning(seen),
    place,
  };
}

function metaOf({
  labels,
  annotations,
}: Manifest<'Pod'>): Pick<Workload, 'labels' | 'annotations'> {
  return { labels, annotations };
}

/** It comes from a cluster, not from somebody's file. */
function isRunning({ body: { status } }: Manifest<'Pod'>): boolean {
  return typeof status?.phase === 'string';
}

/** Pods of a Job that has ended are there no more. */
function isAlive({ body: { status } }: Manifest<'Pod'>): boolean {
  return status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

/** Those with one owner, or with the same labels, are replicas. */
function loosePods(pods: readonly Manifest<'Pod'>[]): readonly Workload[] {
  const groups = grouped(pods, ({ namespace, labels, body }) => {
    const [owner] = body.metadata.ownerReferences;
    return JSON.stringify([namespace, owner ?? labels]);
  });
  return [...groups.values()].map((members): Workload => {
    const [first] = members;
    const { name, namespace, body, place } = first;
    const [owner] = body.metadata.ownerReferences;
    return {
      kind: 'Pod',
      name: owner?.name ?? name,
      namespace,
      replicas: members.length,
      ...metaOf(first),
      pod: body.spec,
      isSeen: isRunning(first),
      place,
    };
  });
}

/** Whether labels have all that a selector asks for; an empty selector selects nothing. */
export function isSelected(selector: Labels, labels: Labels): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
