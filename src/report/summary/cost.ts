/** What the mesh takes of the cluster: CPU and memory of its proxies and of istiod. */
import type { Estimate } from '../../measure/result.ts';
import { byteUnit, coreUnit, count, withUnit } from '../format.ts';
import { grid } from '../layout.ts';
import type { Context } from './context.ts';

export function costSection({ mesh, paint }: Context): readonly string[] {
  if (mesh === null) return [];
  const { cost, proxies } = mesh;
  const proxyCount = proxies.reduce((sum, proxy) => sum + proxy.count, 0);
  const cores = (of: Estimate | null) => withUnit(of, coreUnit);
  const bytes = (of: Estimate | null) => withUnit(of, byteUnit);
  const head = ['', 'all proxies', 'per proxy', 'istiod', 'applications'].map(paint.faint);
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
      'memory',
      bytes(cost.memory_proxies_bytes),
      bytes(cost.memory_per_proxy_bytes),
      bytes(cost.memory_istiod_bytes),
      '',
    ],
  ];
  const kinds = kindsOf(proxies);
  const title = proxyCount === 0 ? 'no proxies' : kinds;
  return [
    `${paint.strong('COST')}  ${title}`,
    ...grid(rows, ['left', 'right', 'right', 'right', 'right']),
  ];
}

/** `360 sidecars, 12 ztunnels` */
function kindsOf(proxies: readonly { readonly kind: string; readonly count: number }[]): string {
  const counts = new Map<string, number>();
  for (const { kind, count } of proxies) counts.set(kind, (counts.get(kind) ?? 0) + count);
  return [...counts].map(([kind, n]) => `${count(n)} ${kind}${n === 1 ? '' : 's'}`).join(', ');
}
