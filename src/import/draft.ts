/** A scenario as a user would write it, as far as importers write one: what `scenario/schema.ts` reads. */
import type { MeshModeName } from '../mesh/modes.ts';
import type { ConfigKind } from '../topology/churn.ts';
import type { Protocol } from '../topology/topology.ts';
import { MICROSECOND, MILLISECOND, type Nanos, SECOND } from '../units.ts';

export interface ScenarioDraft {
  readonly name: string;
  readonly topology: {
    readonly hosts?: HostsDraft;
    readonly namespaces: readonly NamespaceDraft[];
  };
  readonly mesh: MeshDraft;
  readonly config?: ConfigDraft;
  /** Foreign files have none; the language wants to be told so. */
  readonly load: readonly [];
  readonly churn?: readonly ChurnDraft[];
  readonly measure?: { readonly window: string };
}

export interface HostsDraft {
  readonly count?: number;
  readonly cores?: number;
}

export interface NamespaceDraft {
  readonly name: string;
  readonly count?: number;
  readonly joins?: string;
  readonly every?: string;
  readonly readySpread?: string;
  readonly services: readonly ServiceDraft[];
}

export interface PortDraft {
  readonly port: number;
  readonly protocol: Protocol;
  readonly autoDetect?: true;
}

/** With the fields of its port, or with a list of several. */
export interface ServiceDraft extends Partial<PortDraft> {
  readonly name: string;
  readonly ports?: readonly PortDraft[];
  readonly headless?: true;
  readonly exportTo?: readonly string[];
  readonly subsets?: number;
  readonly replicas?: number;
  readonly versions?: readonly VersionDraft[];
}

export interface VersionDraft {
  readonly name: string;
  readonly replicas: number;
}

export interface MeshDraft {
  readonly mode: MeshModeName;
  readonly namespaces?: Readonly<Record<string, MeshModeName>>;
  readonly services?: Readonly<Record<string, MeshModeName>>;
  readonly mtls?: false;
}

export type ConfigModeDraft =
  | 'full'
  | {
      readonly mode: 'sidecar-static';
      readonly hosts: readonly string[];
      /** By service: hosts of its own. */
      readonly services?: Readonly<Record<string, readonly string[]>>;
    };

export interface ConfigDraft {
  readonly mode?: ConfigModeDraft;
  readonly namespaces?: Readonly<Record<string, ConfigModeDraft>>;
  readonly outboundTraffic?: 'REGISTRY_ONLY';
}

export interface ConfigResourceDraft {
  readonly resource: ConfigKind;
  readonly namespace: string;
  readonly service?: string;
}

export type ChurnDraft =
  | {
      readonly kind: 'podChurn';
      readonly services: readonly string[];
      /** From when on. */
      readonly at?: string;
      readonly interval: string;
    }
  | {
      readonly kind: 'configChurn';
      readonly resources: readonly ConfigResourceDraft[];
      readonly at?: string;
      readonly interval: string;
    }
  | {
      readonly kind: 'hpa';
      readonly service: string;
      readonly target: string;
      readonly min: number;
      readonly max: number;
    };

/** One port stands in the service itself, several in a list; calls go to the first. */
export function withPorts(
  ports: readonly [PortDraft, ...PortDraft[]],
): Pick<ServiceDraft, 'port' | 'protocol' | 'autoDetect' | 'ports'> {
  return ports.length === 1 ? ports[0] : { ports };
}

/** A service, or many of one pattern, and the mode of its pods; null: there are none, so that any mode is true of it. */
export interface Membership {
  /** A name, or a pattern. */
  readonly namespace: string;
  readonly service: string;
  readonly mode: MeshModeName | null;
}

/** As exact as it is: `110ms`, `90s`. @param nanos - whole, above 0 */
export function writtenTime(nanos: Nanos): string {
  const [unit, scale] = timeUnits.find((entry) => nanos % entry[1] === 0) ?? ['ns', 1];
  return `${nanos / scale}${unit}`;
}

const timeUnits = [
  ['s', SECOND],
  ['ms', MILLISECOND],
  ['us', MICROSECOND],
] as const;

/** The shortest way to write who is in the mesh: the most frequent mode, and what differs from it. */
export function meshOf(memberships: readonly Membership[], isEncrypted = true): MeshDraft {
  const mode = mostFrequent(memberships) ?? 'sidecar';
  const namespaces: Record<string, MeshModeName> = {};
  const services: Record<string, MeshModeName> = {};
  for (const [namespace, members] of grouped(memberships, (member) => member.namespace)) {
    const usual = mostFrequent(members) ?? mode;
    if (usual !== mode) namespaces[namespace] = usual;
    for (const member of members) {
      if (member.mode === null || member.mode === usual) continue;
      services[`${namespace}/${member.service}`] = member.mode;
    }
  }
  return {
    mode,
    ...(Object.keys(namespaces).length > 0 && { namespaces }),
    ...(Object.keys(services).length > 0 && { services }),
    ...(!isEncrypted && { mtls: false }),
  };
}

/** Of equals the one that comes first. */
function mostFrequent(memberships: readonly Membership[]): MeshModeName | null {
  const counts = new Map<MeshModeName, number>();
  for (const { mode } of memberships) {
    if (mode !== null) counts.set(mode, (counts.get(mode) ?? 0) + 1);
  }
  let best: MeshModeName | null = null;
  for (const [mode, count] of counts) {
    if (best === null || count > (counts.get(best) ?? 0)) best = mode;
  }
  return best;
}

/** In the order in which the keys come. */
export function grouped<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string,
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
