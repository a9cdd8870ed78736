/** What a slow disk does to a machine that is to become an etcd member. */
export enum FsyncGate {
  /** From 10 ms on the bootstrap stops before kubeadm runs; from 1 ms on it warns. */
  STOP = 'stop',
  /** It is measured and said, and the bootstrap goes on whatever comes out. */
  WARN = 'warn',
  /** Nothing is measured and fio is not installed (GW-ETCD-006). */
  OFF = 'off',
}
