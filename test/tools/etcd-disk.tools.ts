import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { App, Size } from 'cdk8s';
import { EtcdDisk, type ControlPlaneMachineOptions } from '../../lib';
import { EtcdFilesystem, EtcdOnNvme, FsyncGate, type EtcdOnNvmeOptions } from '../../lib/etcd';
import { prepareScript } from '../../lib/cluster';
import { disksOf, ETCD_DISKS } from '../../lib/etcd/disk';
import { diskTuning } from '../../lib/etcd/tuning';
import { FakeMachine } from '../etcd/fake-machine';
import { osloCluster, osloMachine } from '../support/oslo';
import { tempDir } from '../support/temp-app';
import { run, withTools } from './programs';

// The prepare script with the real blkid, wipefs, cmp and mkfs on image files, and once on a real
// block device.
const MIB = 1024 ** 2;
const SERIAL = 'S4EVNX0R1';
const SIZE = 400 * MIB;

const CLUSTER = osloCluster(new App());

const FACTS = {
  ...disksOf(CLUSTER, { machine: osloMachine(1), disk: EtcdDisk.nvmeSerial(SERIAL) })[0]!,
  // Small images: the bounds are not what is tested here.
  minBytes: SIZE,
};

function format(filesystem: EtcdFilesystem) {
  return { filesystem, options: diskTuning(filesystem).get('mkfs') };
}

function prepare(machine: FakeMachine, filesystem: EtcdFilesystem, facts = FACTS) {
  return machine.run(
    prepareScript(ETCD_DISKS, [facts], format(filesystem), { root: machine.root }),
  );
}

/** A machine with one blank image as its disk; udevadm makes the link that udev would make. */
function machineWithImage(): { machine: FakeMachine; image: string } {
  const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL, size: SIZE });
  machine.real('wipefs', 'blkid', 'mkfs.xfs', 'mkfs.ext4').program(
    'udevadm',
    `uuid=$(blkid -p -s UUID -o value "$LAB/dev/nvme0n1") || exit 0
     if [ -n "$uuid" ]; then ln -sf "$LAB/dev/nvme0n1" "$LAB/dev/disk/by-uuid/$uuid"; fi`,
  );
  return { machine, image: machine.path('dev/nvme0n1') };
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

const PROGRAMS = ['blkid', 'wipefs', 'cmp', 'mkfs.xfs', 'mkfs.ext4'];

for (const filesystem of Object.values(EtcdFilesystem)) {
  withTools(PROGRAMS, `a blank disk becomes ${filesystem} once and stays as it is`, () => {
    const { machine, image } = machineWithImage();
    expect(prepare(machine, filesystem)).toMatchObject({ status: 0 });
    const { output } = run('blkid', ['-p', '-o', 'export', image]);
    expect(output).toContain(`UUID=${FACTS.uuid}\n`);
    expect(output).toContain(`TYPE=${filesystem}\n`);

    const before = sha256(image);
    const again = prepare(machine, filesystem);
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('already prepared') });
    expect(sha256(image)).toBe(before);
  });
}

/** What a disk may carry, and how it comes there. */
const carried: Array<[string, (image: string) => void]> = [
  ['ext4', (image) => run('mkfs.ext4', ['-q', image])],
  ['xfs', (image) => run('mkfs.xfs', ['-q', image])],
  [
    'ext4 with our UUID while the spec says xfs',
    (image) => {
      run('mkfs.ext4', ['-q', '-U', FACTS.uuid, image]);
    },
  ],
  ['swap', (image) => run('mkswap', [image])],
  [
    'a partition table',
    (image) => {
      const sector = Buffer.alloc(512);
      // One Linux partition from sector 2,048 on.
      sector.set([0x80, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 0, 8, 0], 446);
      sector.set([0x55, 0xaa], 510);
      writeAt(image, 0, sector);
    },
  ],
  [
    'a md superblock at the end',
    (image) => {
      const magic = Buffer.from([0xfc, 0x4e, 0x2b, 0xa9]);
      writeAt(image, SIZE - 64 * 1024, magic);
    },
  ],
  ['raw bytes in the first 16 MiB', (image) => writeAt(image, 9 * MIB, Buffer.from('precious'))],
  ['raw bytes at 17 MiB', (image) => writeAt(image, 17 * MIB, Buffer.from('precious'))],
];

function writeAt(image: string, offset: number, bytes: Buffer): void {
  const whole = readFileSync(image);
  bytes.copy(whole, offset);
  writeFileSync(image, whole);
}

for (const filesystem of Object.values(EtcdFilesystem)) {
  for (const [what, carry] of carried) {
    const differs = !(filesystem === EtcdFilesystem.EXT4 && what.startsWith('ext4 with our'));
    if (differs) {
      withTools(
        PROGRAMS,
        `a disk with ${what} stays as it is, every byte, when ${filesystem} is wanted`,
        () => {
          const { machine, image } = machineWithImage();
          const blank = sha256(image);
          carry(image);
          const before = sha256(image);
          expect(before).not.toBe(blank);
          const outcome = prepare(machine, filesystem);
          expect(outcome.status).toBe(1);
          expect(outcome.stderr).toContain('nothing was written');
          expect(sha256(image)).toBe(before);
        },
      );
    }
  }
}

withTools(
  [...PROGRAMS, 'fallocate'],
  'a large ext4 whose first GiB was wiped is known by what is left of it',
  () => {
    const machine = machineWithImage().machine.disk('nvme0n1', {
      serial: SERIAL,
      size: 6 * 1024 * MIB,
    });
    const image = machine.path('dev/nvme0n1');
    expect(run('mkfs.ext4', ['-q', image])).toMatchObject({ status: 0 });
    const wiped = run('fallocate', ['--punch-hole', '--length', String(1024 * MIB), image]);
    expect(wiped).toMatchObject({ status: 0 });
    // nothing that has a name is left
    expect(run('wipefs', ['--no-act', image]).output).toBe('');
    const before = statSync(image).mtimeMs;
    const outcome = prepare(machine, EtcdFilesystem.XFS);
    expect(outcome.status).toBe(1);
    expect(outcome.stderr).toMatch(/1 MiB after \d+ MiB is not all zero; nothing was written/);
    expect(statSync(image).mtimeMs).toBe(before);
  },
);

withTools(
  PROGRAMS,
  'mkfs.xfs with our options is a second lock: it refuses a filesystem by itself',
  () => {
    const { image } = machineWithImage();
    run('mkfs.ext4', ['-q', image]);
    const before = sha256(image);
    const options = diskTuning(EtcdFilesystem.XFS).get('mkfs').split(' ');
    expect(run('mkfs.xfs', [...options, image]).status).not.toBe(0);
    expect(sha256(image)).toBe(before);
  },
);

withTools(
  [...PROGRAMS, 'losetup', 'lsblk', 'findmnt', 'swapon', 'mknod'],
  'a block device is formatted, mounted with our options, and known again',
  () => {
    const dir = tempDir();
    const image = `${dir}/disk.img`;
    writeFileSync(image, '');
    truncateSync(image, SIZE);
    const attached = run('losetup', ['--find', '--show', image]);
    expect(attached.output).toMatch(/^\/dev\/loop\d+\n$/);
    const loop = attached.output.trim();
    const machine = new FakeMachine().disk('nvme0n1', { serial: SERIAL });
    const device = machine.path('dev/nvme0n1');
    rmSync(device);
    const mountPoint = machine.path('mnt');
    mkdirSync(mountPoint);
    try {
      const [, number] = /loop(\d+)$/.exec(loop)!;
      expect(run('mknod', [device, 'b', '7', number!]).status).toBe(0);
      // A loop device stands in for the disk: only its type and its path are told otherwise.
      const renamed = (name: string) =>
        machine.program(
          name,
          `exec_path=$(PATH=/usr/bin:/bin:/usr/sbin:/sbin command -v ${name})
        "$exec_path" "$@" >"$LAB/out" || exit $?
        sed 's#^loop$#disk#; s#^${loop}$#${device}#' "$LAB/out"`,
        );
      ['lsblk', 'findmnt', 'swapon'].forEach(renamed);
      machine.real('wipefs', 'blkid', 'mkfs.xfs', 'mkfs.ext4');
      machine.program('udevadm', `ln -sf "${device}" "$LAB/dev/disk/by-uuid/${FACTS.uuid}"`);

      const first = prepare(machine, EtcdFilesystem.EXT4);
      expect(first).toMatchObject({
        status: 0,
        stderr: expect.not.stringContaining('etcd-disk-prepare'),
      });
      const options = diskTuning(EtcdFilesystem.EXT4).get('options');
      expect(run('mount', ['-t', 'ext4', '-o', options, loop, mountPoint])).toMatchObject({
        status: 0,
      });
      writeFileSync(`${mountPoint}/canary`, 'precious');
      expect(prepare(machine, EtcdFilesystem.EXT4)).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('already prepared'),
      });
      expect(readFileSync(`${mountPoint}/canary`, 'utf8')).toBe('precious');

      // The same mounted disk with a UUID that is not ours is what this machine runs on.
      const stranger = { ...FACTS, uuid: '00000000-0000-4000-8000-000000000000' };
      expect(prepare(machine, EtcdFilesystem.EXT4, stranger)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('carries what this machine runs on'),
      });
      expect(readFileSync(`${mountPoint}/canary`, 'utf8')).toBe('precious');
    } finally {
      run('umount', [mountPoint]);
      run('losetup', ['--detach', loop]);
    }
  },
);

const FILESYSTEMS = Object.values(EtcdFilesystem);
const ROOT = EtcdDisk.sharedWithRoot();

/** Disks a machine may have, with all that tells one script or unit from another. */
const DISKS: Array<[string, Partial<ControlPlaneMachineOptions>]> = [
  ['one disk', {}],
  [
    'two disks with bounds and models',
    {
      etcdDisk: EtcdDisk.nvmeSerial(SERIAL, { model: 'A B*', maxSize: Size.gibibytes(900) }),
      etcdWalDisk: EtcdDisk.byId('virtio-9f3c'),
    },
  ],
  ['the root disk', { etcdDisk: ROOT }],
  ['the root disk and one for the log', { etcdDisk: ROOT, etcdWalDisk: EtcdDisk.nvmeSerial('W') }],
];

function rendered(options: EtcdOnNvmeOptions, facts: Partial<ControlPlaneMachineOptions>) {
  const cluster = osloCluster(new App(), { machines: [osloMachine(1, facts)] });
  new EtcdOnNvme(cluster, 'etcd', { cluster, ...options });
  return cluster.ledger.forMachine(cluster.machines[0]!);
}

const GATES = [FsyncGate.STOP, FsyncGate.WARN, FsyncGate.OFF];

for (const [what, facts] of DISKS) {
  withTools(['shellcheck'], `shellcheck finds nothing in the scripts for ${what}`, () => {
    const scripts = FILESYSTEMS.flatMap((filesystem) =>
      GATES.flatMap((fsyncGate) => rendered({ filesystem, fsyncGate }, facts).files),
    ).filter(({ permissions }) => permissions === '0755');
    const names = new Set(scripts.map(({ key }) => key));
    expect(names.size).toBe(facts.etcdDisk === ROOT && facts.etcdWalDisk === undefined ? 2 : 3);
    const file = `${tempDir()}/script`;
    for (const script of new Set(scripts.map(({ value }) => value))) {
      writeFileSync(file, script);
      expect(run('shellcheck', [file])).toMatchObject({ status: 0, output: '' });
    }
  });

  withTools(['systemd-analyze'], `systemd-analyze verifies the units for ${what}`, () => {
    for (const filesystem of FILESYSTEMS) {
      const dir = tempDir();
      const { units, files } = rendered({ filesystem }, facts);
      const program = `${dir}/program`;
      writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
      // verify wants the programs to be there.
      const placed = (text: string) => text.replace(/^(Exec\w+=)\S+/gm, `$1${program}`);
      for (const unit of units) {
        writeFileSync(`${dir}/${unit.key}`, placed(unit.value));
      }
      mkdirSync(`${dir}/kubelet.service.d`);
      writeFileSync(`${dir}/kubelet.service`, '[Service]\nExecStart=/bin/true\n');
      writeFileSync(
        `${dir}/kubelet.service.d/20-groundwork-etcd.conf`,
        placed(files.find((f) => f.key.endsWith('-etcd.conf'))!.value),
      );
      const names = [...units.map((u) => u.key), 'kubelet.service'].map((name) => `${dir}/${name}`);
      const verified = run('systemd-analyze', [
        'verify',
        '--man=no',
        '--recursive-errors=no',
        ...names,
      ]);
      expect(verified).toMatchObject({ status: 0, output: '' });
    }
  });
}

const UDEV = '61-groundwork-etcd.rules';

/** What udev does for a loop device of this machine under our rules, in a namespace that is thrown away. */
function udevWith(name: string, rules: string) {
  const dir = tempDir();
  const device = '/sys/block/loop7';
  // Ours is about an NVMe disk, which this machine has not; what makes it one is set here.
  writeFileSync(`${dir}/${name}`, rules.replaceAll('KERNEL=="nvme*"', 'KERNEL=="loop*"'));
  writeFileSync(
    `${dir}/60-persistent-storage-here.rules`,
    `KERNEL=="loop7", SYMLINK+="disk/by-id/virtio-9f3c", ENV{ID_SERIAL_SHORT}="${SERIAL}"\n`,
  );
  const script = [
    'mkdir -p /etc/udev/rules.d /run/udev /dev/disk',
    `mount --bind ${dir} /etc/udev/rules.d`,
    'mount -t tmpfs tmpfs /run/udev',
    'mount -t tmpfs tmpfs /dev/disk',
    `udevadm test --action=change ${device}`,
  ];
  return run('unshare', ['--mount', 'sh', '-c', script.join(' && ')]);
}

withTools(['udevadm', 'unshare'], 'udev takes the scheduler rules, and only after its own', () => {
  const rules = rendered({}, DISKS[1]![1]).files.find((f) => f.key.endsWith(UDEV))!.value;
  const set = (output: string) =>
    output.split('\n').filter((line) => /groundwork.*queue\/scheduler' writing 'none'/.test(line));
  const { status, output } = udevWith(UDEV, rules);
  expect(status).toBe(0);
  expect(output).not.toMatch(/groundwork.*(ignor|invalid|error)/i);
  // one line for each way to know a disk
  expect(set(output).map((line) => /rules:(\d+)/.exec(line)![1])).toEqual(['2', '3']);
  // in front of the rules that read the serial it would do nothing
  expect(set(udevWith(UDEV.replace('61', '60'), rules).output)).toEqual([]);
  expect(udevWith(UDEV, 'ATTR{queue/scheduler}=="none').output).toMatch(
    /groundwork.*(ignor|invalid)/i,
  );
});
