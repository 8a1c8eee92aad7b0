/** What the mesh takes of the cluster: CPU and memory of its proxies and of istiod. */
import type { CaseResult, Estimate } from '../../measure/result.ts';
import { byteUnit, coreUnit, count, digits, withUnit } from '../format.ts';
import { firstThatFits, grid, wrap } from '../layout.ts';
import type { Context } from './context.ts';

export function costSection({ result, mesh, paint, width }: Context): readonly string[] {
  if (mesh === null) return [];
  const { cost, proxies } = mesh;
  const proxyCount = proxies.reduce((sum, proxy) => sum + proxy.count, 0);
  const cores = (of: Estimate | null) => withUnit(of, coreUnit);
  const bytes = (of: Estimate | null) => withUnit(of, byteUnit);
  const head = ['', 'all proxies', 'per proxy', 'istiod', 'applications'];
  const rows = [
    head,
    [
      'CPU',
      cores(cost.cpu_proxies_cores),
      cores(cost.cpu_per_proxy_cores),
      cores(cost.cpu_istiod_cores),
      cores(cost.cpu_apps_cores),
    ],
    [
      cost.memory_proxies_bytes === null ? 'memory' : `memory (${memoryKind[result.proxy_memory]})`,
      bytes(cost.memory_proxies_bytes),
      bytes(cost.memory_per_proxy_bytes),
      bytes(cost.memory_istiod_bytes),
      '',
    ],
  ];
  const kinds = kindsOf(proxies);
  const average = averageOf(mesh);
  const title =
    proxyCount === 0 ? 'no proxies' : `${kinds}${average === null ? '' : ' at the end'}`;
  const notes = [
    unmodelled(mesh),
    average === null
      ? ''
      : `CPU per proxy is by the ${digits(average)} proxies on average, memory by those at the end`,
  ];
  const right = (columns: number) => Array.from({ length: columns }, () => 'right' as const);
  const turned = head.map((_, column) => rows.map((row) => row[column]));
  const [first, ...table] = firstThatFits(
    [() => grid(rows, ['left', ...right(4)]), () => grid(turned, ['left', ...right(2)])],
    width,
  );
  return [
    `${paint.strong('COST')}  ${title}`,
    paint.faint(first),
    ...table,
    ...notes
      .flatMap((note) => wrap(note, width - 2))
      .map((line) => `  ${line}`.trimEnd())
      .filter((line) => line !== ''),
  ];
}

/**
 * Proxies on average in the window, which CPU per proxy is by; null where they are as many as at the end of a
 * replication, which memory is of.
 */
function averageOf({ cost, proxies }: CaseResult): number | null {
  const { cpu_proxies_cores: all, cpu_per_proxy_cores: each } = cost;
  const atEnd = proxies.reduce((sum, proxy) => sum + proxy.count, 0);
  const mean = each.value === 0 ? atEnd : all.value / each.value;
  return Math.abs(mean - atEnd) < 0.005 * atEnd ? null : mean;
}

/** A process occupies more than what Envoy has allocated in it; the two are not to be compared. */
const memoryKind = { allocated: 'allocated', rss: 'resident' } as const;

/** Why there is no memory of proxies; '' where there is, or no proxy. */
function unmodelled({ cost, proxies }: CaseResult): string {
  const without = new Set(
    proxies.filter(({ memory_bytes }) => memory_bytes === null).map(({ kind }) => `${kind}s`),
  );
  if (cost.memory_proxies_bytes !== null || without.size === 0) return '';
  return `memory: the profile has no memory model for ${[...without].join(', ')}`;
}

/** `360 sidecars, 12 ztunnels` */
function kindsOf(proxies: readonly { readonly kind: string; readonly count: number }[]): string {
  const counts = new Map<string, number>();
  for (const { kind, count } of proxies) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return [...counts].map(([kind, n]) => `${count(n)} ${kind}${n === 1 ? '' : 's'}`).join(', ');
}
