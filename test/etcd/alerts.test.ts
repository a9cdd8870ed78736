import { ApiObject, Chart, Duration, Size } from 'cdk8s';
import {
  Cluster,
  EtcdAlerts,
  EtcdBackup,
  EtcdDisk,
  EtcdOnNvme,
  GroundworkApp,
  NvmeControlPlane,
  TunedCalico,
  Underlay,
  type ClusterProps,
  type EtcdAlertsOptions,
} from '../../lib';
import { phaseOf } from '../../lib/cluster';
import { alertsRules } from '../../lib/etcd/alerts/rules';
import { anchor, sections } from '../../lib/etcd/runbook/sections';
import { unexplainedLeaves } from '../support/coverage';
import { osloMachine, osloProps } from '../support/oslo';
import { tempApp, tempDir } from '../support/temp-app';
import { ipv6Only } from '../dns/dns';
import { bucket, said } from './backup';

function render(
  options: EtcdAlertsOptions = {},
  facts: Partial<ClusterProps> = {},
  backup: string | false = '23 * * * *',
) {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps(facts) });
  new EtcdOnNvme(chart, 'etcd', { cluster });
  if (backup !== false) {
    new EtcdBackup(chart, 'backup', { cluster, target: bucket(), schedule: backup });
  }
  const alerts = new EtcdAlerts(chart, 'alerts', { cluster, ...options });
  const [node] = alerts.node.findAll().filter((each) => ApiObject.isApiObject(each)) as ApiObject[];
  const object = node!.toJson();
  const rules: any[] = object.spec.groups[0].rules;
  return { chart, cluster, alerts, node: node!, object, rules };
}

const expr = ({ rules }: { rules: any[] }, name: string): string =>
  rules.find(({ alert }) => alert === name)?.expr;

test('an object that the definition of the kind accepts, applied with the alerts', () => {
  const { object, node, rules } = render({ namespace: 'monitoring', labels: { release: 'stack' } });
  expect(object).toMatchObject({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'groundwork-etcd', namespace: 'monitoring', labels: { release: 'stack' } },
  });
  expect(phaseOf(node)).toBe('70-observability');
  expect(Object.keys(object.spec)).toEqual(['groups']);
  for (const rule of rules) {
    expect(Object.keys(rule).sort()).toEqual(['alert', 'annotations', 'expr', 'for', 'labels']);
    expect(rule.for).toMatch(/^\d+[mh]$/);
    expect(['warning', 'critical']).toContain(rule.labels.severity);
  }
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
});

test('every expression has a reason', () => {
  const { object, cluster, rules } = render();
  const structural = ['alert', 'for', 'labels', 'annotations'].map(
    (field) => `PrometheusRule.spec.groups.rules.${field}`,
  );
  expect(
    unexplainedLeaves(object, {
      decisions: cluster.decisions(),
      facts: [],
      structural: [...structural, 'PrometheusRule.spec.groups.name'],
    }),
  ).toEqual([]);
  const reasons = cluster.decisions().filter(({ path }) => path === 'oslo/alerts');
  expect(reasons.map(({ key, value }) => [key, value])).toEqual(
    rules.map((rule) => [`PrometheusRule.spec.groups.rules[${rule.alert}].expr`, rule.expr]),
  );
});

test('each points to a section that the runbook has', () => {
  const { rules, cluster } = render({ runbookUrl: 'https://git.example.no/oslo/etcd.md' });
  const runbook = cluster._reports()['etcd.md']!;
  for (const { annotations } of rules) {
    const [, heading] = /^report\/etcd\.md, section "(.+)"$/.exec(annotations.runbook)!;
    expect(runbook).toContain(`\n## ${heading}\n`);
    const fragment = heading!.toLowerCase().replaceAll(' ', '-');
    expect(annotations.runbook_url).toBe(`https://git.example.no/oslo/etcd.md#${fragment}`);
  }
  expect(anchor('slowDisk')).toBe('slow-disk');
  expect(Object.values(sections)).toHaveLength(12);
  expect(render().rules[0].annotations.runbook_url).toBeUndefined();
});

describe('thresholds follow from the facts', () => {
  test('members and quorum', () => {
    const three = render();
    expect(expr(three, 'EtcdQuorumLost')).toMatch(/ < 2$/);
    expect(expr(three, 'EtcdMemberDown')).toMatch(/ < 3$/);
    const one = render({}, { machines: [osloMachine(1)] });
    expect(expr(one, 'EtcdQuorumLost')).toMatch(/ < 1$/);
    expect(one.alerts.alerts).not.toContain('EtcdMemberDown');
    expect(one.alerts.alerts).not.toContain('EtcdPeerRoundTripSlow');
  });

  test('round trip', () => {
    const at = (ms: number) =>
      expr(
        render(
          {},
          { underlay: Underlay.flatL2({ mtu: 1500, roundTripTime: Duration.millis(ms) }) },
        ),
        'EtcdPeerRoundTripSlow',
      );
    expect(at(1)).toMatch(/ > 0\.01$/);
    expect(at(8)).toMatch(/ > 0\.024$/);
  });

  test('1 ms only of disks that etcd has to itself, unless it is asked for', () => {
    const shared = {
      machines: [1, 2, 3].map((n) => osloMachine(n, { etcdDisk: EtcdDisk.sharedWithRoot() })),
    };
    const has = (options: EtcdAlertsOptions, facts: Partial<ClusterProps> = {}) =>
      render(options, facts).alerts.alerts.includes('EtcdFsyncNotNvmeGrade');
    expect(has({})).toBe(true);
    expect(has({}, shared)).toBe(false);
    expect(has({ nvmeGrade: true }, shared)).toBe(true);
    expect(has({ nvmeGrade: false })).toBe(false);
  });

  test('age of the backup: two gaps and a run', () => {
    expect(expr(render(), 'EtcdBackupOld')).toMatch(/ > 9000$/);
    expect(expr(render({}, {}, '0 3 * * *'), 'EtcdBackupOld')).toMatch(/ > 174600$/);
    expect(expr(render({ backupMaxAge: Duration.hours(1) }), 'EtcdBackupOld')).toMatch(/ > 3600$/);
    expect(render({}, {}, false).alerts.alerts).not.toContain('EtcdBackupOld');
    expect(expr(render(), 'EtcdBackupUnknown')).toBe(
      'absent(kube_cronjob_created{namespace="kube-system",cronjob="etcd-backup"})',
    );
  });

  test('the selector is everywhere but in the alerts on the backup', () => {
    const { rules } = render({ selector: 'job="kube-etcd",cluster="oslo"' });
    for (const { alert, expr: text } of rules) {
      const metrics: string[] = text.match(/\b(up|etcd_\w+)\{[^}]*\}/g) ?? [];
      expect([alert, metrics.length > 0]).toEqual([alert, !alert.startsWith('EtcdBackup')]);
      expect(metrics.filter((m) => !m.includes('{job="kube-etcd",cluster="oslo"'))).toEqual([]);
    }
  });
});

describe('errors', () => {
  test.each<[string, EtcdAlertsOptions, string]>([
    [
      'namespace',
      { namespace: 'Monitoring' },
      'namespace must be an RFC 1123 label, got Monitoring; use lower-case letters, digits and hyphens, at most 63',
    ],
    [
      'selector',
      { selector: '{job="etcd"}' },
      'selector must be label matchers with commas between them and without braces, got {job="etcd"}; write for example job=~".*etcd.*"',
    ],
    [
      'runbookUrl',
      { runbookUrl: 'https://x.example/etcd.md#restore' },
      'runbookUrl must be an http or https address without a fragment, got https://x.example/etcd.md#restore; give the page that shows report/etcd.md; the section is added behind it',
    ],
    [
      'labels',
      { labels: { release: 'a b' } },
      'labels must be names and values of Kubernetes labels, got release: a b; copy them from ruleSelector of the Prometheus object',
    ],
    [
      'backupMaxAge',
      { backupMaxAge: Duration.minutes(59) },
      'backupMaxAge must be whole minutes, at least 60, got 59 minutes; a younger one does not exist just before each run',
    ],
  ])('%s', (_what, options, message) => {
    expect(() => render(options)).toThrow(new Error(`[oslo/alerts] ${message}`));
  });

  test('an age without a backup', () => {
    expect(() => render({ backupMaxAge: Duration.hours(2) }, {}, false)).toThrow(
      new Error(
        '[oslo/alerts] backupMaxAge must be left out without a backup, got 120 minutes; create EtcdBackup before EtcdAlerts',
      ),
    );
  });
});

describe('findings', () => {
  test('metrics on loopback', () => {
    const loopback =
      'GW-ETCD-040 metrics of etcd are at http://127.0.0.1:2381 of each control plane';
    expect(said(render())).toEqual([loopback]);
    expect(said(render({}, ipv6Only))).toEqual([loopback.replace('127.0.0.1', '[::1]')]);
    expect(alertsRules.map(({ id }) => id)).toEqual(['GW-ETCD-040', 'GW-ETCD-041']);
  });

  test('alerts that came before the backup', () => {
    const { chart, cluster } = render({}, {}, false);
    new EtcdBackup(chart, 'late', { cluster, target: bucket() });
    expect(said({ cluster })).toContain(
      'GW-ETCD-041 the alerts were created before the backup, and have none on its age',
    );
  });
});

test('the whole cluster: backup first, then the kind of the alerts is waited for', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  const plane = new NvmeControlPlane(app, 'oslo', {
    ...osloProps(),
    cni: TunedCalico.configure(),
    etcdAlerts: EtcdAlerts.configure({ labels: { release: 'stack' } }),
    etcdBackup: EtcdBackup.configure({ target: bucket() }),
    etcd: EtcdOnNvme.configure({ quota: Size.gibibytes(2) }),
  });
  const files = app.files();
  expect(files['60-storage-policy.k8s.yaml']).toContain('kind: CronJob');
  expect(files['70-observability.k8s.yaml']).toContain('EtcdBackupOld');
  expect(files['apply.sh']).toContain(
    [
      'if phase 70-observability; then',
      '  need 5 Established crd/prometheusrules.monitoring.coreos.com',
      '  apply 70-observability.k8s.yaml',
      'fi',
    ].join('\n'),
  );
  expect(files['report/etcd.md']).toContain('## Restore after a total loss');
  expect(plane.cluster._summary('etcdAlerts')).toEqual({
    path: 'oslo/etcd-alerts',
    watchesBackup: true,
  });
});

test('every alert there is, in this order', () => {
  const { alerts } = render();
  expect(alerts.ruleName).toBe('groundwork-etcd');
  expect(alerts.alerts).toEqual([
    'EtcdFsyncNotNvmeGrade',
    'EtcdFsyncSlow',
    'EtcdFsyncVerySlow',
    'EtcdCommitSlow',
    'EtcdQuorumLost',
    'EtcdMemberDown',
    'EtcdNoLeader',
    'EtcdLeaderChanges',
    'EtcdLearnerStays',
    'EtcdPeerRoundTripSlow',
    'EtcdHeartbeatsLate',
    'EtcdSlowApplies',
    'EtcdProposalsPending',
    'EtcdProposalsFailed',
    'EtcdQuotaNear',
    'EtcdQuotaReached',
    'EtcdFragmented',
    'EtcdBackupOld',
    'EtcdBackupUnknown',
  ]);
});
