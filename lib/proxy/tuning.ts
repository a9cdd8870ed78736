import { atLeast, kernelFloors } from '../catalog';
import { KubeProxyMode, familyOf, tuned, type Cluster, type TuningRow } from '../cluster';
import { KubeProxyDetectLocalMode, type KubeProxyOptions } from './kube-proxy-options';

const DEFAULTS = 'kubernetes/kubernetes pkg/proxy/apis/config/v1alpha1/defaults.go';
const CONNTRACK = 'kubernetes/kubernetes pkg/proxy/conntrack/sysctls.go';

/** A row whose value the spec may choose; its reason then says so and keeps ours beside it. */
export function choice<V>(
  key: string,
  given: V | undefined,
  ours: V,
  upstream: string,
  why: string,
  source: string,
): TuningRow<V> {
  return given === undefined
    ? tuned(key, ours, upstream, why, source)
    : tuned(
        key,
        given,
        upstream,
        `Chosen in the spec. Otherwise ${JSON.stringify(ours)}: ${why}`,
        source,
      );
}

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
    ...conntrackRows(cluster, options.tcpBeLiberal),
    ...liberalRow(mode, options.tcpBeLiberal),
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

/** iptables mode drops what conntrack calls invalid, and stops doing so where conntrack is liberal. */
function liberalRow(mode: KubeProxyMode, tcpBeLiberal: boolean | undefined) {
  return mode === KubeProxyMode.IPTABLES
    ? {
        tcpBeLiberal: choice(
          'KubeProxyConfiguration.conntrack.tcpBeLiberal',
          tcpBeLiberal,
          false,
          'false',
          'iptables mode drops packets outside the TCP window itself, before they could be sent on untranslated',
          'kubernetes/kubernetes pkg/proxy/iptables/proxier.go',
        ),
      }
    : {};
}

/**
 * The conntrack table has one owner. On machines of ours it is the machine: sized before kube-proxy
 * starts, hash table included. On other machines nothing but kube-proxy can size it.
 */
function conntrackRows(cluster: Cluster, tcpBeLiberal: boolean | undefined) {
  const key = (path: string) => `KubeProxyConfiguration.conntrack.${path}`;
  const ours = cluster.ownsMachines;
  const floor = kernelFloors.tcpWindowInvalid;
  const machine = "The machine's own sysctl says it; kube-proxy would overwrite it at every start";
  return {
    maxPerCore: tuned(
      key('maxPerCore'),
      ours ? 0 : 32768,
      '32768',
      ours
        ? `${machine}, and by cores instead of memory`
        : 'kube-proxy sizes the table, since this spec does not write the machines',
      CONNTRACK,
    ),
    min: tuned(
      key('min'),
      ours ? 0 : 262144,
      '131072',
      ours
        ? 'Without maxPerCore it is ignored; zero so that nobody takes it for a limit'
        : "The kernel's own size from 4 GiB of memory on, which upstream's minimum would halve on four cores",
      CONNTRACK,
    ),
    tcpEstablishedTimeout: tuned(
      key('tcpEstablishedTimeout'),
      ours ? '0s' : '24h0m0s',
      '24h0m0s',
      ours ? machine : 'The kernel would keep dead connections for five days',
      CONNTRACK,
    ),
    tcpCloseWaitTimeout: tuned(
      key('tcpCloseWaitTimeout'),
      ours ? '0s' : '1h0m0s',
      '1h0m0s',
      ours
        ? machine
        : "A half-closed connection may still carry data for longer than the kernel's minute",
      CONNTRACK,
    ),
    tcpBeLiberal: choice(
      key('tcpBeLiberal'),
      tcpBeLiberal,
      !atLeast(cluster.kernel, floor.value),
      'false',
      `Kernels before ${floor.value} send packets outside the TCP window on without their translation, and the peer answers with a reset; this one is ${cluster.kernel}. Only iptables mode drops them itself`,
      `${floor.source}; kubernetes/kubernetes issue 117924`,
    ),
    udpTimeout: tuned(
      key('udpTimeout'),
      '0s',
      '0s',
      "The kernel's 30 seconds: a DNS query is answered or repeated by then",
      CONNTRACK,
    ),
    udpStreamTimeout: tuned(
      key('udpStreamTimeout'),
      '0s',
      '0s',
      "The kernel's two minutes, enough for a stream that speaks",
      CONNTRACK,
    ),
  };
}
