/** Churn of single pods: they crash, flap, are lost with their host, or one comes and another goes. */
import { LOST, SPARE, STARTING, TERMINATING } from '../cluster.ts';
import type { Maker } from './site.ts';

export const crash: Maker<'crash'> = (change, item, site) => (n) => {
  const services = site.managed(change.service);
  for (const service of services) site.replicas.setPodStart(service, change.podStart);
  const ready = site.readyPods(site.services(change.service));
  for (const slot of site.some(ready, change.pods, item, n)) site.cluster.crash(slot);
};

export const flap: Maker<'flap'> = (change, item, site) => (n) => {
  const ready = site.readyPods(site.services(change.service));
  for (const slot of site.some(ready, change.pods, item, n)) {
    site.cluster.flap(slot, change.unready);
  }
};

export const hostLoss: Maker<'hostLoss'> = (change, item, site) => (n) => {
  const { cluster, replicas } = site;
  const { slots } = cluster.fleet;
  const left = [...cluster.isHostLost.keys()].filter((host) => !cluster.isHostLost[host]);
  for (const host of site.some(left, change.hosts, item, n)) {
    slots.forEach((slot, s) => {
      const state = cluster.state[s];
      const isAlive = state !== SPARE && state !== TERMINATING && state < LOST;
      if (slot.host === host && isAlive) replicas.setPodStart(slot.service, change.podStart);
    });
    cluster.loseHost(host, change.eviction);
  }
};

/** The new pod comes first, so that the old one goes when it can be spared. */
export const podChurn: Maker<'podChurn'> = (change, item, site) => (n) => {
  const { replicas, cluster } = site;
  // One that still starts is new: if it could be drawn, no pod would ever be ready where churn is faster than they start.
  const old = (service: number) =>
    replicas.current(service).filter((slot) => cluster.state[slot] !== STARTING);
  const all = change.services.flatMap((pattern) => site.services(pattern));
  const services = [...new Set(all)].filter((service) => {
    return cluster.isManaged[service] && old(service).length > 0;
  });
  if (services.length === 0) return;
  const service = site.one(services, item, n);
  replicas.setPodStart(service, change.podStart);
  const [victim] = site.some(old(service), 1, item, n);
  replicas.replace(victim);
};
