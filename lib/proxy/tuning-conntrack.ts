import { atLeast, kernelFloors } from '../catalog';
import { KubeProxyMode, kubeProxyMinimum, tuned, type Cluster } from '../cluster';
import { choice } from './choice';

const CONNTRACK = 'kubernetes/kubernetes pkg/proxy/conntrack/sysctls.go';

/**
 * The conntrack table has one owner. On machines of ours it is the machine: sized before kube-proxy
 * starts, hash table included. On other machines nothing but kube-proxy can size it.
 */
export function conntrackRows(
  cluster: Cluster,
  mode: KubeProxyMode,
  tcpBeLiberal: boolean | undefined,
) {
  const key = (path: string) => `KubeProxyConfiguration.conntrack.${path}`;
  const ours = cluster.ownsMachines;
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
      ours ? 0 : kubeProxyMinimum(cluster),
      '131072',
      ours
        ? 'Without maxPerCore it is ignored; zero so that nobody takes it for a limit'
        : "The kernel's own size from 4 GiB of memory on, which upstream's minimum would halve on four cores; less where a machine is known to be smaller, more where peakConnections asks and every memory allows. From 1.36 on, 33 cores and more get 1048576 whatever stands here",
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
    tcpBeLiberal: liberalRow(cluster, mode, key('tcpBeLiberal'), tcpBeLiberal),
    udpTimeout: tuned(
      key('udpTimeout'),
      '0s',
      '0s',
      ours ? machine : "The kernel's 30 seconds: a DNS query is answered or repeated by then",
      CONNTRACK,
    ),
    udpStreamTimeout: tuned(
      key('udpStreamTimeout'),
      '0s',
      '0s',
      ours ? machine : "The kernel's two minutes, enough for a stream that speaks",
      CONNTRACK,
    ),
  };
}

/** kube-proxy stays the owner of this one: in iptables mode its rules must follow it. */
function liberalRow(
  cluster: Cluster,
  mode: KubeProxyMode,
  key: string,
  given: boolean | undefined,
) {
  const floor = kernelFloors.tcpWindowInvalid;
  const old = !atLeast(cluster.kernel, floor.value);
  const iptables = mode === KubeProxyMode.IPTABLES;
  return choice(
    key,
    given,
    old && !iptables,
    'false',
    iptables
      ? 'In this mode kube-proxy drops packets outside the TCP window by a rule of its own, on every kernel. With asymmetric routes that rule harms: choose true'
      : `Kernels before ${floor.value} send packets outside the TCP window on without their translation, and the peer answers with a reset; this one is ${cluster.kernel}. Only iptables mode drops them itself`,
    `${floor.source}; kubernetes/kubernetes issue 117924`,
  );
}
