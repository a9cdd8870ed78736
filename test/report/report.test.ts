import { Cluster, Severity } from '../../lib';
import { explainLines, explainMarkdown, findingsText } from '../../lib/report/explain';
import { planText } from '../../lib/report/plan';
import { treeText } from '../../lib/report/tree';
import { osloCluster, osloMachine } from '../support/oslo';

const decision = {
  path: 'oslo/cni',
  key: 'Installation.spec.calicoNetwork.mtu',
  value: '1500',
  upstream: 'detected | guessed',
  why: 'two lines\nof reason',
  source: 'upstream:file.go',
};

function withFindings(): Cluster {
  const cluster = osloCluster();
  const rule = { title: '', why: '', remedy: 'do this', reference: 'there' };
  const check = () => [{ message: 'something is so' }];
  cluster.addRule({ ...rule, id: 'MY-002', severity: Severity.WARNING, check });
  cluster.addRule({ ...rule, id: 'MY-001', severity: Severity.NOTE, check });
  cluster.acknowledge('MY-001', 'we know');
  return cluster;
}

test('the explain page has a row for every decision, one line each', () => {
  const cluster = osloCluster();
  cluster.recordDecisions([decision, { ...decision, value: '' }]);
  const page = explainMarkdown(cluster);
  expect(page).toContain('## oslo/cni\n');
  expect(page).toContain(
    '| `Installation.spec.calicoNetwork.mtu` | `1500` | detected \\| guessed | two lines of reason | upstream:file.go |\n',
  );
  expect(page).toContain('| (empty) |');
});

test('the explain lines are the decisions as JSON, one a line', () => {
  const cluster = osloCluster();
  cluster.recordDecisions([decision]);
  expect(explainLines(cluster)).toBe(`${JSON.stringify(decision)}\n`);
});

test('the findings file has remedy, reference and what was acknowledged', () => {
  expect(findingsText(withFindings())).toBe(
    [
      'warning: MY-002 [oslo] something is so; do this',
      '  see there',
      'note: MY-001 [oslo] something is so; do this (acknowledged: we know)',
      '  see there',
      '',
    ].join('\n'),
  );
  expect(findingsText(osloCluster())).toBe('no findings\n');
});

test('the plan leaves out what is not known', () => {
  const bare = osloMachine(1, {
    nic: undefined,
    cpus: undefined,
    memory: undefined,
    etcdDisk: undefined,
  });
  const plan = planText(osloCluster(undefined, { machines: [bare] }));
  expect(plan).toContain('  cp-1  control-plane  oslo-1 (NO)  10.20.0.11  -  -  -  -\n');
  expect(plan).toContain('Findings: none');
  expect(plan).not.toContain('undefined');
});

test('the plan names findings in one line and says where the rest is', () => {
  expect(planText(withFindings())).toContain(
    [
      'Findings, with remedies in report/findings.txt',
      '  warning  MY-002 [oslo] something is so',
      '  note  MY-001 [oslo] something is so (acknowledged: we know)',
    ].join('\n'),
  );
});

test('the tree shows folders, and counts the files of a large one', () => {
  const many = Array.from({ length: 13 }, (_, n) => `nodes/a/files/${n}`);
  expect(treeText('dist', ['b', 'a/x', 'a/y', 'nodes/a/user-data', ...many])).toBe(
    [
      'dist/',
      '  a/',
      '    x',
      '    y',
      '  b',
      '  nodes/',
      '    a/',
      '      files/  13 files',
      '      user-data',
    ].join('\n'),
  );
});
