import { App, Duration } from 'cdk8s';
import {
  Cluster,
  EtcdDisk,
  GroundworkApp,
  Machine,
  Severity,
  Underlay,
  Zone,
  ZoneLink,
  type ClusterProps,
} from '../../lib';
import type { KubeProxySummary } from '../../lib/cluster';
import { explainLines, explainMarkdown, findingsText } from '../../lib/report/explain';
import { planText } from '../../lib/report/plan';
import { treeText } from '../../lib/report/tree';
import { dualStack } from '../support/dual-stack';
import { osloCluster, osloMachine, osloProps } from '../support/oslo';
import { tempDir } from '../support/temp-app';

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
  const named = { ...decision, value: '<a>', why: 'names flannel.<VNI>, `<as is>`' };
  cluster.recordDecisions([decision, { ...decision, value: '' }, named]);
  const page = explainMarkdown(cluster);
  // Not taken for HTML, of which nothing would be left to read.
  expect(page).toContain('| `<a>` | detected \\| guessed | names flannel.\\<VNI>, `<as is>` |');
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
  expect(findingsText(withFindings().findings())).toBe(
    [
      'warning: MY-002 [oslo] something is so; do this',
      '  see there',
      'note: MY-001 [oslo] something is so; do this (acknowledged: we know)',
      '  see there',
      '',
    ].join('\n'),
  );
  expect(findingsText(osloCluster().findings())).toBe('no findings\n');
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

test('the plan names the disks of etcd', () => {
  const last = (changes: Parameters<typeof osloMachine>[1]) => {
    const machines = [osloMachine(1, changes)];
    const plan = planText(osloCluster(undefined, { machines }));
    return /^  cp-1 .*? {2}(etcd .*)$/m.exec(plan)![1];
  };
  const etcdWalDisk = EtcdDisk.byId('virtio-wal');
  expect(last({})).toBe('etcd on nvme-serial S4EVNX0R1');
  expect(last({ etcdWalDisk })).toBe('etcd on nvme-serial S4EVNX0R1, its log on by-id virtio-wal');
  expect(last({ etcdDisk: EtcdDisk.sharedWithRoot() })).toBe('etcd on the root disk');
});

describe('connection tables in the plan', () => {
  const table = (text: string) =>
    text.split('\n\n').find((part) => part.startsWith('Connections tracked'));
  const machines = [
    osloMachine(1),
    osloMachine(2, { peakConnections: 100_000 }),
    osloMachine(3),
    Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' }),
  ];

  test('one line for each size, with what a full table takes', () => {
    expect(table(planText(osloCluster(undefined, { machines })))).toBe(
      [
        'Connections tracked, sized by the machine',
        '  2 machines  16 GiB          peak unknown  524288 entries  524288 buckets  204 MiB when full',
        '  1 machine   16 GiB          peak 100000   262144 entries  262144 buckets  102 MiB when full',
        '  1 machine   memory unknown  peak unknown  262144 entries  262144 buckets  102 MiB when full',
      ].join('\n'),
    );
  });

  test('what an override says, and what kube-proxy does on machines of others', () => {
    const cluster = osloCluster();
    cluster.ledger.requireSysctl('net.netfilter.nf_conntrack_max', '131072', {
      by: cluster,
      why: 'test',
    });
    expect(table(planText(cluster))).toBe(
      'Connections tracked, sized by the machine\n' +
        '  3 machines  16 GiB  peak unknown  131072 entries  524288 buckets  54 MiB when full',
    );
    const theirs = Cluster.fromFacts(new App(), 'theirs', osloProps());
    expect(table(planText(theirs))).toBe(
      'Connections tracked, sized by kube-proxy\n' +
        '  3 machines  16 GiB  peak unknown  262144 entries  262144 buckets  102 MiB when full',
    );
  });
});

describe('networks in the plan', () => {
  const blocks = (changes: Partial<ClusterProps>) =>
    planText(osloCluster(undefined, changes))
      .trimEnd()
      .split('\n\n')
      .filter((text) => /^(Networks|Paths)/.test(text));
  const site = (n: number, mtu?: number) =>
    Zone.of(`oslo-${n}`, { country: 'NO', nodeCidr: `10.${19 + n}.0.0/24`, mtu });

  test('one zone: its MTU, and no paths', () => {
    expect(blocks({})).toEqual([
      [
        'Networks',
        '  nodes     10.20.0.0/24   MTU 1500  zone oslo-1',
        '  pods      10.244.0.0/16',
        '  services  10.96.0.0/16             cluster DNS 10.96.0.10',
      ].join('\n'),
    ]);
  });

  test('both families stand below each other', () => {
    expect(blocks(dualStack())).toEqual([
      [
        'Networks',
        '  nodes     10.20.0.0/24   MTU 1500  zone oslo-1',
        '  nodes     fd00:20::/64   MTU 1500  zone oslo-1',
        '  pods      10.244.0.0/16',
        '  pods      fd00:244::/56',
        '  services  10.96.0.0/16             cluster DNS 10.96.0.10',
        '  services  fd00:96::/112',
      ].join('\n'),
    ]);
  });

  test('several zones: the MTU of each, and what limits the ways between them', () => {
    const worker = (n: number, mtu?: number) =>
      Machine.worker(`w-${n}`, { zone: `oslo-${n}`, address: `10.${19 + n}.0.21`, mtu });
    const underlay = Underlay.flatL2({
      mtu: 1500,
      links: [
        ZoneLink.between('oslo-2', 'oslo-1', { mtu: 1420, roundTripTime: Duration.millis(2.5) }),
      ],
    });
    const zones = [site(1, 9000), site(2), site(3, 1400)];
    const machines = [osloMachine(1), worker(2, 1450)];
    expect(blocks({ underlay, zones, machines })).toEqual([
      [
        'Networks',
        '  nodes     10.20.0.0/24   MTU 9000    zone oslo-1',
        '  nodes     10.21.0.0/24   MTU 1450    zone oslo-2',
        '  nodes     10.22.0.0/24   no machine  zone oslo-3',
        '  pods      10.244.0.0/16',
        '  services  10.96.0.0/16               cluster DNS 10.96.0.10',
      ].join('\n'),
      [
        'Paths',
        '  oslo-1 - oslo-1  MTU 9000  limited by zone oslo-1           round trip 1 ms',
        '  oslo-1 - oslo-2  MTU 1420  limited by link oslo-2 - oslo-1  round trip 2.5 ms',
        '  oslo-2 - oslo-2  MTU 1450  limited by NIC of w-2            round trip 1 ms',
      ].join('\n'),
    ]);
  });
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

test('the plan names the mode of kube-proxy with what distinguishes it', () => {
  const row = (proxy: object) => {
    const cluster = osloCluster();
    cluster._register('kubeProxy', { path: 'oslo/kube-proxy', ...proxy } as KubeProxySummary);
    return planText(cluster)
      .split('\n')
      .find((line) => line.includes('service proxy'));
  };
  expect(row({ mode: 'nftables', detectLocalMode: 'ClusterCIDR' })).toBe(
    '  service proxy  nftables  pods told by ClusterCIDR',
  );
  expect(row({ mode: 'ipvs', scheduler: 'rr', strictArp: true })).toBe(
    '  service proxy  ipvs  scheduler rr, strictARP true',
  );
});

test('a construct that takes a name of the report itself is told so', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  osloCluster(app)._addReport('oslo/own', 'index.html', () => 'mine');
  expect(() => app.files()).toThrow('[app] output file report/index.html must be rendered once');
});
