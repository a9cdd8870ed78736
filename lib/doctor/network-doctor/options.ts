import type { Duration } from 'cdk8s';
import type { Cluster } from '../../cluster';

/** What a doctor that anybody can call is to know; what it must measure follows from the cluster. */
export interface NetworkDoctorOptions {
  /**
   * Namespace of its pods, an RFC 1123 label, and nobody else's: it is deleted with the doctor. `default`
   * and `kube-…` throw. Where an object of this App declares it already, that one stands.
   *
   * @default 'groundwork-doctor'
   */
  readonly namespace?: string;
  /**
   * Full reference of the image that the collectors run in, with tag or digest. It needs `/bin/sh` and the
   * programs of netshoot; which ones says finding GW-DOCTOR-004.
   *
   * @default - netshoot of the catalogue, from `cluster.imageRegistry` if there is one
   */
  readonly image?: string;
  /**
   * Full reference of an image with fio and `/bin/sh`, for the disk of etcd.
   *
   * @default - the catalogue's, from `cluster.imageRegistry` if there is one
   */
  readonly fioImage?: string;
  /**
   * Folder for the file that fio writes over and over, on the disk of etcd of every control plane: an
   * absolute path, never a device. It is created, and its content removed. Another path throws; one that is
   * not beside the data of etcd, or its log where that has a disk of its own, is finding GW-DOCTOR-005.
   *
   * @default - beside the log of EtcdOnNvme, or its data where the log has no disk of its own; without that the disk is not measured
   */
  readonly fsyncDirectory?: string;
  /**
   * How long fio writes on one control plane, 10 to 120 whole seconds. A rented disk spends its credit
   * first, so less than 60 says little.
   *
   * @default Duration.seconds(60)
   */
  readonly fsyncTime?: Duration;
  /**
   * Port that iperf3 listens on while two machines are measured, 1024 to 65535. One that something else
   * has is finding GW-DOCTOR-002.
   *
   * @default 5201, that of iperf3
   */
  readonly iperfPort?: number;
  /**
   * How long one pair sends in one direction, 1 to 30 whole seconds.
   *
   * @default Duration.seconds(10)
   */
  readonly iperfTime?: Duration;
  /**
   * Whether the host firewall lets machines reach `iperfPort` on each other. Nothing listens there but while
   * a pair is measured. Without it that is refused, which finding GW-DOCTOR-003 says.
   *
   * @default false
   */
  readonly openIperfPort?: boolean;
  /**
   * Whether the pods stay in the cluster: applied with its manifests, and there when they are needed.
   * Otherwise they are in `doctor/doctor.manifest`, which nothing applies but the doctor, while it runs.
   *
   * @default - true for a construct of your own, false as a part of NvmeControlPlane
   */
  readonly stays?: boolean;
}

/** `NetworkDoctorOptions` and the cluster it is for. */
export interface NetworkDoctorProps extends NetworkDoctorOptions {
  /** The cluster. */
  readonly cluster: Cluster;
}
