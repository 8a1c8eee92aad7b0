/**
 * Kinds of manifests that become nothing of a scenario: what is said of each, so that nobody wonders. Of all others it
 * is said that they are unknown.
 */

const POLICY =
  'rules and filters of proxies are not simulated one by one; "mesh.telemetry" and the profile say what a crossing costs, and "churn" with kind "config" writes such resources';
const ROUTE = 'routes are not simulated; calls go where the scripts of services say';
const SLIME = 'lazy loading by Slime is a config mode, "config: { mode: slime }"';

/** By API group and kind, or by group alone. */
const remarks: Readonly<Record<string, string>> = {
  'security.istio.io/AuthorizationPolicy': POLICY,
  'security.istio.io/RequestAuthentication': POLICY,
  'telemetry.istio.io/Telemetry': POLICY,
  'networking.istio.io/EnvoyFilter': POLICY,
  'extensions.istio.io/WasmPlugin': POLICY,
  'networking.istio.io/ProxyConfig': POLICY,
  'networking.istio.io/WorkloadGroup':
    'virtual machines come with their WorkloadEntries, of which a group is the template',
  'gateway.networking.k8s.io': ROUTE,
  'networking.k8s.io/Ingress': ROUTE,
  'install.istio.io/IstioOperator':
    'settings of istiod and of the mesh stand in "istio" and "mesh"',
  'microservice.slime.io': SLIME,
  'config.netease.com': SLIME,
  'batch/CronJob':
    'jobs are not simulated; what a job changes in the cluster is "churn", such as kind "deploymentScaler" for one that scales Deployments',
  'batch/Job': 'jobs are not simulated',
};

/** They change nothing that is simulated. */
const harmless: ReadonlySet<string> = new Set([
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'LimitRange',
  'ResourceQuota',
  'Event',
  'apps/ControllerRevision',
  'rbac.authorization.k8s.io',
  'policy',
  'storage.k8s.io',
  'scheduling.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'coordination.k8s.io',
  'networking.k8s.io/NetworkPolicy',
  'monitoring.coreos.com',
]);

/** What is said of a kind that is not read; null: that it changes nothing. @param id - group and kind */
export function verdictOf(id: string): string | null {
  const group = id.includes('/') ? id.split('/')[0] : null;
  for (const key of group === null ? [id] : [id, group]) {
    if (Object.hasOwn(remarks, key)) return remarks[key];
    if (harmless.has(key)) return null;
  }
  return 'unknown here, and left out';
}
