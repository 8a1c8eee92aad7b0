/**
 * HorizontalPodAutoscaler: as many pods as bring their mean utilisation to the target, from a look at it now and then
 * (Kubernetes documentation, Horizontal Pod Autoscaling, algorithm details; behaviour defaults of autoscaling/v2).
 */
import { READY } from '../cluster.ts';
import type { Maker, Site } from './site.ts';

/** --horizontal-pod-autoscaler-tolerance. */
const TOLERANCE = 0.1;
/** Default policy for scaling up: in 15 s twice as many, or four more, whichever is more. */
const UP_FACTOR = 2;
const UP_PODS = 4;

export const hpa: Maker<'hpa'> = (change, _, site) => {
  const scalers = site
    .services(change.service)
    .map((service) => ({ service, usage: usageOf(service, site), past: [] as Wish[] }));
  return () => {
    const { now } = site.world;
    for (const scaler of scalers) {
      const { service, usage } = scaler;
      const load = usage();
      if (!site.cluster.isManaged[service]) continue;
      const current = site.replicas.total(service);
      // Nobody wants any: it leaves that alone, whatever its minimum ("Implicit maintenance-mode deactivation").
      if (current === 0) continue;
      const wish = clamp(desired(load, change.target, current), change.min, change.max);
      scaler.past = scaler.past.filter(({ at }) => at > now - change.stabilisation);
      scaler.past.push({ at: now, pods: wish });
      const settled = Math.max(...scaler.past.map(({ pods }) => pods));
      const most = Math.max(current * UP_FACTOR, current + UP_PODS);
      const next = wish > current ? Math.min(wish, most) : Math.min(current, settled);
      const bounded = clamp(next, change.min, change.max);
      if (bounded !== current) site.replicas.scale(service, bounded, change.podStart);
    }
  };
};

/** What it found to be right at a time. */
interface Wish {
  readonly at: number;
  readonly pods: number;
}

interface Usage {
  /** Of the pods that were ready at the last look too: share of their cores that was busy since. */
  readonly measured: readonly number[];
  /** Ready pods that were not. */
  readonly missing: number;
}

/** How busy the pods of a service were since the last look. */
function usageOf(service: number, { world, cluster }: Site): () => Usage {
  const { services, slots } = cluster.fleet;
  const { cores } = services[service];
  let before = new Map<number, number>();
  let lookedAt = 0;
  return () => {
    const ready = cluster.slotsOf[service].filter((slot) => cluster.state[slot] === READY);
    const now = new Map(ready.map((slot) => [slot, world.busyTime(slots[slot].station)]));
    const span = (world.now - lookedAt) * cores;
    const measured = [...now].flatMap(([slot, busy]) => {
      const then = before.get(slot);
      return then === undefined || span === 0 ? [] : [(busy - then) / span];
    });
    lookedAt = world.now;
    before = now;
    return { measured, missing: ready.length - measured.length };
  };
}

/**
 * Pods without a measure count as idle where more are wanted, and as just right where fewer are: they never make the
 * answer bolder, and where they would turn it round nothing is done.
 */
export function desired({ measured, missing }: Usage, target: number, current: number): number {
  if (measured.length === 0) return current;
  const sum = measured.reduce((total, one) => total + one, 0);
  const ratio = sum / measured.length / target;
  if (Math.abs(ratio - 1) <= TOLERANCE) return current;
  const pods = measured.length + missing;
  const assumed = ratio < 1 ? missing * target : 0;
  const careful = (sum + assumed) / pods / target;
  if (Math.abs(careful - 1) <= TOLERANCE || careful > 1 !== ratio > 1) return current;
  return Math.ceil(careful * pods);
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
