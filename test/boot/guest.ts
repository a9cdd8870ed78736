import type { BootMachine } from './machine';

// What the suites ask a machine, and what it should say.

/** Seconds for a boot and all that follows. Generous: processors are emulated, and the real ones may be shared. */
export const BOOT = 1200;
export const STATUS = '/var/lib/groundwork/status';
export const SCRIPT = '/usr/local/lib/groundwork/bootstrap';

/** What the status says when the bootstrap has come to its end. */
export function verdict(machine: BootMachine): Promise<string> {
  return machine.until(`grep -Ev '^running: ' ${STATUS}`, BOOT);
}

/** The status of a machine that does not find its disk. */
export function missingDisk(machine: string, serial: string): string {
  return [
    'failed: units: unit var-lib-etcd.mount does not start: etcd-disk-prepare',
    `no disk with NVMe serial ${serial} appeared within 30 seconds; nothing was written; correct etcdDisk of machine ${machine} in the spec (lsblk -o NAME,TYPE,SIZE,SERIAL,MODEL shows what is there), or attach the disk`,
  ].join(': ');
}

/** What keeps etcd off the root disk: nothing is mounted, nothing is written, nothing runs. */
export async function expectNoEtcd(machine: BootMachine): Promise<void> {
  expect(await machine.run('findmnt /var/lib/etcd')).toEqual({ code: 1, output: '' });
  expect(await machine.must('ls -A /var/lib/etcd 2>/dev/null || true')).toBe('');
  expect(await machine.run('systemctl is-active kubelet')).toMatchObject({ output: 'inactive\n' });
  expect(await machine.run('pgrep -x etcd')).toMatchObject({ code: 1 });
}

/** The same for a person who tries to start kubelet by hand. */
export async function expectNoKubelet(machine: BootMachine): Promise<void> {
  const started = await machine.run('systemctl start kubelet', 300);
  expect(started).toMatchObject({ code: 1, output: expect.stringContaining('dependency') });
  await expectNoEtcd(machine);
}

/** etcdctl in the guest, as a client of its own member. */
export function etcdctl(words: string): string {
  const pki = '/etc/kubernetes/pki/etcd';
  const pair = `--cert ${pki}/healthcheck-client.crt --key ${pki}/healthcheck-client.key`;
  return `etcdctl --endpoints https://127.0.0.1:2379 --cacert ${pki}/ca.crt ${pair} ${words}`;
}
