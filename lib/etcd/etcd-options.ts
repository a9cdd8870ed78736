import type { Duration, Size } from 'cdk8s';
import type { Cluster } from '../cluster';
import type { EtcdFilesystem } from './filesystem';
import type { FsyncGate } from './fsync-gate';
import type { EtcdMetrics } from './metrics';
import type { EtcdResources } from './resources';
import type { EtcdCipherSuite, EtcdTlsVersion } from './tls-choices';

/** How etcd is set up; everything follows from the facts of the cluster unless it is said here. */
export interface EtcdOnNvmeOptions {
  /**
   * Filesystem of the etcd disks. A disk that was prepared with another one is left alone and its
   * machine stops with a message.
   *
   * @default EtcdFilesystem.XFS, whose mkfs refuses a disk that holds a filesystem
   */
  readonly filesystem?: EtcdFilesystem;
  /**
   * Time between two heartbeats of the leader. Anything but a whole number of milliseconds from 100
   * to 10,000 throws.
   *
   * @default - the longest round trip between control planes in steps of 10 ms, at least 100 ms
   */
  readonly heartbeatInterval?: Duration;
  /**
   * Time without a heartbeat after which a member stands for election. Less than 1 second, less than
   * five heartbeats, less than ten round trips, or more than 50 seconds throws.
   *
   * @default - ten heartbeats and ten round trips, at least 1 second, at most 50 seconds
   */
  readonly electionTimeout?: Duration;
  /**
   * Size at which the database stops taking writes. Less than 1 GiB, more than 8 GiB, as much as the
   * memory of a control plane, or more than half of an etcd disk's `minSize` less 2 GiB throws.
   *
   * @default - the whole GiB that fit into half the memory of the smallest control plane and twice
   * on its disk, from 1 GiB to 8 GiB; 2 GiB, etcd's own, where memory is unknown or the disk shared
   */
  readonly quota?: Size;
  /**
   * What happens when the disk is too slow for etcd, which is measured before kubeadm runs.
   *
   * @default FsyncGate.STOP
   */
  readonly fsyncGate?: FsyncGate;
  /**
   * How much etcd tells Prometheus, at port 2381 of the loopback address of each control
   * plane.
   *
   * @default EtcdMetrics.BASIC
   */
  readonly metrics?: EtcdMetrics;
  /**
   * Port on the loopback address for HTTP with a client certificate: `/health`, `/version`, the JSON
   * gateway. Port 2379 then speaks gRPC alone, as etcd advises. Less than 1024, a port of Kubernetes or
   * of etcd itself, or more than 65535 throws.
   *
   * @default 2383
   */
  readonly httpPort?: number;
  /**
   * The oldest TLS that etcd speaks. Certificates are asked of every client and every peer in any case.
   *
   * @default EtcdTlsVersion.TLS_1_3
   */
  readonly tlsMinVersion?: EtcdTlsVersion;
  /**
   * Cipher suites of TLS 1.2. With TLS 1.3 only, without both AES_128_GCM suites, or with one named twice
   * it throws.
   *
   * @default - Go's own choice
   */
  readonly cipherSuites?: EtcdCipherSuite[];
  /**
   * How often members compare their whole databases. Anything but whole hours from 1 to 168 throws. Two
   * cheaper comparisons, at start and after each compaction, are always on.
   *
   * @default - never
   */
  readonly corruptCheckTime?: Duration;
  /**
   * What the etcd pod reserves on its machine.
   *
   * @default - a share of what each machine has
   */
  readonly resources?: EtcdResources;
  /**
   * More flags for etcd, without leading hyphens. A flag that this etcd does not know throws, and so
   * does one that kubeadm or another prop sets or that endangers the data, or a value outside of what is
   * sensible.
   *
   * @default - none
   */
  readonly extraArgs?: Record<string, string>;
  /**
   * Tag of the etcd image. The registry must have it: with a tag that does not exist the first
   * control plane never starts. An etcd minor older than kubeadm's own, or a release
   * that is known to lose data, throws.
   *
   * @default - the tag that kubeadm chooses
   */
  readonly imageTag?: string;
  /**
   * Whether members may be spread so that the loss of one zone stops etcd (GW-ETCD-002).
   *
   * @default false
   */
  readonly acceptZoneQuorumLoss?: boolean;
}

/** Props of EtcdOnNvme. */
export interface EtcdOnNvmeProps extends EtcdOnNvmeOptions {
  /** The cluster; its control planes must be machines of this spec, each with an `etcdDisk`. */
  readonly cluster: Cluster;
}
