/** What was lost on the way from istiod to the proxies, and which services had no pod: a mean replication. */
import type { Estimate } from '../../measure/result.ts';
import { count, digits, estimate, margin, withUnit } from '../format.ts';
import { wrap } from '../layout.ts';
import type { Context } from './context.ts';

/** The rest is in result.json. */
const OUTAGES_MAX = 3;
const second = { name: 's', size: 1 };

export function faultSection({ mesh, paint, width }: Context): readonly string[] {
  if (mesh === null) return [];
  const lines = [...lostLine(mesh.controlPlane), ...outageLine(mesh.controlPlane)];
  if (lines.length === 0) return [];
  return [
    `${paint.strong('FAULTS')}  what was lost, and for how long, a replication`,
    ...lines.flatMap((line) => wrap(line, width - 2)).map((line) => `  ${line}`),
  ];
}

type ControlPlane = NonNullable<Context['mesh']>['controlPlane'];

/** Streams end of old age, too: that alone is no fault, but proxies are without one then as well. */
function lostLine({ faults }: ControlPlane): readonly string[] {
  const { lost_connections, aged_connections, lost_pushes, lost_events, disconnected_s } = faults;
  const lost = [
    { of: lost_connections, name: 'istiod connections' },
    { of: lost_pushes, name: 'pushes to a proxy' },
    { of: lost_events, name: 'events' },
  ].filter(({ of }) => of.value > 0);
  if (lost.length === 0) return [];
  const ended = lost_connections.value + aged_connections.value;
  const mean = ended === 0 ? 0 : disconnected_s.value / ended;
  const pause = mean === 0 ? '' : `; without a stream for ${digits(mean)} s each, on average`;
  return [`lost: ${lost.map(({ of, name }) => `${amount(of)} ${name}`).join(', ')}${pause}`];
}

/** A whole number that every replication had, as it is. */
function amount(of: Estimate): string {
  return Number.isInteger(of.value) && margin(of) === '' ? count(of.value) : estimate(of);
}

/** Longest first. */
function outageLine({ outages }: ControlPlane): readonly string[] {
  if (outages.length === 0) return [];
  const sorted = outages.toSorted((a, b) => b.time_s.value - a.time_s.value);
  const shown = sorted
    .slice(0, OUTAGES_MAX)
    .map(({ service, time_s }) => `${service} for ${withUnit(time_s, () => second)}`);
  const more = sorted.length - shown.length;
  const rest = more === 0 ? '' : `, and ${more} more in result.json`;
  return [`no ready pod: ${shown.join(', ')}${rest}`];
}
