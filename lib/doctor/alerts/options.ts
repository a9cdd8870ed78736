import type { Cluster } from '../../cluster';

/** Alerts on what the doctor measures, for all the time when nobody calls it. */
export interface NodeAlertsProps {
  /** The cluster. */
  readonly cluster: Cluster;
  /**
   * Namespace of the PrometheusRule: an RFC 1123 label of one that exists and that Prometheus looks into.
   * Another value throws.
   *
   * @default 'kube-system'
   */
  readonly namespace?: string;
  /**
   * Labels by which Prometheus chooses its rules, for example `{ release: 'kube-prometheus-stack' }`. What
   * is no label throws.
   *
   * @default - none
   */
  readonly labels?: Record<string, string>;
  /**
   * How the metrics of node_exporter are told from others: label matchers without braces. Another form
   * throws.
   *
   * @default 'job=~".*node.?exporter.*"', which is true of the usual stacks
   */
  readonly selector?: string;
  /**
   * Address at which people read `report/index.html`, `http` or `https` without `#`, for the annotation
   * `runbook_url`. Another form throws.
   *
   * @default - none; each alert names the step of the runbook
   */
  readonly runbookUrl?: string;
}
