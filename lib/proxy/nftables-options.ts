import type { Cluster } from '../cluster';
import type { KubeProxyOptions } from './kube-proxy-options';

/** Options of kube-proxy in nftables mode. Names are those of `KubeProxyConfiguration`. */
export interface NftablesKubeProxyOptions extends KubeProxyOptions {
  /**
   * Whether NodePorts answer on loopback too, for TCP only. It needs Kubernetes 1.37, where it is alpha
   * behind the gate `KubeProxyNFTablesLocalhostNodePorts`, and loopback among `nodePortAddresses`; else it
   * throws.
   *
   * @default false, as upstream
   */
  readonly localhostNodePorts?: boolean;
}

/** Options of kube-proxy in nftables mode, and the cluster it is for. */
export interface NftablesKubeProxyProps extends NftablesKubeProxyOptions {
  /** The cluster. */
  readonly cluster: Cluster;
}
