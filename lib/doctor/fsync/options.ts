import type { Duration } from 'cdk8s';
import type { Cluster } from '../../cluster';

/** A measurement of the disks of etcd that runs as soon as it is applied. */
export interface FsyncProbeProps {
  /** The cluster. */
  readonly cluster: Cluster;
  /**
   * Says that you know what it does: fio writes beside the running etcd, one control plane after the other,
   * and whatever the cluster writes waits behind it. Anything but `true` throws.
   */
  readonly acknowledgeLoad: boolean;
  /**
   * Names of the control planes that are measured, at least one. Others throw.
   *
   * @default - every control plane
   */
  readonly machines?: string[];
  /**
   * Folder for the file of 22 MiB that is written over and over: an absolute path on the disk of etcd, never
   * a device; one that is not there is created, and its content removed. Another path throws; one that is
   * not beside the data of etcd, or its log where that has a disk of its own, is finding GW-DOCTOR-005.
   *
   * @default - beside the log of EtcdOnNvme, or its data where the log has no disk of its own; without that it must be given
   */
  readonly directory?: string;
  /**
   * How long fio writes on one control plane, 10 to 120 whole seconds. A rented disk spends its credit
   * first, so less than 60 says little.
   *
   * @default Duration.seconds(60)
   */
  readonly time?: Duration;
  /**
   * Namespace, an RFC 1123 label, and nobody else's. `default` and `kube-…` throw. Where an object of this
   * App declares it already, that one stands.
   *
   * @default 'groundwork-doctor'
   */
  readonly namespace?: string;
  /**
   * Full reference of an image with fio and `/bin/sh`, with tag or digest.
   *
   * @default - the catalogue's, from `cluster.imageRegistry` if there is one
   */
  readonly image?: string;
}
