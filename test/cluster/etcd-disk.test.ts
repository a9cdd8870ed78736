import { Size } from 'cdk8s';
import { EtcdDisk, EtcdDiskKind } from '../../lib';

const words = (text: string) => text.trim().split(/\s+/);

function expectProblem(make: () => unknown, line: string): void {
  expect(make).toThrow(new Error(`[EtcdDisk] ${line}`));
}

describe('EtcdDisk', () => {
  const kernelNames = words(`
    /dev/nvme0n1 /dev/nvme0 nvme0n1 nvme1n1p1 nvme0c0n1 /dev/sdb1 sda sdaa vda vdb12 xvdb hdc
    mmcblk0 mmcblk0p1 mmcblk1boot0 dm-0 md127 loop3 nbd0p1 pmem0 ram1 zram0 sr0`);
  const remedy = 'take the serial from `lsblk -o NAME,SERIAL`, or a name from /dev/disk/by-id';

  test.each(kernelNames)('the kernel name %s is refused', (name) => {
    const line = (prop: string) =>
      `${prop} must be an identity that survives a reboot, not a kernel device name, got ${name}; ${remedy}`;
    expectProblem(() => EtcdDisk.nvmeSerial(name), line('serial'));
    expectProblem(() => EtcdDisk.byId(name), line('link'));
  });

  test('a partition is refused as a link, and may still be a serial', () => {
    expectProblem(
      () => EtcdDisk.byId('virtio-9f3c-part1'),
      'link must be a whole disk, not a partition, got virtio-9f3c-part1; leave out the -part at its end; etcd gets the disk to itself',
    );
    expect(EtcdDisk.nvmeSerial('S4-part1').identity).toBe('S4-part1');
  });

  test.each([
    '',
    'S4 EV',
    '-S4EV',
    '/dev/disk/by-id/virtio-9f3c',
    '/dev/mapper/vg-etcd',
    'a/b',
    "S4'; reboot",
    '$(id)',
    'S4EV\n',
  ])('the identity %j is refused', (name) => {
    const line = (prop: string) =>
      `${prop} must be a letter or digit, then letters, digits and . _ : + -, got ${name || 'nothing'}; copy it from \`lsblk -o NAME,SERIAL\` or \`ls /dev/disk/by-id\`, without a path`;
    expectProblem(() => EtcdDisk.nvmeSerial(name), line('serial'));
    expectProblem(() => EtcdDisk.byId(name), line('link'));
  });

  test.each(
    words(`
      S4EVNX0R1 BTLJ1234 SDA1000X 2145E5F4A9C1 vdisk1 data1 disk0 nvme-etcd0 virtio-9f3c
      nvme-SAMSUNG_MZVL2512_S64D nvme-eui.0025388b01b4c9a5 scsi-0DO_Volume_x wwn-0x5002538e40b1c2d3
      dm-name-vg-etcd md-uuid-3aaa0122:29827cfa mmc-SD32G_0x12345678`),
  )('%s is an identity', (name) => {
    expect(EtcdDisk.nvmeSerial(name)).toMatchObject({
      kind: EtcdDiskKind.NVME_SERIAL,
      identity: name,
    });
    expect(EtcdDisk.byId(name)).toMatchObject({ kind: EtcdDiskKind.BY_ID, identity: name });
  });

  test('bounds are checked to the kibibyte', () => {
    expectProblem(
      () => EtcdDisk.nvmeSerial('S1', { minSize: Size.kibibytes(8 * 1024 ** 2 - 1) }),
      'minSize must be at least 8Gi, got 8388607Ki; the database, its defragmented copy and the write-ahead log need that much',
    );
    expectProblem(
      () =>
        EtcdDisk.nvmeSerial('S1', { minSize: Size.gibibytes(100), maxSize: Size.gibibytes(99) }),
      'maxSize must be at least minSize, got 99Gi; raise it to 100Gi or more',
    );
    const exact = EtcdDisk.nvmeSerial('S1', { maxSize: Size.gibibytes(8) });
    expect(exact.minSize.toGibibytes()).toBe(8);
  });

  test('the model is a plain shell pattern', () => {
    expect(EtcdDisk.nvmeSerial('S1', { model: 'SAMSUNG MZVL2?12*' }).model).toBe(
      'SAMSUNG MZVL2?12*',
    );
    expectProblem(
      () => EtcdDisk.nvmeSerial('S1', { model: '[A-Z]*' }),
      'model must be letters, digits, space and . _ - * ?, got [A-Z]*; copy it from `lsblk -o NAME,MODEL` and put * for what varies',
    );
  });

  test('a shared root disk has no identity', () => {
    expect(EtcdDisk.sharedWithRoot()).toMatchObject({
      kind: EtcdDiskKind.SHARED_WITH_ROOT,
      identity: '',
    });
  });
});
