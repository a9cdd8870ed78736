import { compareVersions } from '../../catalog';
import { KubeProxyMode, VerdictLevel, type Measurement } from '../../cluster';
import type { Expectations, MachineExpectation } from '../expectations';
import { lineOf, linesOf, numberOf, type Recording } from '../protocol';
import { thresholds } from '../thresholds';
import { counted, measurement, unknown, whyAbsent } from './judge';
import { analyseKernelSettings } from './kernel-settings';

const { FAIL, INFO, PASS, WARN } = VerdictLevel;

/** A machine beside its row in the spec. */
export function analyseFacts(
  expectations: Expectations,
  machine: MachineExpectation,
  recording: Recording,
): Measurement[] {
  return [
    kernel(expectations, machine, recording),
    ...amounts(machine, recording),
    virtualisation(machine, recording),
    ...nic(machine, recording),
    ...devices(expectations, machine, recording),
    ...analyseKernelSettings(machine, recording),
  ];
}

function kernel(
  expectations: Expectations,
  { name }: MachineExpectation,
  recording: Recording,
): Measurement {
  const running = /^\d+\.\d+(\.\d+)?/.exec(lineOf(recording, 'kernel') ?? '')?.[0];
  const intended = `${expectations.kernel} or newer`;
  if (running === undefined) {
    return unknown('DOC-HOST-KERNEL', name, intended, whyAbsent(recording));
  }
  const old = compareVersions(running, expectations.kernel) < 0;
  return measurement('DOC-HOST-KERNEL', name, {
    value: running,
    intended,
    level: old ? FAIL : PASS,
    message: old
      ? `the kernel is ${running}, and the spec was settled for ${expectations.kernel}`
      : `the kernel is ${running}`,
    ...(old && expectations.proxyMode === KubeProxyMode.NFTABLES
      ? { findingId: 'GW-PROXY-013' }
      : {}),
    ...(old
      ? {
          remedy:
            'install and boot the kernel of the distribution in the spec, or correct operatingSystem',
        }
      : {}),
  });
}

function amounts(machine: MachineExpectation, recording: Recording): Measurement[] {
  const kib = numberOf(recording, 'memory.kib');
  const memory = kib === undefined ? undefined : Math.floor(kib / 1024);
  return [
    amount(
      machine,
      recording,
      'DOC-HOST-CPU',
      'cores',
      numberOf(recording, 'cpus'),
      machine.cpus,
      1,
    ),
    amount(
      machine,
      recording,
      'DOC-HOST-MEMORY',
      'MiB',
      memory,
      machine.memoryMebibytes,
      thresholds.memory.value,
    ),
  ].flat();
}

/** No verdict where the spec does not know. */
function amount(
  { name }: MachineExpectation,
  recording: Recording,
  id: 'DOC-HOST-CPU' | 'DOC-HOST-MEMORY',
  unit: string,
  measured: number | undefined,
  wanted: number | undefined,
  share: number,
): Measurement[] {
  if (wanted === undefined) {
    return [];
  }
  const intended = `${wanted} ${unit}`;
  if (measured === undefined) {
    return [unknown(id, name, intended, whyAbsent(recording))];
  }
  const less = measured < wanted * share;
  const more = measured > wanted;
  return [
    measurement(id, name, {
      value: `${measured} ${unit}`,
      intended,
      level: less ? FAIL : more ? INFO : PASS,
      message: `the machine has ${measured} ${unit}, the spec says ${wanted}`,
      ...(less || more
        ? {
            remedy: less
              ? 'get what was rented, or correct the spec: tables were sized by it'
              : 'correct the spec, and tables grow with it',
          }
        : {}),
      number: measured,
      unit,
    }),
  ];
}

function virtualisation({ name }: MachineExpectation, recording: Recording): Measurement {
  const intended = 'known; with AES instructions';
  const flags = linesOf(recording, 'cpu.flag');
  const architecture = lineOf(recording, 'architecture');
  if (architecture === undefined) {
    return unknown('DOC-HOST-VIRT', name, intended, whyAbsent(recording));
  }
  // Only x86 has a flag for it.
  const x86 = architecture === 'x86_64';
  const virt =
    lineOf(recording, 'virt') ??
    (flags.includes('hypervisor') ? 'a hypervisor' : x86 ? 'none' : undefined);
  const vendor = ['dmi.sys_vendor', 'dmi.product_name'].flatMap(
    (key) => lineOf(recording, key) ?? [],
  );
  if (virt === undefined) {
    const message = 'neither the CPU nor systemd-detect-virt says whether the machine is a guest';
    return vendor.length === 0
      ? unknown('DOC-HOST-VIRT', name, intended, message)
      : measurement('DOC-HOST-VIRT', name, {
          value: vendor.join(', '),
          intended,
          level: INFO,
          message: `${message}; its firmware is of ${vendor.join(', ')}`,
        });
  }
  const on = virt === 'none' ? 'bare metal' : `a guest of ${virt}`;
  // ARM says it elsewhere, and has had the instructions for as long as Kubernetes runs there.
  const slow = x86 && !flags.includes('aes');
  return measurement('DOC-HOST-VIRT', name, {
    value: [on, ...vendor].join(', '),
    intended,
    level: slow ? WARN : PASS,
    message: slow ? `the machine is ${on}, without AES instructions` : `the machine is ${on}`,
    ...(slow
      ? {
          remedy:
            'let the hypervisor pass the instructions on (cpu host-passthrough): TLS and encrypted tunnels cost several times as much without',
        }
      : {}),
  });
}

function nic(machine: MachineExpectation, recording: Recording): Measurement[] {
  if (machine.nic === undefined) {
    return [];
  }
  const { name, nicMtu } = machine;
  const intended = `${machine.nic} with an MTU of ${nicMtu}`;
  const mtu = linkMtus(recording).get(machine.nic);
  if (mtu === undefined) {
    const there = [...linkMtus(recording).keys()];
    return [
      there.length === 0
        ? unknown('DOC-HOST-NIC', name, intended, whyAbsent(recording))
        : measurement('DOC-HOST-NIC', name, {
            value: there.join(', '),
            intended,
            level: FAIL,
            message: `there is no interface ${machine.nic}`,
            remedy: 'correct nic of the machine in the spec',
          }),
    ];
  }
  const queues = numberOf(recording, 'nic.queues');
  const cpus = numberOf(recording, 'cpus') ?? 1;
  const spread = linesOf(recording, 'nic.rps').some((mask) => /[1-9a-f]/.test(mask));
  const narrow = queues === 1 && cpus >= 4 && !spread;
  const speed = numberOf(recording, 'nic.speed');
  return [
    measurement('DOC-HOST-NIC', name, {
      value: [
        `MTU ${mtu}`,
        ...(queues === undefined ? [] : [counted(queues, 'receive queue')]),
        ...(speed === undefined || speed <= 0 ? [] : [`${speed} Mbit/s`]),
      ].join(', '),
      intended,
      level: mtu < nicMtu ? FAIL : narrow ? INFO : PASS,
      message:
        mtu < nicMtu
          ? `the MTU of ${machine.nic} is ${mtu}, the spec says ${nicMtu}`
          : narrow
            ? `${machine.nic} has one receive queue for ${cpus} CPUs`
            : `${machine.nic} has an MTU of ${mtu}`,
      ...(mtu < nicMtu
        ? {
            remedy: `ip link set ${machine.nic} mtu ${nicMtu}, and for good where the network is configured; or correct mtu in the spec`,
          }
        : narrow
          ? {
              remedy:
                'ask for multiqueue (virtio: queues=), or set rps_cpus: one CPU takes in every packet',
            }
          : {}),
      number: mtu,
      unit: 'bytes',
    }),
  ];
}

/** Interfaces of pods keep the MTU with which they were made. */
function devices(
  { podNetwork }: Expectations,
  { name }: MachineExpectation,
  recording: Recording,
): Measurement[] {
  if (podNetwork === undefined) {
    return [];
  }
  const { mtu } = podNetwork;
  const intended = `${mtu} bytes`;
  const links = linkMtus(recording);
  if (links.size === 0) {
    return [unknown('DOC-MTU-DEVICE', name, intended, whyAbsent(recording))];
  }
  const absent = podNetwork.devices.filter((device) => !links.has(device));
  if (absent.length > 0) {
    return [
      measurement('DOC-MTU-DEVICE', name, {
        value: `no ${absent.join(', ')}`,
        intended,
        level: FAIL,
        message: `${podNetwork.label} has not made ${absent.join(', ')}`,
        remedy: 'see the log of its pod on this machine',
      }),
    ];
  }
  const tunnels = podNetwork.devices.filter((device) => links.get(device)! < mtu);
  const pods = [...links].filter(([link]) => /^(cali|veth)/.test(link));
  const others = pods.filter(([, own]) => own !== mtu);
  const larger = others.filter(([, own]) => own > mtu);
  if (pods.length === 0 && podNetwork.devices.length === 0) {
    return [unknown('DOC-MTU-DEVICE', name, intended, 'no interface of a pod is there')];
  }
  const bad = tunnels.length > 0 || larger.length > 0;
  const sizes = [...new Set(others.map(([, own]) => own))].sort((a, b) => a - b);
  return [
    measurement('DOC-MTU-DEVICE', name, {
      value: `${pods.length - others.length} of ${pods.length} pods, ${podNetwork.devices.length - tunnels.length} of ${podNetwork.devices.length} tunnels`,
      intended,
      level: bad ? FAIL : others.length > 0 ? WARN : PASS,
      message:
        tunnels.length > 0
          ? `the MTU of ${tunnels.map((device) => `${device} is ${links.get(device)}`).join(', of ')}, less than the ${mtu} of pods`
          : others.length > 0
            ? `${others.length} of ${pods.length} pods have an MTU of ${sizes.join(', ')} instead of ${mtu}`
            : `${counted(pods.length, 'pod')} and ${counted(podNetwork.devices.length, 'tunnel device')} with an MTU of ${mtu}`,
      ...(bad || others.length > 0
        ? {
            remedy:
              tunnels.length > 0
                ? 'see which MTU the network plugin was told; apply its manifests again'
                : 'restart those pods: an interface keeps the MTU that it was made with',
          }
        : {}),
    }),
  ];
}

function linkMtus(recording: Recording): Map<string, number> {
  return new Map(
    linesOf(recording, 'link').map((line) => {
      const [link, mtu] = line.split(' ');
      return [link!, Number(mtu)] as const;
    }),
  );
}
