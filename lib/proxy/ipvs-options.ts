import type { Duration } from 'cdk8s';
import type { Cluster } from '../cluster';
import type { KubeProxyOptions } from './kube-proxy-options';

/**
 * How IPVS chooses an endpoint for a new connection. Every machine chooses for itself, and kube-proxy
 * gives all endpoints the same weight: `RR`, `LC` and `SH` are the ones that make a difference. All
 * others are accepted with finding GW-PROXY-004.
 */
export enum IpvsScheduler {
  /** Round robin: each endpoint in turn. */
  RR = 'rr',
  /** Least connection: the endpoint with the fewest connections from this machine. */
  LC = 'lc',
  /** Source hashing: the same client address always gets the same endpoint. */
  SH = 'sh',
  /** Weighted round robin; the same as `RR` here. */
  WRR = 'wrr',
  /** Weighted least connection; the same as `LC` here. */
  WLC = 'wlc',
  /** Shortest expected delay; nearly `LC` here. */
  SED = 'sed',
  /** Never queue; nearly `LC` here. */
  NQ = 'nq',
  /** Destination hashing; sends all clients of a Service to one endpoint. */
  DH = 'dh',
  /** Locality-based least connection; sends nearly all clients of a Service to one endpoint. */
  LBLC = 'lblc',
  /** Locality-based least connection with replication; sends most clients of a Service to few endpoints. */
  LBLCR = 'lblcr',
  /** Maglev hashing by client address; upstream does not test it. */
  MH = 'mh',
}

/** Options of kube-proxy in IPVS mode. Names are those of `KubeProxyConfiguration`. */
export interface IpvsKubeProxyOptions extends KubeProxyOptions {
  /**
   * How an endpoint is chosen. kube-proxy checks nothing here and fails on the machine.
   *
   * @default IpvsScheduler.RR
   */
  readonly scheduler?: IpvsScheduler;
  /**
   * Whether machines answer ARP only for addresses of the interface that is asked, and not for
   * Service addresses on `kube-ipvs0`. `false` with a kube-vip endpoint or MetalLB in L2 mode is
   * finding GW-PROXY-002, an error.
   *
   * @default true
   */
  readonly strictArp?: boolean;
  /**
   * Networks whose virtual servers kube-proxy leaves alone when it cleans up, because somebody else
   * made them: canonical CIDRs apart from the service network; others throw. The address of a
   * kube-vip endpoint is always among them.
   *
   * @default - only the kube-vip address, if there is one
   */
  readonly excludeCidrs?: string[];
  /**
   * After how long an idle TCP connection is forgotten: whole seconds, 1 second to 24 hours, after
   * which conntrack forgets it. Less than 7,875 seconds is finding GW-PROXY-007.
   *
   * @default Duration.minutes(135), just above the 7,875 seconds of Linux keepalive; the kernel takes 15 minutes
   */
  readonly tcpTimeout?: Duration;
  /**
   * After how long a TCP connection is forgotten once one side has closed it: whole seconds, 1 second
   * to 24 hours.
   *
   * @default - the kernel's 2 minutes
   */
  readonly tcpFinTimeout?: Duration;
  /**
   * After how long an idle UDP exchange is forgotten: whole seconds, 1 second to 24 hours.
   *
   * @default - the kernel's 5 minutes
   */
  readonly udpTimeout?: Duration;
}

/** Options of kube-proxy in IPVS mode, and the cluster it is for. */
export interface IpvsKubeProxyProps extends IpvsKubeProxyOptions {
  /** The cluster. */
  readonly cluster: Cluster;
}
