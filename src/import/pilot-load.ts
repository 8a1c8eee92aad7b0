/**
 * Configurations of pilot-load, which plays the kubelet to a real istiod: fake pods by the thousand, one xDS stream for
 * each of their proxies, pods and resources that change at random. What it would create becomes services, what it
 * would change becomes churn.
 */
import { ProblemsError } from '../problems.ts';
import { SECOND } from '../units.ts';
import { checkYaml } from '../yaml/source.ts';
import { type Membership, meshOf, type ScenarioDraft, writtenTime } from './draft.ts';
import { type Foreign, type Notebook, notebook, type Place, problemOf } from './foreign.ts';
import type { Importer } from './importer.ts';
import { churnOf } from './pilot-load/churn.ts';
import { configOf, resourcesOf } from './pilot-load/configs.ts';
import { configurationIn, isConfiguration } from './pilot-load/document.ts';
import { type Placed, placeNamespaces } from './pilot-load/place.ts';
import { type PilotLoad, pilotLoadSchema } from './pilot-load/schema.ts';

export const pilotLoad: Importer = {
  title: 'a configuration of pilot-load',
  detects: isConfiguration,
  convert(documents, { name }) {
    const place = configurationOf(documents);
    const given = checkYaml(place.source, pilotLoadSchema);
    const notes = notebook();
    const placed = placeNamespaces(given, place, notes);
    if (placed.length === 0) {
      const message = 'there is no application that becomes a service; expected at least one';
      throw new ProblemsError([problemOf({ ...place, path: ['namespaces'] }, message)]);
    }
    noteWhole(given, placed, place, notes);
    return { draft: draftOf(name, given, placed, notes), notes: notes.list() };
  },
};

/** @throws ProblemsError if there is not exactly one */
function configurationOf(documents: readonly Foreign[]): Place {
  const [first, second] = documents;
  if (second !== undefined) {
    const message = 'a second document starts here; expected one configuration of pilot-load';
    throw new ProblemsError([problemOf({ source: second.source, path: [] }, message)]);
  }
  return { source: configurationIn(first.source, first.value), path: [] };
}

function draftOf(
  name: string,
  given: PilotLoad,
  placed: readonly Placed[],
  notes: Notebook,
): ScenarioDraft {
  const resources = resourcesOf(given, placed, notes);
  const config = configOf(resources);
  // It waits after each namespace, the last one too.
  const started =
    given.gracePeriod * given.namespaces.reduce((sum, { replicas }) => sum + replicas, 0);
  const churn = churnOf(given, placed, resources, { started, notes });
  return {
    name,
    topology: {
      hosts: { count: hostCount(given) },
      namespaces: placed.map(({ draft, deployed }) => {
        return { ...draft, services: deployed.flatMap(({ services }) => services) };
      }),
    },
    mesh: meshOf(placed.flatMap(membershipsOf)),
    ...(config !== null && { config }),
    load: [],
    ...(churn.length > 0 && { churn }),
    ...(started > 0 && { measure: { window: writtenTime(started + 60 * SECOND) } }),
  };
}

function membershipsOf({ pattern, deployed }: Placed): readonly Membership[] {
  return deployed.flatMap(({ names, mode }) =>
    names.map((service) => ({ namespace: pattern, service, mode })),
  );
}

/** Addresses that a fake node hands out. */
const PODS_OF_NODE = 255;

function hostCount({ nodes }: PilotLoad): number {
  return nodes.reduce((sum, { count }) => sum + count, 0);
}

function podCount({ namespaces }: PilotLoad): number {
  return namespaces.reduce((sum, { replicas, applications }) => {
    return sum + replicas * applications.reduce((own, one) => own + one.replicas * one.pods, 0);
  }, 0);
}

/** What is true of the configuration as a whole. */
function noteWhole(
  given: PilotLoad,
  placed: readonly Placed[],
  { source }: Place,
  notes: Notebook,
): void {
  const say = (key: string, message: string) => notes.say({ source, path: [key] }, message);
  const modes = placed.flatMap(({ deployed }) => deployed.flatMap(({ mode }) => mode ?? []));
  if (modes.every((mode) => mode === 'none')) {
    say(
      'namespaces',
      'no proxy connects to istiod: "plain", the type of applications that have none, is without one; with "type: sidecar" they have one',
    );
  }
  const pods = podCount(given);
  const hosts = hostCount(given);
  if (pods > hosts * PODS_OF_NODE) {
    say(
      'nodes',
      `${pods} pods on ${hosts} nodes: pilot-load would not start, for a node has ${PODS_OF_NODE} at most`,
    );
  }
  const hasAmbient = modes.some((mode) => mode.startsWith('ambient'));
  const ztunnels = given.nodes.some(({ ztunnel }) => ztunnel);
  if (hasAmbient && !ztunnels) {
    say(
      'nodes',
      'no node has "ztunnel", but there are ambient applications: here every host has a ztunnel',
    );
  }
  if (!hasAmbient && ztunnels) {
    say(
      'nodes',
      'nodes have "ztunnel", but there is no ambient application: ztunnels are left out',
    );
  }
  if (Object.keys(given.nodeMetadata ?? {}).length > 0) {
    say('nodeMetadata', 'metadata of proxies is not simulated');
  }
}
