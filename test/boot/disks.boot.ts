import { BOOT, etcdctl, expectNoEtcd, missingDisk, SCRIPT, STATUS, verdict } from './guest';
import { Lab, describeBoot } from './lab';
import type { BootMachine } from './machine';
import { sha256 } from './programs';
import { serialOf, site } from './site';

// One Debian machine, booted with the user-data of the library on an emulated NVMe disk, in the cases that
// may happen to that disk. etcd is real; kubeadm, kubelet and containerd are stand-ins (see mirror.ts).

const alone = site(1);
const uuid = /by-uuid\/(\S+)/.exec(
  alone.file('cp-1', '/etc/systemd/system/var-lib-etcd.mount'),
)![1]!;

describeBoot('a machine with a blank disk', () => {
  const lab = new Lab(alone);
  let machine: BootMachine;
  let disk: string;
  afterAll(() => lab.end());

  lab.test('becomes a node whose etcd is on that disk', BOOT, async () => {
    disk = lab.disk('etcd');
    machine = await lab.boot(1, lab.own(1, disk));
    expect(await verdict(machine)).toBe('done');

    const mount = await machine.must('findmnt -no SOURCE,UUID,FSTYPE,OPTIONS /var/lib/etcd');
    const [device, ...rest] = mount.split(/\s+/);
    expect(rest).toEqual([uuid, 'xfs', expect.stringMatching(/^rw,nosuid,nodev,noexec,noatime,/)]);
    expect(await machine.must(`lsblk -dno SERIAL ${device}`)).toBe(serialOf(1));
    expect(await machine.must('findmnt -no SOURCE -T /var/lib/etcd/data/member/snap/db')).toBe(
      device,
    );
    expect(await machine.must(etcdctl('put canary precious'))).toBe('OK');
    expect(await machine.must(`${SCRIPT} --list | grep -c '^to do' || true`)).toBe('0');
  });

  lab.test('finds its data again after a reboot, and formats nothing', BOOT, async () => {
    const born = await machine.must('stat -c %W /var/lib/etcd/data/member/snap/db');
    await machine.powerOff();
    await machine.start(lab.own(1, disk));
    expect(await machine.until(etcdctl('get --print-value-only canary'), BOOT)).toBe('precious');
    expect(await machine.must('stat -c %W /var/lib/etcd/data/member/snap/db')).toBe(born);
    const said = await machine.must('journalctl --boot -o cat -u etcd-disk-prepare.service');
    expect(said).toMatch(/etcd-disk-prepare: \/dev\/nvme\dn1 is already prepared/);
    expect(said).not.toContain('blank');
    expect(await machine.must(`cat ${STATUS}`)).toBe('done');
  });
});

describeBoot('a machine whose disk holds something else', () => {
  const lab = new Lab(alone);
  afterAll(() => lab.end());

  lab.test('leaves every byte of it, and says why it stops', BOOT, async () => {
    const disk = lab.disk('foreign', lab.folderWith('precious', 'the only copy\n'));
    const before = sha256(disk);
    const machine = await lab.boot(1, lab.own(1, disk));
    expect(await verdict(machine)).toMatch(
      /^failed: units: unit var-lib-etcd\.mount does not start: etcd-disk-prepare: \/dev\/nvme\dn1 is not blank, it holds ext4; nothing was written; if it is the right disk and nobody needs what is on it, a human empties it and reboots$/,
    );
    await expectNoEtcd(machine);
    await machine.powerOff();
    expect(sha256(disk)).toBe(before);
  });
});

describeBoot('a machine without its disk', () => {
  const lab = new Lab(alone);
  let machine: BootMachine;
  afterAll(() => lab.end());
  const refusal = missingDisk('cp-1', serialOf(1));

  lab.test('can be reached, and says which disk it misses', BOOT, async () => {
    machine = await lab.boot(1);
    expect(await verdict(machine)).toBe(refusal);
    await expectNoEtcd(machine);
  });

  lab.test('does not take a blank disk with another serial for it', BOOT, async () => {
    const other = lab.disk('other');
    const before = sha256(other);
    await machine.plug({ file: other, serial: serialOf(2) });
    await machine.until(`lsblk -dno SERIAL | grep -q ${serialOf(2)}`, 60);
    expect(await machine.run(SCRIPT, 300)).toMatchObject({ code: 1 });
    expect(await verdict(machine)).toBe(refusal);
    await expectNoEtcd(machine);
    expect(sha256(other)).toBe(before);
  });

  lab.test(
    'goes on when its disk is attached and the bootstrap is started again',
    BOOT,
    async () => {
      await machine.plug(lab.own(1, lab.disk('late')));
      await machine.until(`lsblk -dno SERIAL | grep -q ${serialOf(1)}`, 60);
      await machine.must('systemctl start --no-block groundwork-bootstrap.service');
      await machine.until(`grep -v '^failed: units' ${STATUS}`, BOOT);
      expect(await verdict(machine)).toBe('done');
      expect(await machine.must('findmnt -no UUID /var/lib/etcd')).toBe(uuid);
    },
  );
});
