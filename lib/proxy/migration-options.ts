import type { Cluster, KubeProxyMode } from '../cluster';

/** Between which modes kube-proxy moves. */
export interface KubeProxyMigrationOptions {
  /** The mode that runs now. `KubeProxyMode.NONE` throws: then there is nothing to clean. */
  readonly from: KubeProxyMode;
  /**
   * The mode that is to run. Another one than the cluster's throws, as does the one that runs now, and
   * `KubeProxyMode.NONE` from IPVS: machines must leave IPVS and be restarted before.
   *
   * @default - `kubeProxyMode` of the cluster; a cluster that does not know it yet throws
   */
  readonly to?: KubeProxyMode;
  /**
   * Name of the DaemonSet that runs now, in kube-system: an RFC 1123 name, others throw.
   *
   * @default 'kube-proxy', kubeadm's own name
   */
  readonly previousDaemonSet?: string;
  /**
   * The image that cleans up, a full reference with a tag or a digest.
   *
   * @default - registry.k8s.io/kube-proxy (or its mirror) of the cluster's Kubernetes release
   */
  readonly image?: string;
}

/** Between which modes kube-proxy moves, and on which cluster. */
export interface KubeProxyMigrationProps extends KubeProxyMigrationOptions {
  /** The cluster. */
  readonly cluster: Cluster;
}

/** What takes away what a mode leaves on the machines. */
export enum KubeProxyCleaner {
  /** kube-proxy itself, when it starts in the new mode. */
  NEW_KUBE_PROXY = 'new kube-proxy',
  /** `kube-proxy --cleanup`, once on each machine: the Jobs of `cleanupManifest()`. */
  CLEANUP_JOB = 'cleanup Job',
  /** Nothing but a restart of the machine. */
  RESTART = 'restart of the machine',
}

/** One thing that a mode leaves on the machines. */
export interface KubeProxyLeftover {
  /** What it is. */
  readonly subject: string;
  /** What takes it away. */
  readonly cleanedBy: KubeProxyCleaner;
  /** What it does while it is there. */
  readonly effect: string;
  /** A command for a machine, and what it prints once the thing is gone. */
  readonly check: string;
}
