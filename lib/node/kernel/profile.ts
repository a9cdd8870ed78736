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
  /**
   * The text of an `/etc/sysctl.conf` that somebody wrote by hand. What it asks for goes the way that
   * works: into the file of sysctl.d that is read last, without what kube-proxy or the network plugin
   * settles. Findings GW-NODE-007 to 010 say what its lines did. `overrides` win; a line that sysctl
   * would pass over throws.
   *
   * @default - none
   */
  readonly sysctlConf?: string;
  /**
   * Modules that somebody loaded by hand: lines of `/etc/modules`, or `modprobe` commands. All of them
   * are loaded at boot; of those that a command loaded, finding GW-NODE-011 says which nothing else
   * needs. Options of a module throw, and so does a command that removes one.
   *
   * @default - none
   */
  readonly modules?: string;
}
