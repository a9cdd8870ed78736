import { Chart } from 'cdk8s';
import {
  Cluster,
  EtcdAlerts,
  EtcdBackup,
  EtcdBackupTarget,
  EtcdOnNvme,
  type EtcdBackupOptions,
} from '../../lib';
import { entryScript } from '../../lib/node/entry-script';
import { dualStack } from '../support/dual-stack';
import { osloMachine, osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { ipv6Only } from '../dns/dns';
import { bucket } from './backup';
import { withWalDisks } from './etcd';

function runbook(
  backup?: Partial<EtcdBackupOptions>,
  facts: Parameters<typeof osloProps>[0] = {},
): string {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps(facts) });
  new EtcdOnNvme(chart, 'etcd', { cluster });
  if (backup !== undefined) {
    new EtcdBackup(chart, 'backup', { cluster, target: bucket(), ...backup });
  }
  return cluster._reports()['etcd.md']!;
}

const section = (text: string, heading: string) =>
  text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!;

test('etcd brings it, with the names and addresses of this cluster', () => {
  const text = runbook();
  expect(text).toContain('| cp-2 | https://10.20.0.12:2379 | https://10.20.0.12:2380 |');
  expect(text).toContain(
    'export ETCDCTL_ENDPOINTS=https://10.20.0.11:2379,https://10.20.0.12:2379,https://10.20.0.13:2379',
  );
  expect(text).toContain('images mount registry.k8s.io/etcd:3.6.8-0 ');
  expect(text).toContain('Writing needs 2 of 3 members.');
  expect(text).not.toMatch(/undefined|null|NaN|\[object/);
});

test('once, whoever brings it first', () => {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = Cluster.fromFacts(chart, 'cluster', { clusterName: 'oslo', ...osloProps() });
  new EtcdAlerts(chart, 'alerts', { cluster });
  expect(() => new EtcdBackup(chart, 'backup', { cluster, target: bucket() })).not.toThrow();
  expect(Object.keys(cluster._reports())).toEqual(['etcd.md']);
});

test('machines of others: in the words of kubeadm, and no word of our entry script', () => {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = Cluster.fromFacts(chart, 'cluster', { clusterName: 'oslo', ...osloProps() });
  new EtcdBackup(chart, 'backup', { cluster, target: bucket() });
  const text = cluster._reports()['etcd.md']!;
  expect(text).toContain('kubeadm init phase upload-certs --upload-certs');
  expect(text).not.toContain('groundwork/bootstrap');
  expect(text).toContain('--data-dir /var/lib/etcd \\');
});

test('what it asks of the entry script is what that understands', () => {
  const asked = new Set(
    [...runbook().matchAll(/bootstrap((?: --[a-z]+)(?: (?:admit|config|kubeadm)\b)?)/g)].map(
      ([, words]) => words!.trim(),
    ),
  );
  expect([...asked].sort()).toEqual([
    '--again kubeadm',
    '--only admit',
    '--only config',
    '--replace',
  ]);
  for (const words of asked) {
    expect(entryScript.content).toMatch(new RegExp(`^  .*['| ]${words}['|)].*$`, 'm'));
  }
  expect(entryScript.content).toContain('SELF=/usr/local/lib/groundwork/bootstrap');
});

describe('restore', () => {
  test('each machine has its own command, all of them the same members', () => {
    const text = section(runbook(), 'Restore after a total loss');
    const all =
      'cp-1=https://10.20.0.11:2380,cp-2=https://10.20.0.12:2380,cp-3=https://10.20.0.13:2380';
    for (const n of [1, 2, 3]) {
      expect(text).toContain(
        [
          'etcdutl snapshot restore /root/etcd.db \\',
          `  --name cp-${n} \\`,
          `  --initial-cluster ${all} \\`,
          '  --initial-cluster-token "$token" \\',
          `  --initial-advertise-peer-urls https://10.20.0.1${n}:2380 \\`,
          '  --data-dir /var/lib/etcd/data \\',
          '  --bump-revision 1000000000 --mark-compacted',
        ].join('\n'),
      );
    }
  });

  test('a write-ahead log on another disk is restored, measured and replaced there', () => {
    const runbookText = runbook(undefined, { machines: withWalDisks() });
    const text = section(runbookText, 'Restore after a total loss');
    expect(text).toContain('  --wal-dir /var/lib/etcdwal/wal \\\n');
    expect(text).toContain('mv /var/lib/etcdwal/wal /var/lib/etcdwal/wal.before-restore');
    expect(text).toContain('chown -R root:root /var/lib/etcd/data /var/lib/etcdwal/wal');
    expect(section(runbookText, 'Slow disk')).toContain('findmnt --target /var/lib/etcdwal/wal\n');
    expect(section(runbookText, 'A member is down')).toContain(
      'df -h /var/lib/etcd /var/lib/etcdwal\n',
    );
    expect(section(runbookText, 'Replace a disk')).toContain('`etcdDisk` or `etcdWalDisk`');
    expect(section(runbook(), 'Slow disk')).toContain('findmnt --target /var/lib/etcd/data\n');
    expect(runbook()).not.toMatch(/etcd-?wal/i);
  });

  test('addresses of IPv6 stand in brackets, and peers have the address of the node', () => {
    expect(runbook(undefined, ipv6Only)).toContain('cp-1=https://[fd00:20::11]:2380,');
    expect(runbook(undefined, dualStack())).toContain('cp-1=https://10.20.0.11:2380,');
  });

  test.each([
    ['IPv6 alone', ipv6Only, '[::1]'],
    ['both families', dualStack(), '127.0.0.1'],
  ])('etcd of %s answers its own machine on the loopback address it has', (_what, facts, host) => {
    const text = runbook(undefined, facts);
    expect(text).toContain(`curl -s http://${host}:2381/metrics |`);
    expect(text).toContain(` etcdctl --endpoints=https://${host}:2379 --cacert=`);
  });
});

describe('a single member', () => {
  const text = runbook({}, { machines: [osloMachine(1)] });

  test('is not replaced, but restored', () => {
    expect(section(text, 'Replace a member')).toContain('nothing to copy its data from');
    expect(section(text, 'Replace a disk')).toContain('--again kubeadm`, then [Restore');
    expect(text).not.toContain('move-leader');
    expect(text).not.toMatch(/member remove/);
  });
});

describe('backup', () => {
  test('without one it says what that means', () => {
    expect(section(runbook(), 'Backup')).toContain('No backup is part of the spec');
  });

  test('with one: the Secrets to make, the run by hand, the way back', () => {
    const text = section(runbook({}), 'Backup');
    expect(text).toContain(
      'kubectl -n kube-system create secret generic etcd-backup --from-file=repository-password=./repository-password --from-file=access-key-id=./access-key-id --from-file=secret-access-key=./secret-access-key\n',
    );
    expect(text).toContain('at most 1 hour apart');
    expect(text).toContain('restic restore latest --host oslo --tag etcd --target /root/restore\n');
    expect(text).toContain('keys below `/root/restore/etc/kubernetes`');
  });

  test('a directory, without keys', () => {
    const target = EtcdBackupTarget.hostDirectory('/srv/backup/etcd');
    const text = section(runbook({ target, includePki: false }), 'Backup');
    expect(text).toContain(
      'create secret generic etcd-backup --from-file=repository-password=./repository-password\n',
    );
    expect(text).toContain('export RESTIC_REPOSITORY=/srv/backup/etcd RESTIC_PASSWORD_FILE=');
    expect(text).not.toContain('AWS_');
    expect(text).not.toContain('/root/restore/etc');
  });
});

test('every reference leads to a section', () => {
  for (const text of [runbook(), runbook({})]) {
    const anchors = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) =>
      heading!.toLowerCase().replaceAll(' ', '-'),
    );
    const used = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, name]) => name!);
    expect(used.filter((name) => !anchors.includes(name))).toEqual([]);
    expect(used.length).toBeGreaterThan(5);
  }
});
