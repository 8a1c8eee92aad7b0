/** Fleets and settings for the tests of the control plane. */
import type { ControlPlaneCosts } from '../../src/calibration/profile.ts';
import type { Fleet, FleetProxy, FleetService, PodSlot } from '../../src/controlplane/fleet.ts';
import type { IstioSettings } from '../../src/controlplane/settings.ts';
import type { Draw } from '../../src/controlplane/world.ts';
import { mix, uniformAt } from '../../src/engine/random.ts';

export const MS = 1e6;
export const S = 1e9;

/** The specification's default parameter block. */
export const costs: ControlPlaneCosts = {
  cpu: {
    cdsPerCluster: 10_000,
    edsPerCluster: 2_400,
    edsPerEndpoint: 2_100,
    ldsBase: 300_000,
    ldsPerListener: 25_000,
    rdsPerVhost: 3_300,
    rdsPerAutoVhost: 8_300,
    rdsPerGatewayVhost: 40_000,
    cdsHit: 2_000,
    edsHit: 1_500,
    rdsHit: 8_000,
    rdsKeyPerService: 80,
    lockBase: 1_000,
    lockPerDependent: 1_800,
    contextPerService: 1_800,
    contextPerVirtualService: 12_000,
    scopePerService: 1_000,
    perPush: 100_000,
    perByte: 2,
    filterPerKey: 100,
    perEvent: 50_000,
    perAck: 10_000,
    gcFactor: 1.25,
  },
  bytes: {
    cluster: 1050,
    claBase: 60,
    endpoint: 150,
    ldsBase: 15_000,
    tcpListener: 200,
    autoListener: 2400,
    vhost: 450,
    dnsHost: 90,
    secret: 4000,
    extension: 1000,
  },
  envoy: {
    decodePerCluster: 37_000,
    unchangedPerCluster: 16_000,
    changedPerCluster: 500_000,
    perEndpoint: 10_000,
    perListener: 2_000_000,
    perVhost: 20_000,
  },
  network: { oneWay: 500_000, agent: 200_000, watchLag: 5_000_000 },
  istiodMemory: { base: 500e6, perProxy: 1.5e6, perService: 1e4, perPod: 1e4 },
};

export const settings: IstioSettings = {
  release: '1.26',
  replicas: 1,
  cores: 4,
  debounceAfter: 100 * MS,
  debounceMax: 10 * S,
  debounceEndpoints: true,
  pushThrottle: null,
  maxRequestsPerSecond: null,
  connectionAge: 1800 * S,
  watchLag: null,
  bandwidth: 10e9,
  dnsCapture: false,
  drain: 5 * S,
  grace: 30 * S,
  kubeProxyLag: 1 * S,
};

export function drawOf(seed: number): Draw {
  return (purpose, a, b) => {
    let key = seed;
    for (let i = 0; i < purpose.length; i++) key = mix(key, purpose.charCodeAt(i));
    return uniformAt(key, mix(key, 1), a, b);
  };
}

export function service(name: string, over: Partial<FleetService> = {}): FleetService {
  return {
    id: `shop/${name}`,
    namespace: 0,
    group: 0,
    ports: [{ number: 80, protocol: 'http', target: 8080 }],
    headless: false,
    exportTo: ['*'],
    subsets: 0,
    replicas: [1],
    cores: 1,
    appears: 0,
    ...over,
  };
}

export interface FleetShape {
  readonly services: number;
  readonly replicas: number;
  readonly spares: number;
  readonly hosts?: number;
  readonly istiods?: number;
  /** Kind of all proxies; 'kube-proxy' stands for a mesh without proxies: one viewer. */
  readonly kind?: 'sidecar' | 'kube-proxy';
  /** Pods of all services are created then instead of being there, ready spread over `readySpread`. */
  readonly joins?: number;
  readonly readySpread?: number;
}

/** Services of one port in one namespace, each pod with a sidecar (as viewer its slot) and places numbered as slots. */
export function fleetOf(shape: FleetShape): Fleet {
  const {
    services: serviceCount,
    replicas,
    spares,
    hosts = 4,
    istiods = 1,
    kind = 'sidecar',
  } = shape;
  const { joins = 0, readySpread = 0 } = shape;
  const services = Array.from({ length: serviceCount }, (_, s) =>
    service(`s${s}`, { group: s, replicas: [replicas], appears: joins }),
  );
  const slots: PodSlot[] = [];
  const pods = serviceCount * replicas;
  for (let s = 0; s < serviceCount; s++) {
    for (let i = 0; i < replicas + spares; i++) {
      const place = slots.length;
      const ready = joins + Math.round((readySpread * (s * replicas + i + 1)) / pods);
      const pod = i < replicas ? { created: joins, ready } : null;
      slots.push({ place, service: s, version: 0, host: place % hosts, station: place, pod });
    }
  }
  const sidecar = (slot: PodSlot): FleetProxy => ({
    kind: 'sidecar',
    viewer: slot.place,
    slot: slot.place,
    namespace: 0,
    host: slot.host,
    mainThread: -1,
    connects: null,
  });
  const kubeProxy: FleetProxy = {
    kind: 'kube-proxy',
    viewer: 0,
    slot: -1,
    namespace: -1,
    host: 0,
    mainThread: -1,
    connects: 0,
  };
  return {
    namespaces: ['shop'],
    undiscovered: [],
    services,
    slots,
    proxies: kind === 'sidecar' ? slots.map(sidecar) : [kubeProxy],
    istiods: kind === 'sidecar' ? Array.from({ length: istiods }, (_, r) => r) : [],
    hostCount: hosts,
    virtualServices: 0,
    controllers: [],
    dependencies: [],
    costs,
    memory: {
      from: '1.0',
      kind: 'allocated',
      costs: {
        base: 9.6e6,
        perCluster: 63_100,
        perEndpoint: 1_430,
        perListener: 42_000,
        perVhost: 14_000,
      },
    },
    residentPerAllocated: 2.2,
  };
}
