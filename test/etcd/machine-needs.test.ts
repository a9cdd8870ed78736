import { Size, Yaml } from 'cdk8s';
import { EtcdDisk, Machine } from '../../lib';
import { FsyncGate, type EtcdResources } from '../../lib/etcd';
import { unexplainedLeaves } from '../support/coverage';
import { osloMachine } from '../support/oslo';
import { tempDir } from '../support/temp-app';
import { askedKeys, fileOf, made, withWalDisks } from './etcd';
import { writeFileSync } from 'node:fs';

const PATCH = '/etc/groundwork/patches/etcd0+strategic.conf';
const DROP_IN = '/etc/systemd/system/kubelet.service.d/20-groundwork-etcd.conf';
const UDEV = '/etc/udev/rules.d/61-groundwork-etcd.rules';
const GATE = 'verify-etcd-fsync.service';

/** The patch as kubeadm reads it; undefined when there is none. */
function patchOf(cluster: ReturnType<typeof made>['cluster'], machine: Machine) {
  const text = fileOf(cluster, machine, PATCH);
  if (text === undefined) {
    return undefined;
  }
  const file = `${tempDir()}/patch.yaml`;
  writeFileSync(file, text);
  const documents = Yaml.load(file);
  expect(documents).toHaveLength(1);
  return documents[0];
}

const REQUESTS = 'Pod.spec.containers.resources.requests';
const requestsOn = (n: number, options = {}, facts = {}) => {
  const { cluster } = made(options, facts);
  return patchOf(cluster, cluster.machines[n - 1]!)?.spec.containers[0].resources?.requests;
};

describe('what the etcd pod reserves', () => {
  test.each<[string, number | undefined, number | undefined, object | undefined]>([
    ['the flagship', 8, 16, { cpu: '2000m', memory: '2048Mi' }],
    ['a small machine', 2, 2, { cpu: '500m', memory: '256Mi' }],
    ['one core', 1, undefined, { cpu: '250m' }],
    ['memory alone', undefined, 8, { memory: '1024Mi' }],
    [
      'a large machine, at most two cores and the quota',
      64,
      512,
      { cpu: '2000m', memory: '8192Mi' },
    ],
    ['nothing known', undefined, undefined, undefined],
  ])('%s', (_what, cpus, gib, requests) => {
    const memory = gib === undefined ? undefined : Size.gibibytes(gib);
    const machines = [1, 2, 3].map((n) => osloMachine(n, { cpus, memory }));
    expect(requestsOn(1, {}, { machines })).toEqual(requests);
  });

  test('follows each machine, and so do the reasons', () => {
    const machines = [osloMachine(1, { cpus: 4 }), osloMachine(2), osloMachine(3)];
    expect([1, 2].map((n) => requestsOn(n, {}, { machines }).cpu)).toEqual(['1000m', '2000m']);
    const key = `${REQUESTS}.cpu`;
    const keys = (facts: object) =>
      made({}, facts)
        .cluster.decisions()
        .filter((d) => d.key.startsWith(key))
        .map((d) => [d.key, d.value]);
    expect(keys({})).toEqual([[key, '2000m']]);
    expect(keys({ machines })).toEqual([
      [`${key}[cp-1]`, '1000m'],
      [`${key}[cp-2]`, '2000m'],
      [`${key}[cp-3]`, '2000m'],
    ]);
  });

  test('is what was asked for', () => {
    const resources: EtcdResources = { cpuMillicores: 1500, memory: Size.gibibytes(4) };
    expect(requestsOn(3, { resources })).toEqual({ cpu: '1500m', memory: '4096Mi' });
    expect(askedKeys({ resources: { cpuMillicores: 1500 } })).toEqual([`${REQUESTS}.cpu`]);
    expect(askedKeys({ resources })).toEqual([`${REQUESTS}.cpu`, `${REQUESTS}.memory`]);
  });

  test('has no limits and nothing that nobody explains', () => {
    const { cluster } = made({}, { machines: withWalDisks() });
    const patch = patchOf(cluster, cluster.machines[0]!);
    const volumes = [
      'Pod.spec.volumes',
      'Pod.spec.containers.volumeMounts',
      'Pod.spec.containers.name',
    ];
    expect(
      unexplainedLeaves(
        { kind: 'Pod', ...patch },
        { decisions: cluster.decisions(), facts: [], structural: volumes },
      ),
    ).toEqual([]);
    expect(patch.spec.containers[0].resources).not.toHaveProperty('limits');
  });
});

describe('a disk for the log', () => {
  const { cluster, etcd } = made({}, { machines: withWalDisks() });
  const machine = cluster.machines[0]!;
  const unit = (name: string) => fileOf(cluster, machine, name)!;

  test('has a script, a mount and a UUID of its own', () => {
    const { units, files } = cluster.ledger.forMachine(machine);
    expect(units.map(({ key, enabled }) => [key, enabled])).toEqual([
      ['etcd-disk-prepare.service', false],
      ['etcd-wal-disk-prepare.service', false],
      ['var-lib-etcd.mount', true],
      ['var-lib-etcdwal.mount', true],
      ['verify-etcd-fsync.service', true],
    ]);
    expect(files.filter(({ key }) => key.endsWith('etcd-disk-prepare'))).toHaveLength(1);
    expect(unit('etcd-disk-prepare.service')).toContain(
      '\nExecStart=/usr/local/lib/groundwork/etcd-disk-prepare\n',
    );
    expect(unit('etcd-wal-disk-prepare.service')).toContain(
      '\nExecStart=/usr/local/lib/groundwork/etcd-disk-prepare wal\n',
    );
    const mount = unit('var-lib-etcdwal.mount');
    expect(mount).toMatch(/^Where=\/var\/lib\/etcdwal$/m);
    expect(mount).toMatch(/^Requires=etcd-wal-disk-prepare\.service$/m);
    const uuid = (text: string) => /by-uuid\/(\S+)/.exec(text)![1];
    expect(uuid(mount)).not.toBe(uuid(unit('var-lib-etcd.mount')));
    // the data keeps the UUID it has without a disk for the log
    const alone = made().cluster;
    expect(uuid(unit('var-lib-etcd.mount'))).toBe(
      uuid(fileOf(alone, alone.machines[0]!, 'var-lib-etcd.mount')!),
    );
    expect(etcd.walDir).toBe('/var/lib/etcdwal/wal');
    expect(cluster._summary('etcd')!.walDir).toBe('/var/lib/etcdwal/wal');
  });

  test('kubelet waits for both', () => {
    expect(fileOf(cluster, machine, DROP_IN)).toContain(
      '[Unit]\nRequiresMountsFor=/var/lib/etcd /var/lib/etcdwal\nAssertPathIsMountPoint=/var/lib/etcd\nAssertPathIsMountPoint=/var/lib/etcdwal\n\n[Service]\nExecStartPre=/usr/local/lib/groundwork/etcd-guard\n',
    );
    expect(fileOf(cluster, machine, '/usr/local/lib/groundwork/etcd-guard')).toContain(
      '/var/lib/etcdwal/wal',
    );
  });

  test('the pod sees it and does not start without it', () => {
    expect(patchOf(cluster, machine).spec).toMatchObject({
      containers: [
        { name: 'etcd', volumeMounts: [{ name: 'etcd-wal', mountPath: '/var/lib/etcdwal' }] },
      ],
      volumes: [{ name: 'etcd-wal', hostPath: { path: '/var/lib/etcdwal', type: 'Directory' } }],
    });
    expect(etcd.walDir!.startsWith('/var/lib/etcdwal/')).toBe(true);
    expect(patchOf(made().cluster, machine).spec).not.toHaveProperty('volumes');
  });

  test('it is the one that is measured', () => {
    const script = fileOf(cluster, machine, '/usr/local/lib/groundwork/verify-etcd-fsync')!;
    expect(script).toContain("\ndir='/var/lib/etcdwal'\nmember='/var/lib/etcdwal/wal'\n");
  });

  test('it may stand beside a database on the root disk', () => {
    const machines = [1, 2, 3].map((n) =>
      osloMachine(n, {
        etcdDisk: EtcdDisk.sharedWithRoot(),
        etcdWalDisk: EtcdDisk.byId(`virtio-wal-${n}`),
      }),
    );
    const half = made({}, { machines }).cluster;
    expect(half.ledger.forMachine(half.machines[0]!).units.map((u) => u.key)).toEqual([
      'etcd-wal-disk-prepare.service',
      'var-lib-etcdwal.mount',
      'verify-etcd-fsync.service',
    ]);
    expect(fileOf(half, half.machines[0]!, DROP_IN)).not.toMatch(/\/var\/lib\/etcd$/m);
  });

  test('every value of both mounts has one reason', () => {
    const keys = cluster.decisions().map(({ key }) => key);
    expect(keys.filter((key) => key === 'var-lib-etcdwal.mount.Options')).toHaveLength(1);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('requests do not clash', () => {
    expect(cluster.ledger.clashes(cluster.machines)).toEqual([]);
  });
});

describe('the measurement', () => {
  test('comes after the mount and asks for the services that make it, each by name', () => {
    const { cluster } = made({}, { machines: withWalDisks() });
    const text = fileOf(cluster, cluster.machines[0]!, GATE)!;
    for (const line of [
      'RequiresMountsFor=/usr/local/lib/groundwork /var/lib/etcd /var/lib/etcdwal',
      'Requires=etcd-disk-prepare.service etcd-wal-disk-prepare.service',
      'After=etcd-disk-prepare.service etcd-wal-disk-prepare.service',
      'AssertPathIsMountPoint=/var/lib/etcdwal',
      'Type=oneshot',
      'RemainAfterExit=yes',
      'ExecStart=/usr/local/lib/groundwork/verify-etcd-fsync',
      'WantedBy=multi-user.target',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    // the bootstrap starts units by name, and a disk's own fault is to be said by its own unit
    const enabled = cluster.ledger
      .forMachine(cluster.machines[0]!)
      .units.filter((u) => u.enabled)
      .map((u) => u.key);
    expect(enabled.at(-1)).toBe(GATE);
  });

  test('stops by default, warns when asked to, and is nowhere when it is off', () => {
    const script = (fsyncGate?: FsyncGate) => {
      const { cluster } = made({ fsyncGate });
      const { units, packages } = cluster.ledger.forMachine(cluster.machines[0]!);
      const text = fileOf(
        cluster,
        cluster.machines[0]!,
        '/usr/local/lib/groundwork/verify-etcd-fsync',
      );
      return {
        text,
        parts: [...units, ...packages].map((e) => e.key).filter((k) => /fio|fsync/.test(k)),
      };
    };
    expect(script().parts).toEqual([GATE, 'fio']);
    expect(script().text).toBe(script(FsyncGate.STOP).text);
    expect(script().text).toContain('verdict FAIL');
    expect(script(FsyncGate.WARN).parts).toEqual([GATE, 'fio']);
    expect(script(FsyncGate.WARN).text).not.toContain('verdict FAIL');
    expect(script(FsyncGate.OFF)).toEqual({ text: undefined, parts: [] });
  });

  test('has its reasons', () => {
    const keys = (fsyncGate: FsyncGate) =>
      made({ fsyncGate })
        .cluster.decisions()
        .map((d) => d.key)
        .filter((key) => key.startsWith('verify-etcd-fsync'));
    expect(keys(FsyncGate.STOP)).toEqual([
      'verify-etcd-fsync.fio',
      'verify-etcd-fsync.warn',
      'verify-etcd-fsync.stop',
    ]);
    expect(keys(FsyncGate.OFF)).toEqual([]);
  });
});

describe('the scheduler', () => {
  test('is set by identity, after the rules that read it', () => {
    const machines = withWalDisks().map((_, n) =>
      osloMachine(n + 1, { etcdWalDisk: EtcdDisk.byId(`virtio-wal-${n + 1}`) }),
    );
    const { cluster } = made({}, { machines });
    expect(fileOf(cluster, cluster.machines[0]!, UDEV)!.split('\n').slice(1)).toEqual([
      'ACTION=="add|change", SUBSYSTEM=="block", ENV{DEVTYPE}=="disk", KERNEL=="nvme*", ENV{ID_SERIAL_SHORT}=="S4EVNX0R1", ATTR{queue/scheduler}="none"',
      'ACTION=="add|change", SUBSYSTEM=="block", ENV{DEVTYPE}=="disk", SYMLINK=="disk/by-id/virtio-wal-1", ATTR{queue/scheduler}="none"',
      '',
    ]);
    expect('60-persistent-storage.rules' < UDEV.split('/').at(-1)!).toBe(true);
    expect(cluster.decisions().find((d) => d.key === UDEV)).toMatchObject({ value: 'none' });
  });
});
