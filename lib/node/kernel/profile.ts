/**
 * Which way the kernel leans where there is no right value for all. What is set beyond `BALANCED` is
 * listed in docs/kernel.md; none of it was measured on your machines.
 */
export enum KernelProfile {
  /** What every Kubernetes machine needs, and the kernel's own choice for the rest. */
  BALANCED = 'balanced',
  /** Short answers on connections that stay open: no fresh start after a pause, little data waiting, dead peers found sooner. */
  LATENCY = 'latency',
  /** Much data over long ways and many connections from one machine: larger buffers and queues, more source ports. */
  THROUGHPUT = 'throughput',
}

/** How the kernel of the machines is tuned. */
export interface KernelOptions {
  /**
   * Which way to lean.
   *
   * @default KernelProfile.BALANCED
   */
  readonly profile?: KernelProfile;
  /**
   * Values that replace ours or come on top, sysctl key → value, on every machine. What the kubelet
   * or kubeadm demands throws when it is changed; a value that another construct asks for differently
   * is a finding.
   *
   * @default - none
   */
  readonly overrides?: { [key: string]: string };
}
