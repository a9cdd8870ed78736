import { spawnSync } from 'node:child_process';
import { App, Duration, Size } from 'cdk8s';
import { validate, version } from 'uuid';
import {
  Cluster,
  EtcdDisk,
  KubernetesVersion,
  Severity,
  Underlay,
  Zone,
  ZoneLink,
  Machine,
} from '../../lib';
import { kubeadmEtcd } from '../../lib/catalog';
import {
  EtcdCipherSuite,
  EtcdFilesystem,
  EtcdMetrics,
  EtcdOnNvme,
  EtcdTlsVersion,
  type EtcdOnNvmeOptions,
} from '../../lib/etcd';
import { unexplainedLeaves } from '../support/coverage';
import { osloCluster, osloMachine, osloProps } from '../support/oslo';

const THREE = [1, 2, 3].map((n) => osloMachine(n));

function made(options: EtcdOnNvmeOptions = {}, changes: Parameters<typeof osloCluster>[1] = {}) {
  const cluster = osloCluster(new App(), changes);
  const etcd = new EtcdOnNvme(cluster, 'etcd', { cluster, ...options });
  return { cluster, etcd };
}

function local(cluster: Cluster) {
  const { dataDir, extraArgs, ...rest } = cluster._summary('etcd')!.kubeadmLocal as {
    dataDir: string;
    extraArgs: Array<{ name: string; value: string }>;
    imageTag?: string;
  };
  return {
    dataDir,
    list: extraArgs,
    args: Object.fromEntries(extraArgs.map((a) => [a.name, a.value])),
    ...rest,
  };
}

/** What this room finds; there is no node construct here, which another one finds. */
function ids(cluster: Cluster) {
  return cluster
    .findings()
    .map((f) => f.id)
    .filter((id) => id.startsWith('GW-ETCD-'));
}

/** An INI file as section → key → values, comments left out; the unit files use nothing else. */
function ini(text: string): Record<string, Record<string, string[]>> {
  const sections: Record<string, Record<string, string[]>> = {};
  let section = '';
  for (const line of text.split('\n').filter((l) => l !== '' && !l.startsWith('#'))) {
    const header = /^\[(.+)\]$/.exec(line);
    if (header !== null) {
      section = header[1]!;
      sections[section] ??= {};
    } else {
      const [key, ...value] = line.split('=');
      (sections[section]![key!] ??= []).push(value.join('='));
    }
  }
  return sections;
}

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
    const unit = ini(value);
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
    const unit = ini(value);
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
      const what = ini(entry(cluster, m, 'units', 'var-lib-etcd.mount')!.value).Mount!.What![0]!;
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
    expect(ini(entry(cluster, machine, 'files', path)!.value)).toMatchObject({
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
    const unit = ini(entry(ext4, machine, 'units', 'var-lib-etcd.mount')!.value);
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
      expect(ini(dropIn.value)).toEqual({
        Service: { ExecStartPre: ['/usr/local/lib/groundwork/etcd-guard'] },
      });
      const unit = ini(
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

describe('errors', () => {
  const thrown = (options: EtcdOnNvmeOptions, changes: Parameters<typeof osloCluster>[1] = {}) => {
    try {
      made(options, changes);
    } catch (error) {
      return (error as Error).message.split('\n');
    }
    return [];
  };

  test('a control plane without a disk', () => {
    expect(
      thrown({}, { machines: [osloMachine(1, { etcdDisk: undefined }), THREE[1]!, THREE[2]!] }),
    ).toEqual([
      '[oslo/etcd] etcdDisk of machine cp-1 must be given, got nothing; use EtcdDisk.nvmeSerial, EtcdDisk.byId, or EtcdDisk.sharedWithRoot',
    ]);
  });

  test('machines of somebody else', () => {
    const cluster = Cluster.fromFacts(new App(), 'oslo', osloProps());
    expect(() => new EtcdOnNvme(cluster, 'etcd', { cluster })).toThrow(
      new Error(
        '[oslo/etcd] cluster must be a Cluster whose machines boot from this spec, got Cluster.fromFacts; leave EtcdOnNvme out; the etcd of machines that run already is not touched',
      ),
    );
  });

  test.each<[string, EtcdOnNvmeOptions, string]>([
    [
      'heartbeat',
      { heartbeatInterval: Duration.millis(50) },
      'heartbeatInterval must be between 100 ms and 10000 ms, got 50 ms; a dead leader is noticed by electionTimeout, a shorter heartbeat only adds traffic',
    ],
    [
      'election',
      { heartbeatInterval: Duration.millis(500), electionTimeout: Duration.seconds(2) },
      'electionTimeout must be between 2500 ms and 50000 ms, got 2000 ms; it must hold five heartbeats of 500 ms and ten round trips of 1 ms',
    ],
    [
      'large quota',
      { quota: Size.gibibytes(9) },
      'quota must be between 1 GiB and 8 GiB, got 9 GiB; etcd itself warns above; a larger database takes minutes to send to a new member',
    ],
    [
      'unknown flag',
      { extraArgs: { 'snapshot-cuont': '1' } },
      'extraArgs must be flags of etcd 3.6, got snapshot-cuont; etcd does not start with a flag it does not know; check the spelling in `etcd --help` of that version',
    ],
    [
      'old flag',
      { extraArgs: { 'experimental-compaction-batch-limit': '500' } },
      'extraArgs must be flags of etcd 3.6, got experimental-compaction-batch-limit; write compaction-batch-limit',
    ],
    [
      'hyphens',
      { extraArgs: { '--max-wals': '3' } },
      'extraArgs must be flags of etcd 3.6, got --max-wals; write max-wals',
    ],
    [
      'a gate that is not there',
      { extraArgs: { 'feature-gates': 'PriorityRequest=true' } },
      'extraArgs.feature-gates must be gates of etcd 3.6, got PriorityRequest; it knows CompactHashCheck, InitialCorruptCheck, LeaseCheckpoint, LeaseCheckpointPersist, SetMemberLocalAddr, StopGRPCServiceOnDefrag, TxnModeWriteWithSharedBuffer',
    ],
    [
      'no corruption check',
      { extraArgs: { 'feature-gates': 'InitialCorruptCheck=false' } },
      'extraArgs.feature-gates must be with InitialCorruptCheck, got InitialCorruptCheck=false; a member with damaged data would join unseen',
    ],
    [
      'an endless log',
      { extraArgs: { 'max-wals': '0' } },
      'extraArgs.max-wals must be a whole number between 1 and 100, got 0; leave it out for 5; each takes 64 MB, and 0 keeps every file and fills the disk',
    ],
    [
      'a tag',
      { imageTag: 'latest' },
      'imageTag must be a tag such as 3.6.14-0, got latest; copy it from the registry that the machines pull from',
    ],
    [
      'an older minor',
      { imageTag: '3.5.33-0' },
      'imageTag must be of etcd 3.6 or newer, got 3.5.33-0; kubeadm 1.36 starts etcd with flags and files of 3.6',
    ],
    [
      'an unknown minor',
      { imageTag: '3.9.0-0' },
      'imageTag must be of an etcd minor in 3.5, 3.6, 3.7, got 3.9.0-0; the flags of other minors are not known',
    ],
  ])('%s', (_what, options, message) => {
    expect(thrown(options)).toEqual([`[oslo/etcd] ${message}`]);
  });

  test('a quota that memory or disk cannot hold names the machine', () => {
    const machines = [
      osloMachine(1, { memory: Size.gibibytes(4) }),
      osloMachine(2, { etcdDisk: EtcdDisk.byId('virtio-2', { minSize: Size.gibibytes(10) }) }),
      THREE[2]!,
    ];
    expect(thrown({ quota: Size.gibibytes(5) }, { machines })).toEqual([
      '[oslo/etcd] quota must be less than the memory of machine cp-1, 4 GiB, got 5 GiB; lower it; etcd maps the whole database into memory',
      '[oslo/etcd] quota must be at most 4 GiB for a disk of 10 GiB (minSize of etcdDisk of machine cp-2), got 5 GiB; lower it, or raise minSize to 12 GiB: defragmenting writes a second copy',
    ]);
  });

  test.each([
    'unsafe-no-fsync',
    'force-new-cluster',
    'data-dir',
    'wal-dir',
    'name',
    'listen-peer-urls',
    'listen-metrics-urls',
    'listen-client-http-urls',
    'initial-cluster',
    'initial-cluster-token',
    'cert-file',
    'peer-client-key-file',
    'trusted-ca-file',
    'client-cert-auth',
    'auto-tls',
    'peer-skip-client-san-verification',
    'discovery-srv',
    'config-file',
    'pre-vote',
    'strict-reconfig-check',
    'heartbeat-interval',
    'election-timeout',
    'quota-backend-bytes',
    'cipher-suites',
    'tls-min-version',
    'tls-max-version',
    'metrics',
    'corrupt-check-time',
    'memory-mlock',
    'max-snapshots',
  ])('%s is refused', (flag) => {
    expect(thrown({ extraArgs: { [flag]: 'x' } })).toEqual([
      expect.stringMatching(`^\\[oslo/etcd\\] extraArgs must be without ${flag}, got ${flag}; `),
    ]);
  });

  test('everything kubeadm owns is refused', () => {
    for (const flag of kubeadmEtcd.ownedArguments.value) {
      expect(thrown({ extraArgs: { [flag]: 'x' } })).toHaveLength(1);
    }
  });

  test('all at once', () => {
    expect(
      thrown({
        quota: Size.gibibytes(9),
        heartbeatInterval: Duration.millis(1),
        extraArgs: { name: 'x', 'data-dir': 'y' },
      }),
    ).toHaveLength(4);
  });

  test('the flags of the etcd that runs count', () => {
    expect(
      thrown({ imageTag: '3.7.1-0', extraArgs: { 'feature-gates': 'PriorityRequest=true' } }),
    ).toEqual([]);
  });
});

describe('findings', () => {
  const finding = (cluster: Cluster, id: string) => cluster.findings().find((f) => f.id === id);

  test('the etcd that kubeadm brings is too old, a newer tag is not', () => {
    expect(finding(made().cluster, 'GW-ETCD-001')).toMatchObject({
      severity: Severity.WARNING,
      message: 'kubeadm 1.36.4 brings etcd 3.6.8-0, GHSA-6vch-q96h-7gc3 is fixed from 3.6.14 on',
    });
    expect(ids(made({ imageTag: '3.6.14-0' }).cluster)).toEqual([]);
    expect(finding(made({ imageTag: '3.6.13-0' }).cluster, 'GW-ETCD-001')!.message).toMatch(
      /^imageTag names etcd 3\.6\.13-0/,
    );
    expect(ids(made({}, { kubernetesVersion: KubernetesVersion.V1_37 }).cluster)).toContain(
      'GW-ETCD-001',
    );
  });

  const zones = [1, 2, 3].map((n) =>
    Zone.of(`z${n}`, { country: 'NO', nodeCidr: `10.2${n}.0.0/24` }),
  );
  const spread = (...where: number[]) => ({
    zones: [...zones, Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' })],
    machines: where.map((zone, i) =>
      osloMachine(i + 1, {
        zone: `z${zone}`,
        address: `10.2${zone}.0.1${i}`,
        etcdDisk: EtcdDisk.nvmeSerial(`S${i}`),
      }),
    ),
  });

  test.each<[string, number[], boolean]>([
    ['three in one zone', [1, 1, 1], false],
    ['one in each of three', [1, 2, 3], false],
    ['two and one', [1, 1, 2], true],
    ['five as 2, 2, 1', [1, 1, 2, 2, 3], false],
    ['five as 3, 1, 1', [1, 1, 1, 2, 3], true],
    ['one', [1], false],
  ])('%s', (_what, where, wrong) => {
    expect(ids(made({}, spread(...where)).cluster).includes('GW-ETCD-002')).toBe(wrong);
    expect(ids(made({ acceptZoneQuorumLoss: true }, spread(...where)).cluster)).not.toContain(
      'GW-ETCD-002',
    );
  });

  test('the zone that must not be lost is named', () => {
    expect(finding(made({}, spread(1, 2, 2)).cluster, 'GW-ETCD-002')).toMatchObject({
      severity: Severity.ERROR,
      message: 'zone z2 holds 2 of 3 members, without it no quorum of 2 is left',
    });
  });

  test('a single member', () => {
    expect(finding(made({}, { machines: [THREE[0]!] }).cluster, 'GW-ETCD-003')).toMatchObject({
      severity: Severity.WARNING,
      message: 'cp-1 is the only etcd member',
    });
    expect(ids(made().cluster)).not.toContain('GW-ETCD-003');
  });

  test('a slow election', () => {
    expect(ids(made({ electionTimeout: Duration.millis(5000) }).cluster)).not.toContain(
      'GW-ETCD-004',
    );
    expect(
      finding(made({ electionTimeout: Duration.millis(5001) }).cluster, 'GW-ETCD-004')!.message,
    ).toBe('election-timeout is 5001 ms, more than 5000 ms');
  });

  test('a shared root disk', () => {
    const machines = [1, 2].map((n) => osloMachine(n, { etcdDisk: EtcdDisk.sharedWithRoot() }));
    expect(
      finding(made({}, { machines: [...machines, THREE[2]!] }).cluster, 'GW-ETCD-010'),
    ).toMatchObject({
      severity: Severity.WARNING,
      message: 'etcd shares the root disk on cp-1, cp-2',
    });
  });
});

describe('reasons', () => {
  test('every value that kubeadm is told has one', () => {
    const { cluster } = made({ imageTag: '3.6.14-0', extraArgs: { 'snapshot-count': '5000' } });
    const { args, list, ...rest } = local(cluster);
    const object = { kind: 'ClusterConfiguration', etcd: { local: { ...rest, extraArgs: args } } };
    expect(list).toHaveLength(8);
    expect(
      unexplainedLeaves(object, {
        decisions: cluster.decisions(),
        facts: ['ClusterConfiguration.etcd.local.imageTag'],
        structural: [],
      }),
    ).toEqual([]);
    const decided = cluster
      .decisions()
      .filter((d) => d.key.startsWith('ClusterConfiguration.etcd.local.extraArgs.'));
    expect(Object.fromEntries(decided.map((d) => [d.key.split('.').pop()!, d.value]))).toEqual(
      args,
    );
  });

  test('every value of the mount has one', () => {
    const { cluster } = made();
    const { Mount } = ini(
      entry(cluster, cluster.machines[0]!, 'units', 'var-lib-etcd.mount')!.value,
    );
    expect(
      unexplainedLeaves(
        { kind: 'var-lib-etcd', ...{ mount: Mount } },
        {
          decisions: cluster.decisions(),
          facts: ['var-lib-etcd.mount.What'],
          structural: ['var-lib-etcd.mount.Where'],
        },
      ),
    ).toEqual([]);
  });

  test('a decision has every part', () => {
    for (const decision of made({ filesystem: EtcdFilesystem.EXT4 }).cluster.decisions()) {
      for (const part of Object.values(decision)) {
        expect(part).not.toBe('');
      }
      expect(decision.path).toBe('oslo/etcd');
    }
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
