/** Sidecar resources: which services the proxies of a namespace, or of single workloads, see. */
import { quote } from '../../problems.ts';
import { ROOT_NAMESPACE } from '../../topology/topology.ts';
import { type ConfigDraft, type ConfigModeDraft, grouped } from '../draft.ts';
import type { Notebook } from '../foreign.ts';
import type { Manifest, Manifests } from './collect.ts';
import { type Hosts, type MeshRoute, meshRoutesOf, type ServiceRef } from './hosts.ts';
import type { ImportedService } from './imported.ts';
import { isSelected } from './workloads.ts';

type Sidecar = Manifest<'networking.istio.io/Sidecar'>;
/** What a proxy sees without a Sidecar. */
const EVERYTHING = ['*/*'];

interface Visible {
  readonly hosts: Hosts;
  readonly routes: readonly MeshRoute[];
}

export function importSidecars(
  manifests: Manifests,
  services: readonly ImportedService[],
  hosts: Hosts,
  notes: Notebook,
): ConfigDraft | null {
  const visible = { hosts, routes: meshRoutesOf(manifests, hosts) };
  const all = manifests['networking.istio.io/Sidecar'];
  const root = all.find((one) => one.namespace === ROOT_NAMESPACE && selectorOf(one) === null);
  const rootHosts = root === undefined ? null : egressOf(root, visible, notes);
  const namespaces: Record<string, ConfigModeDraft> = {};
  for (const [namespace, sidecars] of grouped(all, (one) => one.namespace)) {
    const members = services.filter((service) => service.namespace === namespace);
    if (members.length === 0) {
      const first = sidecars.find((one) => one !== root);
      const why = `the namespace ${quote(namespace)} has no services, so that its Sidecars are left out`;
      if (first !== undefined) notes.say(first.place, why);
      continue;
    }
    const whole = sidecars.find((one) => selectorOf(one) === null);
    const own = whole === undefined ? null : egressOf(whole, visible, notes);
    const single = ofWorkloads(sidecars, members, visible, notes);
    namespaces[namespace] = {
      mode: 'sidecar-static',
      hosts: own ?? rootHosts ?? EVERYTHING,
      ...(Object.keys(single).length > 0 && { services: single }),
    };
  }
  const outbound = outboundOf(all, root, notes);
  if (Object.keys(namespaces).length === 0 && rootHosts === null && outbound === null) return null;
  return {
    ...(rootHosts !== null && { mode: { mode: 'sidecar-static', hosts: rootHosts } }),
    ...(Object.keys(namespaces).length > 0 && { namespaces }),
    ...(outbound !== null && { outboundTraffic: outbound }),
  };
}

function selectorOf({ body }: Sidecar) {
  const selector = body.spec?.workloadSelector ?? null;
  return selector === null || Object.keys(selector).length === 0 ? null : selector;
}

/** By service: the hosts of the Sidecar that selects its pods. */
function ofWorkloads(
  sidecars: readonly Sidecar[],
  services: readonly ImportedService[],
  visible: Visible,
  notes: Notebook,
): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const sidecar of sidecars) {
    const selector = selectorOf(sidecar);
    if (selector === null) continue;
    const selected = services.filter(({ workloads }) =>
      workloads.some(({ labels }) => isSelected(selector, labels)),
    );
    if (selected.length === 0) {
      const { name, place } = sidecar;
      notes.say(place, `the Sidecar ${quote(name)} selects no pods of these files: it is left out`);
      continue;
    }
    const seen = egressOf(sidecar, visible, notes);
    for (const { draft } of selected) found[draft.name] = seen;
  }
  return found;
}

/** In the notation of the language, which names a service by namespace and name. */
function egressOf(
  { name, namespace, body, place }: Sidecar,
  { hosts, routes }: Visible,
  notes: Notebook,
): readonly string[] {
  const egress = body.spec?.egress ?? [];
  if (egress.length === 0) return EVERYTHING;
  const written = egress.flatMap((listener) => listener.hosts);
  const seen = written.flatMap((host): readonly string[] => {
    const found = egressHost(host, namespace, hosts);
    if (found !== null) return [found];
    notes.count(place, `egress ${namespace}/${name}`, (count) =>
      count === 1
        ? `the Sidecar ${quote(name)} lets see ${quote(host)}, which is not in these files`
        : `the Sidecar ${quote(name)} lets see ${count} hosts that are not in these files, the first of them ${quote(host)}`,
    );
    return [];
  });
  if (seen.length === 0) return ['~/*'];
  return [...new Set([...seen, ...routedTo(seen, namespace, routes)])];
}

/** Destinations of VirtualServices come with the services that these are for (control-plane specification 4.4). */
function routedTo(
  seen: readonly string[],
  own: string,
  routes: readonly MeshRoute[],
): readonly string[] {
  const isSeen = ({ namespace, name }: ServiceRef) =>
    seen.some((host) => {
      const [where, what] = host.split('/');
      const isThere = where === '*' || namespace === (where === '.' ? own : where);
      return isThere && (what === '*' || what === name);
    });
  return routes
    .filter(({ of }) => isSeen(of))
    .flatMap(({ to }) => to.filter((one) => !isSeen(one)))
    .map(({ namespace, name }) => `${namespace === own ? '.' : namespace}/${name}`);
}

/** null: nothing of these files. */
function egressHost(written: string, own: string, hosts: Hosts): string | null {
  const slash = written.indexOf('/');
  const [where, host] = [written.slice(0, Math.max(slash, 0)) || '*', written.slice(slash + 1)];
  if (where === '~') return '~/*';
  if (host === '*') {
    const isKnown = ['.', '*', ROOT_NAMESPACE].includes(where) || hosts.namespaces.has(where);
    return isKnown ? `${where}/*` : null;
  }
  const [, whole] = /^\*\.([^.]+)\.svc(?:\..+)?$/.exec(host) ?? [];
  const found = whole === undefined ? hosts.find(host, own) : { namespace: whole, name: '*' };
  if (found === null || !hosts.namespaces.has(found.namespace)) return null;
  const wanted = where === '.' ? own : where;
  if (wanted !== '*' && wanted !== found.namespace) return null;
  return `${found.namespace === own ? '.' : found.namespace}/${found.name}`;
}

/** Of the root namespace, it is for the whole mesh. */
function outboundOf(
  sidecars: readonly Sidecar[],
  root: Sidecar | undefined,
  notes: Notebook,
): 'REGISTRY_ONLY' | null {
  const only = sidecars.filter(
    ({ body }) => body.spec?.outboundTrafficPolicy?.mode === 'REGISTRY_ONLY',
  );
  if (root !== undefined && only.includes(root)) return 'REGISTRY_ONLY';
  for (const { place, name } of only) {
    notes.count(
      place,
      'REGISTRY_ONLY',
      () =>
        `REGISTRY_ONLY, as of the Sidecar ${quote(name)}, is for the whole mesh here ("config.outboundTraffic"): it is left out`,
    );
  }
  return null;
}
