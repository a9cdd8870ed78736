import type { Duration, Size } from 'cdk8s';

/** How kube-proxy tells packets of the machine's own pods from all others. */
export enum KubeProxyDetectLocalMode {
  /** By the network of all pods. */
  CLUSTER_CIDR = 'ClusterCIDR',
  /** By the network of the machine's own pods, `spec.podCIDR` of its Node. */
  NODE_CIDR = 'NodeCIDR',
  /** By the bridge that they come in from. */
  BRIDGE_INTERFACE = 'BridgeInterface',
  /** By the first letters of the interface that they come in from. */
  INTERFACE_NAME_PREFIX = 'InterfaceNamePrefix',
}

/** What the objects of kube-proxy are called. */
export enum KubeProxyNames {
  /**
   * As kubeadm calls them, `kube-proxy`. On a cluster that kubeadm made they take the place of its own
   * objects, so that two never run; another mode later changes them in place.
   */
  KUBEADM = 'kubeadm',
  /**
   * `kube-proxy-<mode>`: nothing of kubeadm's is touched, and nothing of kubeadm's overwrites them. What
   * another name ran under must be deleted by hand.
   */
  OWN = 'own',
}

/** What every mode of kube-proxy can be told. Names are those of `KubeProxyConfiguration`. */
export interface KubeProxyOptions {
  /**
   * Addresses of the machines on which NodePorts answer: canonical CIDRs, or a word that this
   * Kubernetes release knows. Up to 1.36 that is `primary`, alone; from 1.37 on also `all` and
   * `localhost`, in any mix. Loopback throws where the mode does not serve it.
   *
   * @default ['primary'], the node's own address
   */
  readonly nodePortAddresses?: string[];
  /**
   * The longest time between two full synchronisations, whole milliseconds above zero. More than 5
   * minutes is finding GW-PROXY-008.
   *
   * @default Duration.seconds(30), as upstream
   */
  readonly syncPeriod?: Duration;
  /**
   * The shortest time between two synchronisations, whole milliseconds from zero up to `syncPeriod`.
   * More than 10 seconds is finding GW-PROXY-008.
   *
   * @default Duration.seconds(1), as upstream; IPVS mode has none by itself and synchronises at every change
   */
  readonly minSyncPeriod?: Duration;
  /**
   * Whether all connections to Service addresses get the machine's source address. Only for network
   * plugins that cannot route replies back.
   *
   * @default false, as upstream
   */
  readonly masqueradeAll?: boolean;
  /**
   * The bit of the packet mark that asks for the machine's source address, 0 to 14. Others throw: 15 was
   * kubelet's, and Calico marks with 16 to 31.
   *
   * @default 14, as upstream
   */
  readonly masqueradeBit?: number;
  /**
   * The unspecified address of the machines' first family. Any other throws: it would become the node
   * address of every machine, since all read the same configuration.
   *
   * @default - '0.0.0.0', or '::' on an IPv6 cluster
   */
  readonly bindAddress?: string;
  /**
   * Where the health check answers, `IP:port`: an unspecified address, because kubelet and load
   * balancers ask at the node's. Any other throws.
   *
   * @default '0.0.0.0:10256', as upstream
   */
  readonly healthzBindAddress?: string;
  /**
   * Where metrics are served, `IP:port`: a loopback address, or an unspecified one (`0.0.0.0`,
   * `[::]`) so that Prometheus can reach it. Any other address throws, since all machines share
   * this configuration; so does the port of the health check.
   *
   * @default '127.0.0.1:10249', as upstream
   */
  readonly metricsBindAddress?: string;
  /**
   * How packets of the machine's own pods are told from others. One that does not fit the network plugin
   * is finding GW-PROXY-015.
   *
   * @default KubeProxyDetectLocalMode.CLUSTER_CIDR, as upstream
   */
  readonly detectLocalMode?: KubeProxyDetectLocalMode;
  /**
   * The bridge of the pods, 1 to 15 characters; with `BRIDGE_INTERFACE` only, where leaving it out throws.
   *
   * @default - none
   */
  readonly bridgeInterface?: string;
  /**
   * The first letters of the pods' interfaces, 1 to 15 characters, for example `cali`; with
   * `INTERFACE_NAME_PREFIX` only, where leaving it out throws.
   *
   * @default - none
   */
  readonly interfaceNamePrefix?: string;
  /**
   * How late the kernel kills kube-proxy when memory runs out, -1000 (never) to 1000 (first).
   *
   * @default - -997, which kubelet gives to pods that a node cannot do without; -999 in IPVS mode, as upstream
   */
  readonly oomScoreAdj?: number;
  /**
   * Whether conntrack lets TCP packets outside the window pass with their translation. Kernels
   * before 6.1 send them on untranslated, and the peer resets the connection. Turning it off again
   * needs a reboot of the machines: kube-proxy only ever writes 1. `false` on such a kernel is finding
   * GW-PROXY-016, except in iptables mode, which drops those packets itself.
   *
   * @default - true with a kernel older than 6.1 in ipvs and nftables mode, else false
   */
  readonly tcpBeLiberal?: boolean;
  /**
   * How many Services the cluster will have, 1 to 150000. Nothing is sized by it; it says whether the
   * mode carries them (finding GW-PROXY-017).
   *
   * @default - not known
   */
  readonly expectedServices?: number;
  /**
   * What the objects are called.
   *
   * @default KubeProxyNames.KUBEADM
   */
  readonly names?: KubeProxyNames;
  /**
   * The image, a full reference with a tag or a digest.
   *
   * @default - registry.k8s.io/kube-proxy (or its mirror) of the cluster's Kubernetes release
   */
  readonly image?: string;
  /**
   * CPU that is set aside for kube-proxy on every machine, in thousandths of a core, 1 to 64000.
   *
   * @default 50
   */
  readonly cpuRequestMillicores?: number;
  /**
   * Memory that is set aside for kube-proxy on every machine, whole mebibytes, at least 16.
   *
   * @default Size.mebibytes(64)
   */
  readonly memoryRequest?: Size;
}
