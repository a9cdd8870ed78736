import { hostCidr, tuned, type Cluster } from '../cluster';
import { choice } from './choice';
import { goDuration } from './go-duration';
import { IpvsScheduler, type IpvsKubeProxyOptions } from './ipvs-options';
import { spelled } from './tuning-section';

const DEFAULTS = 'kubernetes/kubernetes pkg/proxy/apis/config/v1alpha1/defaults.go';
const PROXIER = 'kubernetes/kubernetes pkg/proxy/ipvs/proxier.go';

/** Seconds until Linux gives up a silent peer: 7200 s, then nine probes 75 s apart. */
export const KEEPALIVE_SECONDS = 7200 + 9 * 75;
/** The next round figure above keepalive. */
export const DEFAULT_TCP_TIMEOUT_MS = 135 * 60_000;

/** Rows of the `ipvs` section. */
export function ipvsRows(cluster: Cluster, options: IpvsKubeProxyOptions) {
  const key = (path: string) => `KubeProxyConfiguration.ipvs.${path}`;
  const kernelTimeout = (prop: 'tcpFinTimeout' | 'udpTimeout', kernel: string, why: string) =>
    choice(
      key(prop),
      spelled(options[prop]),
      '0s',
      `0s, which keeps the kernel's ${kernel}`,
      why,
      DEFAULTS,
    );
  return {
    scheduler: choice(
      key('scheduler'),
      options.scheduler,
      IpvsScheduler.RR,
      'empty, which is rr',
      'Every machine balances on its own and all weights are one, so the cleverer schedulers know no more than this one',
      PROXIER,
    ),
    strictARP: choice(
      key('strictARP'),
      options.strictArp,
      true,
      'false',
      'Service addresses stand on kube-ipvs0 of every machine; without it every machine answers ARP for load-balancer addresses',
      'kubernetes/kubernetes issue 59976',
    ),
    excludeCIDRs: tuned(
      key('excludeCIDRs'),
      excluded(cluster, options),
      'empty',
      'At clean-up kube-proxy deletes every virtual server that no Service asks for, the one of a control-plane address included',
      PROXIER,
    ),
    tcpTimeout: choice(
      key('tcpTimeout'),
      spelled(options.tcpTimeout),
      goDuration(DEFAULT_TCP_TIMEOUT_MS),
      "0s, which keeps the kernel's 15 minutes",
      `Linux probes an idle connection after two hours and gives it up after ${KEEPALIVE_SECONDS} seconds; IPVS would have forgotten it by then and answer with a reset. Keepalive sysctls of the machine do not reach pods, which have network namespaces of their own`,
      'kubernetes/kubernetes issues 71358 and 84041',
    ),
    tcpFinTimeout: kernelTimeout(
      'tcpFinTimeout',
      'two minutes',
      'Long enough for a half-closed connection to deliver the rest',
    ),
    localhostNodePorts: tuned(
      'KubeProxyConfiguration.iptables.localhostNodePorts',
      false,
      'true',
      'Only iptables mode reads it; said here so that a change of mode by hand does not turn on route_localnet, which lets neighbours reach services bound to loopback',
      'CVE-2020-8558; kubernetes/enhancements KEP-784',
    ),
    udpTimeout: kernelTimeout(
      'udpTimeout',
      'five minutes',
      'kube-proxy takes endpoints away with expire_nodest_conn, so entries need not be short',
    ),
  };
}

/** The addresses that are not kube-proxy's, sorted: the user's, and a virtual one of the API. */
function excluded(cluster: Cluster, { excludeCidrs }: IpvsKubeProxyOptions): string[] {
  const { isVirtual, address } = cluster.endpoint;
  const virtual = isVirtual ? [hostCidr(address!)] : [];
  return [...new Set([...virtual, ...(excludeCidrs ?? [])])].sort();
}
