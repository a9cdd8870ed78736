import { Duration, Size, type Chart } from 'cdk8s';
import {
  DataDisk,
  EtcdBackup,
  EtcdBackupTarget,
  NodeBootstrap,
  Residency,
  type Cluster,
  type ResidentStorageOptions,
} from '../../lib';
import { residency } from '../../lib/report/content/residency';
import { sectionsMarkdown } from '../../lib/report/markdown';
import { reportMarkdown } from '../../lib/report/report';
import { osloCluster, osloMachine } from '../support/oslo';
import { anchor, cinder, files, render } from '../storage/storage';

type RenderMore = Parameters<typeof render> extends [unknown?, ...infer More] ? More : never;

const policy = Residency.of(['NO'], {
  anchors: [anchor, { ...anchor, name: 'trd', maxRoundTripTime: Duration.millis(10) }],
  sources: { 'quay.io': 'US', 'mirror.example.no': 'NO' },
});
const { cluster } = render(
  { classes: [cinder, files], otherClasses: ['ceph'] },
  { residency: policy },
  (chart, c) => {
    new EtcdBackup(chart, 'backup', {
      cluster: c,
      target: EtcdBackupTarget.s3({
        endpoint: 'https://s3.example.no',
        bucket: 'etcd',
        region: 'no-1',
        country: 'SE',
      }),
    });
    new NodeBootstrap(chart, 'nodes', { cluster: c });
  },
);
const facts = {
  cluster,
  findings: cluster.findings(),
  paths: cluster.paths(),
  files: {},
};
const text = sectionsMarkdown('x', residency(facts));

test('without a residency there is no chapter', () => {
  const other = osloCluster();
  expect(residency({ ...facts, cluster: other })).toEqual([]);
  expect(reportMarkdown(other)).not.toContain('Residency');
  expect(reportMarkdown(cluster)).toContain('## Residency');
});

test('says of every place whether it is inside, and because of what', () => {
  for (const row of [
    '| zone oslo-1 | NO allowed | 3 machines of the spec |',
    '| class `block` | topology.cinder.csi.openstack.org/zone in az1 | topology of cinder.csi.openstack.org |',
    '| class `files` | NO | the word of the spec: nfs.csi.k8s.io reports no topology |',
    '| class `ceph` | not known | somebody else makes it |',
    '| class `resident-local` | disks of w-1 | nodeAffinity of each volume |',
    '| backups of etcd | SE outside | bucket etcd at https://s3.example.no, as the spec says |',
    '| from `dl.k8s.io` | not known | 3 images and archives; nobody says it |',
  ]) {
    expect(text).toContain(row);
  }
});

test('claims no more than something shows, and says what that does not show', () => {
  const claims = text.slice(text.indexOf('Claims:'), text.indexOf('Anchors that'));
  const rows = claims.split('\n').filter((line) => line.startsWith('| '));
  // A head of two lines, and for each claim three cells that say something.
  expect(rows.length).toBeGreaterThan(9);
  for (const row of rows.slice(2)) {
    expect(row.split(' | ').filter((cell) => cell.trim().length > 4)).toHaveLength(3);
  }
  expect(claims).toContain('Every machine of the spec is in an allowed country');
  // It is in Sweden.
  expect(claims).not.toContain('Backups of etcd are in an allowed country');
  expect(claims).toContain(
    'The API server refuses a claim for a class that the spec does not name',
  );
  expect(text).toContain('What nothing here can show');
});

describe('claims of a cluster', () => {
  const claimsOf = (options: ResidentStorageOptions, ...more: RenderMore) => {
    const { cluster: other } = render(options, ...more);
    const said = sectionsMarkdown('x', residency({ ...facts, cluster: other, findings: [] }));
    return said.slice(said.indexOf('Claims:'), said.indexOf('Anchors that')).split('\n');
  };
  const row = (rows: string[], start: string) => rows.find((line) => line.startsWith(`| ${start}`));
  const directory = DataDisk.directory('/mnt/nvme1/volume', { capacity: Size.gibibytes(10) });
  const machines = [
    ...[osloMachine(1), osloMachine(2), osloMachine(3, { dataDisks: [directory] })],
  ];

  test('whose disks somebody else mounts say nothing of disks', () => {
    expect(row(claimsOf({}), 'A local volume')).toBeDefined();
    expect(row(claimsOf({}, { machines }), 'A local volume')).toBeUndefined();
  });

  test('carry labels to nodes only where the nodes are made here', () => {
    const made = (chart: Chart, c: Cluster) =>
      void new NodeBootstrap(chart, 'nodes', { cluster: c });
    const start = 'Every machine of the spec';
    expect(row(claimsOf({}, {}, made), start)).toContain('of every node');
    expect(row(claimsOf({}), start)).toContain('written by hand');
    expect(row(claimsOf({}, { machines }, undefined, true), start)).toContain('written by hand');
  });

  test('name an audit log only where the spec has one', () => {
    const made =
      (enabled?: boolean) =>
      (chart: Chart, c: Cluster): void => {
        const controlPlane = { auditLog: { enabled } };
        new NodeBootstrap(chart, 'nodes', { cluster: c, controlPlane });
      };
    const start = 'The API server refuses a claim';
    expect(row(claimsOf({}, {}, made()), start)).toContain('its entries in the audit log');
    const counted =
      '`groundwork-residency-claims`, and what `apiserver_validating_admission_policy_check_total` counts: the spec knows of no audit log';
    expect(row(claimsOf({}, {}, made(false)), start)).toContain(counted);
    expect(row(claimsOf({}, { machines }, undefined, true), start)).toContain(counted);
  });

  test('say of which drivers the API server takes the word', () => {
    const rows = claimsOf({ classes: [cinder, files] });
    for (const start of [
      'The API server refuses a StorageClass',
      'The API server refuses a Pers',
    ]) {
      expect(row(rows, start)).toContain(
        'what is of nfs.csi.k8s.io: it is let in by the word of the spec; objects from before',
      );
    }
    expect(row(rows, 'The API server refuses a claim')).not.toContain('nfs.csi.k8s.io');
    expect(claimsOf({ classes: [cinder] }).join()).not.toContain('by the word of the spec;');
  });
});

test('images of every kind of container are counted', () => {
  expect(text).toContain(
    `jsonpath="{.items[*].spec['initContainers','containers','ephemeralContainers'][*].image}" | tr ' ' '\\n' |`,
  );
});

test('bounds how far away a machine can be', () => {
  // Half of 2 ms at 299.792458 km a millisecond.
  expect(text).toContain('| nix-oslo `192.0.2.1` | NO | all machines | 2 ms | 300 km |');
  expect(text).toContain('| 10 ms | 1,499 km |');
});

test('lists what is outside', () => {
  expect(text).toMatch(/^\| GW-STORAGE-002 \| backups go to SE \([^|]+ \|$/m);
  expect(text).toContain('GW-STORAGE-008');
});
