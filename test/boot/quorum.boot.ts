import { parseAllDocuments } from 'yaml';
import { BOOT, etcdctl, expectNoEtcd, missingDisk, SCRIPT, STATUS, verdict } from './guest';
import { describeBoot, Lab } from './lab';
import type { BootMachine } from './machine';
import { sha256 } from './programs';
import { serialOf, site } from './site';

// Three Debian machines on one wire, booted with the user-data of the library: one founds the cluster, the others
// wait for it and join. etcd is the real one, 3.5 of Debian, on emulated NVMe disks, with certificates
// from the delivered authorities and the rendered flags. kubeadm, kubelet, containerd and the API server are
// stand-ins (see mirror.ts).

const numbers = [1, 2, 3];

describeBoot('three machines', () => {
  const three = site(3);
  const lab = new Lab(three);
  const disks = new Map<number, string>();
  const machines = new Map<number, BootMachine>();
  const cp = (n: number) => machines.get(n)!;
  /** The member that leads, when it is switched off the one that leads no longer. */
  let leader: number;
  afterAll(() => lab.end());

  lab.test('become one etcd cluster with a voter on each disk', 2 * BOOT, async () => {
    lab.connect(numbers.length);
    await Promise.all(
      numbers.map(async (n) => {
        disks.set(n, lab.disk(`etcd-${n}`));
        machines.set(n, await lab.boot(n, lab.own(n, disks.get(n)!)));
      }),
    );
    for (const n of numbers) {
      expect([n, await verdict(cp(n))]).toEqual([n, 'done']);
    }
    expect(await members(cp(1))).toEqual(
      numbers.map(
        (n) => `started, cp-${n}, https://10.20.0.1${n}:2380, https://10.20.0.1${n}:2379, false`,
      ),
    );
    for (const n of numbers) {
      const source = await cp(n).must('findmnt -no SOURCE -T /var/lib/etcd/data/member/wal');
      expect(await cp(n).must(`lsblk -dno SERIAL ${source}`)).toBe(serialOf(n));
    }
    leader = await leaderOf(numbers.map(cp));
  });

  lab.test('run etcd with the rendered flags', BOOT, async () => {
    const rendered = parseAllDocuments(three.file('cp-1', '/etc/groundwork/kubeadm.conf'))
      .map((document) => document.toJS())
      .find(({ kind }) => kind === 'ClusterConfiguration').etcd.local;
    const flags = rendered.extraArgs.map(({ name, value }: any) =>
      name === 'feature-gates'
        ? '--experimental-compact-hash-check-enabled=true'
        : `--${name}=${value}`,
    );
    expect(flags.length).toBeGreaterThan(4);
    for (const n of numbers) {
      const line = await cp(n).must("tr '\\0' '\\n' < /proc/$(pgrep -x etcd)/cmdline");
      expect(line.split('\n')).toEqual(
        expect.arrayContaining([...flags, `--data-dir=${rendered.dataDir}`]),
      );
    }
    // TLS 1.2 is refused: the flag is not only there, it is obeyed.
    const old = 'curl --silent --insecure --tls-max 1.2 https://127.0.0.1:2379/health';
    expect(await cp(1).run(old)).toMatchObject({ code: 35 });
  });

  lab.test('take writes while the leader is lost', BOOT, async () => {
    await cp(leader).kill();
    const [first, second] = numbers.filter((n) => n !== leader);
    await cp(first!).until(etcdctl('put --command-timeout=20s canary precious'), 120);
    expect(await cp(second!).must(etcdctl('get --print-value-only canary'))).toBe('precious');
    expect(await leaderOf([cp(first!), cp(second!)])).not.toBe(leader);
  });

  lab.test('have the lost one back, and it catches up from its own disk', BOOT, async () => {
    await cp(leader).start(lab.own(leader, disks.get(leader)!));
    // Serializable: what this member itself holds, without asking the leader.
    const own = etcdctl('get --consistency=s --print-value-only canary | grep .');
    expect(await cp(leader).until(own, BOOT)).toBe('precious');
    const said = await cp(leader).must('journalctl --boot -o cat -u etcd-disk-prepare.service');
    expect(said).toMatch(/\/dev\/nvme\dn1 is already prepared/);
    expect(await members(cp(leader))).toHaveLength(3);
    const hashes = await cp(leader).until(etcdctl('endpoint hashkv --cluster'), 120);
    expect(new Set(hashes.split('\n').map((line) => line.split(', ')[1])).size).toBe(1);
  });

  lab.test("do not take each other's disk", 2 * BOOT, async () => {
    const [a, b] = numbers.filter((n) => n !== leader) as [number, number];
    await Promise.all([cp(a).powerOff(), cp(b).powerOff()]);
    const before = [a, b].map((n) => sha256(disks.get(n)!));
    await Promise.all([
      cp(a).start(lab.own(b, disks.get(b)!)),
      cp(b).start(lab.own(a, disks.get(a)!)),
    ]);
    for (const n of [a, b]) {
      await cp(n).until('systemctl is-failed etcd-disk-prepare.service', BOOT);
      await expectNoEtcd(cp(n));
      // A finished machine is not bootstrapped again; who looks finds out with this.
      expect(await cp(n).run(`${SCRIPT} --only config`, 300)).toMatchObject({ code: 1 });
      expect(await cp(n).must(`cat ${STATUS}`)).toBe(missingDisk(`cp-${n}`, serialOf(n)));
    }
    await Promise.all([cp(a).powerOff(), cp(b).powerOff()]);
    expect([a, b].map((n) => sha256(disks.get(n)!))).toEqual(before);
  });
});

/** State, name, peer and client address of each member, and whether it is a learner; in order. */
async function members(machine: BootMachine): Promise<string[]> {
  const listed = await machine.must(etcdctl('member list'));
  return listed
    .split('\n')
    .map((line) => line.replace(/^[0-9a-f]+, /, ''))
    .sort();
}

/** The number of the machine whose member leads. */
async function leaderOf(asked: BootMachine[]): Promise<number> {
  for (const machine of asked) {
    const fields = await machine.until(etcdctl('endpoint status --write-out=fields'), 120);
    const field = (name: string) => new RegExp(`^"${name}" : (\\d+)$`, 'm').exec(fields)![1];
    if (field('MemberID') === field('Leader')) {
      return Number(machine.name.slice(3));
    }
  }
  throw new Error('no member leads');
}
