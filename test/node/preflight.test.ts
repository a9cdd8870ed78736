import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { KubeProxyMode, Machine, Underlay } from '../../lib';
import { preflightChecks } from '../../lib/node/preflight/checks';
import { preflightScript } from '../../lib/node/preflight/script';
import { osloMachine } from '../support/oslo';
import { oslo, unpacked } from './support';
import { parameter, ready, type Trial } from './trial';

/** What the script says of one id, and how it ends. */
function look(trial: Trial, id: string, ...args: string[]) {
  const { code, output } = trial.script('preflight', ...args);
  const said = output.split('\n').filter((line) => line.split(' ')[1] === id);
  return { code, said };
}
const said = (trial: Trial, id: string) => look(trial, id).said;

/** A line of /proc/net/tcp for somebody who listens. */
const listens = (port: number) =>
  `   0: 00000000:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A 00000000:00000000\n`;

/** A control plane on which everything is done and answers. */
function finished(machine = 'cp-1'): Trial {
  const trial = ready(machine);
  expect(trial.run().code).toBe(0);
  trial.write('/proc/net/tcp', [10250, 10257, 10259, 2379, 2380].map(listens).join(''));
  trial.write('/proc/net/tcp6', listens(6443));
  trial.stub(
    'containerd',
    'case "$1" in --version) echo "containerd github.com/x v2.3.4 abc" ;; *) echo SystemdCgroup = true ;; esac',
  );
  return trial;
}

test('every id of the script is in the table and in the documentation, in the same order', () => {
  const table = preflightChecks.map(({ id }) => id);
  const printed = new Set(preflightScript.match(/PRE-[A-Z-]+[A-Z]/g));
  expect([...printed].sort()).toEqual([...table].sort());
  const page = readFileSync(join(__dirname, '../../docs/preflight.md'), 'utf8');
  const rows = preflightChecks.map((c) => `| \`${c.id}\` | ${c.worst} | ${c.when} | ${c.what} |`);
  expect(page.split('\n').filter((line) => line.startsWith('| `PRE-'))).toEqual(rows);
});

test('what the table calls a warning never fails', () => {
  for (const { id, worst } of preflightChecks) {
    const fails = new RegExp(`(fail|none|amount) ${id}\\b`).test(preflightScript);
    expect([id, fails]).toEqual([id, worst === 'FAIL']);
  }
});

test('a machine that is right passes before and after, and nothing is changed by the look', () => {
  const trial = ready('cp-1');
  const before = trial.script('preflight');
  expect(before.output.split('\n').filter((line) => !line.startsWith('PASS'))).toEqual(['']);
  expect(before.code).toBe(0);
  expect(trial.has('/var/lib/groundwork')).toBe(false);
  const after = finished().script('preflight');
  expect(after.output.split('\n').filter((line) => !line.startsWith('PASS'))).toEqual(['']);
  expect(after.code).toBe(0);
  expect(after.output).toContain('PASS PRE-CONTAINERD 2.3.4\n');
  expect(after.output).toContain('PASS PRE-PORTS 2379 2380 6443 10250 10257 10259 answer\n');
});

test.each([
  [
    'PRE-ARCHITECTURE',
    'uname',
    'echo riscv64',
    'FAIL',
    'the spec says amd64, this machine is riscv64',
  ],
  ['PRE-CGROUP', 'stat', 'echo tmpfs', 'FAIL', 'the kubelet needs cgroup v2'],
  [
    'PRE-KERNEL',
    'uname',
    'echo 5.4.0-200-generic',
    'FAIL',
    'Linux 5.4.0-200-generic is older than 5.8',
  ],
  ['PRE-CPU', 'nproc', 'echo 1', 'FAIL', '1 cores, at least 2 are needed'],
  ['PRE-CPU', 'nproc', 'echo 4', 'WARN', '4 cores, the spec says more'],
  [
    'PRE-HOSTNAME',
    'uname',
    'echo localhost',
    'FAIL',
    'the host name is localhost, the spec says cp-1',
  ],
  ['PRE-NAME', 'getent', 'echo 127.0.1.1 cp-1', 'FAIL', 'cp-1 resolves to 127.0.1.1'],
  ['PRE-NAME', 'getent', 'exit 2', 'FAIL', 'cp-1 resolves to nothing'],
  [
    'PRE-ADDRESS',
    'ip',
    'echo eno1 UP 10.20.0.99/24',
    'FAIL',
    'eno1 does not exist or is not the one that carries 10.20.0.11',
  ],
  ['PRE-TIME', 'timedatectl', 'echo no', 'WARN', 'the clock is not synchronised'],
  [
    'PRE-FIREWALL',
    'systemctl',
    '[ "$2" != firewalld.service ] || echo active',
    'FAIL',
    'firewalld drops what the cluster needs',
  ],
  ['PRE-PATH-MTU', 'ping', 'exit 1', 'WARN', 'not measured, no answer from 10.20.0.12 10.20.0.13'],
  [
    'PRE-PATH-MTU',
    'ping',
    '[[ $* != *"-s 1472 10.20.0.13" ]]',
    'FAIL',
    'small packets arrive, those of this size do not: 10.20.0.13/1500',
  ],
  [
    'PRE-MODULES',
    'modprobe',
    'case "$*" in *overlay*) exit 1 ;; esac',
    'FAIL',
    'overlay not in this kernel',
  ],
  [
    'PRE-ROUTE',
    'ip',
    '[ "$1" != -brief ] || echo eno1 UP 10.20.0.11/24',
    'WARN',
    'no default route',
  ],
])('%s: %s that says %s', (id, program, body, word, text) => {
  const trial = ready('cp-1');
  trial.stub(program, body);
  const { code, said: lines } = look(trial, id);
  expect(lines).toEqual([expect.stringContaining(`${word} ${id} ${text}`)]);
  // A program that lies to one check may fail another one as well.
  expect(code).toBeGreaterThanOrEqual(word === 'FAIL' ? 1 : 0);
});

test.each([
  [
    'PRE-OS',
    '/etc/os-release',
    'VERSION_ID="13"\nID=debian\n',
    'WARN',
    'the spec says debian 12, this is debian 13',
  ],
  [
    'PRE-MEMORY',
    '/proc/meminfo',
    'MemTotal: 1500000 kB\n',
    'FAIL',
    '1464 MiB, at least 1700 are needed',
  ],
  ['PRE-MEMORY', '/proc/meminfo', 'MemTotal: 8000000 kB\n', 'WARN', '7812 MiB, the spec says more'],
  [
    'PRE-MTU',
    '/sys/class/net/eno1/mtu',
    '1400\n',
    'FAIL',
    'eno1 has an MTU of 1400, the spec says 1500',
  ],
  [
    'PRE-MTU',
    '/sys/class/net/eno1/mtu',
    '9000\n',
    'WARN',
    'eno1 has an MTU of 9000, the spec says 1500',
  ],
  [
    'PRE-RESOLVER',
    '/run/systemd/resolve/resolv.conf',
    'search x\n',
    'FAIL',
    '/run/systemd/resolve/resolv.conf names no name server',
  ],
  [
    'PRE-SWAP',
    '/proc/swaps',
    'Filename\n/dev/zram0\n',
    'WARN',
    'in use; the bootstrap switches it off',
  ],
  ['PRE-PORTS', '/proc/net/tcp6', listens(2380), 'FAIL', '2380 in use, kubeadm needs them'],
  [
    'PRE-CNI-CONFIG',
    '/etc/cni/net.d/100-crio.conflist',
    '{}',
    'FAIL',
    '100-crio.conflist in /etc/cni/net.d',
  ],
  [
    'PRE-MANIFESTS',
    '/etc/kubernetes/manifests/kube-scheduler.yaml',
    '',
    'FAIL',
    'kube-scheduler.yaml in /etc/kubernetes/manifests, left over',
  ],
  [
    'PRE-FIREWALL',
    '/etc/ufw/ufw.conf',
    'ENABLED=yes\n',
    'FAIL',
    'ufw drops what the cluster needs',
  ],
])('%s: %s with %j', (id, path, content, word, text) => {
  const trial = ready('cp-1');
  trial.write(path, content);
  const { code, said: lines } = look(trial, id);
  expect(lines).toEqual([expect.stringContaining(`${word} ${id} ${text}`)]);
  expect(code).toBe(word === 'FAIL' ? 1 : 0);
});

test('time that the hypervisor takes', () => {
  const trial = ready('cp-1');
  // Between the two looks 100 ticks pass, 7 of them for others.
  trial.stub('sleep', 'echo "cpu  150 0 143 800 0 0 0 7 0 0" > "$TRIAL/proc/stat"');
  expect(said(trial, 'PRE-STEAL')).toEqual([
    'WARN PRE-STEAL 7 % of the processor time goes to other guests; etcd stalls with it',
  ]);
});

test('nftables.service is named only where its file empties everything', () => {
  const trial = ready('cp-1');
  trial.stub('systemctl', '[ "$2" != nftables.service ] || echo active');
  expect(said(trial, 'PRE-NFTABLES')).toEqual([]);
  trial.write('/etc/nftables.conf', '#!/usr/sbin/nft -f\nflush ruleset\n');
  expect(said(trial, 'PRE-NFTABLES')).toEqual([expect.stringMatching(/^WARN PRE-NFTABLES /)]);
});

describe('after the bootstrap', () => {
  test('what does not listen, swap that came back, parameters that changed, another containerd', () => {
    const trial = finished();
    trial.write('/proc/net/tcp6', '');
    trial.write('/proc/swaps', 'Filename\n/dev/zram0\n');
    trial.write(parameter('kernel.panic'), '0\n');
    trial.stub('containerd', 'echo "containerd x v1.7.24 abc"');
    const { code, output } = trial.script('preflight');
    expect(code).toBe(1);
    expect(output.split('\n').filter((line) => line.startsWith('FAIL'))).toEqual([
      'FAIL PRE-SWAP in use again: see /proc/swaps',
      'FAIL PRE-PORTS 6443: nobody listens; crictl ps -a, journalctl -u kubelet',
      'FAIL PRE-SYSCTL kernel.panic is 0; bootstrap --only config sets it again',
      'FAIL PRE-CONTAINERD containerd is v1.7.24, the spec says 2.3.4',
    ]);
  });

  test('certificates, also those inside of a kubeconfig', () => {
    const trial = finished();
    trial.write('/etc/kubernetes/pki/apiserver.crt', 'apiserver');
    trial.write('/etc/kubernetes/pki/etcd/peer.crt', 'peer');
    const inside = Buffer.from('admin').toString('base64');
    trial.write('/etc/kubernetes/admin.conf', `    client-certificate-data: ${inside}\n`);
    const lasts = (soon: string, over: string) =>
      trial.stub(
        'openssl',
        `[ "$2" = -noout ] || exit 9
         text=$(cat); [ "$text" != '${over}' ] && { [ "$text" != '${soon}' ] || [ "$4" = 0 ]; }`,
      );
    lasts('none', 'none');
    expect(said(trial, 'PRE-CERTIFICATES')).toEqual([
      'PASS PRE-CERTIFICATES more than 30 days left',
    ]);
    lasts('admin', 'none');
    expect(said(trial, 'PRE-CERTIFICATES')).toEqual([
      'WARN PRE-CERTIFICATES less than 30 days left: admin.conf; kubeadm certs check-expiration',
    ]);
    lasts('admin', 'peer');
    expect(look(trial, 'PRE-CERTIFICATES')).toEqual({
      code: 1,
      said: ['FAIL PRE-CERTIFICATES expired: peer.crt; kubeadm certs check-expiration'],
    });
  });

  test("etcd's directory on the wrong disk, and a volatile cache", () => {
    const trial = finished();
    const where = '/etc/systemd/system/var-lib-etcd.mount';
    trial.write(where, `[Mount]\nWhat=${trial.root}/dev/nvme0n1\nWhere=/var/lib/etcd\n`);
    trial.write('/dev/nvme0n1', '');
    trial.stub('findmnt', 'exit 1');
    expect(said(trial, 'PRE-ETCD-MOUNT')).toEqual([
      expect.stringContaining('FAIL PRE-ETCD-MOUNT /var/lib/etcd is no mount point, not '),
    ]);
    trial.stub('findmnt', 'echo /dev/sda1');
    expect(said(trial, 'PRE-ETCD-MOUNT')[0]).toContain(
      'FAIL PRE-ETCD-MOUNT /var/lib/etcd is /dev/sda1, not ',
    );
    trial.stub('findmnt', 'echo "$TRIAL/dev/nvme0n1"');
    trial.write('/sys/class/block/nvme0n1/queue/write_cache', 'write back\n');
    expect(said(trial, 'PRE-ETCD-MOUNT')[0]).toMatch(/^PASS/);
    expect(said(trial, 'PRE-WRITE-CACHE')[0]).toContain('has a volatile cache');
    trial.write('/sys/class/block/nvme0n1/queue/write_cache', 'write through\n');
    expect(said(trial, 'PRE-WRITE-CACHE')).toEqual([]);
    // Until the step that mounts it is done, nobody asks.
    rmSync(join(trial.root, 'var/lib/groundwork/steps'), { recursive: true });
    expect(said(trial, 'PRE-ETCD-MOUNT')).toEqual([]);
  });
});

test.each([
  ['critical_warning\t\t\t: 0\npercentage_used\t\t\t: 3%\n', 'PASS PRE-NVME nvme0 is well'],
  [
    'critical_warning\t\t\t: 0x4\npercentage_used\t\t\t: 3%\n',
    'FAIL PRE-NVME nvme0 reports critical_warning 0x4',
  ],
  [
    'critical_warning   : 0\npercentage_used    : 91%\n',
    'WARN PRE-NVME nvme0 has used 91 % of its life',
  ],
])('NVMe health %j', (log, line) => {
  const trial = ready('cp-1');
  trial.write('/dev/nvme0', '');
  trial.write('/log', log);
  trial.stub('nvme', 'cat "$TRIAL/log"');
  expect(said(trial, 'PRE-NVME')).toEqual([line]);
});

test('a machine half-way is asked neither for free ports nor for answers', () => {
  const trial = ready('cp-1');
  trial.write('/etc/kubernetes/kubelet.conf', '');
  trial.write('/proc/net/tcp', listens(10250));
  expect(said(trial, 'PRE-PORTS')).toEqual([]);
  expect(said(trial, 'PRE-MANIFESTS')).toEqual([]);
});

test('--wait gives an address that is late a minute, and other words are refused', () => {
  const trial = ready('cp-1');
  trial.stub(
    'ip',
    'echo x >> "$TRIAL/tries"; [ "$(wc -l < "$TRIAL/tries")" -lt 5 ] || echo eno1 UP 10.20.0.11/24',
  );
  expect(look(trial, 'PRE-ADDRESS', '--wait').said).toEqual([
    'PASS PRE-ADDRESS eno1 carries 10.20.0.11',
  ]);
  expect(trial.script('preflight', '--fix').code).toBe(2);
});

test('an MTU that cannot be read, and a machine without ping, are not called right', () => {
  const trial = ready('cp-1');
  rmSync(join(trial.root, 'sys/class/net'), { recursive: true });
  expect(said(trial, 'PRE-MTU')).toEqual(['WARN PRE-MTU not measured, the NIC is not there']);
  // Also where the address is on another NIC: the MTU is that of the one in the spec.
  trial.write('/sys/class/net/eno1/mtu', '1400\n');
  trial.stub('ip', 'echo eno2 UP 10.20.0.11/24');
  expect(said(trial, 'PRE-MTU')).toEqual([
    'FAIL PRE-MTU eno1 has an MTU of 1400, the spec says 1500',
  ]);
});

describe('facts', () => {
  const env = (changes = {}, machine = 'cp-1') =>
    unpacked(oslo(changes).files(), machine, '/etc/groundwork/preflight.env');

  test('of a control plane and of a worker', () => {
    const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21', mtu: 1400 });
    const machines = [osloMachine(1), osloMachine(2), osloMachine(3), worker];
    expect(env({ machines }).split('\n').slice(1)).toEqual([
      "OS_ID='debian 12'",
      "KERNEL_FLOOR='5.8'",
      "MIN_CPUS='2'",
      "MIN_MEMORY='1700'",
      "SPEC_CPUS='8'",
      "SPEC_MEMORY='16384'",
      "NIC_MTU='1500'",
      "WAYS='10.20.0.12/1400 10.20.0.13/1400'",
      "PORTS='2379 2380 6443 10250 10257 10259'",
      '',
    ]);
    const other = env({ machines }, 'w-1');
    expect(other).toContain("PORTS='10250'\n");
    expect(other).toContain("NIC_MTU='1400'\n");
    expect(other).toContain("WAYS='10.20.0.11/1400 10.20.0.12/1400 10.20.0.13/1400'\n");
    expect(other).toContain("SPEC_MEMORY='0'\n");
  });

  test('the kernel that the mode of kube-proxy needs', () => {
    expect(env({ kubeProxyMode: KubeProxyMode.NFTABLES })).toContain("KERNEL_FLOOR='5.13'\n");
    expect(env({ kubeProxyMode: KubeProxyMode.IPVS })).toContain("KERNEL_FLOOR='5.9'\n");
    expect(env({ underlay: Underlay.flatL2({ mtu: 9000 }) })).toContain("NIC_MTU='9000'\n");
  });
});
