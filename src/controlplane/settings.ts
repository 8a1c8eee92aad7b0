/** Settings of the control plane, as a scenario gives them; `releases.ts` has what comes with an Istio release. */
import type { Nanos } from '../units.ts';

export interface IstioSettings {
  /** A name of `releases.ts`. */
  readonly release: string;
  /** istiod pods. */
  readonly replicas: number;
  /** Cores of one istiod pod. */
  readonly cores: number;
  /** PILOT_DEBOUNCE_AFTER, PILOT_DEBOUNCE_MAX, PILOT_ENABLE_EDS_DEBOUNCE. */
  readonly debounceAfter: Nanos;
  readonly debounceMax: Nanos;
  readonly debounceEndpoints: boolean;
  /** PILOT_PUSH_THROTTLE; null: the release decides. */
  readonly pushThrottle: number | null;
  /** PILOT_MAX_REQUESTS_PER_SECOND: new connections; null: the release decides. */
  readonly maxRequestsPerSecond: number | null;
  /** keepaliveMaxServerConnectionAge: how long a proxy's stream lives at most, on average. */
  readonly connectionAge: Nanos;
  /** From a change in the cluster to istiod; null: the profile's. */
  readonly watchLag: Nanos | null;
  /** Network bandwidth of one istiod pod. [bit/s] */
  readonly bandwidth: number;
  /** ISTIO_META_DNS_CAPTURE: agents answer names from a table that istiod sends them. */
  readonly dnsCapture: boolean;
  /** terminationDrainDuration: how long a sidecar serves after its pod was told to stop. */
  readonly drain: Nanos;
  /** terminationGracePeriodSeconds: how long a pod without a sidecar serves after it was told to stop. */
  readonly grace: Nanos;
  /** From a change of endpoints to the rules of kube-proxy, where no proxy balances. */
  readonly kubeProxyLag: Nanos;
}
