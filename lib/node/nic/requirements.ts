import type { Construct } from 'constructs';
import type { NicTuning } from './options';
import { machinesOf } from './problems';
import { NIC_SCRIPT, nicScript } from './script';
import type { Cluster, Decision } from '../../cluster';

const WHY: Readonly<Record<string, string>> = {
  queues: 'Chosen in the spec: each queue has an interrupt, so as many cores receive at once',
  rx: 'Chosen in the spec: packets wait here while cores are busy; rx_missed_errors of `ethtool -S` say whether it is too short',
  tx: 'Chosen in the spec: packets that wait for the wire',
  rps: 'Chosen in the spec: every core works on received packets, for NICs with fewer queues than cores',
};
const OFFLOAD = 'Chosen in the spec: what the NIC computes in place of the kernel';

/** A unit for each NIC, and the script they share. */
export function requireNicTuning(
  by: Construct,
  cluster: Cluster,
  nics: readonly NicTuning[],
): void {
  for (const tuning of nics) {
    const machines = machinesOf(cluster, tuning);
    cluster.ledger.requireFile(NIC_SCRIPT, {
      by,
      machines,
      content: nicScript,
      permissions: '0755',
      why: 'sets NICs and reads back what they took',
    });
    cluster.ledger.requireUnit(`groundwork-nic-${escaped(tuning.nic)}.service`, {
      by,
      machines,
      content: unit(tuning),
      why: `queues, rings and offloads of ${tuning.nic}`,
    });
  }
}

/** One decision for each setting, since the driver's own value is unknown here. */
export function nicDecisions(path: string, nics: readonly NicTuning[]): Decision[] {
  return nics.flatMap((tuning) =>
    settings(tuning).map((setting) => {
      const [key, value] = setting.split('=') as [string, string];
      return {
        path,
        key: `nic ${tuning.nic} ${key}`,
        value,
        upstream: "the driver's own",
        why: WHY[key] ?? OFFLOAD,
        source: 'man 8 ethtool; docs.kernel.org networking/scaling',
      };
    }),
  );
}

function unit(tuning: NicTuning): string {
  const device = `sys-subsystem-net-devices-${escaped(tuning.nic)}.device`;
  return `[Unit]
Description=Queues, rings and offloads of ${tuning.nic}
# A driver may drop the link for a moment to change a ring: before pods and their connections are there.
Requires=${device}
After=${device}
Before=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${NIC_SCRIPT} ${[tuning.nic, ...settings(tuning)].join(' ')}

[Install]
WantedBy=multi-user.target
`;
}

function settings(tuning: NicTuning): string[] {
  const { combinedQueues, rxRing, txRing, receivePacketSteering, offloads = {} } = tuning;
  const given: Array<[string, string | number | undefined]> = [
    ['queues', combinedQueues],
    ['rx', rxRing],
    ['tx', txRing],
    ...Object.entries(offloads)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([feature, on]): [string, string] => [feature, onOff(on)]),
    ['rps', receivePacketSteering === undefined ? undefined : onOff(receivePacketSteering)],
  ];
  return given.filter(([, value]) => value !== undefined).map(([key, value]) => `${key}=${value}`);
}

/** As systemd-escape writes it: a hyphen stands for a slash in the names of devices. */
function escaped(nic: string): string {
  return nic.replace(/-/g, '\\x2d');
}

function onOff(value: boolean): string {
  return value ? 'on' : 'off';
}
