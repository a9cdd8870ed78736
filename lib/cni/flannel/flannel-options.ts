import type { Duration, Size } from 'cdk8s';
import type { FlannelBackend } from './flannel-backend';
import type { FlannelInterface } from './flannel-interface';
import type { Cluster } from '../../cluster';

/**
 * What a user decides about flannel. All of it has a default that follows from the cluster's facts.
 * Not offered: `--subnet-lease-renew-margin`, which flannel reads only where it keeps its leases in
 * etcd, and the address range of each machine, which Kubernetes decides (`node.spec.podCIDR`).
 */
export interface TunedFlannelOptions {
  /**
   * How pod packets travel between machines.
   *
   * @default FlannelBackend.vxlan(), with direct routes where the underlay carries bare pod packets
   */
  readonly backend?: FlannelBackend;
  /**
   * MTU of pod interfaces, in bytes, 1280 to what the smallest way between machines leaves after
   * encapsulation. Another value throws, and so do IPv6 pods that would get less than 1280.
   *
   * @default - the largest that fits; for wireguard the way's MTU less 80, as flannel itself
   * computes it, although 60 do where packets travel between IPv4 addresses
   */
  readonly mtu?: number;
  /**
   * How flanneld finds the interface that carries pod packets.
   *
   * @default FlannelInterface.nodeInternalIp(); flannel's own is the interface of the default route,
   * on machines with two NICs often the wrong one
   */
  readonly interface?: FlannelInterface;
  /**
   * Whether the kernel leaves checksums of VXLAN packets to the NIC. `false` puts a udev rule on every
   * machine that runs `ethtool` when the tunnel device appears. Given with another backend than vxlan
   * it throws: it would do nothing.
   *
   * @default - false where `underlay.breaksVxlanOffload`, else true, the kernel's own default
   */
  readonly checksumOffload?: boolean;
  /**
   * Whether flannel writes its rules with nft instead of iptables. It must be as in kube-proxy: finding
   * GW-CNI-103 is an error else.
   *
   * @default - exactly when kube-proxy runs in nftables mode; flannel's own default is false
   */
  readonly nftables?: boolean;
  /**
   * Whether packets that leave the pod network get their machine's address as source. `false` is said
   * to the bridge plugin, too, which would do it in flannel's place.
   *
   * @default true, as in upstream's manifest
   */
  readonly ipMasq?: boolean;
  /**
   * Whether source ports of these packets are chosen at random, so that two packets that take one port
   * at the same moment are rare. Given without `ipMasq` it throws: it would do nothing.
   *
   * @default true, flannel's own default
   */
  readonly ipMasqRandomFully?: boolean;
  /**
   * Whether forwarded pod packets are accepted by rules of flannel's own, which machines with a
   * FORWARD policy of DROP need.
   *
   * @default true, flannel's own default
   */
  readonly iptablesForwardRules?: boolean;
  /**
   * How often flannel looks whether its iptables rules and its blackhole route are still there: whole
   * seconds, 1 s to 1 hour. Another value throws, and so does any with nftables and without
   * `ipBlackholeRoute`: flannel writes its nftables once.
   *
   * @default Duration.seconds(5), flannel's own default
   */
  readonly iptablesResync?: Duration;
  /**
   * Whether packets to pod addresses of a machine that no pod has are dropped there instead of following
   * the default route.
   *
   * @default false, flannel's own default: the bridge plugin's route covers them
   */
  readonly ipBlackholeRoute?: boolean;
  /**
   * Whether flannel sets the condition NetworkUnavailable of its Node to False when it is ready. Off
   * where another component owns that condition.
   *
   * @default true, flannel's own default
   */
  readonly setNodeNetworkUnavailable?: boolean;
  /**
   * Whether a pod reaches itself through a Service.
   *
   * @default true, as in upstream's manifest
   */
  readonly hairpinMode?: boolean;
  /**
   * TCP port on which flanneld answers kubelet's probes, on 127.0.0.1 only, 1024 to 65535. Another
   * value throws.
   *
   * @default 8081, as in upstream's manifest
   */
  readonly healthzPort?: number;
  /**
   * Full reference of flannel's image, with tag.
   *
   * @default - the catalogue's flannel, from `cluster.imageRegistry` if there is one
   */
  readonly image?: string;
  /**
   * Full reference of the image that brings flannel's CNI plugin, with tag.
   *
   * @default - the catalogue's flannel-cni-plugin, from `cluster.imageRegistry` if there is one
   */
  readonly cniPluginImage?: string;
  /**
   * CPU that flanneld reserves, in millicores, 1 to 64000. Another value throws.
   *
   * @default 100, as in upstream's manifest
   */
  readonly cpuRequestMillicores?: number;
  /**
   * Memory that flanneld reserves, 1 MiB to 64 GiB. Another value throws.
   *
   * @default Size.mebibytes(50), as in upstream's manifest
   */
  readonly memoryRequest?: Size;
  /**
   * The JSON that an older flannel kept in etcd under `/coreos.com/network/config`. Nothing is rendered
   * from it; findings say what of it means something else today. `TunedFlannel.fromEtcdConfig` fills
   * it in. Text that is no such JSON throws.
   *
   * @default - none
   */
  readonly etcdConfig?: string;
}

/** `TunedFlannelOptions` and the cluster they are for. */
export interface TunedFlannelProps extends TunedFlannelOptions {
  /** The cluster: IPv4, IPv6 or both. */
  readonly cluster: Cluster;
}
