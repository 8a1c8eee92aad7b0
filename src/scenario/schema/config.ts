/** `config`: which part of the mesh's configuration the proxies of each namespace are given. */
import { z } from 'zod';
import { quote } from '../../problems.ts';
import type { ConfigMode } from '../../scope/config-mode.ts';
import { type ConfigModeName, strategies } from '../../scope/strategies.ts';
import { formatTime, type Nanos } from '../../units.ts';
import { count, fields, oneOf, unlike } from '../../yaml/fields.ts';
import { didYouMean, listed } from '../../yaml/suggest.ts';
import { outboundPolicies } from '../scenario.ts';
import { limits, span } from './fields.ts';

/** What a Sidecar lets see. */
const host = z
  .string({ error: ({ input }) => unlike(input, HOST) })
  .regex(/^([.*~]|[a-z0-9][-a-z0-9]*)\/(\*|[a-z0-9][-a-z0-9]*)$/, {
    error: ({ input }) => `${quote(input)} is no egress host; expected ${HOST}`,
  });
const HOST = '"namespace/service", with "." for its own namespace and "*" for any';
const hosts = z.array(host).meta({
  description: 'namespace/service; . is its own namespace, * any namespace or service',
  examples: [['./*', 'istio-system/*']],
});

/** A time of the registry's defaults, written as a user would. */
function written(time: Nanos): string {
  return formatTime(time).replaceAll(' ', '');
}

const { slime, lazyxds, datm, odcds } = strategies;

const replicas = count({ min: 1, max: limits.pods })
  .default(1)
  .meta({ description: 'pods of the relay' });
const gateway = fields({ replicas })
  .prefault({})
  .meta({ description: 'the gateway that calls to unknown destinations go through' });
const application = fields({
  replicas,
  cores: z
    .number()
    .positive()
    .max(limits.hostCores)
    .default(slime.defaults.relay.cores)
    .meta({ description: 'CPU limit of its application' }),
  work: span
    .prefault(written(slime.defaults.relay.work))
    .meta({ description: 'CPU time of its application for one request' }),
})
  .prefault({})
  .meta({ description: 'the global sidecar that calls to unknown destinations go through' });
const flush = span
  .prefault(written(lazyxds.defaults.flush))
  .meta({ description: "from one flush of the relay's access log to the next" });
const scrape = span
  .prefault(written(slime.defaults.scrape))
  .meta({ description: 'scrape_interval of Prometheus' });

function named<const Name extends ConfigModeName>(mode: Name, description: string) {
  return z.literal(mode).meta({ description });
}

const entries = [
  fields({ mode: named('full', 'every proxy knows every service') }),
  fields({
    mode: named('sidecar-static', 'Sidecar resources that somebody wrote and nobody changes'),
    hosts: hosts.default([...strategies['sidecar-static'].defaults.hosts]),
    services: z
      .record(z.string().min(1), hosts)
      .default({})
      .meta({ description: 'services whose workloads have a Sidecar of their own, by name' }),
  }),
  fields({
    mode: named('exportTo', 'the services of the namespace are seen only where they say so'),
    to: z
      .array(z.string().min(1))
      .min(1)
      .default([...strategies.exportTo.defaults.to])
      .meta({ description: 'namespaces whose proxies may see them; . is its own, * all' }),
  }),
  fields({
    mode: named('slime', "Slime's lazyload: a ticker learns who calls whom"),
    source: oneOf('source of what is learned', ['accesslog', 'prometheus']).default(
      slime.defaults.source,
    ),
    tick: span
      .prefault(written(slime.defaults.tick))
      .meta({ description: 'from one look at the source to the next' }),
    flush,
    scrape,
    stableHosts: hosts.default([]),
    relay: application,
  }),
  fields({
    mode: named('lazyxds', "Aeraki's LazyXDS: the access log of a gateway tells at once"),
    flush,
    relay: gateway,
  }),
  fields({
    mode: named('datm', 'DATM: Sidecars follow from the metrics of who calls whom'),
    detect: oneOf('way of detection', ['poll', 'rule', 'alertmanager'])
      .default(datm.defaults.detect)
      .meta({ description: 'by polling, by a rule of Prometheus, or through Alertmanager' }),
    poll: span
      .prefault(written(datm.defaults.poll))
      .meta({ description: 'with detect poll: from one query to the next' }),
    scrape,
    evaluation: span
      .prefault(written(datm.defaults.evaluation))
      .meta({ description: 'evaluation_interval of Prometheus' }),
    groupWait: span
      .prefault(written(datm.defaults.groupWait))
      .meta({ description: 'group_wait of Alertmanager' }),
    window: span
      .prefault(written(datm.defaults.window))
      .meta({ description: 'a relation is kept for so long after its last call' }),
    importControlPlane: z
      .boolean()
      .default(datm.defaults.importControlPlane)
      .meta({ description: 'Sidecars also let see istio-system' }),
    namespaceSidecar: z
      .boolean()
      .default(datm.defaults.namespaceSidecar)
      .meta({ description: 'services that call nobody have a Sidecar by their namespace' }),
    relay: gateway,
  }),
  fields({
    mode: named('odcds', 'Envoy asks for a cluster when a request needs it'),
    timeout: span
      .prefault(written(odcds.defaults.timeout))
      .meta({ description: 'until a request that waits for it fails' }),
  }),
  fields({
    mode: named('asm-adaptive', 'as lazyxds, without a virtual host for each unknown service'),
    flush,
    relay: gateway,
  }),
] as const;

/** Names that are no config modes in a scenario, and what to write instead. */
const elsewhere: Readonly<Record<string, string>> = {
  ambient: 'is a mesh mode; expected it in "mesh"',
  delta: 'comes with the release; expected it in "istio.release"',
  discoverySelectors: 'is for the whole mesh; expected it as "config.discoverySelectors"',
};
export const configModeNames: readonly ConfigModeName[] = entries.map(
  ({ shape }) => shape.mode.value,
);

function unknownMode(name: unknown): string {
  const hint = typeof name === 'string' && Object.hasOwn(elsewhere, name) ? elsewhere[name] : null;
  if (hint !== null) return `${quote(name)} ${hint}`;
  return `${quote(name)} is no config mode; ${didYouMean(name, configModeNames) || `expected ${listed(configModeNames)}`}`;
}

function notMode(input: unknown): string {
  return unlike(input, 'a config mode, or a map such as { mode: slime, source: prometheus }');
}

const settings = z
  .discriminatedUnion('mode', entries, {
    error: ({ input }) => {
      if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
      if ('mode' in input) return unknownMode(input.mode);
      return `missing; expected ${listed(configModeNames)}`;
    },
  })
  .meta({ id: 'configMode', description: 'a config mode and its settings' });

const configMode: z.ZodType<ConfigMode> = z.union(
  [
    z
      .enum(configModeNames as [ConfigModeName, ...ConfigModeName[]], {
        error: ({ input }) => (typeof input === 'string' ? unknownMode(input) : notMode(input)),
      })
      .transform((mode) => settings.parse({ mode })),
    settings,
  ],
  {
    error: ({ input }) => notMode(input),
  },
);

export const config = fields({
  mode: configMode
    .prefault('full')
    .meta({ description: 'which part of the configuration proxies are given' }),
  namespaces: z.record(z.string().min(1), configMode).default({}).meta({
    description:
      'config modes that differ by namespace; * matches any run of characters, later entries win',
  }),
  outboundTraffic: oneOf('policy of outbound traffic', outboundPolicies)
    .default('ALLOW_ANY')
    .meta({ description: 'whether calls to destinations that a proxy does not know pass it' }),
  discoverySelectors: z.array(z.string().min(1)).default([]).meta({
    description: 'namespaces that istiod looks at; * matches any run of characters; none: all',
  }),
});
export type ConfigDraft = z.output<typeof config>;
