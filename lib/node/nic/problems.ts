import type { NicTuning } from './options';
import { checkInteger, type Cluster, type Problem } from '../../cluster';

/** Everything that is wrong with the NICs' settings. */
export function nicProblems(cluster: Cluster, nics: readonly NicTuning[]): Problem[] {
  const seen = new Set<string>();
  return nics.flatMap((tuning) => {
    const twice = machinesOf(cluster, tuning).filter((m) => seen.has(`${m} ${tuning.nic}`));
    machinesOf(cluster, tuning).forEach((m) => seen.add(`${m} ${tuning.nic}`));
    return [
      ...nameProblems(tuning),
      ...machineProblems(cluster, tuning),
      ...twice.map((machine) => ({
        prop: `nicTuning of ${tuning.nic}`,
        allowed: 'given once for a machine',
        got: `twice for ${machine}`,
        remedy: 'put the settings of one NIC into one entry',
      })),
      ...numberProblems(tuning),
      ...offloadProblems(tuning),
    ];
  });
}

/** The machines that one entry is for. */
export function machinesOf(cluster: Cluster, { nic, machines }: NicTuning): string[] {
  return machines ?? cluster.machines.filter((m) => m.nic === nic).map((m) => m.name);
}

function nameProblems({ nic }: NicTuning): Problem[] {
  return /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,14}$/.test(nic)
    ? []
    : [
        {
          prop: 'nicTuning nic',
          allowed: 'an interface name of at most 15 characters',
          got: nic,
          remedy: 'copy it from `ip -brief link`',
        },
      ];
}

function machineProblems(cluster: Cluster, tuning: NicTuning): Problem[] {
  const known = cluster.machines.map((m) => m.name);
  const names = machinesOf(cluster, tuning);
  const strangers = names.filter((name) => !known.includes(name));
  const prop = `nicTuning of ${tuning.nic}`;
  return [
    ...strangers.map((got) => ({
      prop,
      allowed: 'for machines of the spec',
      got,
      remedy: 'correct the name, or add the machine to the spec',
    })),
    ...(names.length > 0
      ? []
      : [
          {
            prop,
            allowed: 'for at least one machine',
            got: 'none',
            remedy: 'name the machines; no machine of the spec has this NIC as its own',
          },
        ]),
  ];
}

function numberProblems({ nic, combinedQueues, rxRing, txRing }: NicTuning): Problem[] {
  const ring = { min: 1, max: 65536 };
  const remedy = (option: string) =>
    `\`ethtool ${option} ${nic}\` on the machine prints the maximum`;
  return [
    ...checkInteger(
      `nicTuning of ${nic} combinedQueues`,
      combinedQueues,
      { min: 1, max: 1024 },
      remedy('-l'),
    ),
    ...checkInteger(`nicTuning of ${nic} rxRing`, rxRing, ring, remedy('-g')),
    ...checkInteger(`nicTuning of ${nic} txRing`, txRing, ring, remedy('-g')),
  ];
}

function offloadProblems(tuning: NicTuning): Problem[] {
  const { nic, offloads = {} } = tuning;
  const { combinedQueues, rxRing, txRing, receivePacketSteering } = tuning;
  const any = [combinedQueues, rxRing, txRing, receivePacketSteering, ...Object.keys(offloads)];
  return [
    ...Object.keys(offloads)
      // The short names of ethtool are for setting only: a read-back would not find them.
      .filter((feature) => !/^[a-z0-9]+(-[a-z0-9]+)+$/.test(feature))
      .map((got) => ({
        prop: `nicTuning of ${nic} offloads`,
        allowed: 'the long words of `ethtool -k`',
        got,
        remedy: 'write for example generic-receive-offload for gro',
      })),
    ...(any.some((value) => value !== undefined)
      ? []
      : [
          {
            prop: `nicTuning of ${nic}`,
            allowed: 'an entry that sets something',
            got: undefined,
            remedy: 'name queues, rings, offloads or receivePacketSteering, or leave the entry out',
          },
        ]),
  ];
}
