import { KubeProxyMode, familyOf, tuned, type Cluster } from '../cluster';
import { choice } from './choice';
import { conntrackRows } from './tuning-conntrack';

export { choice } from './choice';

const DEFAULTS = 'kubernetes/kubernetes pkg/proxy/apis/config/v1alpha1/defaults.go';

/** The port of kube-proxy's health check. */
export const HEALTH_PORT = 10256;

/** What every mode lets the user say, beside the options of its own section. */
export interface SharedOptions {
  readonly nodePortAddresses?: readonly string[];
  readonly metricsBindAddress?: string;
  readonly masqueradeAll?: boolean;
  readonly tcpBeLiberal?: boolean;
  readonly cpuRequestMillicores?: number;
  /** Mebibytes. */
  readonly memoryRequest?: number;
}

/** Rows of KubeProxyConfiguration that every mode has. */
export function configurationRows(cluster: Cluster, mode: KubeProxyMode, options: SharedOptions) {
  const key = (path: string) => `KubeProxyConfiguration.${path}`;
  const ipv6 = familyOf(cluster.machines[0]?.address ?? '0.0.0.0') === 'IPv6';
  return {
    mode: tuned(
      key('mode'),
      mode,
      'empty, which is iptables until 1.39 and nftables from 1.40 on',
      'An empty mode would change its meaning with an upgrade, and 1.37 warns about it',
      'kubernetes/enhancements KEP-5343',
    ),
    bindAddress: tuned(
      key('bindAddress'),
      ipv6 ? '::' : '0.0.0.0',
      '0.0.0.0',
      'Nothing is bound to it. A real address would become the node address of every machine that reads this file',
      'kubernetes/kube-proxy config/v1alpha1/types.go',
    ),
    healthzBindAddress: tuned(
      key('healthzBindAddress'),
      ipv6 ? `[::]:${HEALTH_PORT}` : `0.0.0.0:${HEALTH_PORT}`,
      '0.0.0.0:10256',
      'kubelet probes it on the node address, and load balancers ask it whether to send traffic here',
      DEFAULTS,
    ),
    metricsBindAddress: choice(
      key('metricsBindAddress'),
      options.metricsBindAddress,
      ipv6 ? '[::1]:10249' : '127.0.0.1:10249',
      '127.0.0.1:10249',
      'The port serves the whole configuration to anybody who can reach it',
      DEFAULTS,
    ),
    detectLocalMode: tuned(
      key('detectLocalMode'),
      'ClusterCIDR',
      'empty, which is ClusterCIDR',
      "Pod addresses come from one network whatever the plugin, while interface names and node ranges are the plugin's own affair",
      DEFAULTS,
    ),
    nodePortAddresses: choice(
      key('nodePortAddresses'),
      options.nodePortAddresses,
      ['primary'],
      'empty, which is every local address',
      "A NodePort then answers on the address of the Node object and on no other network of the machine; it is also upstream's choice for nftables mode",
      'kubernetes/kubernetes cmd/kube-proxy/app/server.go',
    ),
    configSyncPeriod: tuned(
      key('configSyncPeriod'),
      '15m0s',
      '15m0s',
      'A resync from the local cache; changes arrive by watch',
      DEFAULTS,
    ),
    oomScoreAdj: tuned(
      key('oomScoreAdj'),
      -999,
      '-999',
      'Killed after everything else when memory runs out: without it Services keep pointing at pods that are gone',
      DEFAULTS,
    ),
    masqueradeBit: tuned(
      key('iptables.masqueradeBit'),
      14,
      '14',
      "IPVS mode reads it from this section. 15 was kubelet's, and Calico marks with 16 to 31",
      DEFAULTS,
    ),
    masqueradeAll: choice(
      key('iptables.masqueradeAll'),
      options.masqueradeAll,
      false,
      'false',
      'IPVS mode reads it from this section. Pods keep their address towards Services, so that policies and logs see it',
      DEFAULTS,
    ),
    localhostNodePorts: tuned(
      key('iptables.localhostNodePorts'),
      false,
      'true',
      'Only iptables mode reads it; said here so that a change of mode by hand does not turn on route_localnet, which lets neighbours reach services bound to loopback',
      'CVE-2020-8558; kubernetes/enhancements KEP-784',
    ),
    ...conntrackRows(cluster, mode, options.tcpBeLiberal),
  };
}
