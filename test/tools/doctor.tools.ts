import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeProxyMode, VerdictLevel, type Measurement } from '../../lib/cluster';
import { analyse } from '../../lib/doctor/analysers';
import {
  dfProbeArguments,
  dnsStormArguments,
  factsArguments,
  roundTripArguments,
} from '../../lib/doctor/arguments';
import type { CheckId } from '../../lib/doctor/checks';
import { collectorFiles } from '../../lib/doctor/collectors';
import { matrixScript } from '../../lib/doctor/iperf/script';
import { readRecordings } from '../../lib/doctor/protocol';
import { labExpectations } from '../doctor/lab-cluster';
import { tempDir } from '../support/temp-app';
import { DNS, DoctorLab, NODE, POD } from './doctor-lab';
import { missing, must, removeLabs } from './netns-machine';
import { run, withTools } from './programs';
import { SlowDisk, throttle } from './slow-disk';

// The collectors for real: the kernel is made ill in one place at a time, and the doctor must find it by
// what the scripts print there. How fast this computer is does not matter.

const REQUIRED = process.env.GROUNDWORK_REQUIRE_TOOLS === '1';
const LACKS = missing();
const { FAIL, INFO, PASS, UNKNOWN, WARN } = VerdictLevel;

if (LACKS.length > 0 && !REQUIRED) {
  process.stderr.write(`skipped, nothing can be measured without ${LACKS.join(', ')}\n`);
}

/** A test in a lab, with the programs that its collectors call. */
function inLab(
  name: string,
  tools: readonly string[],
  body: (lab: DoctorLab) => Promise<void>,
  shell?: readonly string[],
): void {
  if (LACKS.length > 0 && !REQUIRED) {
    test.skip(name, () => undefined);
    return;
  }
  withTools([...tools], name, async () => {
    expect(LACKS).toEqual([]);
    const lab = new DoctorLab(shell);
    try {
      await body(lab);
    } finally {
      lab.close();
      removeLabs();
    }
  });
}

const expectations = labExpectations();
const [cp, worker] = expectations.machines as [
  (typeof expectations.machines)[number],
  (typeof expectations.machines)[number],
];

function judge(text: string): readonly Measurement[] {
  return analyse(expectations, readRecordings(text)).measurements;
}

/** Levels by check, as one line each. */
function levels(text: string, ...checks: CheckId[]): string[] {
  return judge(text)
    .filter(({ check }) => (checks as string[]).includes(check))
    .map(({ check, subject, level }) => `${check} ${subject} ${level}`);
}

function podProbe(lab: DoctorLab): string {
  return lab.collect(
    'pod1',
    'df-probe',
    dfProbeArguments(expectations, cp, 'pod', { 'w-1': POD.pod2 }),
  );
}

withTools(['shellcheck'], 'shellcheck has nothing to say about any script', () => {
  const dir = tempDir();
  const scripts = { ...collectorFiles(), 'matrix.sh': matrixScript };
  const files = Object.entries(scripts).map(([name, content]) => {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  });
  expect(run('shellcheck', ['--shell=sh', ...files])).toMatchObject({ status: 0, output: '' });
});

const shells: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['sh', ['sh']],
  ['busybox', ['busybox', 'sh']],
];
for (const [name, shell] of shells) {
  inLab(
    `machines that are well, measured by ${name}`,
    ['busybox', 'conntrack', 'curl', 'iperf3', 'iptables', 'nc'],
    async (lab) => {
      await lab.serveDns();
      await lab.sayMode('iptables');
      const target = `dns=${DNS}=53`;
      const text = [
        lab.collect('node1', 'facts', factsArguments(cp)),
        lab.collect('node1', 'counters', ['1', 'idle']),
        lab.collect('node1', 'proxy'),
        lab.collect('node1', 'routes'),
        lab.collect('node1', 'df-probe', dfProbeArguments(expectations, cp, 'host')),
        lab.collect('node2', 'df-probe', dfProbeArguments(expectations, worker, 'host')),
        podProbe(lab),
        lab.collect('node1', 'round-trip', roundTripArguments(expectations, cp, 3)),
        lab.collect('node1', 'connect', ['5', target]),
        lab.collect('pod1', 'connect', ['5', target]),
        lab.collect('node1', 'dns-storm', [...dnsStormArguments(expectations), '2', '10']),
      ].join('');
      const recordings = readRecordings(text);
      expect(recordings.filter(({ complete }) => !complete)).toEqual([]);
      expect(recordings).toHaveLength(11);
      expect(
        levels(
          text,
          'DOC-MTU-HOST',
          'DOC-MTU-POD',
          'DOC-MTU-DEVICE',
          'DOC-NET-OFFLOAD',
          'DOC-DNS-RACE',
          'DOC-DNS-ANSWER',
          'DOC-CT-INSERT',
          'DOC-NET-ROUTES',
          'DOC-PROXY-MODE',
          'DOC-PROXY-RULES',
          'DOC-HOST-SYSCTL',
          'DOC-HOST-NIC',
        ).sort(),
      ).toEqual([
        `DOC-CT-INSERT cp-1 ${PASS}`,
        `DOC-DNS-ANSWER cp-1→${DNS} ${PASS}`,
        `DOC-DNS-RACE cp-1→${DNS} ${PASS}`,
        `DOC-HOST-NIC cp-1 ${PASS}`,
        `DOC-HOST-SYSCTL cp-1 ${PASS}`,
        `DOC-MTU-DEVICE cp-1 ${PASS}`,
        `DOC-MTU-HOST cp-1→w-1 ${PASS}`,
        `DOC-MTU-HOST w-1→cp-1 ${PASS}`,
        `DOC-MTU-POD cp-1→w-1 ${PASS}`,
        `DOC-NET-OFFLOAD cp-1→dns ${PASS}`,
        `DOC-NET-ROUTES cp-1 ${PASS}`,
        `DOC-PROXY-MODE cp-1 ${PASS}`,
        `DOC-PROXY-RULES cp-1 ${PASS}`,
      ]);
    },
    shell,
  );
}

inLab('a black hole, and the largest packet that passes it', [], async (lab) => {
  const hole = `add table bridge hole
    add chain bridge hole f { type filter hook forward priority 0; }
    add rule bridge hole f meta length > 1440 drop`;
  lab.exec('switch', `nft '${hole}'`);
  const text =
    lab.collect('node1', 'df-probe', dfProbeArguments(expectations, cp, 'host')) + podProbe(lab);
  expect(judge(text)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ check: 'DOC-MTU-HOST', level: FAIL, number: 1440 }),
      expect.objectContaining({ check: 'DOC-MTU-POD', level: FAIL, number: 1390 }),
    ]),
  );
});

inLab(
  'a tunnel that is narrower than the pods, and a way that is wider than the spec',
  [],
  async (lab) => {
    for (const node of ['node1', 'node2'] as const) {
      lab.exec(node, 'ip link set flannel.1 mtu 1400', 'ip link set eno1 mtu 9000');
    }
    lab.exec('switch', 'for link in br0 port1 port2; do ip link set $link mtu 9000; done');
    const text =
      podProbe(lab) +
      lab.collect('node1', 'facts', factsArguments(cp)) +
      lab.collect('node1', 'df-probe', dfProbeArguments(expectations, cp, 'host'));
    expect(levels(text, 'DOC-MTU-POD', 'DOC-MTU-DEVICE', 'DOC-MTU-HOST')).toEqual([
      `DOC-MTU-DEVICE cp-1 ${FAIL}`,
      `DOC-MTU-POD cp-1→w-1 ${FAIL}`,
      `DOC-MTU-HOST cp-1→w-1 ${INFO}`,
    ]);
  },
);

inLab(
  'connections that are translated to one tuple, and questions that fail for it',
  ['busybox', 'conntrack', 'iptables'],
  async (lab) => {
    await lab.serveDns();
    // One source port for all questions of the machine: the second one at a time has no entry.
    const few = `add table ip few
      add chain ip few post { type nat hook postrouting priority 90; }
      add rule ip few post oifname "flannel.1" udp dport 53 snat to 10.244.0.0:40000`;
    lab.exec('node1', `nft '${few}'`);
    const text = lab.collect('node1', 'dns-storm', [...dnsStormArguments(expectations), '3', '2']);
    const [race] = judge(text).filter(({ check }) => check === 'DOC-DNS-RACE');
    expect(race).toMatchObject({ level: FAIL, findingId: 'GW-DNS-013' });
    // A machine's own programs are told at once; pods wait, as in the recording of the unit tests.
    expect(race!.message).toMatch(
      /^[1-9] of 6 questions failed, and connection tracking dropped [1-9]\d* packets meanwhile$/,
    );
  },
);

inLab('SYNs that only the machine loses', ['iptables', 'nc'], async (lab) => {
  await lab.serveDns();
  const lost = `add table ip lost
    add chain ip lost post { type filter hook postrouting priority 0; }
    add rule ip lost post oifname "flannel.1" ip saddr ${NODE.node1} tcp flags syn numgen inc mod 2 0 drop`;
  lab.exec('node1', `nft '${lost}'`);
  const target = ['3', `dns=${DNS}=53`];
  const text = lab.collect('node1', 'connect', target) + lab.collect('pod1', 'connect', target);
  expect(levels(text, 'DOC-NET-OFFLOAD')).toEqual([`DOC-NET-OFFLOAD cp-1→dns ${FAIL}`]);
});

inLab(
  'routes, forwarding and rules that are not as they should be',
  ['curl', 'iptables'],
  async (lab) => {
    await lab.serveDns();
    await lab.sayMode('ipvs');
    lab.exec('node1', 'ip route del 10.244.1.0/24', 'echo 0 >/proc/sys/net/ipv4/ip_forward');
    const text =
      lab.collect('node1', 'routes') +
      lab.collect('node1', 'proxy') +
      lab.collect('node1', 'facts', factsArguments(cp));
    expect(
      levels(text, 'DOC-NET-ROUTES', 'DOC-PROXY-MODE', 'DOC-PROXY-RULES', 'DOC-HOST-SYSCTL'),
    ).toEqual([
      `DOC-HOST-SYSCTL cp-1 ${FAIL}`,
      `DOC-PROXY-MODE cp-1 ${FAIL}`,
      `DOC-PROXY-RULES cp-1 ${PASS}`,
      `DOC-NET-ROUTES cp-1 ${FAIL}`,
    ]);
  },
);

inLab('a table of kube-proxy that has no Service, and one that has two', ['curl'], async (lab) => {
  const proxyMode = KubeProxyMode.NFTABLES;
  const rules = (text: string) =>
    analyse({ ...expectations, proxyMode }, readRecordings(text))
      .measurements.filter(({ check }) => check === 'DOC-PROXY-RULES')
      .map(({ level, number }) => [level, number]);
  const nft = (text: string) => lab.exec('node1', `nft '${text}'`);
  nft(`add table ip kube-proxy
    add chain ip kube-proxy one
    add map ip kube-proxy service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }`);
  expect(rules(lab.collect('node1', 'proxy'))).toEqual([[FAIL, 0]]);
  nft(`add element ip kube-proxy service-ips {
    10.96.0.1 . tcp . 443 : goto one, 10.96.0.10 . udp . 53 comment "dns" : goto one }`);
  expect(rules(lab.collect('node1', 'proxy'))).toEqual([[PASS, 2]]);
});

inLab('a tunnel that loses one packet in ten', ['iperf3'], async (lab) => {
  await lab.start('pod2', /listening/i, 'iperf3', '-s', '--forceflush');
  const loss = `add table bridge loss
    add chain bridge loss f { type filter hook forward priority 0; }
    add rule bridge loss f ether type ip udp dport 8472 numgen inc mod 10 0 drop`;
  lab.exec('switch', `nft '${loss}'`);
  const text = lab.collect('pod1', 'iperf', ['w-1', POD.pod2, 'udp', '2']);
  expect(levels(text, 'DOC-NET-UDP')).toEqual([`DOC-NET-UDP cp-1→w-1 (pod) ${WARN}`]);
});

inLab('two machines with one address', ['arping'], async (lab) => {
  lab.exec('switch', `ip addr add ${NODE.node2}/32 dev br0`);
  const text = lab.collect('node1', 'arp', ['eno1', NODE.node2]);
  const { measurements } = analyse(
    { ...expectations, virtualIp: NODE.node2 },
    readRecordings(text),
  );
  expect(measurements.find(({ check }) => check === 'DOC-NET-ARP')).toMatchObject({ level: FAIL });
});

/** What the script for a disk prints. */
function measureDisk(
  directory: string,
  seconds: number,
  around = (command: string) => command,
): string {
  const script = join(tempDir(), 'fsync.sh');
  writeFileSync(script, collectorFiles()['fsync.sh']!);
  return must('env', 'NODE_NAME=cp-1', 'sh', '-c', around(`sh ${script} ${directory} ${seconds}`));
}

withTools(
  ['fio', 'losetup', 'mkfs.ext4', 'mount'],
  'a slow disk fails, and a fast one does not',
  () => {
    if (throttle() === undefined) {
      expect(REQUIRED).toBe(false);
      process.stderr.write('skipped, no control group of this machine slows a disk down\n');
      return;
    }
    const disk = new SlowDisk(100);
    try {
      const slow = measureDisk(disk.point, 8, (command) => disk.slowly(command));
      expect(levels(slow, 'DOC-ETCD-FSYNC')).toEqual([`DOC-ETCD-FSYNC cp-1 ${FAIL}`]);
    } finally {
      disk.close();
    }
    const memory = tempDir();
    must('mount', '-t', 'tmpfs', 'tmpfs', memory);
    try {
      const [fast] = judge(measureDisk(memory, 2)).filter(
        ({ check }) => check === 'DOC-ETCD-FSYNC',
      );
      // The CPU of a busy computer can be slow; a disk in memory cannot.
      expect([INFO, WARN]).toContain(fast!.level);
      mkdirSync(join(memory, 'member'));
      expect(levels(measureDisk(memory, 1), 'DOC-ETCD-FSYNC')).toEqual([
        `DOC-ETCD-FSYNC cp-1 ${UNKNOWN}`,
      ]);
    } finally {
      run('umount', [memory]);
    }
  },
);
