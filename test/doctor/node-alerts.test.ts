import { NodeAlerts, type NodeAlertsProps } from '../../lib';
import { RunbookStep } from '../../lib/cluster';
import { reportHtml } from '../../lib/report';
import { unexplainedLeaves } from '../support/coverage';
import { objectsOf, ownChart } from './render';

function render(options: Partial<NodeAlertsProps> = {}) {
  const { chart, cluster } = ownChart();
  const alerts = new NodeAlerts(chart, 'alerts', { cluster, ...options });
  const [rule] = objectsOf(alerts);
  return { cluster, alerts, rule, rules: rule.spec.groups[0].rules as any[] };
}

test('each signal of the doctor that node_exporter has, with its threshold', () => {
  const { alerts, rules } = render();
  expect(rules.map(({ alert }) => alert)).toEqual(alerts.alerts);
  const of = (name: string) => rules.find(({ alert }) => alert === name).expr;
  const selector = 'job=~".*node.?exporter.*"';
  expect(of('NodeConnectionTableFull')).toBe(
    `node_nf_conntrack_entries{${selector}} / node_nf_conntrack_entries_limit{${selector}} > 0.9`,
  );
  expect(of('NodeSoftirqSaturated')).toBe(
    `rate(node_cpu_seconds_total{${selector},mode="softirq"}[5m]) > 0.9`,
  );
  expect(of('NodeCpuStolen')).toMatch(/mode="steal".* > 0\.02$/);
  // Alerts are routed by labels; whoever names some to keep loses the others.
  expect(rules.filter(({ expr }) => /\bby\b/.test(expr))).toEqual([]);
});

test('each leads to a step of the runbook that the report has', () => {
  const { cluster, rules } = render({ runbookUrl: 'https://wiki.example.no/report' });
  const page = reportHtml(cluster);
  for (const { annotations } of rules) {
    const anchor = annotations.runbook.replace('report/index.html#', '');
    expect(Object.values(RunbookStep).map((step) => `runbook-${step}`)).toContain(anchor);
    expect(page).toContain(`id="${anchor}"`);
    expect(annotations.runbook_url).toBe(`https://wiki.example.no/report#${anchor}`);
  }
});

test('labels that Prometheus chooses by are those that were given', () => {
  const labels = { 'app.kubernetes.io/name': 'rules', release: 'stack' };
  expect(render({ labels }).rule.metadata.labels).toMatchObject(labels);
});

test('every value has a reason', () => {
  const { cluster, rule } = render();
  const rules = 'PrometheusRule.spec.groups.rules';
  expect(
    unexplainedLeaves(rule, {
      decisions: cluster.decisions(),
      facts: [],
      structural: [
        'PrometheusRule.spec.groups.name',
        ...['alert', 'annotations', 'for', 'labels'].map((field) => `${rules}.${field}`),
      ],
    }),
  ).toEqual([]);
});

test('everything that is wrong is said at once', () => {
  expect(() =>
    render({
      labels: { 'a b': 'c' },
      namespace: 'Monitoring',
      selector: '{job="node"}',
      runbookUrl: 'report/index.html',
    }),
  ).toThrow(
    new Error(
      [
        'labels must be names and values of Kubernetes labels, got a b: c; copy them from ruleSelector of the Prometheus object',
        'namespace must be an RFC 1123 label, got Monitoring; use lower-case letters, digits and hyphens, at most 63',
        'selector must be label matchers with commas between them and without braces, got {job="node"}; write for example job=~".*node.?exporter.*"',
        'runbookUrl must be an http or https address without a fragment, got report/index.html; give the page that shows report/index.html; the step is added behind it',
      ]
        .map((line) => `[own/alerts] ${line}`)
        .join('\n'),
    ),
  );
});
