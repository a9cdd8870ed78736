import { FsyncGate } from '../../lib';
import { BOOT, etcdctl, expectNoEtcd, missingDisk, SCRIPT, STATUS, verdict } from './guest';
import { Lab, describeBoot } from './lab';
import type { BootMachine } from './machine';
import { sha256 } from './programs';
import { serialOf, site } from './site';

// One Debian machine, booted with the user-data of the library on an emulated NVMe disk, in the cases that
// may happen to that disk. etcd is real; kubeadm, kubelet and containerd are stand-ins (see mirror.ts).

const DATABASE = '/var/lib/etcd/data/member/snap/db';
const alone = site(1);
const uuid = /by-uuid\/(\S+)/.exec(
  alone.file('cp-1', '/etc/systemd/system/var-lib-etcd.mount'),
)![1]!;

describeBoot('a machine', () => {
  const lab = new Lab(alone);
  // The gate as it is by default; emulated disks of the others may be as slow as they like.
  const strict = new Lab(site(1, FsyncGate.STOP));
  let blank: string;
  let foreign: string;
  let before: string;
  let withBlank: Promise<BootMachine>;
  let withForeign: Promise<BootMachine>;
  let without: Promise<BootMachine>;

  // Three at once: their processors fill the gaps in which one waits for its disk or its address.
  beforeAll(() => {
    blank = lab.disk('blank');
    foreign = lab.disk('foreign', lab.folderWith('precious', 'the only copy\n'));
    before = sha256(foreign);
    withBlank = lab.boot(1, lab.own(1, blank));
    withForeign = lab.boot(1, lab.own(1, foreign));
    without = strict.boot(1);
    // Whoever waits for one of them hears of its failure; until then nobody does.
    [withBlank, withForeign, without].forEach((machine) => machine.catch(() => undefined));
  });
  afterAll(() => Promise.all([lab.end(), strict.end()]));

  lab.test(
    'leaves every byte of a disk that holds something else, and says why',
    BOOT,
    async () => {
      const machine = await withForeign;
      expect(await verdict(machine)).toMatch(
        /^failed: units: unit var-lib-etcd\.mount does not start: etcd-disk-prepare: \/dev\/nvme\dn1 is not blank, it holds ext4; nothing was written; if it is the right disk and nobody needs what is on it, a human empties it and reboots$/,
      );
      await expectNoEtcd(machine);
      await machine.powerOff();
      expect(sha256(foreign)).toBe(before);
    },
  );

  lab.test('makes a blank disk its etcd disk and becomes a node', BOOT, async () => {
    const machine = await withBlank;
    expect(await verdict(machine)).toBe('done');
    const mount = await machine.must('findmnt -no SOURCE,UUID,FSTYPE,OPTIONS /var/lib/etcd');
    const [device, ...rest] = mount.split(/\s+/);
    expect(rest).toEqual([uuid, 'xfs', expect.stringMatching(/^rw,nosuid,nodev,noexec,noatime,/)]);
    expect(await machine.must(`lsblk -dno SERIAL ${device}`)).toBe(serialOf(1));
    expect(await machine.must(`findmnt -no SOURCE -T ${DATABASE}`)).toBe(device);
    expect(await machine.must(etcdctl('put canary precious'))).toBe('OK');
    expect(await machine.must(`${SCRIPT} --list`)).not.toContain('to do');
  });

  lab.test('finds its data again after a reboot, and formats nothing', BOOT, async () => {
    const machine = await withBlank;
    const born = await machine.must(`stat -c %W ${DATABASE}`);
    await machine.powerOff();
    await machine.start(lab.own(1, blank));
    expect(await machine.until(etcdctl('get --print-value-only canary'), BOOT)).toBe('precious');
    expect(await machine.must(`stat -c %W ${DATABASE}`)).toBe(born);
    const said = await machine.must('journalctl --boot -o cat -u etcd-disk-prepare.service');
    expect(said).toMatch(/etcd-disk-prepare: \/dev\/nvme\dn1 is already prepared/);
    expect(said).not.toMatch(/^etcd-disk-prepare: .*blank/m);
    expect(await machine.must(`cat ${STATUS}`)).toBe('done');
    await machine.powerOff();
  });

  const refusal = missingDisk('cp-1', serialOf(1));

  strict.test('without its disk can be reached, and says which disk it misses', BOOT, async () => {
    const machine = await without;
    expect(await verdict(machine)).toBe(refusal);
    await expectNoEtcd(machine);
  });

  strict.test('does not take a blank disk with another serial for its own', BOOT, async () => {
    const machine = await without;
    const other = strict.disk('other');
    const untouched = sha256(other);
    await machine.plug({ file: other, serial: serialOf(2) });
    await machine.until(`lsblk -dno SERIAL | grep -q ${serialOf(2)}`, 120);
    expect(await machine.run(SCRIPT, 300)).toMatchObject({ code: 1 });
    expect(await verdict(machine)).toBe(refusal);
    await expectNoEtcd(machine);
    expect(sha256(other)).toBe(untouched);
  });

  strict.test(
    'stops when its disk is too slow for etcd, and says what was measured',
    BOOT,
    async () => {
      const machine = await without;
      await machine.plug({ ...strict.own(1, strict.disk('slow')), writesPerSecond: 50 });
      await machine.until(`lsblk -dno SERIAL | grep -q ${serialOf(1)}`, 120);
      await machine.must('systemctl start --no-block groundwork-bootstrap.service');
      await machine.until(`grep -Eq '^failed: units: unit verify' ${STATUS}`, BOOT);
      expect(await verdict(machine)).toMatch(
        /^failed: units: unit verify-etcd-fsync\.service does not start: FAIL fsync of etcd in \/var\/lib\/etcd: 99 of 100 take less than \d\d+\.\d{3} ms/,
      );
      expect(await machine.must('cat /var/lib/groundwork/fsync-gate')).toMatch(/^FAIL fsync/);
      // The disk is ours by now, and nothing but the measurement ever lay on it.
      expect(await machine.must('findmnt -no UUID /var/lib/etcd')).toBe(uuid);
      expect(await machine.must('ls -A /var/lib/etcd')).toBe('');
      expect(await machine.run('pgrep -x etcd')).toMatchObject({ code: 1 });
    },
  );
});
