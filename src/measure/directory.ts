/** The names that numbers of the network stand for: `model/` makes them, the recorder gives them back. */
import type { DetourWay } from './replication.ts';

/** What the numbers of a network stand for. */
export interface Directory {
  readonly loads: readonly { readonly name: string; readonly stations: readonly string[] }[];
  /** By source: index of its load. */
  readonly loadOf: readonly number[];
  /** By tag. */
  readonly services: readonly ServiceNames[];
  /** Further tags, of which `services` has none. */
  readonly detours: readonly DetourName[];
  readonly stations: readonly StationNames[];
  /** By proxy: its kind, and the service or namespace that it belongs to. */
  readonly proxies: readonly { readonly kind: string; readonly owner: string }[];
}

export interface ServiceNames {
  readonly id: string;
  readonly stations: readonly string[];
  /** Where its pods can be: so many places from this one on. */
  readonly firstPlace: number;
  readonly placeCount: number;
}

/** Calls to a service whose caller's proxy did not know it, by what became of them; `direct`: it did, of any service. */
export interface DetourName {
  readonly way: DetourWay | 'direct';
  /** −1 for `direct`. */
  readonly service: number;
  readonly tag: number;
}

/** Stations (or pools of threads) that are shown as one row. */
export interface StationNames {
  /** 'app', 'threads', 'istiod', or the kind of proxy. */
  readonly kind: string;
  /** Unique. */
  readonly name: string;
  /** Service id, namespace, or '' for those of a host. */
  readonly owner: string;
  /** Numbers of stations; of pools where the kind is 'threads'. */
  readonly stations: readonly number[];
  /** How many of them have a pod from the start. */
  readonly pods: number;
  readonly servers: number;
}
