import type { Duration } from 'cdk8s';
import type { Cluster } from '../../cluster';

/** A measurement of throughput that runs as soon as it is applied. */
export interface IperfMatrixProps {
  /** The cluster. */
  readonly cluster: Cluster;
  /**
   * Says that you know what it does: each pair fills its link for as long as it is measured, and others on
   * that link wait. Anything but `true` throws.
   */
  readonly acknowledgeLoad: boolean;
  /**
   * Names of the machines whose pairs are measured, at least two. Others throw.
   *
   * @default - all machines
   */
  readonly machines?: string[];
  /**
   * How long one pair sends in one direction, 1 to 30 whole seconds. All of it taking more than an hour is
   * finding GW-DOCTOR-006.
   *
   * @default Duration.seconds(10)
   */
  readonly time?: Duration;
  /**
   * Port of iperf3 on machines and in pods, 1024 to 65534; pods take the next one as well. One that
   * something else has is finding GW-DOCTOR-002.
   *
   * @default 5201, that of iperf3
   */
  readonly port?: number;
  /**
   * Whether the host firewall lets machines reach `port` on each other. Without it that is refused, which
   * finding GW-DOCTOR-003 says.
   *
   * @default false
   */
  readonly openPort?: boolean;
  /**
   * Whether pairs of machines are measured besides pairs of pods. Without them nothing shows what the pod
   * network costs.
   *
   * @default true
   */
  readonly betweenMachines?: boolean;
  /**
   * Namespace, an RFC 1123 label, and nobody else's. `default` and `kube-…` throw. Where an object of this
   * App declares it already, that one stands.
   *
   * @default 'groundwork-doctor'
   */
  readonly namespace?: string;
  /**
   * Full reference of an image with iperf3, nc, dig, socat and `/bin/sh`, with tag or digest.
   *
   * @default - netshoot of the catalogue, from `cluster.imageRegistry` if there is one
   */
  readonly image?: string;
}
