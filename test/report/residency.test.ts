import { Duration } from 'cdk8s';
import { EtcdBackup, EtcdBackupTarget, NodeBootstrap, Residency } from '../../lib';
import { residency } from '../../lib/report/content/residency';
import { sectionsMarkdown } from '../../lib/report/markdown';
import { reportMarkdown } from '../../lib/report/report';
import { osloCluster } from '../support/oslo';
import { anchor, cinder, files, render } from '../storage/storage';

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

test('bounds how far away a machine can be', () => {
  // Half of 2 ms at 299.792458 km a millisecond.
  expect(text).toContain('| nix-oslo `192.0.2.1` | NO | all machines | 2 ms | 300 km |');
  expect(text).toContain('| 10 ms | 1,499 km |');
});

test('lists what is outside', () => {
  expect(text).toMatch(/^\| GW-STORAGE-002 \| backups go to SE \([^|]+ \|$/m);
  expect(text).toContain('GW-STORAGE-008');
});
