import type { Size } from 'cdk8s';
import type { Cluster } from '../cluster';
import type { BinarySource } from './binaries/source';
import type { ControlPlaneOptions } from './control-plane/options';
import type { HostFirewallOptions } from './firewall/options';
import type { KernelOptions } from './kernel/profile';
import type { KubeletOptions } from './kubelet/options';
import type { NicTuning } from './nic/options';

/** How the machines of a cluster are booted. */
export interface NodeBootstrapOptions {
  /**
   * SSH public keys of the people who may log in as the image's default user, one line each, as in
   * an authorized_keys file. A private key, or anything else, throws.
   *
   * @default - none; whatever the image or the platform brings
   */
  readonly sshAuthorizedKeys?: string[];
  /**
   * Largest user-data that the platform takes, for example `UserDataLimit.HETZNER_CLOUD`. User-data that
   * would be larger with its secrets is compressed, in a form that cloud-init unpacks by itself; when
   * that is not enough, comment lines of files are left out as well. When that does not fit either, it
   * throws when the files are rendered, with a table of what takes the room. A platform with a limit is
   * taken to have a metadata service: see `keysBySsh`.
   *
   * @default - no limit, as on a NoCloud disk; finding GW-NODE-004 names platforms that would refuse it
   */
  readonly userDataLimit?: Size;
  /**
   * Whether `seal` leaves the private keys of authorities and the encryption key out of user-data and
   * writes them to files of their own, with the commands that bring them to the machines by SSH. The
   * machine waits for them. Set it where a metadata service hands user-data to whoever asks.
   *
   * @default false; with a `userDataLimit` that is warning GW-NODE-065
   */
  readonly keysBySsh?: boolean;
  /**
   * NTP servers for systemd-timesyncd, by name or address. An empty list throws.
   *
   * @default - the servers of the distribution
   */
  readonly ntpServers?: string[];
  /**
   * containerd release, without a leading `v`. One that the Kubernetes minor does not accept, or one
   * before containerd 2, throws.
   *
   * @default - the release pinned in the catalogue, 2.3.4
   */
  readonly containerdVersion?: string;
  /**
   * Full image reference of kube-vip. One without a tag or digest throws, and one for an endpoint that is
   * not held by kube-vip.
   *
   * @default - the pinned image, from the cluster's mirror if there is one
   */
  readonly kubeVipImage?: string;
  /**
   * Where kubelet, kubeadm, kubectl and crictl come from.
   *
   * @default BinarySource.archives()
   */
  readonly binaries?: BinarySource;
  /**
   * Whether control planes renew the certificates that kubeadm issued when one has less than 45 days
   * left, and restart what uses them, one machine a day and one program after the other. Without it
   * only an upgrade renews them.
   *
   * @default true
   */
  readonly certificateRenewal?: boolean;
  /**
   * Which way the kernel is tuned, and values of your own.
   *
   * @default - KernelProfile.BALANCED, no overrides
   */
  readonly kernel?: KernelOptions;
  /**
   * Queues, rings, offloads and packet steering of NICs, set at every boot by a unit that fails when
   * the NIC does not take them; the machine then does not become a node. One entry for a NIC and
   * machine; two throw.
   *
   * @default - none; the driver's own
   */
  readonly nicTuning?: NicTuning[];
  /**
   * Flags and hardening of API server, controller manager and scheduler, and how kubeadm works.
   *
   * @default - audit log, encryption of Secrets, Pod Security, TLS 1.3, no profiling
   */
  readonly controlPlane?: ControlPlaneOptions;
  /**
   * Kubelets: what machines keep for themselves, limits, labels, taints.
   *
   * @default - reservations by formula; see `KubeletOptions`
   */
  readonly kubelet?: KubeletOptions;
  /**
   * A packet filter on every machine that lets in what the constructs of the cluster asked for.
   *
   * @default - none; whatever the image or the platform brings
   */
  readonly firewall?: HostFirewallOptions;
}

/** Properties of `NodeBootstrap`. */
export interface NodeBootstrapProps extends NodeBootstrapOptions {
  /** The cluster whose machines are booted. One of `Cluster.fromFacts` throws. */
  readonly cluster: Cluster;
}
