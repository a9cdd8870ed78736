import type { Construct } from 'constructs';
import type { Cluster } from './cluster';
import type { CniKind, KubeProxyMode, LoadBalancerKind } from './vocabulary';

/** A network plugin with its options, before there is a cluster to put it in. */
export interface ICniConfiguration {
  /** Which plugin it is; becomes a fact of the cluster. */
  readonly kind: CniKind;
  /**
   * The mode of kube-proxy that it demands: `KubeProxyMode.NONE` when it serves Services itself.
   *
   * @default - any
   */
  readonly kubeProxyMode?: KubeProxyMode;
  /**
   * What speaks against kube-proxy in nftables mode beside it, for the choice of a mode that nobody
   * wished for: the part of a sentence, without a final period.
   *
   * @default - nothing
   */
  readonly nftablesObstacle?: string;
  /**
   * Creates the construct.
   *
   * @param scope where
   * @param id as what
   * @param cluster for which cluster
   */
  create(scope: Construct, id: string, cluster: Cluster): Construct;
}

/** A service proxy with its options, before there is a cluster to put it in. */
export interface IKubeProxyConfiguration {
  /** Its mode; becomes a fact of the cluster. */
  readonly mode: KubeProxyMode;
  /**
   * Creates the construct.
   *
   * @param scope where
   * @param id as what
   * @param cluster for which cluster
   */
  create(scope: Construct, id: string, cluster: Cluster): Construct;
}

/** A DNS cache with its options, or none, before there is a cluster to put it in. */
export interface IDnsConfiguration {
  /**
   * Creates the construct.
   *
   * @param scope where
   * @param id as what
   * @param cluster for which cluster
   */
  create(scope: Construct, id: string, cluster: Cluster): Construct;
}

/** A load balancer with its options, before there is a cluster to put it in. */
export interface ILoadBalancerConfiguration {
  /** Which one it is; becomes a fact of the cluster. */
  readonly kind: LoadBalancerKind;
  /**
   * Creates the construct.
   *
   * @param scope where
   * @param id as what
   * @param cluster for which cluster
   */
  create(scope: Construct, id: string, cluster: Cluster): Construct;
}

/** An edge with its options, before there is a cluster to put it in. */
export interface IIngressConfiguration {
  /**
   * Creates the construct.
   *
   * @param scope where
   * @param id as what
   * @param cluster for which cluster
   */
  create(scope: Construct, id: string, cluster: Cluster): Construct;
}

/** An etcd with its options, before there is a cluster to put it in. */
export interface IEtcdConfiguration {
  /**
   * Creates the construct.
   *
   * @param scope where
   * @param id as what
   * @param cluster for which cluster
   */
  create(scope: Construct, id: string, cluster: Cluster): Construct;
}

/** A backup of etcd with its options, before there is a cluster to put it in. */
export interface IEtcdBackupConfiguration {
  /**
   * Creates the construct.
   *
   * @param scope where
   * @param id as what
   * @param cluster for which cluster
   */
  create(scope: Construct, id: string, cluster: Cluster): Construct;
}

/** Alerts on etcd with their options, before there is a cluster to put them in. */
export interface IEtcdAlertsConfiguration {
  /**
   * Creates the construct.
   *
   * @param scope where
   * @param id as what
   * @param cluster for which cluster
   */
  create(scope: Construct, id: string, cluster: Cluster): Construct;
}

/** Storage with its options, before there is a cluster to put it in. */
export interface IStorageConfiguration {
  /**
   * Creates the construct.
   *
   * @param scope where
   * @param id as what
   * @param cluster for which cluster
   */
  create(scope: Construct, id: string, cluster: Cluster): Construct;
}

/** A doctor with its options, or none, before there is a cluster to look at. */
export interface IDoctorConfiguration {
  /**
   * Creates the construct.
   *
   * @param scope where
   * @param id as what
   * @param cluster for which cluster
   */
  create(scope: Construct, id: string, cluster: Cluster): Construct;
}
