/** `--dry-run`: how often a proxy will be told of something, roughly, as if all of them were told of everything. */
import type { Scenario } from '../scenario/scenario.ts';
import type { Churn, ChurnOf, ConfigKind } from '../topology/churn.ts';
import { matches } from '../topology/pattern.ts';
import { type Namespace, replicaCount, type Service, serviceId } from '../topology/topology.ts';

export interface ConfigWork {
  /** To single proxies. */
  readonly pushes: number;
  /** Of them: one for each type of resource. */
  readonly messages: number;
}

/**
 * Pushes to proxies in a replication.
 *
 * @param proxies - those there at the end
 * @param end - of the simulated time [ns]
 */
export function configWorkUntil(scenario: Scenario, proxies: number, end: number): ConfigWork {
  const { churn, topology } = scenario;
  const { namespaces } = topology;
  const services = namespaces.flatMap((namespace) => namespace.services);
  const pods = sum(services.map(replicaCount));
  if (proxies === 0 || pods === 0) return { pushes: 0, messages: 0 };
  const joined = namespaces.filter(({ joins }) => joins < end);
  const told = (namespace: Namespace) => {
    const before = joined.filter(({ joins }) => joins < namespace.joins);
    // Of its own pods half are there when one of them becomes ready.
    return sum(before.map(podsOf)) + podsOf(namespace) / 2;
  };
  const joining = joined.filter(({ joins }) => joins > 0);
  const pushes = [
    ...joining.map((one) => ({ pushes: batchesOfJoining(one, scenario) * told(one), types: 1 })),
    ...churn.map((one) => {
      const batches = occurrencesUntil(one, end) * batchesOf(one, services, scenario);
      const own = Math.min(batches, batchesMax(one, scenario, end)) * sum(joined.map(podsOf));
      return { pushes: own, types: typesOf(one) };
    }),
  ];
  return {
    pushes: (sum(pushes.map((one) => one.pushes)) * proxies) / pods,
    messages: (sum(pushes.map((one) => one.pushes * one.types)) * proxies) / pods,
  };
}

/** Types of resources that a push of it has, of CDS, EDS, LDS and RDS; of endpoints EDS alone. */
function typesOf(churn: Churn): number {
  switch (churn.kind) {
    case 'config':
      return typesOfConfig(churn.resource);
    case 'configChurn':
      return (
        sum(churn.resources.map(({ resource }) => typesOfConfig(resource))) / churn.resources.length
      );
    case 'istiodFailure':
    case 'istiodRollout':
      return 4;
    default:
      return 1;
  }
}

function typesOfConfig(resource: ConfigKind): number {
  switch (resource) {
    case 'AuthorizationPolicy':
    case 'RequestAuthentication':
    case 'Telemetry':
      return 1;
    // No endpoints of the one, no routes of the other.
    case 'VirtualService':
    case 'PeerAuthentication':
      return 3;
    default:
      return 4;
  }
}

function podsOf({ services }: Namespace): number {
  return sum(services.map(replicaCount));
}

/** Its creation, and a batch for every pod, unless several become ready within the debounce time. */
function batchesOfJoining(namespace: Namespace, { istio }: Scenario): number {
  const pods = podsOf(namespace);
  if (!istio.debounceEndpoints || istio.debounceAfter === 0) return 1 + pods;
  return 1 + Math.min(pods, 1 + namespace.readySpread / istio.debounceAfter);
}

function occurrencesUntil(churn: Churn, end: number): number {
  const { at, every, until } = churn;
  const stop = Math.min(end, until ?? end);
  if (at >= stop) return 0;
  if (isRandom(churn)) return (stop - at) / churn.interval;
  return every === null || every === 0 ? 1 : Math.ceil((stop - at) / every);
}

/** Changes without a quiet moment between them make one batch in the longest time that the debouncer waits. */
function batchesMax(churn: Churn, { istio }: Scenario, end: number): number {
  if (!isRandom(churn) || churn.interval > istio.debounceAfter) return Number.POSITIVE_INFINITY;
  return end / Math.max(1, istio.debounceMax);
}

function isRandom(churn: Churn): churn is ChurnOf<'podChurn' | 'configChurn'> {
  return churn.kind === 'podChurn' || churn.kind === 'configChurn';
}

/** Changes far enough apart not to be one batch, of one occurrence. */
function batchesOf(churn: Churn, services: readonly Service[], { istio }: Scenario): number {
  switch (churn.kind) {
    case 'config':
    case 'configChurn':
    // The old pod goes when the new one is ready.
    case 'podChurn':
      return 1;
    case 'rollingUpdate': {
      const { service, surge, unavailable } = churn;
      const rolled = services.filter((one) => matches(service, serviceId(one)));
      // A step is over when new pods are ready; then old ones go.
      const steps = rolled.map((one) => replicaCount(one) / Math.max(1, surge + unavailable));
      return 2 * Math.ceil(Math.max(0, ...steps));
    }
    case 'deploymentScaler': {
      const scaled = services.filter((one) => matches(churn.service, serviceId(one)));
      return sum(scaled.map(({ versions }) => versions.length));
    }
    // Every proxy of a replica that goes asks another for everything.
    case 'istiodFailure':
      return churn.replicas / istio.replicas;
    case 'istiodRollout':
      return 1;
    // Most looks find nothing to do, and few proxies are concerned when a controller begins anew.
    case 'hpa':
    case 'controllerRestart':
      return 0;
    // Pods go, and others come.
    default:
      return 2;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
