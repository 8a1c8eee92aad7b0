/** Services and the pods behind them. */
import type { MeshModeName } from '../../mesh/modes.ts';
import { quote } from '../../problems.ts';
import { grouped, type PortDraft, type ServiceDraft, type VersionDraft, withPorts } from '../draft.ts';
import type { Notebook, Place } from '../foreign.ts';
import { counted, type Manifest, type Manifests } from './collect.ts';
import type { Membership } from './membership.ts';
import { portOf } from './ports.ts';
import type { Labels } from './schemas.ts';
import { isSelected, type Workload } from './workloads.ts';

/** What becomes a service of the scenario. */
export interface Imported {
  readonly namespace: string;
  readonly draft: ServiceDraft;
  /** null: it has no pods. */
  readonly mode: MeshModeName | null;
  /** Labels of its pods, by workload. */
  readonly pods: readonly Labels[];
  readonly place: Place;
}
