/**
 * The resources that pilot-load writes from templates: which kind each is, and whether its config jitter writes it
 * again.
 */
import { type ConfigKind, configKinds } from '../../topology/churn.ts';

/** What a template makes. */
export interface Template {
  /** Kind of Kubernetes resource. */
  readonly kind: string;
  readonly isRefreshed: boolean;
}

/** Those that come with it (pilot-load's templates/ at 53e11f0a). */
const builtIn: Readonly<Record<string, Template>> = {
  httproute: { kind: 'HTTPRoute', isRefreshed: true },
  'istio-gateway': { kind: 'Gateway', isRefreshed: false },
  sidecar: { kind: 'Sidecar', isRefreshed: false },
  'tls-secret': { kind: 'Secret', isRefreshed: true },
  virtualservice: { kind: 'VirtualService', isRefreshed: true },
};
/** What the built-in Sidecar lets its namespace see. */
export const SIDECAR_HOSTS = ['./*'] as const;

/**
 * By name. A template is Go's, so that only its text can be looked at.
 *
 * @param own - templates of the configuration, as text; they may replace built-in ones
 */
export function templatesOf(
  own: Readonly<Record<string, string>>,
): Readonly<Record<string, Template>> {
  const read = Object.entries(own).map(([name, text]): readonly [string, Template] => [
    name,
    { kind: /^kind:\s*["']?(\w+)/m.exec(text)?.[1] ?? '', isRefreshed: /#refresh=true/.test(text) },
  ]);
  return { ...builtIn, ...Object.fromEntries(read) };
}

/** The kind whose change is pushed when such a resource is written; null if nothing is. Routes of the Gateway API become VirtualServices. */
export function pushedKind({ kind }: Template): ConfigKind | null {
  const known = /^(HTTP|GRPC|TCP|TLS)Route$/.test(kind) ? 'VirtualService' : kind;
  return configKinds.find((one) => one === known) ?? null;
}
