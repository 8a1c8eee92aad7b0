/**
 * What is read of each kind of manifest. Fields that are not named here are not looked at; those that are must be what
 * the Kubernetes and Istio APIs say (core/v1, apps/v1, discovery/v1, autoscaling/v2, networking.istio.io/v1,
 * security.istio.io/v1).
 */
import { z } from 'zod';
import { count, oneOf } from '../../yaml/fields.ts';

const number = count({ max: 1_000_000 });
const text = z.string();
/** Values should be text; YAML makes something else of those without quotes. */
const labels = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
  .nullish()
  .transform((given) => given ?? {});
export type Labels = z.output<typeof labels>;

function list<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((given) => given ?? []);
}

const owners = list(z.object({ kind: text, name: text }));
export const metadata = z.object({
  name: text.min(1),
  namespace: text.min(1).nullish(),
  labels,
  annotations: labels,
  ownerReferences: owners,
});

const port = count({ min: 1, max: 65_535 });
const container = z.object({ name: text.nullish(), args: list(z.unknown()) });
const podSpec = z.object({
  hostNetwork: z.boolean().nullish(),
  containers: list(container),
  initContainers: list(container),
});
export type PodSpec = z.output<typeof podSpec>;

const template = z.object({
  metadata: z
    .object({ labels, annotations: labels })
    .nullish()
    .transform((given) => given ?? { labels: {}, annotations: {} }),
  spec: podSpec,
});
const replicated = z.object({
  metadata,
  spec: z.object({ replicas: number.nullish(), template }),
  status: z.object({ desiredNumberScheduled: number.nullish() }).nullish(),
});

const selector = z
  .object({ matchLabels: labels })
  .nullish()
  .transform((given) => given?.matchLabels ?? null);
/** Of Istio's security and networking kinds. */
const workloadSelector = z
  .object({ labels })
  .nullish()
  .transform((given) => given?.labels ?? null);

const service = z.object({
  metadata,
  spec: z.object({
    type: text.nullish(),
    clusterIP: text.nullish(),
    selector: labels,
    ports: list(
      z.object({
        name: text.nullish(),
        port,
        protocol: oneOf('protocol of a port', ['TCP', 'UDP', 'SCTP'])
          .nullish()
          .transform((given) => given ?? 'TCP'),
        appProtocol: text.nullish(),
      }),
    ),
  }),
});

const subsets = list(z.object({ addresses: list(z.unknown()) }));
const slice = z.object({
  metadata,
  endpoints: list(z.object({ conditions: z.object({ ready: z.boolean().nullish() }).nullish() })),
});

const sidecar = z.object({
  metadata,
  spec: z
    .object({
      workloadSelector,
      egress: list(z.object({ hosts: z.array(text).min(1) })),
      outboundTrafficPolicy: z.object({ mode: text.nullish() }).nullish(),
    })
    .nullish(),
});

const route = list(z.object({ route: list(z.object({ destination: z.object({ host: text }) })) }));
const virtualService = z.object({
  metadata,
  spec: z.object({ hosts: list(text), gateways: list(text), http: route, tcp: route, tls: route }),
});

const destinationRule = z.object({
  metadata,
  spec: z.object({
    host: text.min(1),
    subsets: list(z.object({ name: text })),
    trafficPolicy: z.unknown(),
  }),
});

const serviceEntry = z.object({
  metadata,
  spec: z.object({
    hosts: z.array(text.min(1)).min(1),
    ports: list(z.object({ number: port, name: text.nullish(), protocol: text.nullish() })),
    endpoints: list(z.unknown()),
    exportTo: list(text),
    workloadSelector,
  }),
});

const peerAuthentication = z.object({
  metadata,
  spec: z.object({ selector, mtls: z.object({ mode: text.nullish() }).nullish() }).nullish(),
});

const autoscaler = z.object({
  metadata,
  spec: z.object({
    scaleTargetRef: z.object({ kind: text, name: text }),
    minReplicas: number.nullish(),
    maxReplicas: number,
    targetCPUUtilizationPercentage: number.nullish(),
    metrics: list(
      z.object({
        resource: z
          .object({
            name: text,
            target: z.object({ averageUtilization: number.nullish() }).nullish(),
          })
          .nullish(),
      }),
    ),
  }),
});

const named = z.object({ metadata });

/** By API group and kind, as in `apps/Deployment`; the core group has no name. */
export const schemas = {
  Namespace: named,
  Node: z.object({
    metadata,
    status: z
      .object({ capacity: z.object({ cpu: z.union([text, z.number()]).nullish() }).nullish() })
      .nullish(),
  }),
  Service: service,
  Pod: z.object({ metadata, spec: podSpec, status: z.object({ phase: text.nullish() }).nullish() }),
  Endpoints: z.object({ metadata, subsets }),
  'discovery.k8s.io/EndpointSlice': slice,
  'apps/Deployment': replicated,
  'apps/StatefulSet': replicated,
  'apps/DaemonSet': replicated,
  'apps/ReplicaSet': replicated,
  'autoscaling/HorizontalPodAutoscaler': autoscaler,
  'networking.istio.io/Sidecar': sidecar,
  'networking.istio.io/VirtualService': virtualService,
  'networking.istio.io/DestinationRule': destinationRule,
  'networking.istio.io/Gateway': named,
  'networking.istio.io/ServiceEntry': serviceEntry,
  'networking.istio.io/WorkloadEntry': z.object({
    metadata,
    spec: z.object({ labels }),
  }),
  'security.istio.io/PeerAuthentication': peerAuthentication,
} as const satisfies Record<string, z.ZodType<{ readonly metadata: Metadata }>>;

export type Metadata = z.output<typeof metadata>;
export type Kind = keyof typeof schemas;
export type Body<K extends Kind> = z.output<(typeof schemas)[K]>;
