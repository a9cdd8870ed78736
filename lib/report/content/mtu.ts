import { alike, type Facts } from './facts';
import {
  ipHeaderBytes,
  wrappingParts,
  type Cluster,
  type CniSummary,
  type PodWay,
} from '../../cluster';
import { code, someOf, table, text, type Block, type Inline, type Section } from '../document';
import { byteBars } from '../html/charts';

/** A TCP header with timestamps, which Linux sends by default. */
const TCP = 32;
/** Preamble 8, header 14, checksum 4 and the gap of 12 of Ethernet, around every packet on the wire. */
const FRAMING = 38;

interface Part {
  readonly what: string;
  readonly bytes: number;
}

export function mtu(facts: Facts): Section {
  const { cluster } = facts;
  const cni = cluster._summary('cni');
  return {
    id: 'mtu',
    title: 'MTU at every hop',
    lead: 'The largest packet that each place carries, and where the bytes of a full one go.',
    blocks: [
      ...table('From the wire to the pod', ['place', 'MTU', 'why'], hops(facts, cni), {
        rowHeads: true,
      }),
      ...(cni === undefined ? [] : [...budget(cluster, cni), ...unused(facts, cni)]),
    ],
  };
}

function hops({ cluster, paths }: Facts, cni: CniSummary | undefined): Inline[][] {
  const wires = paths.map(({ from, to, mtu: largest, limit }): Inline[] => [
    from === to ? `network inside ${from}` : `network ${from} to ${to}`,
    String(largest),
    `limited by ${limit}`,
  ]);
  const nics = alike(
    cluster.machines,
    (machine) => `${machine.nic ?? ''} ${cluster.nicMtu(machine)}`,
  ).map(([, machines]): Inline[] => [
    [
      machines[0]!.nic === undefined ? 'NIC' : code(machines[0]!.nic),
      ` of ${someOf(machines.map(({ name }) => name))}`,
    ],
    String(cluster.nicMtu(machines[0]!)),
    'as the spec says of the machine, its zone or the underlay',
  ]);
  if (cni === undefined) {
    return [...wires, ...nics];
  }
  const most = Math.max(0, ...cni.ways.map(({ overhead }) => overhead));
  const narrowest = `${cluster.pathMtu}, the narrowest way`;
  const fits = cluster.pathMtu - most;
  const tunnels = tunnelsOf(cni).map((way): Inline[] => [
    [code(way.device!), ' of every machine'],
    String(cni.podMtu),
    `${way.wrapping} adds ${way.overhead} bytes to what goes in: at most ${narrowest}`,
  ]);
  return [
    ...wires,
    ...nics,
    ...tunnels,
    [
      [code(cni.podDevice), ' and ', code('eth0'), ' of every pod'],
      String(cni.podMtu),
      cni.podMtu < fits
        ? `one size for all pods, which the spec names; ${fits} would fit`
        : most === 0
          ? `one size for all pods: ${narrowest}; nothing is wrapped`
          : `one size for all pods: ${narrowest}, less the ${most} bytes that wrapping adds at most`,
    ],
  ];
}

/** Every tunnel device once. */
function tunnelsOf({ ways }: CniSummary): PodWay[] {
  const seen = new Map(
    ways.filter(({ device }) => device !== undefined).map((way) => [way.device!, way]),
  );
  return [...seen.values()];
}

/** Where the bytes of a full packet of a pod go, for each kind of wrapping. */
function budget(cluster: Cluster, cni: CniSummary): Block[] {
  const kinds = alikeWays(cni.ways);
  const packets = kinds.map((way) => {
    const parts = partsOf(way, cni.podMtu);
    const onWire = parts.reduce((sum, { bytes }) => sum + bytes, 0);
    const payload = parts[parts.length - 1]!.bytes;
    return { name: nameOf(way), parts, onWire, payload, share: payload / (onWire + FRAMING) };
  });
  return [
    {
      kind: 'figure',
      caption:
        'A full packet of a pod on its way, to scale: headers first, what the program sent last.',
      draw: () => byteBars(packets.map(({ name, parts }) => ({ name, parts }))),
    },
    ...table(
      `Where the bytes go, with TCP and timestamps, on ways that carry ${cluster.pathMtu}`,
      ['packet', 'made of', 'on the wire', 'left for the program', 'share of the wire'],
      packets.map(({ name, parts, onWire, payload, share }) => [
        name,
        parts.map(({ what, bytes }) => `${what} ${bytes}`).join(' + '),
        `${onWire} bytes`,
        `${payload} bytes`,
        `${(share * 100).toFixed(1)} %`,
      ]),
      { rowHeads: true },
    ),
    text(
      `The share counts the ${FRAMING} bytes of Ethernet around every packet. What a link really carries less than that is CPU, not headers.`,
    ),
  ];
}

function alikeWays(ways: readonly PodWay[]): PodWay[] {
  return [
    ...new Map(
      [
        ...ways,
        // CrossSubnet has both kinds of packets.
        ...ways
          .filter(({ directInSubnet }) => directInSubnet)
          .map((way) => ({ ...way, wrapping: undefined, overhead: 0 })),
      ].map((way) => [`${way.wrapping} ${way.family} ${way.overhead}`, way]),
    ).values(),
  ];
}

function nameOf({ wrapping, family }: PodWay): string {
  return wrapping === undefined ? `as it is, ${family}` : `in ${wrapping}, ${family}`;
}

function partsOf({ wrapping, family, overhead }: PodWay, podMtu: number): Part[] {
  const added = wrapping === undefined || wrapping === 'UDP' ? [] : wrappingParts[wrapping];
  const known = added.reduce((sum, { bytes }) => sum + bytes, 0);
  const wrapped =
    wrapping === undefined
      ? []
      : wrapping === 'UDP'
        ? [
            { what: 'outer IP', bytes: ipHeaderBytes.IPv4 },
            { what: 'UDP', bytes: overhead - ipHeaderBytes.IPv4 },
          ]
        : [{ what: 'outer IP', bytes: overhead - known }, ...added];
  const ip = ipHeaderBytes[family];
  return [
    ...wrapped,
    { what: 'IP', bytes: ip },
    { what: 'TCP', bytes: TCP },
    { what: 'data', bytes: podMtu - ip - TCP },
  ];
}

/** What ways carry and pods cannot use, because all of them have the MTU of the narrowest. */
function unused({ cluster, paths }: Facts, { podMtu, ways }: CniSummary): Block[] {
  const overhead = Math.max(0, ...ways.map((way) => way.overhead));
  const wide = paths.filter((way) => way.mtu > cluster.pathMtu);
  return table(
    'Wider than pods can use: an interface has one MTU, so the narrowest way counts for all',
    ['way', 'carries', 'pods use', 'left'],
    wide.map(({ from, to, mtu: largest }) => [
      from === to ? `inside ${from}` : `${from} to ${to}`,
      `${largest} bytes`,
      `${podMtu + overhead} bytes`,
      `${largest - overhead - podMtu} bytes`,
    ]),
    { rowHeads: true },
  );
}
