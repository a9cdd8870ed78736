import type { AlertChoices } from './choices';
import { tuned, type TuningRow } from '../../cluster';
import type { Section } from '../runbook/sections';

/** How soon somebody must look. */
export type AlertSeverity = 'warning' | 'critical';

/** One alert: the expression with its reason, and what stands around it. */
export interface Alert {
  readonly name: string;
  /** The expression; its reason says why this threshold. */
  readonly row: TuningRow<string>;
  readonly for: string;
  readonly severity: AlertSeverity;
  /** What is the matter, with Prometheus' own placeholders. */
  readonly summary: string;
  readonly section: Section;
}

type AlertText = Omit<Alert, 'row'> & {
  readonly expr: string;
  readonly upstream: string;
  readonly why: string;
  readonly source?: string;
};

const MIXIN = 'etcd-io/etcd contrib/mixin/alerts/alerts.libsonnet';
const HARDWARE = 'https://etcd.io/docs/v3.6/op-guide/hardware/';
const METRICS = 'https://etcd.io/docs/v3.6/metrics/';
const STATE_METRICS = 'kubernetes/kube-state-metrics docs/metrics/workload/cronjob-metrics.md';

/** Every alert, those on the disk first. */
export function alertRules(choices: AlertChoices): Alert[] {
  return [
    ...diskAlerts(choices),
    ...memberAlerts(choices),
    ...loadAlerts(choices),
    ...sizeAlerts(choices),
    ...backupAlerts(choices),
  ].map(({ expr, upstream, why, source = MIXIN, ...alert }) => ({
    ...alert,
    row: tuned(`PrometheusRule.spec.groups.rules[${alert.name}].expr`, expr, upstream, why, source),
  }));
}

function diskAlerts({ selector, nvmeGrade }: AlertChoices): AlertText[] {
  const fsync = 'etcd_disk_wal_fsync_duration_seconds';
  const quantile = (histogram: string) =>
    `histogram_quantile(0.99, rate(${histogram}_bucket{${selector}}[5m]))`;
  const nvme: AlertText = {
    name: 'EtcdFsyncNotNvmeGrade',
    expr: `1 - rate(${fsync}_bucket{${selector},le="0.001"}[5m]) / ignoring(le) rate(${fsync}_count{${selector}}[5m]) > 0.01`,
    for: '15m',
    severity: 'warning',
    summary:
      '{{ $value | humanizePercentage }} of the fsyncs of etcd on {{ $labels.instance }} took longer than 1 ms',
    section: 'slowDisk',
    upstream: 'none',
    why: 'the goal of these disks is 1 ms for 99 of 100; the first bucket ends there, so its share is exact, and a quantile below it is a guess',
    source: 'etcd-io/etcd server/storage/wal/metrics.go',
  };
  return [
    ...(nvmeGrade ? [nvme] : []),
    {
      name: 'EtcdFsyncSlow',
      expr: `${quantile(fsync)} > 0.01`,
      for: '10m',
      severity: 'warning',
      summary:
        'fsyncs of etcd on {{ $labels.instance }} take {{ $value | humanizeDuration }} (99th percentile)',
      section: 'slowDisk',
      upstream: '0.5 s',
      why: 'what etcd itself asks of a disk; leaders start to change far below half a second',
      source: HARDWARE,
    },
    {
      name: 'EtcdFsyncVerySlow',
      expr: `${quantile(fsync)} > 0.1`,
      for: '5m',
      severity: 'critical',
      summary:
        'fsyncs of etcd on {{ $labels.instance }} take {{ $value | humanizeDuration }} (99th percentile)',
      section: 'slowDisk',
      upstream: '1 s',
      why: 'a heartbeat of 100 ms waits behind one such fsync, and ten of them in a row are an election',
      source: 'https://etcd.io/docs/v3.6/tuning/',
    },
    {
      name: 'EtcdCommitSlow',
      expr: `${quantile('etcd_disk_backend_commit_duration_seconds')} > 0.025`,
      for: '10m',
      severity: 'warning',
      summary:
        'etcd on {{ $labels.instance }} takes {{ $value | humanizeDuration }} to commit (99th percentile)',
      section: 'slowDisk',
      upstream: '0.25 s',
      why: 'what etcd itself asks of a disk',
      source: HARDWARE,
    },
  ];
}

function memberAlerts(choices: AlertChoices): AlertText[] {
  const { selector, members, quorum, roundTripMs } = choices;
  // By instance, as one member may be scraped twice; nothing at all counts as none.
  const up = `(count(max by (instance) (up{${selector}}) == 1) or vector(0))`;
  const slow = Math.max(10, 3 * roundTripMs) / 1000;
  return [
    {
      name: 'EtcdQuorumLost',
      expr: `${up} < ${quorum}`,
      for: '1m',
      severity: 'critical',
      summary: `{{ $value }} of ${members} etcd members answer, ${quorum} are needed to write`,
      section: 'memberDown',
      upstream: 'fewer than half of those that are known, 3 minutes',
      why: 'counted against the spec: a member that Prometheus has forgotten is missing as well',
    },
    ...(members === 1
      ? []
      : [
          {
            name: 'EtcdMemberDown',
            expr: `${up} < ${members}`,
            for: '5m',
            severity: 'warning' as const,
            summary: `{{ $value }} of ${members} etcd members answer`,
            section: 'memberDown' as const,
            upstream: '10 minutes, critical',
            why: 'a reboot takes less than five minutes; longer means one failure less that is survived',
          },
        ]),
    {
      name: 'EtcdNoLeader',
      expr: `etcd_server_has_leader{${selector}} == 0`,
      for: '1m',
      severity: 'critical',
      summary: 'etcd on {{ $labels.instance }} has no leader, and writes nothing',
      section: 'memberDown',
      upstream: 'the same',
      why: 'an election takes seconds',
    },
    {
      name: 'EtcdLeaderChanges',
      expr: `max by (job) (increase(etcd_server_leader_changes_seen_total{${selector}}[15m])) >= 3`,
      for: '5m',
      severity: 'warning',
      summary: '{{ $value | humanize }} changes of the etcd leader within 15 minutes',
      section: 'slowDisk',
      upstream: '4 within 15 minutes',
      why: 'one comes with each restart of a leader; three are no restart, but a slow disk, a lack of CPU or the network',
    },
    {
      name: 'EtcdLearnerStays',
      expr: `etcd_server_is_learner{${selector}} == 1`,
      for: '15m',
      severity: 'warning',
      summary: 'etcd on {{ $labels.instance }} is still a learner: its join broke off',
      section: 'replaceMember',
      upstream: 'none',
      why: 'a learner is promoted within minutes; one that stays has no vote and keeps the next machine from joining, since there may be one',
      source: 'https://etcd.io/docs/v3.6/learning/design-learner/',
    },
    ...(members === 1
      ? []
      : [
          {
            name: 'EtcdPeerRoundTripSlow',
            expr: `histogram_quantile(0.99, rate(etcd_network_peer_round_trip_time_seconds_bucket{${selector}}[5m])) > ${slow}`,
            for: '10m',
            severity: 'warning' as const,
            summary:
              'the way from {{ $labels.instance }} to member {{ $labels.To }} takes {{ $value | humanizeDuration }} (99th percentile)',
            section: 'status' as const,
            upstream: '0.15 s',
            why: `three times the ${roundTripMs} ms between control planes that the spec declares, at least 10 ms: timers were chosen for that, and buckets double in width`,
          },
        ]),
  ];
}

function loadAlerts({ selector }: AlertChoices): AlertText[] {
  return [
    {
      name: 'EtcdHeartbeatsLate',
      expr: `increase(etcd_server_heartbeat_send_failures_total{${selector}}[15m]) > 5`,
      for: '5m',
      severity: 'warning',
      summary:
        'the leader on {{ $labels.instance }} sent {{ $value | humanize }} heartbeats late within 15 minutes',
      section: 'slowDisk',
      upstream: 'none',
      why: 'the leader is late by a whole heartbeat; single ones come with a pause of the process, more with a slow disk or too little CPU',
      source: METRICS,
    },
    {
      name: 'EtcdSlowApplies',
      expr: `rate(etcd_server_slow_apply_total{${selector}}[15m]) * 60 > 1`,
      for: '15m',
      severity: 'warning',
      summary:
        'etcd on {{ $labels.instance }} took longer than 100 ms for {{ $value | humanize }} requests a minute',
      section: 'slowDisk',
      upstream: 'none',
      why: '100 ms is where etcd calls a request slow; more than one a minute is no single large list',
      source: METRICS,
    },
    {
      name: 'EtcdProposalsPending',
      expr: `etcd_server_proposals_pending{${selector}} > 5`,
      for: '10m',
      severity: 'warning',
      summary: '{{ $value }} writes wait on {{ $labels.instance }} for their turn',
      section: 'slowDisk',
      upstream: 'none',
      why: 'writes come faster than the members agree on them; a queue that never empties is overload',
      source: METRICS,
    },
    {
      name: 'EtcdProposalsFailed',
      expr: `increase(etcd_server_proposals_failed_total{${selector}}[1h]) > 5`,
      for: '15m',
      severity: 'warning',
      summary: '{{ $value | humanize }} writes failed on {{ $labels.instance }} within an hour',
      section: 'memberDown',
      upstream: '5 a second over 15 minutes',
      why: 'they fail during elections and without a quorum, else never; five a second would be an outage',
    },
  ];
}

function sizeAlerts({ selector }: AlertChoices): AlertText[] {
  const size = `etcd_mvcc_db_total_size_in_bytes{${selector}}`;
  const share = `${size} / etcd_server_quota_backend_bytes{${selector}}`;
  const inUse = `etcd_mvcc_db_total_size_in_use_in_bytes{${selector}} / ${size}`;
  const summary =
    'the database of etcd on {{ $labels.instance }} has {{ $value | humanizePercentage }} of its quota';
  return [
    {
      name: 'EtcdQuotaNear',
      expr: `${share} > 0.8`,
      for: '10m',
      severity: 'warning',
      summary,
      section: 'quota',
      upstream: 'none below 95 %',
      why: 'time to find what fills it, before writes are refused',
      source: 'https://etcd.io/docs/v3.6/op-guide/maintenance/',
    },
    {
      name: 'EtcdQuotaReached',
      expr: `${share} > 0.95`,
      for: '5m',
      severity: 'critical',
      summary,
      section: 'quota',
      upstream: 'the same, 10 minutes',
      why: 'at the quota the cluster becomes read-only',
    },
    {
      name: 'EtcdFragmented',
      expr: `${inUse} < 0.5 and ${size} > 209715200`,
      for: '1h',
      severity: 'warning',
      summary:
        '{{ $value | humanizePercentage }} of the database of etcd on {{ $labels.instance }} is in use',
      section: 'defragment',
      upstream: 'below 50 % with 100 MiB in use',
      why: 'below half there is more to gain than the pause of a member costs; below 200 MiB there is not',
    },
  ];
}

function backupAlerts({ backup }: AlertChoices): AlertText[] {
  if (backup === undefined) {
    return [];
  }
  const { namespace, name, maxAgeSeconds } = backup;
  const job = `namespace="${namespace}",cronjob="${name}"`;
  return [
    {
      name: 'EtcdBackupOld',
      expr: `time() - (kube_cronjob_status_last_successful_time{${job}} or kube_cronjob_created{${job}}) > ${maxAgeSeconds}`,
      for: '5m',
      severity: 'critical',
      summary: 'the newest snapshot of etcd is {{ $value | humanizeDuration }} old',
      section: 'backup',
      upstream: 'none',
      why: 'one run may fail, two in a row do not pass by themselves; before the first success the age of the CronJob counts',
      source: STATE_METRICS,
    },
    {
      name: 'EtcdBackupUnknown',
      expr: `absent(kube_cronjob_created{${job}})`,
      for: '1h',
      severity: 'warning',
      summary: 'nobody knows whether etcd is saved: no CronJob, or no kube-state-metrics',
      section: 'backup',
      upstream: 'none',
      why: 'an alert on the age says nothing when its metric is missing',
      source: STATE_METRICS,
    },
  ];
}
