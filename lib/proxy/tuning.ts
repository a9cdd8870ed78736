import { KubeProxyMode, familyOf, tuned, type Cluster, type TuningRow } from '../cluster';
import { choice } from './choice';
import { KubeProxyDetectLocalMode, type KubeProxyOptions } from './kube-proxy-options';
import { conntrackRows } from './tuning-conntrack';

const DEFAULTS = 'kubernetes/kubernetes pkg/proxy/apis/config/v1alpha1/defaults.go';

/** Rows of KubeProxyConfiguration that every mode has. */
export function configurationRows(
  cluster: Cluster,
  mode: KubeProxyMode,
  options: KubeProxyOptions,
) {
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
    healthzBindAddress: choice(
      key('healthzBindAddress'),
      options.healthzBindAddress,
      ipv6 ? '[::]:10256' : '0.0.0.0:10256',
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
    detectLocalMode: choice(
      key('detectLocalMode'),
      options.detectLocalMode,
      KubeProxyDetectLocalMode.CLUSTER_CIDR,
      'empty, which is ClusterCIDR',
      "Pod addresses come from one network whatever the plugin, while interface names and node ranges are the plugin's own affair",
      DEFAULTS,
    ),
    nodePortAddresses: choice(
      key('nodePortAddresses'),
      options.nodePortAddresses,
      ['primary'],
      'empty, which is every local address, and primary in nftables mode',
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
    oomScoreAdj: choice(
      key('oomScoreAdj'),
      options.oomScoreAdj,
      mode === KubeProxyMode.IPVS ? -999 : KUBELET_OOM_SCORE,
      '-999',
      mode === KubeProxyMode.IPVS
        ? 'Killed after everything else when memory runs out: without it Services keep pointing at pods that are gone'
        : 'What kubelet gives to a pod that the node cannot do without; less needs the capability SYS_RESOURCE, for a difference that no other pod can fall into',
      `${DEFAULTS}; pkg/kubelet/qos/policy.go`,
    ),
    ...conntrackRows(cluster, mode, options.tcpBeLiberal),
  };
}

/** The interface by which pods are told from others, where that is the way; no row where it is not. */
export function detectLocalRows({
  bridgeInterface,
  interfaceNamePrefix,
}: KubeProxyOptions): Record<string, TuningRow<string>> {
  const named = Object.entries({ bridgeInterface, interfaceNamePrefix });
  return Object.fromEntries(
    named.flatMap(([field, name]) =>
      name === undefined
        ? []
        : [
            [
              field,
              tuned(
                `KubeProxyConfiguration.detectLocal.${field}`,
                name,
                'empty',
                'Chosen in the spec, as detectLocalMode is, which reads it',
                DEFAULTS,
              ),
            ],
          ],
    ),
  );
}

/** What kubelet writes for a pod of priority system-node-critical. */
export const KUBELET_OOM_SCORE = -997;
