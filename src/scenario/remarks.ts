/** What a scenario says without effect: no mistake, as an override may have made it so, but its author should know. */
import { meshModes } from '../mesh/modes.ts';
import type { ConfigModeName } from '../scope/strategies.ts';
import { listed } from '../yaml/suggest.ts';
import type { Scenario } from './scenario.ts';

/** Config modes that work by what sidecars are told; the others hold for proxies of every kind, or for none. */
const forSidecars: ReadonlySet<ConfigModeName> = new Set<ConfigModeName>([
  'sidecar-static',
  'slime',
  'lazyxds',
  'datm',
  'odcds',
  'asm-adaptive',
]);

/** Config modes of namespaces without a sidecar, as under `--set mesh.mode=ambient`; one line for each mode. */
export function remarksOn({ mesh, config }: Pick<Scenario, 'mesh' | 'config'>): readonly string[] {
  const withSidecars = new Set(
    Object.entries(mesh.modeOf)
      .filter(([, mode]) => meshModes[mode].proxies.some((kind) => kind === 'sidecar'))
      .map(([service]) => service.split('/')[0]),
  );
  const idle = new Map<string, string[]>();
  for (const [namespace, { mode }] of Object.entries(config.modeOf)) {
    if (!forSidecars.has(mode) || withSidecars.has(namespace)) continue;
    idle.set(mode, [...(idle.get(mode) ?? []), namespace]);
  }
  return [...idle].map(([mode, namespaces]) => {
    const where = `namespace${namespaces.length === 1 ? '' : 's'} ${listed(namespaces).replace(/ or (?=[^ ]*$)/, ' and ')}`;
    return `config mode "${mode}" has no effect in ${where}: no service there has a sidecar`;
  });
}
