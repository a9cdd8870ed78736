import type { Duration } from 'cdk8s';
import { KubeProxyMode, millis } from '../cluster';
import { choice } from './choice';
import { goDuration } from './go-duration';
import type { KubeProxyOptions } from './kube-proxy-options';

const DEFAULTS = 'kubernetes/kubernetes pkg/proxy/apis/config/v1alpha1/defaults.go';

/** kube-proxy's own, in every mode. */
export const DEFAULT_SYNC_MS = 30_000;
/** What iptables and nftables mode have by themselves. */
export const DEFAULT_MIN_SYNC_MS = 1000;

/** Rows of the section that is named after the mode, as far as all modes have them. */
export function sectionRows(mode: KubeProxyMode, options: KubeProxyOptions) {
  const key = (path: string) => `KubeProxyConfiguration.${mode}.${path}`;
  const ipvs = mode === KubeProxyMode.IPVS;
  // IPVS mode has no such fields of its own.
  const mark = (path: string) => (ipvs ? `KubeProxyConfiguration.iptables.${path}` : key(path));
  const borrowed = ipvs ? 'IPVS mode reads it from this section. ' : '';
  return {
    syncPeriod: choice(
      key('syncPeriod'),
      spelled(options.syncPeriod),
      goDuration(DEFAULT_SYNC_MS),
      '30s',
      "Repairs what others changed by hand, and sets the health check's patience to twice its length",
      DEFAULTS,
    ),
    minSyncPeriod: choice(
      key('minSyncPeriod'),
      spelled(options.minSyncPeriod),
      goDuration(DEFAULT_MIN_SYNC_MS),
      ipvs ? '0s, no pause at all' : '1s',
      ipvs
        ? 'A rollout changes endpoints many times a second; one pass over all Services then does for a whole second of changes, as in the other modes'
        : 'A rollout changes endpoints many times a second; one pass then does for a whole second of changes',
      DEFAULTS,
    ),
    masqueradeBit: choice(
      mark('masqueradeBit'),
      options.masqueradeBit,
      14,
      '14',
      `${borrowed}15 was kubelet's, and Calico marks with 16 to 31`,
      DEFAULTS,
    ),
    masqueradeAll: choice(
      mark('masqueradeAll'),
      options.masqueradeAll,
      false,
      'false',
      `${borrowed}Pods keep their address towards Services, so that policies and logs see it`,
      DEFAULTS,
    ),
  };
}

/** A duration as Go prints it. */
export function spelled(duration: Duration | undefined): string | undefined {
  return duration === undefined ? undefined : goDuration(millis(duration));
}
