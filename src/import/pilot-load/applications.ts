/** The applications of one namespace: services, and who of them is in the mesh. */
import type { MeshModeName } from '../../mesh/modes.ts';
import { quote } from '../../problems.ts';
import { type PortDraft, type ServiceDraft, withPorts } from '../draft.ts';
import type { Notebook, Place } from '../foreign.ts';
import type { Application, ApplicationType, PilotNamespace } from './schema.ts';

/** An application of one or more replicas, each of them a service. */
export interface Deployed {
  readonly application: Application;
  /** Among those of its namespace. */
  readonly index: number;
  /** Names of its services. */
  readonly names: readonly string[];
  /** null: it has no pods. */
  readonly mode: MeshModeName | null;
  readonly services: readonly ServiceDraft[];
}

const HTTP: PortDraft = { port: 80, protocol: 'http1' };
/** Encrypted by the application, so that proxies see bytes. */
const HTTPS: PortDraft = { port: 443, protocol: 'tcp' };

/** Without those that are proxies of their own, for they come with the mesh mode. */
export function deployApplications(
  namespace: PilotNamespace,
  place: Place,
  notes: Notebook,
): readonly Deployed[] {
  const taken = new Set<string>();
  return namespace.applications.flatMap((application, i): readonly Deployed[] => {
    const at = { ...place, path: [...place.path, 'applications', i] };
    const type = application.type ?? 'plain';
    const said = remarks[type]?.(application, namespace);
    if (said !== undefined) notes.say(at, said);
    if (Object.keys(application.labels ?? {}).length > 0) {
      notes.say({ ...at, path: [...at.path, 'labels'] }, 'labels of pods are not taken over');
    }
    if (type === 'waypoint' || type === 'ztunnel') return [];
    const names = namesOf(application, taken);
    const replicas = type === 'external' ? 0 : application.pods;
    const ports = withPorts(type === 'external' || type === 'vm' ? [HTTP] : [HTTP, HTTPS]);
    return [
      {
        application,
        index: i,
        names,
        mode: replicas === 0 ? null : modeOf(type, namespace),
        services: names.map((name) => ({ name, ...ports, replicas })),
      },
    ];
  });
}

function modeOf(type: ApplicationType, { waypoint }: PilotNamespace): MeshModeName {
  switch (type) {
    case 'sidecar':
    case 'gateway':
      return 'sidecar';
    case 'ambient':
      return waypoint === '' ? 'ambient' : 'ambient-waypoint';
    default:
      return 'none';
  }
}

/** `app`, or `app-1` to `app-5`; names that another application has already go on from there. */
function namesOf({ name, replicas }: Application, taken: Set<string>): readonly string[] {
  const names: string[] = [];
  for (let i = 1; names.length < replicas; i++) {
    const candidate = replicas === 1 && i === 1 ? name : `${name}-${i}`;
    if (taken.has(candidate)) continue;
    taken.add(candidate);
    names.push(candidate);
  }
  return names;
}

type Remark = (application: Application, namespace: PilotNamespace) => string | undefined;

/** What becomes of types that are not pods with or without a sidecar. */
const remarks: Readonly<Partial<Record<ApplicationType, Remark>>> = {
  ambient: ({ name }, { waypoint, applications }) =>
    waypoint === '' || applications.some(({ type }) => type === 'waypoint')
      ? undefined
      : `there is no application of type "waypoint", but the namespace uses ${quote(waypoint)}: ${quote(name)} gets a waypoint all the same`,
  waypoint: ({ name, pods }) =>
    `${quote(name)} is no service here: a namespace under "ambient-waypoint" has one waypoint, not ${pods}`,
  ztunnel: ({ name }) =>
    `${quote(name)} is no service here: under "ambient" every host has a ztunnel`,
  gateway: ({ name }) =>
    `the gateway ${quote(name)} becomes pods with a sidecar, which see every service; a gateway's own listeners and routes are not simulated`,
  external: ({ name }) =>
    `${quote(name)} is a ServiceEntry that DNS resolves: a service without pods, so that nothing can call it`,
  vm: ({ name }) => `${quote(name)} runs on virtual machines, which become pods without a sidecar`,
};
