import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { App, Size } from 'cdk8s';
import { EtcdDisk } from '../../lib';
import { prepareScript } from '../../lib/cluster';
import { disksOf, ETCD_DISKS } from '../../lib/etcd/disk';
import { EtcdFilesystem } from '../../lib/etcd/filesystem';
import { diskTuning } from '../../lib/etcd/tuning';
import { osloCluster, osloMachine } from '../support/oslo';
import { FakeMachine, type FakeDisk } from './fake-machine';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
// A blank disk is read in a thousand places.
jest.setTimeout(60_000);

const SERIAL = 'S4EVNX0R1';
const CLUSTER = osloCluster(new App());

function factsOf(disk: EtcdDisk) {
  return disksOf(CLUSTER, { machine: osloMachine(1), disk })[0]!;
}

function format(filesystem: EtcdFilesystem) {
  return { filesystem, options: diskTuning(filesystem).get('mkfs') };
}

function scriptFor(
  machine: FakeMachine,
  disk = EtcdDisk.nvmeSerial(SERIAL),
  filesystem = EtcdFilesystem.XFS,
): string {
  return prepareScript(ETCD_DISKS, [factsOf(disk)], format(filesystem), { root: machine.root });
}

const UUID = factsOf(EtcdDisk.nvmeSerial(SERIAL)).uuid;

describe('a blank disk', () => {
  test('gets one xfs with the fixed UUID and no option to overwrite', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: `${SERIAL}           ` });
    const outcome = machine.run(scriptFor(machine));
    const device = machine.path('dev/nvme0n1');
    expect(outcome.stderr).toBe('');
    expect(outcome.status).toBe(0);
    expect(outcome.mkfs).toEqual([`mkfs.xfs -q -K -m uuid=${UUID} ${device}`]);
    expect(outcome.stdout).toContain(`${device} is prepared`);
  });

  test('gets one ext4 where the spec asks for it', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    const outcome = machine.run(
      scriptFor(machine, EtcdDisk.nvmeSerial(SERIAL), EtcdFilesystem.EXT4),
    );
    expect(outcome.status).toBe(0);
    expect(outcome.mkfs).toEqual([
      `mkfs.ext4 -q -m 0 -i 1048576 -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 -U ${UUID} ${machine.path('dev/nvme0n1')}`,
    ]);
  });

  test('is found by its by-id link', () => {
    const machine = new FakeMachine().disk('vdb').link('disk/by-id/virtio-9f3c', 'vdb');
    const outcome = machine.run(scriptFor(machine, EtcdDisk.byId('virtio-9f3c')));
    expect(outcome.status).toBe(0);
    expect(outcome.mkfs).toEqual([
      expect.stringMatching(/^mkfs\.xfs -q -K -m uuid=\S+ \S+\/dev\/vdb$/),
    ]);
  });

  test('is the one among others, its multipath leg left out', () => {
    const machine = new FakeMachine()
      .disk('nvme0n1', { serial: 'OTHER1' })
      .disk('nvme1n1', { serial: SERIAL })
      .disk('nvme1c1n1', { serial: SERIAL });
    expect(machine.run(scriptFor(machine)).mkfs).toEqual([
      `mkfs.xfs -q -K -m uuid=${UUID} ${machine.path('dev/nvme1n1')}`,
    ]);
  });

  test('is waited for', () => {
    const machine = new FakeMachine();
    machine.disk('nvme0n1', { serial: 'x' });
    machine.program(
      'sleep',
      `echo ${SERIAL} >"$LAB/sys/block/nvme0n1/device/serial"; echo slept >>"$LAB/slept"`,
    );
    expect(machine.run(scriptFor(machine)).status).toBe(0);
    expect(machine.has('slept')).toBe(true);
  });

  test('of the right model and size passes both windows', () => {
    const disk = EtcdDisk.nvmeSerial(SERIAL, {
      model: 'SAMSUNG MZVL*',
      minSize: Size.gibibytes(10),
      maxSize: Size.gibibytes(10),
    });
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    expect(machine.run(scriptFor(machine, disk)).status).toBe(0);
  });
});

describe('the disk that was prepared before', () => {
  const prepared: FakeDisk = {
    serial: SERIAL,
    filesystem: { type: 'xfs', uuid: UUID },
    signatures: ['xfs'],
    dirtyAt: 0,
    mountPoint: '/var/lib/etcd',
  };

  test('is left alone, mounted or not', () => {
    const machine = new FakeMachine()
      .disk('nvme0n1', prepared)
      .write('etc/kubernetes/manifests/etcd.yaml', '')
      .write('var/lib/etcd/data/member', '');
    const outcome = machine.run(scriptFor(machine));
    expect(outcome).toMatchObject({ status: 0, mkfs: [], stderr: '' });
    expect(outcome.stdout).toBe(
      `etcd-disk-prepare: ${machine.path('dev/nvme0n1')} is already prepared\n`,
    );
  });

  test('is left alone when the spec now wants another filesystem', () => {
    const machine = new FakeMachine().disk('nvme0n1', prepared);
    const outcome = machine.run(
      scriptFor(machine, EtcdDisk.nvmeSerial(SERIAL), EtcdFilesystem.EXT4),
    );
    expect(outcome).toMatchObject({ status: 1, mkfs: [] });
    expect(outcome.stderr).toContain("holds 'xfs', and the spec says ext4");
  });

  test('is not mistaken for a clone that took its link', () => {
    const machine = new FakeMachine().disk('nvme1n1', prepared);
    machine.disk('nvme0n1', { serial: 'CLONE' });
    machine.program('udevadm', `ln -sf "$LAB/dev/nvme0n1" "$LAB/dev/disk/by-uuid/${UUID}"`);
    const outcome = machine.run(scriptFor(machine));
    expect(outcome).toMatchObject({ status: 1, mkfs: [] });
    expect(outcome.stderr).toContain(`but to '${machine.path('dev/nvme0n1')}'`);
  });
});

describe('any other state ends with one line and no mkfs', () => {
  const cases: Array<[string, FakeDisk, string]> = [
    [
      'a foreign filesystem',
      { signatures: ['xfs'], filesystem: { type: 'xfs', uuid: 'e1' } },
      'it holds xfs',
    ],
    ['two signatures', { signatures: ['gpt', 'PMBR'] }, 'it holds gpt PMBR'],
    ['something that only blkid knows', { blkidStatus: 0 }, 'blkid finds something on it'],
    ['more than one thing for blkid', { blkidStatus: 8 }, 'blkid finds something on it'],
    ['bytes at the very start', { dirtyAt: 0 }, 'its first GiB is not all zero'],
    ['bytes just after 16 MiB', { dirtyAt: 17 * MIB }, 'its first GiB is not all zero'],
    ['bytes just below 1 GiB', { dirtyAt: GIB - 1 }, 'its first GiB is not all zero'],
    ['bytes in the middle', { dirtyAt: 5 * GIB }, '1 MiB after 5120 MiB is not all zero'],
    [
      'bytes a quarter of the way, where xfs begins its second group',
      { dirtyAt: 2.5 * GIB + 1 },
      '1 MiB after 2560 MiB is not all zero',
    ],
    [
      'a superblock of ext4 in group 27',
      { dirtyAt: 27 * 128 * MIB + 1080 },
      '1 MiB after 3456 MiB is not all zero',
    ],
    [
      'bytes at the start of the last 64 MiB',
      { dirtyAt: 10 * GIB - 64 * MIB },
      'its last 64 MiB is not all zero',
    ],
    ['bytes at the very end', { dirtyAt: 10 * GIB - 1 }, 'its last 64 MiB is not all zero'],
    ['a partition', { children: ['nvme0n1p1'] }, 'partitions or is part of something: nvme0n1p1'],
    ['a holder', { children: ['md0'] }, 'partitions or is part of something: md0'],
    ['a mount', { mountPoint: '/srv' }, 'is in use as /srv'],
    ['swap', { mountPoint: '[SWAP]' }, 'is in use as [SWAP]'],
    ['too small', { size: 7 * GIB }, `has ${7 * GIB} bytes, expected at least ${8 * GIB}`],
    ['a partition instead of a disk', { type: 'part' }, "of type 'part', not a whole disk"],
    ['a loop device', { type: 'loop' }, "of type 'loop', not a whole disk"],
  ];
  test.each(cases)('%s', (_what, disk, message) => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL, ...disk });
    const outcome = machine.run(scriptFor(machine));
    expect(outcome.mkfs).toEqual([]);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).toContain('nothing was written');
    expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
  });

  const refused = (machine: FakeMachine, message: string, disk?: EtcdDisk) => {
    const outcome = machine.run(scriptFor(machine, disk));
    expect(outcome.mkfs).toEqual([]);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
  };

  test('no such disk', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: 'OTHER1' });
    refused(machine, `no disk with NVMe serial ${SERIAL} appeared within 30 seconds`);
  });

  test('a serial that only begins like ours', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: `${SERIAL}0` });
    refused(machine, 'appeared within 30 seconds');
  });

  test('no such link', () => {
    refused(new FakeMachine().disk('vdb'), 'no disk with link', EtcdDisk.byId('virtio-9f3c'));
  });

  test('two disks with the serial', () => {
    const machine = new FakeMachine()
      .disk('nvme0n1', { serial: SERIAL })
      .disk('nvme0n2', { serial: SERIAL });
    refused(machine, `NVMe serial ${SERIAL} belongs to 2 disks`);
  });

  test('the disk below the root filesystem', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    machine.answer('mounts', `${machine.path('dev/vg-root')}\n`);
    machine.answer(
      'vg-root.PATH',
      `${machine.path('dev/vg-root')}\n${machine.path('dev/nvme0n1')}\n`,
    );
    refused(machine, `carries what this machine runs on: ${machine.path('dev/vg-root')}`);
  });

  test('the disk below a swap', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    machine.answer('swaps', `${machine.path('dev/nvme0n1')}\n`);
    refused(machine, 'carries what this machine runs on');
  });

  test('a holder that lsblk does not list', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    machine.write('sys/class/block/nvme0n1/holders/bcache0/dev', '');
    refused(machine, 'is held by bcache0');
  });

  test('another model', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL, model: 'KINGSTON X' });
    refused(
      machine,
      "of model 'KINGSTON X', expected SAMSUNG MZVL*",
      EtcdDisk.nvmeSerial(SERIAL, { model: 'SAMSUNG MZVL*' }),
    );
  });

  test('larger than the window', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    refused(
      machine,
      `expected ${8 * GIB} to ${9 * GIB}`,
      EtcdDisk.nvmeSerial(SERIAL, { maxSize: Size.gibibytes(9) }),
    );
  });

  test('files below the mount point', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    machine.write('var/lib/etcd/member/wal', '');
    refused(machine, 'holds files, which the new filesystem would hide');
  });

  test('a blank disk in a machine that is a member already', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    machine.write('etc/kubernetes/manifests/etcd.yaml', '');
    refused(machine, 'is blank, but this machine is already an etcd member');
  });

  test.each(['lsblk', 'findmnt', 'swapon', 'wipefs', 'cmp', 'blkid'])(
    '%s that fails',
    (program) => {
      const machine = new FakeMachine()
        .disk('nvme0n1', { serial: SERIAL })
        .program(program, 'exit 3');
      const outcome = machine.run(scriptFor(machine));
      expect(outcome).toMatchObject({ status: 1, mkfs: [] });
      expect(outcome.stderr).toContain('etcd-disk-prepare: ');
    },
  );

  test.each(['lsblk', 'findmnt', 'swapon', 'wipefs', 'cmp', 'blkid'])(
    '%s that is missing',
    (program) => {
      const machine = new FakeMachine()
        .disk('nvme0n1', { serial: SERIAL })
        .program(program, 'exit 127');
      expect(machine.run(scriptFor(machine))).toMatchObject({ status: 1, mkfs: [] });
    },
  );

  test.each([
    ['TYPE', 'cannot be read'],
    ['SIZE', 'the size of '],
    ['NAME', 'cannot be read'],
    ['MOUNTPOINT', 'cannot be read'],
  ])('an lsblk that has no %s', (column, message) => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    rmSync(machine.path(`answers/nvme0n1.${column}`));
    const outcome = machine.run(scriptFor(machine));
    expect(outcome).toMatchObject({ status: 1, mkfs: [] });
    expect(outcome.stderr).toContain(message);
  });

  test('a size that is no number', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    machine.answer('nvme0n1.SIZE', '10G\n');
    refused(machine, "is '10G'");
  });

  test('a disk that gets a twin while it is read', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    machine.disk('nvme1n1', { serial: 'x' });
    machine.program(
      'cmp',
      `echo ${SERIAL} >"$LAB/sys/block/nvme1n1/device/serial"; exec /usr/bin/cmp "$@"`,
    );
    const device = machine.path('dev/nvme0n1');
    refused(machine, `NVMe serial ${SERIAL} is no longer ${device} alone`);
  });

  test('a place in the middle that cannot be read', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    machine.program('cmp', `case "$3" in ${512 * 10 * MIB}:0) exit 2 ;; esac; exit 0`);
    refused(machine, 'cannot be read: 1 MiB after 5120 MiB');
  });

  test('a disk of 2 GiB and less is read whole', () => {
    const disk = EtcdDisk.nvmeSerial(SERIAL, { minSize: Size.gibibytes(8) });
    const small = { ...factsOf(disk), minBytes: 1 };
    const xfs = format(EtcdFilesystem.XFS);
    const run = (dirtyAt?: number) => {
      const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL, size: 2 * GIB, dirtyAt });
      return machine.run(prepareScript(ETCD_DISKS, [small], xfs, { root: machine.root }));
    };
    expect(run().status).toBe(0);
    // a place that no sample would hit
    const dirty = run(1.5 * GIB + 1.5 * MIB + 1);
    expect(dirty.mkfs).toEqual([]);
    expect(dirty.stderr).toContain('the whole disk is not all zero');
  });

  test('mkfs that fails', () => {
    const machine = new FakeMachine()
      .disk('nvme0n1', { serial: SERIAL })
      .program('mkfs.xfs', 'exit 1');
    const outcome = machine.run(scriptFor(machine));
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toContain('mkfs.xfs failed on ');
    expect(outcome.stdout).not.toContain('is prepared');
  });
});

describe('two disks of one machine', () => {
  const disks = disksOf(CLUSTER, {
    machine: osloMachine(1),
    disk: EtcdDisk.nvmeSerial(SERIAL, { model: 'SAMSUNG*', minSize: Size.gibibytes(10) }),
    walDisk: EtcdDisk.byId('nvme-wal', { maxSize: Size.gibibytes(9) }),
  });
  const lab = () =>
    new FakeMachine()
      .disk('nvme0n1', { serial: SERIAL })
      .disk('vdb', { size: 9 * GIB, model: 'VIRTUAL' })
      .link('disk/by-id/nvme-wal', 'vdb')
      // reading them is tested above
      .program('cmp', 'exit 0');
  const run = (machine: FakeMachine, ...args: string[]) =>
    machine.run(
      prepareScript(ETCD_DISKS, disks, format(EtcdFilesystem.XFS), { root: machine.root }),
      ...args,
    );

  test('get a filesystem each, by what the script is told', () => {
    const machine = lab();
    const [data, wal] = disks.map(({ uuid }) => uuid);
    expect(data).toBe(UUID);
    expect(wal).not.toBe(data);
    expect(run(machine, 'wal').mkfs).toEqual([
      `mkfs.xfs -q -K -m uuid=${wal} ${machine.path('dev/vdb')}`,
    ]);
    expect(run(machine).mkfs.slice(1)).toEqual([
      `mkfs.xfs -q -K -m uuid=${data} ${machine.path('dev/nvme0n1')}`,
    ]);
  });

  test('are held to their own bounds and models', () => {
    const machine = lab()
      .disk('vdb', { size: 10 * GIB })
      .disk('nvme0n1', {
        serial: SERIAL,
        model: 'KINGSTON',
      });
    expect(run(machine, 'wal').stderr).toContain(`expected ${8 * GIB} to ${9 * GIB}`);
    expect(run(machine, 'data').stderr).toContain("of model 'KINGSTON', expected SAMSUNG*");
    expect(run(machine).mkfs).toEqual([]);
  });

  test('the log is refused where a member lost its own, and where files lie below', () => {
    const member = lab().write('etc/kubernetes/manifests/etcd.yaml', '');
    expect(run(member, 'wal')).toMatchObject({ status: 1, mkfs: [] });
    const full = lab().write('var/lib/etcdwal/wal/0.wal', '');
    expect(run(full, 'wal').stderr).toContain('var/lib/etcdwal holds files');
    expect(run(full, 'data').status).toBe(0);
  });

  test('a missing one is said with the prop that names it', () => {
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    expect(run(machine, 'wal').stderr).toContain('correct etcdWalDisk of machine cp-1 in the spec');
  });

  test('any other word ends the script', () => {
    const machine = lab();
    expect(run(machine, 'root')).toMatchObject({ status: 2, mkfs: [] });
  });
});

describe('the text of the script', () => {
  const script = (filesystem: EtcdFilesystem) =>
    prepareScript(
      ETCD_DISKS,
      [factsOf(EtcdDisk.nvmeSerial(SERIAL, { model: 'A B*' }))],
      format(filesystem),
    );

  test.each(Object.values(EtcdFilesystem))('has no way to overwrite with %s', (filesystem) => {
    const text = script(filesystem);
    expect(text.match(/^mkfs\..*$/gm)).toHaveLength(1);
    const forced = /(^|\s)(-[A-Za-z]*[fF][A-Za-z]*|--force|--all|-a)(\s|$)/;
    const lines = text.split('\n').filter((line) => /mkfs|wipefs|blkdiscard|dd /.test(line));
    expect(lines.filter((line) => forced.test(line))).toEqual([]);
    expect(text).not.toMatch(
      /wipefs (?!--no-act)|blkdiscard|sgdisk|\bdd\b|nvme format|>\s*"?\$device/,
    );
  });

  test('is valid for sh', () => {
    const { status, stderr } = spawnSync('sh', ['-n'], {
      input: script(EtcdFilesystem.XFS),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('looks at the real machine when nothing else is said', () => {
    const text = script(EtcdFilesystem.XFS);
    expect(text).toContain("sys='/sys'\ndev='/dev'\n");
    expect(text).toContain("mount_point='/var/lib/etcd'\n");
  });
});
