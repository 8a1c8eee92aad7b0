/**
 * Who is in the mesh: whether a pod gets a sidecar or is in ambient, by the labels of its namespace and its own (Istio's
 * rules of injection, and of ambient's `istio.io/dataplane-mode`).
 */
import type { MeshModeName } from '../../mesh/modes.ts';
import { quote } from '../../problems.ts';
import type { Notebook } from '../foreign.ts';
import type { Manifests } from './collect.ts';
import type { Labels } from './schemas.ts';
import type { Workload } from './workloads.ts';

/** Istio's webhook passes them over, and nobody labels that of istiod. */
const system = /^(kube-.*|istio-system|local-path-storage)$/;

export type Membership = (workload: Workload, service: Labels) => MeshModeName;

/** A namespace that is not among the files is taken for one with sidecars, which is said. */
export function membershipOf(manifests: Manifests, notes: Notebook): Membership {
  const namespaces = new Map(manifests.Namespace.map(({ name, labels }) => [name, labels]));
  return (workload, service) => {
    const { namespace, place, name } = workload;
    const labels = namespaces.get(namespace) ?? null;
    if (isGateway(workload)) {
      notes.say(
        place,
        `the gateway ${quote(name)} becomes pods with a sidecar, which see every service; a gateway's own listeners and routes are not simulated`,
      );
      return 'sidecar';
    }
    const asked = workload.isSeen ? given(workload) : asksFor(workload, labels ?? {});
    if (asked === 'ambient') return ambientMode(labels ?? {}, service);
    if (asked !== null) return asked;
    if (labels !== null || system.test(namespace) || workload.pod.hostNetwork === true) {
      return 'none';
    }
    notes.count(
      place,
      `namespace ${namespace}`,
      () =>
        `the namespace ${quote(namespace)} is not among the files, so that its pods are taken to have sidecars`,
    );
    return 'sidecar';
  };
}

/** What a pod has that runs. */
function given({ pod, annotations }: Workload): 'sidecar' | 'ambient' | 'none' {
  if ([...pod.containers, ...pod.initContainers].some(({ name }) => name === PROXY)) {
    return 'sidecar';
  }
  return annotations['ambient.istio.io/redirection'] === 'enabled' ? 'ambient' : 'none';
}

/** What labels and annotations say; null: nothing. */
function asksFor(
  { labels, annotations, pod }: Workload,
  namespace: Labels,
): 'sidecar' | 'ambient' | 'none' | null {
  const inject = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  if (inject === 'false') return isAmbient(labels, namespace) ? 'ambient' : 'none';
  const injection = namespace['istio-injection'];
  const isAsked =
    injection === 'enabled' ||
    (injection === undefined &&
      ('istio.io/rev' in namespace ||
        'istio.io/rev' in labels ||
        labels['sidecar.istio.io/inject'] === 'true'));
  if (isAsked && pod.hostNetwork !== true) return 'sidecar';
  return isAmbient(labels, namespace) ? 'ambient' : null;
}

/** A pod in ambient can leave it, and one outside can join. */
function isAmbient(labels: Labels, namespace: Labels): boolean {
  const key = 'istio.io/dataplane-mode';
  return (labels[key] ?? namespace[key]) === 'ambient';
}

/** A service may use another waypoint than its namespace, or none. */
function ambientMode(namespace: Labels, service: Labels): MeshModeName {
  const key = 'istio.io/use-waypoint';
  const waypoint = service[key] ?? namespace[key] ?? 'none';
  return waypoint === 'none' ? 'ambient' : 'ambient-waypoint';
}

const PROXY = 'istio-proxy';

/** An Envoy of Istio that stands alone: started as router, or to be injected as gateway. */
function isGateway({ pod, annotations }: Workload): boolean {
  return (
    annotations['inject.istio.io/templates'] === 'gateway' ||
    pod.containers.some(({ name, args }) => name === PROXY && args.includes('router'))
  );
}
