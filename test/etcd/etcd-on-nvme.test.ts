import { spawnSync } from 'node:child_process';
import { App, Duration, Size } from 'cdk8s';
import { validate, version } from 'uuid';
import { type Cluster, EtcdDisk, Underlay, Zone, ZoneLink, Machine } from '../../lib';
import { kubeadmEtcd } from '../../lib/catalog';
import {
  EtcdCipherSuite,
  EtcdFilesystem,
  EtcdMetrics,
  EtcdOnNvme,
  EtcdTlsVersion,
} from '../../lib/etcd';
import { parseIni } from '../../lib/testing/ini';
import { osloCluster, osloMachine } from '../support/oslo';
import { local, made } from './etcd';

const THREE = [1, 2, 3].map((n) => osloMachine(n));

function entry(cluster: Cluster, machine: Machine, kind: 'files' | 'units', key: string) {
  return cluster.ledger.forMachine(machine)[kind].find((e) => e.key === key);
}

describe('what kubeadm is told', () => {
  test('the flagship', () => {
    const { cluster, etcd } = made();
    expect(cluster._summary('etcd')).toEqual({
      path: 'oslo/etcd',
      dataDir: '/var/lib/etcd/data',
      quotaBytes: 8 * 1024 ** 3,
      heartbeatMs: 100,
      electionMs: 1000,
      zoneQuorumLossAccepted: false,
      fsyncIsMeasured: true,
      kubeadmLocal: {
        dataDir: '/var/lib/etcd/data',
        extraArgs: [
          { name: 'election-timeout', value: '1000' },
          { name: 'feature-gates', value: 'CompactHashCheck=true,InitialCorruptCheck=true' },
          { name: 'heartbeat-interval', value: '100' },
          { name: 'listen-client-http-urls', value: 'https://127.0.0.1:2383' },
          { name: 'metrics', value: 'basic' },
          { name: 'quota-backend-bytes', value: String(8 * 1024 ** 3) },
          { name: 'tls-min-version', value: 'TLS1.3' },
        ],
      },
    });
    expect(etcd.dataDir).toBe('/var/lib/etcd/data');
    expect(etcd.quota.toGibibytes()).toBe(8);
    expect(etcd.heartbeatInterval.toMilliseconds()).toBe(100);
    expect(etcd.electionTimeout.toMilliseconds()).toBe(1000);
  });

  test('timers follow the round trip, and what is asked for stands', () => {
    const underlay = Underlay.flatL2({ mtu: 1500, roundTripTime: Duration.millis(220) });
    expect(local(made({}, { underlay }).cluster).args).toMatchObject({
      'heartbeat-interval': '220',
      'election-timeout': '2200',
    });
    const asked = { heartbeatInterval: Duration.millis(300), electionTimeout: Duration.seconds(3) };
    expect(local(made(asked, { underlay }).cluster).args).toMatchObject({
      'heartbeat-interval': '300',
      'election-timeout': '3000',
    });
  });

  test('a round trip need not be whole milliseconds', () => {
    const underlay = Underlay.flatL2({ mtu: 1500, roundTripTime: Duration.millis(120.5) });
    expect(local(made({}, { underlay }).cluster).args).toMatchObject({
      'heartbeat-interval': '130',
      'election-timeout': '1300',
    });
  });

  test('timers follow the longest link between control planes, and none to a worker', () => {
    const nodeCidr = (n: number) => `10.${19 + n}.0.0/24`;
    const zones = [1, 2, 3].map((n) =>
      Zone.of(`oslo-${n}`, { country: 'NO', nodeCidr: nodeCidr(n) }),
    );
    const link = (to: number, ms: number) =>
      ZoneLink.between('oslo-1', `oslo-${to}`, { roundTripTime: Duration.millis(ms) });
    const underlay = Underlay.flatL2({ mtu: 1500, links: [link(2, 145), link(3, 400)] });
    const far = osloMachine(3, { zone: 'oslo-2', address: '10.21.0.13' });
    const worker = Machine.worker('w-1', { zone: 'oslo-3', address: '10.22.0.21' });
    const machines = [osloMachine(1), osloMachine(2), far, worker];
    const options = { acceptZoneQuorumLoss: true };
    const { cluster, etcd } = made(options, { zones, machines, underlay });
    expect(local(cluster).args).toMatchObject({
      'heartbeat-interval': '150',
      'election-timeout': '1500',
    });
    expect(etcd.heartbeatInterval.toMilliseconds()).toBe(150);
    expect(() =>
      made({ ...options, electionTimeout: Duration.seconds(1) }, { zones, machines, underlay }),
    ).toThrow(
      '[oslo/etcd] electionTimeout must be between 1450 ms and 50000 ms, got 1000 ms; it must hold five heartbeats of 150 ms and ten round trips of 145 ms',
    );
  });

  test('options reach it', () => {
    const { cluster } = made({
      quota: Size.gibibytes(6),
      imageTag: '3.6.14-0',
      metrics: EtcdMetrics.EXTENSIVE,
      httpPort: 12383,
      tlsMinVersion: EtcdTlsVersion.TLS_1_2,
      cipherSuites: [
        EtcdCipherSuite.ECDHE_RSA_AES_128_GCM,
        EtcdCipherSuite.ECDHE_ECDSA_AES_128_GCM,
      ],
      corruptCheckTime: Duration.hours(4),
      extraArgs: { 'snapshot-count': '5000' },
    });
    expect(local(cluster)).toMatchObject({
      imageTag: '3.6.14-0',
      args: {
        'quota-backend-bytes': String(6 * 1024 ** 3),
        'snapshot-count': '5000',
        metrics: 'extensive',
        'listen-client-http-urls': 'https://127.0.0.1:12383',
        'tls-min-version': 'TLS1.2',
        'cipher-suites':
          'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
        'corrupt-check-time': '4h',
      },
    });
    const names = local(cluster).list.map((a) => a.name);
    expect(names).toEqual([...new Set(names)].sort());
  });

  test('feature gates keep the checks of kubeadm and ours', () => {
    const { cluster } = made({
      extraArgs: { 'feature-gates': 'LeaseCheckpoint=true,CompactHashCheck=false' },
    });
    expect(local(cluster).args['feature-gates']).toBe(
      'CompactHashCheck=false,InitialCorruptCheck=true,LeaseCheckpoint=true',
    );
    const [gate] = kubeadmEtcd.defaultArguments.value['feature-gates']!.split('=');
    expect(local(made().cluster).args['feature-gates']).toContain(`${gate}=true`);
  });

  test('an imageTag is only written when one is given', () => {
    expect(local(made().cluster)).not.toHaveProperty('imageTag');
  });
});

describe('what the machines get', () => {
  const { cluster } = made();
  const machine = cluster.machines[0]!;

  test('a mount unit with the name that systemd wants, by UUID, that never lets a missing disk pass', () => {
    const { enabled, value } = entry(cluster, machine, 'units', 'var-lib-etcd.mount')!;
    const unit = parseIni(value);
    expect(enabled).toBe(true);
    expect(unit.Mount!.Where).toEqual(['/var/lib/etcd']);
    expect(unit.Mount!.Type).toEqual(['xfs']);
    expect(unit.Mount!.Options).toEqual(['noatime,nodev,nosuid,noexec']);
    expect(unit.Mount!.What![0]).toMatch(/^\/dev\/disk\/by-uuid\/[0-9a-f-]{36}$/);
    expect(unit.Unit!.Requires).toEqual(['etcd-disk-prepare.service']);
    // the second: a mount point is made on a root that can be written to
    expect(unit.Unit!.After).toEqual(['etcd-disk-prepare.service systemd-remount-fs.service']);
    expect(unit.Install!.WantedBy).toEqual(['multi-user.target']);
    expect(value).not.toMatch(/nofail|local-fs\.target$/m);
  });

  test('systemd-escape agrees with the name of the mount unit', () => {
    const escaped = spawnSync('systemd-escape', ['-p', '--suffix=mount', '/var/lib/etcd'], {
      encoding: 'utf8',
    });
    // Where systemd is absent the rule itself is asked: slashes become hyphens, and there are no other signs.
    const expected =
      escaped.error === undefined
        ? escaped.stdout.trim()
        : `${'/var/lib/etcd'.slice(1).replace(/\//g, '-')}.mount`;
    expect(expected).toBe('var-lib-etcd.mount');
    expect(entry(cluster, machine, 'units', expected)).toBeDefined();
  });

  test('a prepare unit that only the mount pulls in', () => {
    const { enabled, value } = entry(cluster, machine, 'units', 'etcd-disk-prepare.service')!;
    const unit = parseIni(value);
    expect(enabled).toBe(false);
    expect(unit).not.toHaveProperty('Install');
    expect(unit.Unit).toMatchObject({
      DefaultDependencies: ['no'],
      After: ['systemd-udevd.service'],
      RequiresMountsFor: ['/usr/local/lib/groundwork /var/lib'],
      Conflicts: ['shutdown.target'],
      Before: ['shutdown.target'],
    });
    expect(unit.Service).toEqual({
      Type: ['oneshot'],
      RemainAfterExit: ['yes'],
      TimeoutStartSec: ['infinity'],
      ExecStart: ['/usr/local/lib/groundwork/etcd-disk-prepare'],
      StandardOutput: ['journal+console'],
      StandardError: ['journal+console'],
    });
  });

  test('the script that unit runs, executable', () => {
    const script = entry(cluster, machine, 'files', '/usr/local/lib/groundwork/etcd-disk-prepare')!;
    expect(script.permissions).toBe('0755');
    expect(script.value).toContain('if [ "$serial" = \'S4EVNX0R1\' ]');
    expect(script.value).toContain(`\nmin=${100 * 1024 ** 3}\nmax=\n`);
  });

  test('script and mount unit of a machine name the same UUID, each machine another', () => {
    const uuids = cluster.machines.map((m) => {
      const what = parseIni(entry(cluster, m, 'units', 'var-lib-etcd.mount')!.value).Mount!
        .What![0]!;
      const uuid = what.replace('/dev/disk/by-uuid/', '');
      const script = entry(cluster, m, 'files', '/usr/local/lib/groundwork/etcd-disk-prepare')!;
      expect(script.value).toContain(`\nuuid='${uuid}'\n`);
      expect(validate(uuid) && version(uuid)).toBe(5);
      return uuid;
    });
    expect(new Set(uuids).size).toBe(3);
    // Fixed for ever: a machine would not know its own disk after a change of this value.
    expect(uuids[0]).toBe('3f46b8b0-9fe2-525d-aaf0-5ad51f834c0b');
  });

  test('a kubelet that waits for the mount and refuses to start without it', () => {
    const path = '/etc/systemd/system/kubelet.service.d/20-groundwork-etcd.conf';
    expect(parseIni(entry(cluster, machine, 'files', path)!.value)).toMatchObject({
      Unit: { RequiresMountsFor: ['/var/lib/etcd'], AssertPathIsMountPoint: ['/var/lib/etcd'] },
      Service: { ExecStartPre: ['/usr/local/lib/groundwork/etcd-guard'] },
    });
    const guard = entry(cluster, machine, 'files', '/usr/local/lib/groundwork/etcd-guard')!;
    expect(guard.permissions).toBe('0755');
  });

  test('the program that makes the filesystem, and the ports of etcd', () => {
    const { packages, ports } = cluster.ledger.forMachine(machine);
    expect(packages.map((p) => p.key)).toEqual(['fio', 'xfsprogs']);
    expect(ports.map((p) => p.key)).toEqual(['2379-2380/tcp from control-plane']);
  });

  test('ext4 when asked for', () => {
    const ext4 = made({ filesystem: EtcdFilesystem.EXT4 }).cluster;
    const unit = parseIni(entry(ext4, machine, 'units', 'var-lib-etcd.mount')!.value);
    expect(unit.Mount!.Type).toEqual(['ext4']);
    expect(unit.Mount!.Options).toEqual(['noatime,nodev,nosuid,noexec,errors=remount-ro']);
    expect(ext4.ledger.forMachine(machine).packages.map((p) => p.key)).toEqual([
      'e2fsprogs',
      'fio',
    ]);
  });

  describe('on a root disk that is shared', () => {
    const machines = [
      osloMachine(1, { etcdDisk: EtcdDisk.sharedWithRoot() }),
      THREE[1]!,
      THREE[2]!,
      Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' }),
    ];
    const mixed = made({}, { machines }).cluster;
    const keys = (n: number, kind: 'files' | 'units' | 'packages') =>
      mixed.ledger.forMachine(mixed.machines[n]!)[kind].map((e) => e.key);

    test('nothing is formatted and nothing mounted, the data is guarded and the disk measured', () => {
      expect(keys(0, 'files')).toEqual([
        '/etc/groundwork/patches/etcd0+strategic.conf',
        '/etc/systemd/system/kubelet.service.d/20-groundwork-etcd.conf',
        '/usr/local/lib/groundwork/etcd-guard',
        '/usr/local/lib/groundwork/verify-etcd-fsync',
      ]);
      expect(keys(0, 'units')).toEqual(['verify-etcd-fsync.service']);
      expect(keys(0, 'packages')).toEqual(['fio']);
      const dropIn = entry(
        mixed,
        mixed.machines[0]!,
        'files',
        '/etc/systemd/system/kubelet.service.d/20-groundwork-etcd.conf',
      )!;
      // It would never be a mount point.
      expect(parseIni(dropIn.value)).toEqual({
        Service: { ExecStartPre: ['/usr/local/lib/groundwork/etcd-guard'] },
      });
      const unit = parseIni(
        entry(mixed, mixed.machines[0]!, 'units', 'verify-etcd-fsync.service')!.value,
      );
      expect(unit.Unit).toEqual({
        Description: [expect.any(String)],
        RequiresMountsFor: ['/usr/local/lib/groundwork'],
      });
    });

    test('the others keep their disks, and a worker has nothing of etcd', () => {
      expect(keys(1, 'units')).toEqual([
        'etcd-disk-prepare.service',
        'var-lib-etcd.mount',
        'verify-etcd-fsync.service',
      ]);
      expect(mixed._summary('etcd')).toMatchObject({ dataDir: '/var/lib/etcd/data' });
      expect(['files', 'units', 'packages'].flatMap((kind) => keys(3, kind as 'files'))).toEqual(
        [],
      );
    });
  });

  test('requests that do not clash', () => {
    expect(cluster.ledger.clashes(cluster.machines)).toEqual([]);
  });
});

test('configure makes the same construct later', () => {
  const cluster = osloCluster(new App());
  const configuration = EtcdOnNvme.configure({ quota: Size.gibibytes(3) });
  expect(configuration.create(cluster, 'etcd', cluster)).toBeInstanceOf(EtcdOnNvme);
  expect(local(cluster).args['quota-backend-bytes']).toBe(String(3 * 1024 ** 3));
});

test('two of them in one cluster are refused', () => {
  const { cluster } = made();
  expect(() => new EtcdOnNvme(cluster, 'second', { cluster })).toThrow(
    /without another construct of this room \(etcd\)/,
  );
});
