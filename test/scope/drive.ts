/** Runs a config mode without a control plane: its timers, and what it watches, over calls that a test makes. */
import type {
  Controller,
  Effect,
  EgressHost,
  Outcome,
  ScopeEvent,
  ScopeService,
  Site,
} from '../../src/scope/strategy.ts';

export const S = 1e9;

export interface Done {
  readonly at: number;
  readonly effect: Effect;
}

export interface Driven {
  /** What was done, timers apart; in order. */
  readonly done: readonly Done[];
  readonly now: number;
  /** A call that goes through the relay, if there is one, and is counted by the destination. */
  call(at: number, source: number, destination: number): void;
  /** The pods of a service are others from now on, and have counted nothing. */
  restartPods(at: number, service: number): void;
  tell(at: number, event: ScopeEvent): void;
  run(until: number): void;
  /** Of the Sidecar of a service, or of a namespace; null for none. */
  hostsOf(of: number | string): readonly EgressHost[] | null;
}

/** @param phases - where its own timers, and what it watches, begin; each in [0, 1) */
export function drive<State>(
  controller: Controller<State>,
  site: Site,
  phases: readonly [number, number] = [0, 0],
): Driven {
  const queue: { readonly at: number; readonly action: () => void }[] = [];
  const done: Done[] = [];
  const sidecars = new Map<number | string, readonly EgressHost[]>();
  const relayed = new Set<string>();
  const counted = new Map<string, number>();
  let now = 0;
  let epoch = 0;
  let state: State;
  const at = (time: number, action: () => void) => {
    let i = queue.length;
    while (i > 0 && queue[i - 1].at > time) i--;
    queue.splice(i, 0, { at: time, action });
  };
  const take = (outcome: Outcome<State>) => {
    state = outcome.state;
    for (const effect of outcome.effects) {
      if (effect.kind === 'timer') {
        const of = epoch;
        at(effect.at, () => {
          if (of === epoch) tell({ kind: 'timer', timer: effect.timer });
        });
        continue;
      }
      done.push({ at: now, effect });
      if (effect.kind !== 'sidecar') continue;
      const of = effect.service ?? effect.namespace;
      if (effect.hosts === null) sidecars.delete(of);
      else sidecars.set(of, effect.hosts);
    }
  };
  const tell = (event: ScopeEvent) => {
    if (event.kind === 'restart') epoch++;
    take(controller.reduce(state, event, now));
  };
  const pairs = (names: Iterable<string>) =>
    [...names].map((name) => {
      const [source, destination] = name.split(' ').map(Number);
      return { source, destination };
    });
  const observe = ({ of, every }: Controller<State>['observes'][number]) => {
    if (of === 'metrics') {
      const series = pairs(counted.keys()).map((pair) => ({
        ...pair,
        value: counted.get(`${pair.source} ${pair.destination}`) ?? 0,
      }));
      tell({ kind: 'metrics', series });
    } else if (relayed.size > 0) {
      tell({ kind: 'accessLog', calls: pairs(relayed) });
      relayed.clear();
    }
    at(now + every, () => observe({ of, every }));
  };
  take(controller.start(site, phases[0]));
  for (const one of controller.observes) at(Math.round(phases[1] * one.every), () => observe(one));
  return {
    done,
    get now() {
      return now;
    },
    call(time, source, destination) {
      at(time, () => {
        const name = `${source} ${destination}`;
        relayed.add(name);
        counted.set(name, (counted.get(name) ?? 0) + 1);
      });
    },
    restartPods(time, service) {
      at(time, () => {
        for (const name of [...counted.keys()])
          if (name.endsWith(` ${service}`)) counted.delete(name);
      });
    },
    tell: (time, event) => at(time, () => tell(event)),
    run(until) {
      while (queue.length > 0 && queue[0].at <= until) {
        const { at: time, action } = queue.splice(0, 1)[0];
        now = time;
        action();
      }
      now = until;
    },
    hostsOf: (of) => sidecars.get(of) ?? null,
  };
}

// ---- Sites.

export function httpService(name: string, namespace = 'bookinfo'): ScopeService {
  return { name, namespace, isTcp: false, exists: true };
}

export const PRODUCTPAGE = 0;
export const DETAILS = 1;
export const REVIEWS = 2;
export const RATINGS = 3;
/** Not under the mode: an HTTP and a TCP service of a load namespace. */
export const LOAD = 4;
export const LOAD_TCP = 5;

export const bookinfo: Site = {
  services: [
    httpService('productpage'),
    httpService('details'),
    httpService('reviews'),
    httpService('ratings'),
    httpService('svc-0', 'load'),
    { ...httpService('svc-0-5-0', 'load'), isTcp: true },
  ],
  own: [PRODUCTPAGE, DETAILS, REVIEWS, RATINGS],
};

/** The calls of one request to the product page. */
export function browse(driven: Driven, at: number): void {
  driven.call(at, PRODUCTPAGE, DETAILS);
  driven.call(at, PRODUCTPAGE, REVIEWS);
  driven.call(at, REVIEWS, RATINGS);
}
