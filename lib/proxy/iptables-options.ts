import type { Cluster } from '../cluster';
import type { KubeProxyOptions } from './kube-proxy-options';

/** Options of kube-proxy in iptables mode. Names are those of `KubeProxyConfiguration`. */
export interface IptablesKubeProxyOptions extends KubeProxyOptions {
  /**
   * Whether NodePorts answer on 127.0.0.1 too. It needs loopback among `nodePortAddresses`, throws
   * without, and turns on `route_localnet`, by which neighbours can reach what listens on loopback only.
   *
   * @default false; upstream's true dates from before that was a CVE, and it means to change it
   */
  readonly localhostNodePorts?: boolean;
}

/** Options of kube-proxy in iptables mode, and the cluster it is for. */
export interface IptablesKubeProxyProps extends IptablesKubeProxyOptions {
  /** The cluster. */
  readonly cluster: Cluster;
}
