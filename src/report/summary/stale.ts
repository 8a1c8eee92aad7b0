/** What stale configuration cost: calls that were sent to pods which were gone, with the mesh and without. */
import type { CaseResult } from '../../measure/result.ts';
import { count, digits, timeUnit } from '../format.ts';
import { wrap } from '../layout.ts';
import type { Context } from './context.ts';

export function staleSection({ mesh, baseline, paint, width }: Context): readonly string[] {
  const own = mesh === null ? null : costOf(mesh);
  const without = baseline === null ? null : costOf(baseline);
  if (own === null && without === null) return [];
  const compared = baseline === null ? [] : [`without the mesh: ${without ?? 'none'}`];
  const lines = [own ?? 'none', ...compared];
  return [
    `${paint.strong('STALE')}  calls to pods that were gone`,
    ...lines.flatMap((line) => wrap(line, width - 2)).map((line) => `  ${line}`),
  ];
}

/** `37 tries, 2 calls failed, 35 tried again; up to 0.41 s after a pod was gone`; null: there were none. */
function costOf({ services }: CaseResult): string | null {
  const all = services.map(({ stale }) => stale);
  const sum = (of: 'tries' | 'failed' | 'retried') =>
    all.reduce((total, stale) => total + stale[of], 0);
  const tries = sum('tries');
  if (tries === 0) return null;
  const counts = [
    `${count(tries)} ${tries === 1 ? 'try' : 'tries'}`,
    `${count(sum('failed'))} ${sum('failed') === 1 ? 'call' : 'calls'} failed`,
    `${count(sum('retried'))} tried again`,
  ].join(', ');
  const longest = Math.max(...all.map(({ window_max_ms }) => window_max_ms));
  // Tries that went astray at a relay only: its pods are no service's.
  if (longest === 0) return counts;
  const { name, size } = timeUnit(longest);
  return `${counts}; up to ${digits(longest / size)} ${name} after a pod was gone`;
}
