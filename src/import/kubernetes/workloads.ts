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
  readonly place: Place;
}

const controllers = ['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet'] as const;

/** @param hostCount - pods of a DaemonSet whose status does not say how many there are */
export function workloadsOf(manifests: Manifests, hostCount: number): readonly Workload[] {
  const isThere = new Set<string>();
  for (const kind of controllers) {
    for (const { namespace, name } of manifests[kind]) isThere.add(keyOf(namespace, kind, name));
  }
  const isOwned = (manifest: Manifest) =>
    manifest.body.metadata.ownerReferences.some(({ kind, name }) => {
      if (isThere.has(keyOf(manifest.namespace, `apps/${kind}`, name))) return true;
      // A Deployment owns its pods through ReplicaSets, named after it, that may not be among the files.
      const deployment = name.slice(0, name.lastIndexOf('-'));
      return kind === 'ReplicaSet' && isThere.has(keyOf(manifest.namespace, 'apps/Deployment', deployment));
    });
  return [
    ...controllers.flatMap((kind) =>
      manifests[kind].filter((one) => !isOwned(one)).map((one) => controlled(kind, one, hostCount)),
    ),
    ...loosePods(manifests.Pod.filter((pod) => !isOwned(pod) && isAlive(pod))),
  ].filter(({ kind, replicas }) => kind !== 'ReplicaSet' || replicas > 0);
}

function keyOf(namespace: string, kind: string, name: string): string {
  return `${namespace} ${kind} ${name}`;
}

function controlled(
  kind: (typeof controllers)[number],
  { name, namespace, body: { spec, status }, place }: Manifest<(typeof controllers)[number]>,
  hostCount: number,
): Workload {
  const { template } = spec;
  const replicas =
    kind === 'apps/DaemonSet'
      ? (status?.desiredNumberScheduled ?? hostCount)
      : (spec.replicas ?? 1);
  const { labels, annotations } = template.metadata;
  const pod = template.spec;
  return { kind: kind.slice('apps/'.length), name, namespace, replicas, labels, annotations, pod, place };
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
    const [{ name, namespace, labels, annotations, body, place }] = members;
    const [owner] = body.metadata.ownerReferences;
    return {
      kind: 'Pod',
      name: owner?.name ?? name,
      namespace,
      replicas: members.length,
      labels,
      annotations,
      pod: body.spec,
      place,
    };
  });
}

/** Whether labels have all that a selector asks for; an empty selector selects nothing. */
export function isSelected(selector: Labels, labels: Labels): boolean {
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
