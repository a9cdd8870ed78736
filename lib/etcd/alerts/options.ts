import type { Duration } from 'cdk8s';
import type { Cluster } from '../../cluster';

/** How etcd is watched; the thresholds follow from the facts of the cluster. */
export interface EtcdAlertsOptions {
  /**
   * Namespace of the PrometheusRule: an RFC 1123 label of one that exists and that Prometheus looks into.
   *
   * @default 'kube-system'
   */
  readonly namespace?: string;
  /**
   * Labels by which Prometheus chooses its rules, for example `{ release: 'kube-prometheus-stack' }`.
   *
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * How the metrics of etcd are told from others: label matchers without braces.
   *
   * @default 'job=~".*etcd.*"', which is true of the usual stacks
   */
  readonly selector?: string;
  /**
   * Whether fsyncs above 1 ms are worth an alert: true of NVMe disks with power-loss protection.
   *
   * @default - whether every control plane has a disk of its own for etcd
   */
  readonly nvmeGrade?: boolean;
  /**
   * Address at which people read `report/etcd.md`, `http` or `https` without `#`, for the
   * annotation `runbook_url`. Another form throws.
   *
   * @default - none; each alert names the section of the file
   */
  readonly runbookUrl?: string;
  /**
   * Age of the newest snapshot above which there is an alert, whole minutes, at least the longest gap
   * between two runs. Without `EtcdBackup` in the spec it throws.
   *
   * @default - twice the longest gap and the time that a run may take
   */
  readonly backupMaxAge?: Duration;
}

/** `EtcdAlertsOptions` and the cluster they are for. */
export interface EtcdAlertsProps extends EtcdAlertsOptions {
  /** The cluster. */
  readonly cluster: Cluster;
}
