import type { Facts } from './facts';
import { sizeOf } from './glance';
import { serviceRules } from './service-rules';
import { Cidr, type Cluster, type Machine } from '../../cluster';
import {
  connectionTable,
  entriesText,
  machineSizes,
  type ConnectionTable,
} from '../connection-table';
import { counted, grouped, someOf, table, type Inline, type Section } from '../document';

/** What a kubelet takes when nobody says otherwise (pkg/kubelet/apis/config/v1beta1/defaults.go). */
const PODS_PER_MACHINE = 110;
const MEBIBYTE = 1024 ** 2;

export function capacity({ cluster }: Facts): Section {
  return {
    id: 'capacity',
    title: 'Capacity',
    lead: 'How much of everything there is, and what the number comes from.',
    blocks: [
      ...table(
        'Limits',
        ['what', 'how much', 'because'],
        [
          ...podAddresses(cluster),
          ...serviceAddresses(cluster),
          ...connections(cluster),
          ...edge(cluster),
          ...etcd(cluster),
          ...userData(cluster),
        ],
        { rowHeads: true },
      ),
      ...serviceRules(cluster),
    ],
  };
}

function podAddresses(cluster: Cluster): Inline[][] {
  const machines = cluster.machines.length;
  const rows: Inline[][] = cluster.podCidrs.map((cidr) => [
    `addresses for pods, ${cidr}`,
    sizeText(Cidr.parse(cidr)!),
    `the whole network; ${counted(machines, 'machine')} with ${PODS_PER_MACHINE} pods each, the kubelet's own limit, take ${grouped(machines * PODS_PER_MACHINE)}`,
  ]);
  for (const { blocks } of cluster._summary('cni')?.ways ?? []) {
    if (blocks !== undefined) {
      const { family, prefix } = Cidr.parse(blocks.network)!;
      const each = powerOfTwo((family === 'IPv4' ? 32 : 128) - blocks.prefix);
      rows.push([
        `blocks of /${blocks.prefix} in ${blocks.network}`,
        powerOfTwo(blocks.prefix - prefix),
        `a machine takes ${each} addresses at a time: there is no room for more machines than blocks`,
      ]);
    }
  }
  return rows;
}

function serviceAddresses(cluster: Cluster): Inline[][] {
  return cluster.serviceCidrs.map((cidr) => {
    const { family, prefix } = Cidr.parse(cidr)!;
    const exponent = (family === 'IPv4' ? 32 : 128) - prefix;
    const size = 2 ** exponent;
    // pkg/registry/core/service/ipallocator: the network's own address and the broadcast of IPv4 are given to
    // nobody; the lower band is for addresses that somebody asks for.
    const nobodys = family === 'IPv4' ? 2 : 1;
    const band = size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 16)), 256);
    return [
      `addresses for Services, ${cidr}`,
      exponent > 40 ? powerOfTwo(exponent) : grouped(Math.max(0, size - nobodys)),
      band === 0
        ? 'too few for a part that is kept for who names an address'
        : `the first ${band} are given to who names one, such as cluster DNS, and to others only when the rest is taken`,
    ];
  });
}

function connections(cluster: Cluster): Inline[][] {
  return machineSizes(cluster.machines).map((machines) => {
    const tracked = connectionTable(cluster, machines[0]!);
    const { buckets, mebibytes } = tracked;
    return [
      `connections tracked on ${someOf(machines.map(({ name }) => name))} (${sizeOf(machines[0]!)})`,
      entriesText(tracked),
      `${sizedBy(cluster, machines[0]!, tracked)}; ${grouped(buckets)} buckets, ${grouped(mebibytes)} MiB when full. A full table drops new connections`,
    ];
  });
}

function sizedBy(
  { ownsMachines }: Cluster,
  { peakConnections }: Machine,
  { isNamed, isLeast }: ConnectionTable,
): string {
  if (isNamed) {
    return 'the spec names it';
  }
  if (isLeast) {
    return 'kube-proxy sizes it by cores, of which the spec does not say how many there are';
  }
  if (peakConnections !== undefined) {
    return `twice the peak of ${grouped(peakConnections)}, as far as 2 % of the memory goes`;
  }
  return ownsMachines
    ? 'at most 2 % of the memory, a power of two'
    : 'kube-proxy sizes it by cores';
}

function edge(cluster: Cluster): Inline[][] {
  const ingress = cluster._summary('ingress');
  if (ingress === undefined) {
    return [];
  }
  const { breakEvenRate, replicas, mostReplicas, headerTimeoutSeconds, memoryMebibytes } = ingress;
  const rate = Math.round(breakEvenRate);
  const copies = mostReplicas === replicas ? `${replicas}` : `${replicas} to ${mostReplicas}`;
  return [
    [
      'slow connections a second that the edge bears (R*)',
      `${grouped(rate)} a replica, ${grouped(rate * replicas)} in all`,
      `what a replica has room for, connections or memory, shared by the ${headerTimeoutSeconds} s that a client may take for its header; ${copies} replicas`,
    ],
    [
      'memory of a replica of the edge',
      `${grouped(memoryMebibytes)} MiB`,
      'what one reserves, so that all its connections may be taken',
    ],
  ];
}

function etcd(cluster: Cluster): Inline[][] {
  const summary = cluster._summary('etcd');
  return summary === undefined
    ? []
    : [
        [
          "etcd's database",
          `${Number((summary.quotaBytes / 1024 ** 3).toFixed(2))} GiB`,
          'beyond it etcd takes nothing but deletions; half of the smallest memory, what fits twice on the disk, or 8 GiB, whichever is least, and 2 GiB where the memory is not known or the disk is not its own, unless the spec says otherwise',
        ],
      ];
}

/** One machine of each role: others of the role differ by the length of their names. */
function userData(cluster: Cluster): Inline[][] {
  const nodes = cluster._summary('nodes');
  if (nodes === undefined) {
    return [];
  }
  return [cluster.controlPlanes[0], cluster.workers[0]].flatMap((machine): Inline[][] =>
    machine === undefined
      ? []
      : [
          [
            `user-data of ${machine.name}`,
            kib(nodes.userDataBytes(machine)),
            nodes.userDataLimit === undefined
              ? 'with its secrets, not compressed; the spec names no limit of a platform'
              : `with its secrets, not compressed; the platform takes ${kib(nodes.userDataLimit)}, and what is larger is compressed`,
          ],
        ],
  );
}

function kib(bytes: number): string {
  return bytes >= MEBIBYTE
    ? `${(bytes / MEBIBYTE).toFixed(1)} MiB`
    : `${Math.ceil(bytes / 1024)} KiB`;
}

function sizeText({ family, prefix }: Cidr): string {
  return powerOfTwo((family === 'IPv4' ? 32 : 128) - prefix);
}

function powerOfTwo(exponent: number): string {
  return exponent > 40 ? `2^${exponent}` : grouped(2 ** Math.max(0, exponent));
}
