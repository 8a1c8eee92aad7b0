/** Churn of the control plane itself: replicas of istiod and controllers of config modes fail and come back. */
import type { Maker } from './site.ts';

export const istiodFailure: Maker<'istiodFailure'> = (change, item, site) => (n) => {
  const all = [...site.cluster.fleet.istiods.keys()];
  for (const replica of site.some(all, change.replicas, item, n)) {
    site.faults.failReplica(replica, change.downFor);
  }
};

export const istiodRollout: Maker<'istiodRollout'> = (change, _, site) => () => {
  site.faults.rollOut(change.interval);
};

export const controllerRestart: Maker<'controllerRestart'> = (change, _, site) => () => {
  site.faults.restartControllers(change.namespaces, change.downFor);
};
