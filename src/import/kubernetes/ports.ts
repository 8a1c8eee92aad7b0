/** What Istio takes a port to speak: `appProtocol` first, then the prefix of its name, then well-known numbers. */
import type { Protocol } from '../../topology/topology.ts';
import type { PortDraft } from '../draft.ts';

/**
 * By the names that Istio knows (istio.io, protocol selection). What is encrypted by the application, or of layer 7 but
 * not HTTP, is a stream of bytes to what is simulated.
 */
const protocols: Readonly<Record<string, Protocol>> = {
  http: 'http1',
  http_proxy: 'http1',
  http2: 'http2',
  grpc: 'grpc',
  'grpc-web': 'grpc',
  tcp: 'tcp',
  tls: 'tcp',
  https: 'tcp',
  mongo: 'tcp',
  redis: 'tcp',
  mysql: 'tcp',
};

/** Names of `appProtocol` that Kubernetes defines itself. */
const kubernetesProtocols: Readonly<Record<string, string>> = {
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'https',
};

/** Servers here speak first, so that sniffing would wait in vain: SMTP, DNS, MySQL, MongoDB. */
const serverFirst: ReadonlySet<number> = new Set([25, 53, 3306, 27_017]);

export interface GivenPort {
  readonly port: number;
  readonly name?: string | null | undefined;
  readonly appProtocol?: string | null | undefined;
}

/** Without a protocol that Istio knows, proxies sniff. */
export function portOf({ port, name, appProtocol }: GivenPort): PortDraft {
  const declared = (
    kubernetesProtocols[appProtocol ?? ''] ??
    appProtocol ??
    name ??
    ''
  ).toLowerCase();
  const prefix = declared.startsWith('grpc-web') ? 'grpc-web' : declared.split('-')[0];
  if (Object.hasOwn(protocols, prefix)) return { port, protocol: protocols[prefix] };
  if (serverFirst.has(port)) return { port, protocol: 'tcp' };
  return { port, protocol: 'http1', autoDetect: true };
}
