import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart, Testing } from 'cdk8s';
import { stringify } from 'yaml';
import { EtcdAlerts, EtcdBackup, EtcdOnNvme } from '../../lib';
import { bucket } from '../etcd/backup';
import { osloCluster } from '../support/oslo';
import { tempApp, tempDir } from '../support/temp-app';

// Prometheus' own checker reads the rules and evaluates them over series that are written here.

const PROMTOOL = spawnSync('promtool', ['--version']).error === undefined;
const REQUIRED = process.env.GROUNDWORK_REQUIRE_TOOLS === '1';

if (!PROMTOOL && !REQUIRED) {
  process.stderr.write('skipped, no promtool on this machine: apt-get install prometheus\n');
}
const withPromtool = PROMTOOL || REQUIRED ? test : test.skip;

/** The rules of the flagship with a backup every hour, as Prometheus loads them. */
function rulesIn(dir: string): string {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = osloCluster(chart);
  new EtcdOnNvme(chart, 'etcd', { cluster });
  new EtcdBackup(chart, 'backup', { cluster, target: bucket() });
  new EtcdAlerts(chart, 'alerts', { cluster });
  const { spec } = Testing.synth(chart).find(({ kind }) => kind === 'PrometheusRule');
  const file = join(dir, 'rules.yml');
  writeFileSync(file, stringify(spec));
  return file;
}

function promtool(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}

withPromtool('promtool accepts the rules, all of them', () => {
  const dir = tempDir();
  const { status, output } = promtool('check', 'rules', rulesIn(dir));
  expect(output).toContain('SUCCESS: 19 rules found');
  expect(status).toBe(0);
});

type Series = Record<string, string>;

const HOUR = 60;
const [ONE, TWO, THREE] = [1, 2, 3].map((n) => `job="kube-etcd",instance="10.20.0.1${n}:2381"`) as [
  string,
  string,
  string,
];
const BACKUP = 'job="kube-state-metrics",namespace="kube-system",cronjob="etcd-backup"';

/** Three members that answer, and a backup that has just run. */
const WELL: Series = Object.fromEntries([ONE, TWO, THREE].map((m) => [`up{${m}}`, '1x600']));
const created = (values: string): Series => ({ [`kube_cronjob_created{${BACKUP}}`]: values });

/** A histogram of 100 observations a minute; bounds in seconds with how many a minute are below each. */
function histogram(name: string, labels: string, below: Array<[string, number]>): Series {
  const buckets = [...below, ['+Inf', 100] as const].map(([le, count]) => [
    `${name}_bucket{${labels},le="${le}"}`,
    `0+${count}x600`,
  ]);
  return { ...Object.fromEntries(buckets), [`${name}_count{${labels}}`]: '0+100x600' };
}

const fsync = (below: Array<[string, number]>) =>
  histogram('etcd_disk_wal_fsync_duration_seconds', ONE, below);
const commit = (below: Array<[string, number]>) =>
  histogram('etcd_disk_backend_commit_duration_seconds', ONE, below);
const peer = (below: Array<[string, number]>) =>
  histogram('etcd_network_peer_round_trip_time_seconds', `${ONE},To="a1"`, below);
const gauge = (name: string, values: string): Series => ({ [`${name}{${ONE}}`]: values });
const database = (total: string, inUse: string): Series => ({
  ...gauge('etcd_mvcc_db_total_size_in_bytes', total),
  ...gauge('etcd_mvcc_db_total_size_in_use_in_bytes', inUse),
  ...gauge('etcd_server_quota_backend_bytes', `${8 * 1024 ** 3}x600`),
});
const GIB = 1024 ** 3;

/** What happens, minutes after which it is looked at, and what is on then. */
const cases: Array<[string, Series, number, string[]]> = [
  ['nothing is wrong', {}, 3 * HOUR, []],
  [
    '99.5 % of fsyncs below 1 ms',
    fsync([
      ['0.001', 99.5],
      ['0.002', 100],
    ]),
    HOUR,
    [],
  ],
  [
    '98 % of fsyncs below 1 ms',
    fsync([
      ['0.001', 98],
      ['0.002', 100],
    ]),
    HOUR,
    ['EtcdFsyncNotNvmeGrade'],
  ],
  [
    '98 % below 1 ms, for ten minutes only',
    fsync([
      ['0.001', 98],
      ['0.002', 100],
    ]),
    12,
    [],
  ],
  [
    'fsyncs of 12 ms',
    fsync([
      ['0.001', 50],
      ['0.008', 90],
      ['0.016', 100],
    ]),
    HOUR,
    ['EtcdFsyncNotNvmeGrade', 'EtcdFsyncSlow'],
  ],
  [
    'fsyncs of more than 100 ms',
    fsync([
      ['0.001', 50],
      ['0.064', 90],
      ['0.256', 100],
    ]),
    HOUR,
    ['EtcdFsyncNotNvmeGrade', 'EtcdFsyncSlow', 'EtcdFsyncVerySlow'],
  ],
  [
    'commits of 16 ms',
    commit([
      ['0.008', 90],
      ['0.016', 100],
    ]),
    HOUR,
    [],
  ],
  [
    'commits of 32 ms',
    commit([
      ['0.016', 90],
      ['0.032', 100],
    ]),
    HOUR,
    ['EtcdCommitSlow'],
  ],
  [
    'a peer 3 ms away',
    peer([
      ['0.0016', 50],
      ['0.0032', 100],
    ]),
    HOUR,
    [],
  ],
  [
    'a peer 25 ms away',
    peer([
      ['0.0128', 50],
      ['0.0256', 100],
    ]),
    HOUR,
    ['EtcdPeerRoundTripSlow'],
  ],
  ['a reboot', { [`up{${THREE}}`]: '1x9 0x3 1x600' }, 14, []],
  ['a member stays away', { [`up{${THREE}}`]: '0x600' }, HOUR, ['EtcdMemberDown']],
  [
    'two stay away',
    { [`up{${THREE}}`]: '0x600', [`up{${TWO}}`]: '0x600' },
    HOUR,
    ['EtcdMemberDown', 'EtcdQuorumLost'],
  ],
  [
    'a member that is no longer looked for',
    { [`up{${THREE}}`]: '1x5 _x600' },
    HOUR,
    ['EtcdMemberDown'],
  ],
  [
    'a member that is scraped twice does not make up for one',
    { [`up{${THREE}}`]: '0x600', [`up{job="etcd-again",instance="10.20.0.11:2381"}`]: '1x600' },
    HOUR,
    ['EtcdMemberDown'],
  ],
  [
    'no metrics at all',
    Object.fromEntries([ONE, TWO, THREE].map((m) => [`up{${m}}`, '_x600'])),
    HOUR,
    ['EtcdMemberDown', 'EtcdQuorumLost'],
  ],
  ['no leader', gauge('etcd_server_has_leader', '0x600'), HOUR, ['EtcdNoLeader']],
  ['a leader', gauge('etcd_server_has_leader', '1x600'), HOUR, []],
  [
    'one change of the leader',
    gauge('etcd_server_leader_changes_seen_total', '1x30 2x600'),
    40,
    [],
  ],
  [
    'a change of the leader every four minutes',
    gauge('etcd_server_leader_changes_seen_total', '0+0.25x600'),
    HOUR,
    ['EtcdLeaderChanges'],
  ],
  ['a learner for ten minutes', gauge('etcd_server_is_learner', '1x10 0x600'), HOUR, []],
  ['a learner for ever', gauge('etcd_server_is_learner', '1x600'), HOUR, ['EtcdLearnerStays']],
  [
    'heartbeats late',
    gauge('etcd_server_heartbeat_send_failures_total', '0+1x600'),
    HOUR,
    ['EtcdHeartbeatsLate'],
  ],
  [
    'two heartbeats late',
    gauge('etcd_server_heartbeat_send_failures_total', '0x50 2x600'),
    HOUR,
    [],
  ],
  ['slow requests', gauge('etcd_server_slow_apply_total', '0+2x600'), HOUR, ['EtcdSlowApplies']],
  ['a slow request in two minutes', gauge('etcd_server_slow_apply_total', '0+0.5x600'), HOUR, []],
  ['a queue', gauge('etcd_server_proposals_pending', '6x600'), HOUR, ['EtcdProposalsPending']],
  ['a short queue', gauge('etcd_server_proposals_pending', '5x600'), HOUR, []],
  [
    'failed writes',
    gauge('etcd_server_proposals_failed_total', '0+1x600'),
    2 * HOUR,
    ['EtcdProposalsFailed'],
  ],
  ['half of the quota', database(`${4 * GIB}x600`, `${3 * GIB}x600`), HOUR, []],
  ['85 % of the quota', database(`${6.8 * GIB}x600`, `${6 * GIB}x600`), HOUR, ['EtcdQuotaNear']],
  [
    '96 % of the quota',
    database(`${7.68 * GIB}x600`, `${6 * GIB}x600`),
    HOUR,
    ['EtcdQuotaNear', 'EtcdQuotaReached'],
  ],
  ['40 % in use', database(`${GIB}x600`, `${0.4 * GIB}x600`), 2 * HOUR, ['EtcdFragmented']],
  ['40 % in use of 100 MiB', database('104857600x600', '41943040x600'), 2 * HOUR, []],
  [
    'a backup every hour',
    {
      [`kube_cronjob_status_last_successful_time{${BACKUP}}`]:
        '0x59 3600x59 7200x59 10800x59 14400x59',
    },
    4 * HOUR,
    [],
  ],
  [
    'a backup that stopped three hours ago',
    { [`kube_cronjob_status_last_successful_time{${BACKUP}}`]: '3600x600' },
    4 * HOUR,
    ['EtcdBackupOld'],
  ],
  ['a CronJob that has never succeeded', created('0x600'), 3 * HOUR, ['EtcdBackupOld']],
  ['no CronJob', created('_x600'), 2 * HOUR, ['EtcdBackupUnknown']],
];

withPromtool('each alert is on when it should be, and only then', () => {
  const dir = tempDir();
  const tests = cases.map(([name, series, minutes, on]) => {
    const all: Series = { ...WELL, ...created(`${minutes * 60}x600`), ...series };
    return {
      name,
      interval: '1m',
      input_series: Object.entries(all).map(([key, values]) => ({ series: key, values })),
      promql_expr_test: [
        {
          expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
          eval_time: `${minutes}m`,
          exp_samples: on.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 })),
        },
      ],
    };
  });
  const file = join(dir, 'test.yml');
  writeFileSync(file, stringify({ rule_files: [rulesIn(dir)], evaluation_interval: '1m', tests }));
  const { status, output } = promtool('test', 'rules', file);
  expect(output).toContain('SUCCESS');
  expect(status).toBe(0);
});

withPromtool('every alert is on in one case, and off in another', () => {
  const dir = tempDir();
  const { output } = promtool('check', 'rules', rulesIn(dir));
  expect(output).toContain('19 rules');
  const on = new Set(cases.flatMap(([, , , names]) => names));
  expect(on.size).toBe(19);
});

withPromtool('what people read has its values filled in', () => {
  const dir = tempDir();
  const test = {
    interval: '1m',
    input_series: Object.entries({
      ...WELL,
      ...created('3600x600'),
      ...database(`${6.8 * GIB}x600`, `${6 * GIB}x600`),
    }).map(([series, values]) => ({ series, values })),
    alert_rule_test: [
      {
        eval_time: '1h',
        alertname: 'EtcdQuotaNear',
        exp_alerts: [
          {
            exp_labels: { severity: 'warning', job: 'kube-etcd', instance: '10.20.0.11:2381' },
            exp_annotations: {
              summary: 'the database of etcd on 10.20.0.11:2381 has 85% of its quota',
              runbook: 'report/etcd.md, section "Database too large"',
            },
          },
        ],
      },
    ],
  };
  const file = join(dir, 'test.yml');
  writeFileSync(
    file,
    stringify({ rule_files: [rulesIn(dir)], evaluation_interval: '1m', tests: [test] }),
  );
  expect(promtool('test', 'rules', file)).toMatchObject({
    status: 0,
    output: expect.stringContaining('SUCCESS'),
  });
});
