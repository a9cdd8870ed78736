import type { Size } from 'cdk8s';
import type { NodeAddressAutodetection } from './address-autodetection';
import type { CalicoBgpOptions } from './bgp-options';
import type {
  CalicoBpfOptions,
  CalicoWireguardOptions,
  ClusterRoutingMode,
  LinuxDataplane,
} from './dataplane-options';
import type { FelixOptions } from './felix-options';
import type { CalicoHostEndpointOptions, CalicoPolicyOptions } from './policy-options';
import type { CalicoIpamOptions, CalicoIpPool } from './pool-options';
import type { Cluster, Encapsulation } from '../../cluster';

/** What the scheduler sets aside for a container of Calico. */
export interface CalicoResources {
  /**
   * Processor time, in thousandths of a core, 1 to 64000. Another value throws.
   *
   * @default - none, as the operator has it
   */
  readonly cpuRequestMillicores?: number;
  /**
   * Memory, at least 32 MiB, whole mebibytes. Less throws.
   *
   * @default - none, as the operator has it
   */
  readonly memoryRequest?: Size;
}

/** Typha, which hands every Felix the cluster's state. The operator decides how many of it run. */
export interface CalicoTyphaOptions {
  /**
   * TCP port on the machines where Typha answers with Prometheus metrics, 1024 to 65535; 9093 is
   * upstream's number. The ports that Calico itself takes throw.
   *
   * @default - no metrics
   */
  readonly metricsPort?: number;
  /**
   * What is set aside for it.
   *
   * @default - nothing
   */
  readonly resources?: CalicoResources;
}

/** What a user decides about Calico. All of it has a default that follows from the cluster's facts. */
export interface TunedCalicoOptions {
  /**
   * How pod packets travel between machines. In a dual-stack cluster IPv6 travels the same way, by
   * VXLAN where IPv4 has IP in IP, which carries IPv4 only.
   *
   * @default - follows the underlay: `NONE` when all machines share one Ethernet segment that
   * carries any source address, `IPIP_CROSS_SUBNET` when several such segments are joined by routers
   * (`VXLAN_CROSS_SUBNET` with IPv6, with BPF, or where IP in IP is dropped), else `VXLAN`
   */
  readonly encapsulation?: Encapsulation;
  /**
   * MTU of pod interfaces and tunnels, in bytes, 1280 to what every path of the underlay leaves after
   * encapsulation and encryption. Another value throws.
   *
   * @default - the largest that fits
   */
  readonly mtu?: number;
  /**
   * Prefix length of the blocks that machines take their IPv4 pod addresses from, 20 to 32 and no
   * shorter than the prefix of the pool. Another value throws. It cannot be changed later.
   *
   * @default 26, Calico's own default: 64 addresses a block
   */
  readonly blockSize?: number;
  /**
   * Whether packets that leave the pod network get their machine's address as source.
   *
   * @default true
   */
  readonly natOutgoing?: boolean;
  /**
   * Networks that pods take their addresses from, at most 25 besides those for LoadBalancer addresses.
   *
   * @default - one pool for each of the cluster's pod networks
   */
  readonly ipPools?: CalicoIpPool[];
  /**
   * How addresses are given out.
   *
   * @default - Calico's own defaults
   */
  readonly ipam?: CalicoIpamOptions;
  /**
   * What Calico does with BGP.
   *
   * @default - a full mesh where the encapsulation needs routes from it, else none
   */
  readonly bgp?: CalicoBgpOptions;
  /**
   * Who programs the routes to pods on other machines.
   *
   * @default ClusterRoutingMode.BIRD, Calico's own default
   */
  readonly clusterRoutingMode?: ClusterRoutingMode;
  /**
   * What packets of pods go through on a machine. It goes together with kube-proxy: finding
   * GW-CNI-008 otherwise.
   *
   * @default - follows the mode of kube-proxy: NFTABLES with nftables, BPF without kube-proxy, else
   * IPTABLES
   */
  readonly linuxDataplane?: LinuxDataplane;
  /**
   * Settings of the BPF dataplane. Given with another dataplane they throw.
   *
   * @default - Felix's own defaults
   */
  readonly bpf?: CalicoBpfOptions;
  /**
   * Encryption between machines; `{}` switches it on.
   *
   * @default - none
   */
  readonly wireguard?: CalicoWireguardOptions;
  /**
   * How Calico finds the node's IPv4 address.
   *
   * @default NodeAddressAutodetection.nodeInternalIp()
   */
  readonly nodeAddressAutodetection?: NodeAddressAutodetection;
  /**
   * How Calico finds the node's IPv6 address.
   *
   * @default NodeAddressAutodetection.nodeInternalIp()
   */
  readonly nodeAddressAutodetectionV6?: NodeAddressAutodetection;
  /**
   * Settings of Felix.
   *
   * @default - Felix's own defaults, without usage reporting
   */
  readonly felix?: FelixOptions;
  /**
   * Settings of Typha.
   *
   * @default - the operator's own
   */
  readonly typha?: CalicoTyphaOptions;
  /**
   * What is set aside for calico-node on every machine.
   *
   * @default - nothing, as the operator has it; its pods have the highest priority
   */
  readonly nodeResources?: CalicoResources;
  /**
   * Policies that hold for every pod from the start.
   *
   * @default - pods are kept away from the provider's metadata service
   */
  readonly policy?: CalicoPolicyOptions;
  /**
   * Machines as endpoints of policies; `{}` switches them on.
   *
   * @default - none
   */
  readonly hostEndpoints?: CalicoHostEndpointOptions;
  /**
   * Digests of Calico's images, image → `sha256:…`, for example `calico/node`. The operator then pulls
   * by digest and refuses an image without one, so a missing one throws here.
   *
   * @default - images by tag
   */
  readonly imageDigests?: { [image: string]: string };
  /**
   * Full reference of the operator's image, with tag. The operator brings its own release of
   * Calico: another operator installs another Calico.
   *
   * @default - the catalogue's tigera-operator, from `cluster.imageRegistry` if there is one
   */
  readonly operatorImage?: string;
  /**
   * Variables of the calico.yaml that this installation takes the place of, as
   * `TunedCalico.fromManifestEnv` returns them. They set nothing; what means something else today
   * becomes a finding.
   *
   * @default - none
   */
  readonly manifestEnv?: { [variable: string]: string };
}

/** `TunedCalicoOptions` and the cluster they are for. */
export interface TunedCalicoProps extends TunedCalicoOptions {
  /** The cluster. */
  readonly cluster: Cluster;
}
