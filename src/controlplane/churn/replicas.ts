/** Churn of Deployments: they are updated, scaled by hand or at random, created and deleted. */
import type { Maker } from './site.ts';

export const rollingUpdate: Maker<'rollingUpdate'> = (change, _, site) => () => {
  const { surge, unavailable, podStart } = change;
  for (const service of site.managed(change.service)) {
    site.replicas.roll(service, surge, unavailable, podStart);
  }
};

export const scale: Maker<'scale'> = (change, _, site) => (n) => {
  const replicas = change.replicas[n % change.replicas.length];
  for (const service of site.managed(change.service)) {
    site.replicas.scale(service, replicas, change.podStart);
  }
};

export const serviceCreate: Maker<'serviceCreate'> = (change, _, site) => () => {
  for (const service of site.services(change.service)) {
    if (site.cluster.exists[service]) continue;
    site.replicas.restore(service, change.podStart);
    site.cluster.createService(service);
  }
};

export const serviceDelete: Maker<'serviceDelete'> = (change, _, site) => () => {
  for (const service of site.services(change.service)) site.cluster.deleteService(service);
};

const SECOND = 1e9;

/** A CronJob's: one that still runs when the next begins goes on beside it. */
export const deploymentScaler: Maker<'deploymentScaler'> = (change, item, site) => {
  const { world, cluster, replicas, draw } = site;
  const deployments = site
    .services(change.service)
    .flatMap((service) =>
      cluster.fleet.services[service].replicas.map((_, version) => ({ service, version })),
    );
  const spread = Math.max(1, Math.floor(change.sleep / SECOND));
  let steps = 0;
  const scaleOne = (index: number): void => {
    if (index >= deployments.length) return;
    const { service, version } = deployments[index];
    const step = steps++;
    const among = change.max - change.min + 1;
    const wanted = change.min + Math.floor(draw('churn choice', item, step) * among);
    if (cluster.isManaged[service]) {
      replicas.scaleVersion(service, version, wanted, change.podStart);
    }
    const seconds = 1 + Math.floor(draw('churn pause', item, step) * spread);
    world.schedule(world.now + change.sleep + seconds * SECOND, onNext, index + 1);
  };
  const onNext = world.register((_, index) => scaleOne(index));
  return () => scaleOne(0);
};
