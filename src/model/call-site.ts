/** What the writers of programs share: the parts of the network so far, and the call that is being written. */
import type { Profile } from '../calibration/profile.ts';
import type { MeshMode } from '../mesh/mode.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Builder } from './builder.ts';
import type { DeployedService, Deployment } from './deployment.ts';

export interface Workload {
  readonly builder: Builder;
  readonly scenario: Scenario;
  readonly profile: Profile;
  readonly deployment: Deployment;
  readonly byId: ReadonlyMap<string, DeployedService>;
}

/** Who calls: a service, or the pod that a load comes from, which is none. */
export interface Caller {
  readonly mode: MeshMode;
  readonly firstPlace: number;
  readonly slotCount: number;
  readonly service: DeployedService | null;
}

/** A call in the tree. */
export interface CallSite {
  /** Unique in the network: what its draws are named by. */
  readonly path: string;
  readonly caller: Caller;
  readonly callee: DeployedService;
  readonly operation: string;
  /** Frames of the caller and of the callee; between them may be one for the way that the call takes. */
  readonly callerDepth: number;
  readonly depth: number;
  readonly request: number;
  readonly timeout: number | null;
  readonly retries: number | null;
}

/** Writes what the callee does. */
export type Serve = (site: CallSite) => void;
