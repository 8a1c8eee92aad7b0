/** The resources that a configuration has written: those of Istio that restrict what proxies see, and all others. */
import { quote } from '../../problems.ts';
import { didYouMean } from '../../yaml/suggest.ts';
import type { ConfigDraft, ConfigModeDraft } from '../draft.ts';
import type { Notebook, Place } from '../foreign.ts';
import type { Placed } from './place.ts';
import type { Config, PilotLoad } from './schema.ts';
import { SIDECAR_HOSTS, type Template, templatesOf } from './templates.ts';

/** One for each replica of what it belongs to. */
export interface Resource {
  readonly template: Template;
  readonly placed: Placed;
  /** Names of the services that it belongs to; null: to the namespace. */
  readonly services: readonly string[] | null;
  readonly at: Place;
  /** Whether the config tick writes it again. */
  readonly isRefreshed: boolean;
}

export function resourcesOf(
  given: PilotLoad,
  placed: readonly Placed[],
  notes: Notebook,
): readonly Resource[] {
  const templates = templatesOf(given.templates);
  const seen = new Set<Config>();
  return placed.flatMap((one) => {
    const resource = (
      config: Config,
      services: Resource['services'],
      at: Place,
    ): readonly Resource[] => {
      const template = Object.hasOwn(templates, config.name) ? templates[config.name] : null;
      const remark = seen.has(config) ? null : remarkOn(config, template, Object.keys(templates));
      if (remark !== null) notes.say(at, remark);
      seen.add(config);
      if (template === null) return [];
      const isRefreshed = config.refresh ?? template.isRefreshed;
      return [{ template, placed: one, services, at, isRefreshed }];
    };
    const at = (path: Place['path']) => ({ ...one.at, path: [...one.at.path, ...path] });
    return [
      ...one.given.configs.flatMap((config, c) => resource(config, null, at(['configs', c]))),
      ...one.deployed.flatMap(({ index, application, names }) =>
        application.configs.flatMap((config, c) =>
          resource(config, names, at(['applications', index, 'configs', c])),
        ),
      ),
    ];
  });
}

/** What does not become of it what it says. */
function remarkOn(
  { name, config }: Config,
  template: Template | null,
  known: readonly string[],
): string | null {
  if (template === null) {
    const message = `there is no template ${quote(name)}; what it would write is left out`;
    const help = didYouMean(name, known);
    return help === '' ? message : `${message}; ${help}`;
  }
  const { kind } = template;
  if (kind === 'Secret') return null;
  if (kind === 'Sidecar') {
    if (name === 'sidecar') return null;
    return `the Sidecar of template ${quote(name)} is taken for one with the hosts "./*"`;
  }
  const told = 'gateways' in config ? '; it is for gateways, but sidecars are told of it too' : '';
  return `the ${kind || 'resource'} of template ${quote(name)} routes no calls here${told}`;
}

/** Namespaces with a Sidecar see only themselves; it has no workload selector, whoever it is written beside. */
export function configOf(resources: readonly Resource[]): ConfigDraft | null {
  const namespaces: Record<string, ConfigModeDraft> = {};
  for (const { template, placed } of resources) {
    if (template.kind !== 'Sidecar') continue;
    namespaces[placed.pattern] = { mode: 'sidecar-static', hosts: SIDECAR_HOSTS };
  }
  return Object.keys(namespaces).length === 0 ? null : { namespaces };
}
