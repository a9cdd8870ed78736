import { EtcdOnNvme, NodeBootstrap, VolumeFilesystem } from '../../lib';
import { prepareScript } from '../../lib/cluster';
import { mountPointOf, settleStorage, type VolumeChoices } from '../../lib/storage/choices';
import { DATA_DISKS, diskFacts } from '../../lib/storage/disks';
import { volumeDiskTuning } from '../../lib/storage/tuning';
import { FakeMachine } from '../etcd/fake-machine';
import { render } from './storage';

// A blank disk is read in a thousand places.
jest.setTimeout(60_000);

const GIB = 1024 ** 3;
const { cluster } = render();
const volumes = settleStorage({ cluster }).volumes as [VolumeChoices, VolumeChoices];
const disks = volumes.map((volume) => diskFacts(cluster, volume));
const format = {
  filesystem: VolumeFilesystem.XFS,
  options: volumeDiskTuning(VolumeFilesystem.XFS).get('mkfs'),
};
const prepare = (machine: FakeMachine, place: string, which = disks) =>
  machine.run(prepareScript(DATA_DISKS, which, format, { root: machine.root }), place);
/** The same disks, of which less has to be read. */
const small = disks.map((disk) => ({ ...disk, minBytes: GIB }));
const [NVME, VIRTIO] = ['s64gnx0w1', 'virtio_data_2'];
/** A machine with both disks; the second one is a virtio disk of the size of the spec. */
const lab = (nvme = {}, virtio = {}) =>
  new FakeMachine()
    .disk('nvme0n1', { serial: 'S64GNX0W1', size: 900 * GIB, ...nvme })
    .disk('vdb', { size: 100 * GIB, model: 'VIRTIO-BLK', ...virtio })
    .link('disk/by-id/virtio-Data_2', 'vdb');

test('each blank disk gets one filesystem, with a UUID of its own', () => {
  const machine = lab({ size: GIB });
  expect(prepare(machine, NVME!, small)).toMatchObject({
    status: 0,
    stderr: '',
    mkfs: [`mkfs.xfs -q -K -m uuid=${disks[0]!.uuid} ${machine.path('dev/nvme0n1')}`],
  });
  const other = lab({}, { size: GIB });
  expect(prepare(other, VIRTIO!, small).mkfs).toEqual([
    `mkfs.xfs -q -K -m uuid=${disks[1]!.uuid} ${other.path('dev/vdb')}`,
  ]);
  expect(disks[0]!.uuid).not.toBe(disks[1]!.uuid);
});

test('a disk that is an etcd member, or the root disk, is never written to', () => {
  const etcd = lab({
    filesystem: { type: 'xfs', uuid: '11111111-2222-5333-8444-555555555555' },
    signatures: ['xfs'],
  });
  const said = prepare(etcd, NVME!);
  expect(said).toMatchObject({ status: 1, mkfs: [] });
  expect(said.stderr).toMatch(
    /^data-disk-prepare: .* is not blank, it holds xfs; nothing was written/,
  );
  const root = lab({}, { mountPoint: '/' });
  expect(prepare(root, VIRTIO!)).toMatchObject({ status: 1, mkfs: [] });
});

test('a disk of another size or model is another disk', () => {
  expect(prepare(lab({ size: 100 * GIB }), NVME!).stderr).toContain(
    `has ${100 * GIB} bytes, expected at least ${900 * GIB}`,
  );
  expect(prepare(lab({}, { size: 300 * GIB }), VIRTIO!).stderr).toContain(
    `expected ${100 * GIB} to ${200 * GIB}; nothing was written; correct dataDisks of machine w-1 in the spec`,
  );
  expect(prepare(lab({}, { model: 'SAMSUNG' }), VIRTIO!).stderr).toContain(
    "is of model 'SAMSUNG', expected VIRT*",
  );
});

test('of two disks with one serial none is written to, and the words are those of the spec', () => {
  const machine = lab().disk('nvme1n1', { serial: 'S64GNX0W1', size: 900 * GIB });
  const said = prepare(machine, NVME!);
  expect(said).toMatchObject({ status: 1, mkfs: [] });
  expect(said.stderr).toMatch(
    /belongs to 2 disks: .*; nothing was written; name one of them with DataDisk\.byId in dataDisks of machine w-1\n$/,
  );
});

test('a member of etcd may have blank disks for volumes beside its own', () => {
  const machine = lab({ size: GIB }).write('etc/kubernetes/manifests/etcd.yaml', '');
  expect(prepare(machine, NVME!, small)).toMatchObject({ status: 0 });
});

test('files at the mount point are not hidden', () => {
  const machine = lab().write('mnt/disks/s64gnx0w1/old', 'x');
  expect(prepare(machine, NVME!).stderr).toContain(
    'holds files, which the new filesystem would hide; nothing was written; move them away and reboot',
  );
});

describe('on the machine', () => {
  const machine = cluster.machines.find(({ name }) => name === 'w-1')!;
  const { units, files, packages } = cluster.ledger.forMachine(machine);
  const unit = (name: string) => units.find(({ key }) => key === name)!;

  test('three units for each disk, of which the last one is enabled', () => {
    expect(
      units
        .map(({ key }) => key)
        .filter((key) => /data|mnt/.test(key))
        .sort(),
    ).toEqual([
      'data-disk-prepare-s64gnx0w1.service',
      'data-disk-prepare-virtio_data_2.service',
      'data-volume-s64gnx0w1.service',
      'data-volume-virtio_data_2.service',
      'mnt-disks-s64gnx0w1.mount',
      'mnt-disks-virtio_data_2.mount',
    ]);
    expect(packages.map(({ key }) => key)).toContain('xfsprogs');
    expect(files.map(({ key }) => key)).toContain('/usr/local/lib/groundwork/data-disk-prepare');
  });

  test('pods get a directory that only the mounted disk has', () => {
    const text = unit('data-volume-s64gnx0w1.service').value;
    expect(text).toContain('AssertPathIsMountPoint=/mnt/disks/s64gnx0w1\n');
    expect(text).toContain('ExecStart=/bin/mkdir -p /mnt/disks/s64gnx0w1/volume\n');
    expect(unit('mnt-disks-s64gnx0w1.mount').value).toContain(
      `What=/dev/disk/by-uuid/${disks[0]!.uuid}\nWhere=${mountPointOf(volumes[0].disk)}\n`,
    );
  });

  test('one script after the other, those of etcd first', () => {
    expect(unit('data-disk-prepare-virtio_data_2.service').value).toContain(
      'After=systemd-udevd.service etcd-disk-prepare.service etcd-wal-disk-prepare.service data-disk-prepare-s64gnx0w1.service\n',
    );
  });

  test('with ext4 every part of it is of ext4', () => {
    const { cluster: other, storage } = render({ filesystem: VolumeFilesystem.EXT4 });
    const needs = other.ledger.forMachine(other.machines.find(({ name }) => name === 'w-1')!);
    expect(needs.packages.map(({ key }) => key)).toEqual(['e2fsprogs']);
    const mount = needs.units.find(({ key }) => key === 'mnt-disks-s64gnx0w1.mount')!;
    expect(mount.value).toContain('Type=ext4\nOptions=noatime,nodev,nosuid\n');
    const script = needs.files.find(({ key }) => key.endsWith('/data-disk-prepare'))!;
    expect(JSON.stringify(script.value)).toContain('mkfs.ext4 -q -m 0 -E nodiscard -U');
    expect(JSON.stringify(script.value)).not.toContain('xfs');
    expect(storage.volumeNames).toHaveLength(2);
  });

  test('no other machine gets any of it', () => {
    const other = cluster.ledger.forMachine(cluster.machines[0]!);
    expect(other.units).toEqual([]);
  });

  test('the units of etcd have the names that are waited for', () => {
    const { cluster: whole } = render({}, {}, (chart, c) => {
      new EtcdOnNvme(chart, 'etcd', { cluster: c });
      new NodeBootstrap(chart, 'nodes', { cluster: c });
    });
    const names = whole.ledger.forMachine(whole.machines[0]!).units.map(({ key }) => key);
    expect(names).toContain('etcd-disk-prepare.service');
  });
});
