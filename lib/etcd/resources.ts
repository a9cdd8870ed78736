import type { Size } from 'cdk8s';

/** What the etcd pod reserves on its machine. There are no limits: a member that is cut off costs an election. */
export interface EtcdResources {
  /**
   * CPU, in thousandths of a core. Less than 100, kubeadm's own, or more than the smallest control plane
   * has, throws.
   *
   * @default - a quarter of the machine's cores, at most 2000; kubeadm's 100 where `cpus` is unknown
   */
  readonly cpuMillicores?: number;
  /**
   * Memory. Less than 100 MiB, kubeadm's own, or as much as the smallest control plane has, throws.
   *
   * @default - an eighth of the machine's memory, at most the quota; kubeadm's 100 MiB where `memory`
   * is unknown
   */
  readonly memory?: Size;
}
