import { ambient } from './ambient.ts';
import { ambientWaypoint } from './ambient-waypoint.ts';
import { clientonly } from './clientonly.ts';
import type { MeshMode } from './mode.ts';
import { none } from './none.ts';
import { serveronly } from './serveronly.ts';
import { sidecar } from './sidecar.ts';

/** Every mesh mode, by the name a scenario calls it. A new mode is one file and one line here. */
export const meshModes = {
  none,
  serveronly,
  clientonly,
  sidecar,
  ambient,
  'ambient-waypoint': ambientWaypoint,
} satisfies Record<string, MeshMode>;
export type MeshModeName = keyof typeof meshModes;
