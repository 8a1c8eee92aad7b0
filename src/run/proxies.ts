/** What the proxies of each kind and owner hold at the end of a replication: configuration, and memory for it. */
import type { Configuration } from '../controlplane/control-plane.ts';
import type { Directory } from '../measure/directory.ts';
import type { ProxyMeasure } from '../measure/replication.ts';

/** Means over the proxies of a kind and owner; those without a configuration are not there. */
export function proxyMeasures(
  names: Directory['proxies'],
  configurations: readonly (Configuration | null)[],
): readonly ProxyMeasure[] {
  const groups = new Map<string, { kind: string; service: string; members: Configuration[] }>();
  configurations.forEach((configuration, p) => {
    if (configuration === null) return;
    const { kind, owner } = names[p];
    const key = `${kind} ${owner}`;
    const group = groups.get(key) ?? { kind, service: owner, members: [] };
    group.members.push(configuration);
    groups.set(key, group);
  });
  return [...groups.values()].map(({ kind, service, members }) => {
    const mean = (of: (member: Configuration) => number) =>
      members.reduce((sum, member) => sum + of(member), 0) / members.length;
    const isKnown = members.every(({ memory }) => memory !== null);
    return {
      kind,
      service,
      count: members.length,
      clusters: mean(({ clusters }) => clusters),
      endpoints: mean(({ endpoints }) => endpoints),
      memory: isKnown ? mean(({ memory }) => memory ?? 0) : null,
    };
  });
}
