/**
 * The cluster of the DATM experiment as services and Sidecars: Istio 1.8.2 with the demo profile and four addons, three
 * Bookinfos, two relays, and load namespaces (specification: config modes, experiment setup; count model).
 */
import { type Counts, countsOf, type MeshFacts, ownCounts } from '../../src/controlplane/counts.ts';
import type { FleetPort, FleetService } from '../../src/controlplane/fleet.ts';
import { Catalogue } from '../../src/controlplane/resources.ts';
import { type EgressHosts, Scopes } from '../../src/controlplane/scopes.ts';
import { service } from './fleets.ts';
import { noViews } from './tables.ts';

/**
 * How ports count whose names declare no protocol. `rules`: as Istio takes them, a listener and a route for each.
 * `vectors`: as those who published the count vectors took them, by whether the name has "http" or "grpc" in it.
 */
export type Undeclared = 'rules' | 'vectors';

/** A service's ports as its manifest names them, and how many pods it has. */
interface Written {
  readonly name: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly pods: number;
}

export const istioSystem: readonly Written[] = [
  {
    name: 'istiod',
    ports: {
      'grpc-xds': 15010,
      'https-dns': 15012,
      'https-webhook': 443,
      'http-monitoring': 15014,
    },
    pods: 1,
  },
  {
    name: 'istio-ingressgateway',
    ports: { 'status-port': 15021, http2: 80, https: 443, tcp: 31400, tls: 15443 },
    pods: 1,
  },
  { name: 'istio-egressgateway', ports: { http2: 80, https: 443, tls: 15443 }, pods: 1 },
  { name: 'prometheus', ports: { http: 9090 }, pods: 1 },
  { name: 'grafana', ports: { service: 3000 }, pods: 1 },
  { name: 'kiali', ports: { http: 20001, 'http-metrics': 9090 }, pods: 1 },
  { name: 'tracing', ports: { 'http-query': 80 }, pods: 1 },
  { name: 'zipkin', ports: { 'http-query': 9411 }, pods: 1 },
  {
    name: 'jaeger-collector',
    ports: { 'jaeger-collector-http': 14268, 'jaeger-collector-grpc': 14250 },
    pods: 1,
  },
];
const kubernetes: Written = { name: 'kubernetes', ports: { https: 443 }, pods: 1 };
/** Its UDP port is not seen. */
const kubeDns: Written = {
  name: 'kube-dns',
  ports: { 'tcp-dns': 53, 'tcp-metrics': 9153 },
  pods: 2,
};
const bookinfo: readonly Written[] = [
  { name: 'productpage', ports: { http: 9080 }, pods: 1 },
  { name: 'details', ports: { http: 9080 }, pods: 1 },
  { name: 'reviews', ports: { http: 9080 }, pods: 3 },
  { name: 'ratings', ports: { http: 9080 }, pods: 1 },
];
/**
 * Slime's: the global sidecar publishes its own port and that of the applications; the controller its own, that of
 * its helpers and that of access logs. That these are five follows from the vector of Slime's productpage.
 */
const meshOperator: readonly Written[] = [
  { name: 'global-sidecar', ports: { 'http-80': 80, 'http-9080': 9080 }, pods: 1 },
  { name: 'lazyload', ports: { http: 80, 'aux-port': 8081, 'log-source-port': 8082 }, pods: 1 },
];
const datmRelay: Written = { name: 'global-sidecar', ports: { http: 80 }, pods: 1 };

export interface Load {
  readonly namespaces: number;
  readonly services: 18 | 19;
  readonly pods: number;
}

export const bookinfos = ['bookinfo-default', 'bookinfo-lazyload', 'bookinfo-datm'];

export interface Bed {
  /** Of productpage's proxy, or of another of a Bookinfo. */
  counts(namespace: string, name?: string): Counts;
  /** Envoy's totals, which have those of its bootstrap too: clusters, endpoints, listeners, virtual hosts. */
  vector(namespace: string, name?: string): readonly number[];
  write(namespace: string, name: string | null, hosts: EgressHosts): void;
}

export function bedOf(load: Load, undeclared: Undeclared = 'vectors'): Bed {
  const written: (readonly [string, FleetService, number])[] = [];
  const add = (namespace: string, one: Written, over: Partial<FleetService> = {}) => {
    const ports = Object.entries(one.ports).map(([name, port]) => portOf(name, port, undeclared));
    const id = `${namespace}/${one.name}`;
    written.push([
      namespace,
      service(one.name, { id, ports, replicas: [one.pods], ...over }),
      one.pods,
    ]);
  };
  for (const one of istioSystem) add('istio-system', one);
  add('default', kubernetes);
  add('kube-system', kubeDns);
  for (const namespace of bookinfos) for (const one of bookinfo) add(namespace, one);
  for (const one of meshOperator) add('mesh-operator', one);
  add('datm-system', datmRelay);
  for (let n = 1; n <= load.namespaces; n++) {
    for (const one of serviceGraph(load)) add(`load-${n}`, one, one.over);
  }
  return bedWith(written);
}

/**
 * A load namespace of istio/tools perf/load: the root calls nine services, each of which calls a leaf; the leaves of
 * the last four are TCP. Two Deployments stand behind the root, and its DestinationRule has three subsets. Of 18
 * services one HTTP leaf is left out.
 */
export function serviceGraph({ services, pods }: Load) {
  const http = { 'http-web': 8080 };
  const leaves = Array.from({ length: 9 }, (_, i) => ({
    name: `svc-0-${i}-0`,
    ports: i < 5 ? http : { 'tcp-web': 8080 },
    pods,
    over: {},
  })).filter(({ name }) => services === 19 || name !== 'svc-0-4-0');
  const middle = Array.from({ length: 9 }, (_, i) => ({
    name: `svc-0-${i}`,
    ports: http,
    pods,
    over: {},
  }));
  // One version has the pod more where they are odd.
  const replicas = [Math.ceil(pods / 2), Math.floor(pods / 2)];
  const root = { name: 'svc-0', ports: http, pods, over: { subsets: 3, replicas } };
  return [root, ...middle, ...leaves];
}

/** Protocol selection by the name of a port (Istio: `name: <protocol>[-<suffix>]`). */
function portOf(name: string, number: number, undeclared: Undeclared): FleetPort {
  const prefix = name.split('-')[0];
  const isHttp = ['http', 'http2', 'grpc'].includes(prefix);
  const isTcp = ['tcp', 'tls', 'https'].includes(prefix);
  const guessed = /http|grpc/.test(name) ? 'http' : 'tcp';
  const protocol = isHttp ? 'http' : isTcp ? 'tcp' : undeclared === 'rules' ? 'auto' : guessed;
  return { number, protocol, target: number };
}

/** @param written - namespace, service, pods */
function bedWith(written: readonly (readonly [string, FleetService, number])[]): Bed {
  const namespaces = [...new Set(written.map(([namespace]) => namespace))];
  const services = written.map(([namespace, one], group) => {
    return { ...one, group, namespace: namespaces.indexOf(namespace) };
  });
  const catalogue = new Catalogue({ services });
  const scopes = new Scopes({ namespaces, services, undiscovered: [] }, catalogue, noViews());
  written.forEach(([, , pods], s) => {
    catalogue.set(s, pods);
  });
  const facts: MeshFacts = { hbone: false, virtualServices: 0, services };
  const serviceOf = (namespace: string, name: string) =>
    services.findIndex(({ id }) => id === `${namespace}/${name}`);
  const counts = (namespace: string, name = 'productpage') => {
    const own = serviceOf(namespace, name);
    const scope = scopes.of(namespaces.indexOf(namespace), own);
    const shared = countsOf({ kind: 'sidecar', service: own, scope, extraVhosts: 0 }, facts);
    const ofOwn = ownCounts(services[own]);
    return {
      ...shared,
      clusters: shared.clusters + ofOwn.clusters,
      listeners: shared.listeners + ofOwn.listeners,
    };
  };
  return {
    counts,
    vector(namespace, name) {
      const { clusters, endpoints, listeners, vhosts } = counts(namespace, name);
      return [clusters + BOOTSTRAP.clusters, endpoints, listeners + BOOTSTRAP.listeners, vhosts];
    },
    write(namespace, name, hosts) {
      const own = name === null ? -1 : serviceOf(namespace, name);
      scopes.write(namespaces.indexOf(namespace), own, hosts);
    },
  };
}

/** Envoy's own: agent, prometheus_stats, sds-grpc, xds-grpc, zipkin; 15021, 15090. */
const BOOTSTRAP = { clusters: 5, listeners: 2 };
