/** Services, namespaces and operations by name: what `bookinfo/reviews`, `reviews` or `load-*` stands for. */

import { quote } from '../problems.ts';
import { matcher } from '../topology/pattern.ts';
import { DEFAULT_OPERATION } from '../topology/topology.ts';
import { didYouMean, listed } from '../yaml/suggest.ts';

export interface Catalog {
  /** By namespace: the names of its services. */
  readonly namespaces: ReadonlyMap<string, readonly string[]>;
  /** Ids, `namespace/name`. */
  readonly services: ReadonlySet<string>;
  /** By name without namespace. */
  readonly idsOf: ReadonlyMap<string, readonly string[]>;
  /** By id: the names of its operations, the default first. Services that have only a script are not there. */
  readonly operations: ReadonlyMap<string, readonly string[]>;
}

/** Ids or names that were meant, or what is wrong. */
export type Found = { readonly ids: readonly string[] } | Unknown;
interface Unknown {
  readonly message: string;
  readonly help: string;
}

export function catalogOf(
  ids: Iterable<string>,
  operations: Catalog['operations'] = new Map(),
): Catalog {
  const services = new Set(ids);
  const namespaces = new Map<string, string[]>();
  const idsOf = new Map<string, string[]>();
  for (const id of services) {
    const [namespace, name] = id.split('/');
    append(namespaces, namespace, name);
    append(idsOf, name, id);
  }
  return { namespaces, services, idsOf, operations };
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** `namespace/name`, a name that is unique, or a pattern; without a `/` a pattern is one of names. */
export function findServices(catalog: Catalog, written: string): Found {
  if (written.includes('*')) {
    const matches = matcher(written.includes('/') ? written : `*/${written}`);
    return orNone([...catalog.services].filter(matches), `no service matches ${quote(written)}`);
  }
  if (catalog.services.has(written)) return { ids: [written] };
  const ids = catalog.idsOf.get(written) ?? [];
  if (ids.length === 1) return { ids };
  if (ids.length > 1) {
    const message = `${quote(written)} is a service of ${ids.length} namespaces`;
    return { message, help: `expected one of ${listed(ids)}` };
  }
  return unknownService(catalog, written);
}

/** A service that another one calls: of the same namespace, unless the namespace is written. */
export function findCallee(catalog: Catalog, namespace: string, written: string): Found {
  const id = written.includes('/') ? written : `${namespace}/${written}`;
  if (catalog.services.has(id)) return { ids: [id] };
  if (written.includes('/')) return unknownService(catalog, written);
  const message = `there is no service ${quote(written)} in namespace ${quote(namespace)}`;
  const elsewhere = catalog.idsOf.get(written) ?? [];
  if (elsewhere.length > 0) return { message, help: `did you mean ${quote(elsewhere[0])}?` };
  return { message, help: didYouMean(written, catalog.namespaces.get(namespace) ?? []) };
}

/** What is asked of a service; undefined: its first operation. */
export function findOperation(
  { operations }: Catalog,
  id: string,
  written: string | undefined,
): { readonly operation: string } | Unknown {
  const names = operations.get(id);
  if (written === undefined) return { operation: names?.[0] ?? DEFAULT_OPERATION };
  if (names?.includes(written)) return { operation: written };
  const service = quote(id.split('/')[1]);
  if (names === undefined) {
    const message = `found operation ${quote(written)}, but ${service} has no operations, only a script`;
    return { message, help: '' };
  }
  const message = `${service} has no operation ${quote(written)}`;
  return { message, help: didYouMean(written, names) || `expected ${listed(names)}` };
}

/** A namespace, or a pattern of them. */
export function findNamespaces(catalog: Catalog, written: string): Found {
  const names = [...catalog.namespaces.keys()];
  const ids = names.filter(matcher(written));
  const help = didYouMean(written, names);
  const verdict = written.includes('*') ? 'no namespace matches' : 'there is no namespace';
  return orNone(ids, `${verdict} ${quote(written)}`, help);
}

function unknownService(catalog: Catalog, written: string): Found {
  const names = written.includes('/') ? catalog.services : catalog.idsOf.keys();
  return { message: `there is no service ${quote(written)}`, help: didYouMean(written, names) };
}

function orNone(ids: readonly string[], message: string, help = ''): Found {
  return ids.length > 0 ? { ids } : { message, help };
}
