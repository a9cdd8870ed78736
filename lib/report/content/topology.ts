import { alike, type Facts } from './facts';
import { roundTrip } from './glance';
import {
  hostAndPort,
  type Cluster,
  type Machine,
  type NetworkPath,
  type Zone,
} from '../../cluster';
import { code, counted, someOf, table, type Block, type Inline, type Section } from '../document';
import {
  topologySvg,
  type DrawnBox,
  type DrawnLine,
  type DrawnMachine,
} from '../html/topology-svg';

/** More machines than this are drawn as one box for all of a role in a zone. */
const MOST_MACHINES = 24;
/** More zones than this are drawn around one network instead of each beside each. */
const MOST_ZONES = 4;

export function topology({ cluster, paths }: Facts): Section {
  return {
    id: 'topology',
    title: 'Topology',
    lead: 'Zones, machines and what connects them: the largest packet and the round trip of each way.',
    blocks: [
      {
        kind: 'figure',
        caption:
          'Solid lines are the network between zones, dashed ones the way to the API, to load balancer addresses and sessions with routers.',
        draw: () =>
          topologySvg(
            `Topology of ${cluster.clusterName}`,
            drawnBoxes(cluster),
            drawnLines(cluster, paths),
          ),
      },
      ...table(
        'Ways between machines',
        ['way', 'largest packet', 'limited by', 'round trip'],
        paths.map(({ from, to, mtu, limit, roundTripTime }) => [
          from === to ? `inside ${from}` : `${from} to ${to}`,
          `${mtu} bytes`,
          limit,
          roundTrip(roundTripTime),
        ]),
        { rowHeads: true },
      ),
      ...addressTable(cluster),
      ...sessionTable(cluster),
    ],
  };
}

function addressTable(cluster: Cluster): Block[] {
  const { endpoint } = cluster;
  const rows: Inline[][] = cluster.zones.map(({ name, nodeCidr, nodeCidrV6, country }) => [
    [nodeCidr, nodeCidrV6].filter((cidr) => cidr !== undefined).join(', '),
    `machines of ${name} (${country})`,
    'the network of their NICs',
  ]);
  if (endpoint.address !== undefined) {
    rows.push([
      code(hostAndPort(endpoint.address, endpoint.port)),
      'the API',
      endpoint.isVirtual
        ? `${endpoint.kind}: one control plane at a time has it`
        : `${endpoint.kind}: somebody else answers for it`,
    ]);
  }
  for (const { name, label, zone } of cluster._summary('loadBalancer')?.pools ?? []) {
    rows.push([
      label,
      `pool ${name} for Services of type LoadBalancer`,
      zone === undefined
        ? 'answered by every machine that announces it'
        : `on the segment of ${zone}`,
    ]);
  }
  return table('Addresses', ['address', 'of what', 'how'], rows, { rowHeads: true });
}

function sessionTable(cluster: Cluster): Block[] {
  const cni = cluster._summary('cni');
  const rows: Inline[][] = [];
  if (cni?.bgp) {
    rows.push([
      'every machine',
      'the other machines or their route reflectors',
      `${cni.label}: routes of pods`,
    ]);
  }
  for (const peer of cni?.bgpPeers ?? []) {
    rows.push(['machines', peer, `${cni!.label}: routes of pods to a router`]);
  }
  const balancer = cluster._summary('loadBalancer');
  for (const peer of balancer?.bgpPeers ?? []) {
    rows.push([
      'machines that announce',
      peer,
      `${balancer!.label}: addresses of Services to a router`,
    ]);
  }
  for (const { address } of cluster.endpoint._bgp?.peers ?? []) {
    rows.push([
      'control planes',
      address,
      `${cluster.endpoint.kind}: the address of the API to a router`,
    ]);
  }
  return table('BGP sessions', ['from', 'to', 'for what'], rows);
}

/** Routers outside, each once, with who speaks to them. */
export function routers(cluster: Cluster): Map<string, string> {
  const found = new Map<string, string>();
  const add = (peers: readonly string[], who: string) =>
    peers.forEach((peer) => {
      const present = found.get(peer);
      found.set(peer, present === undefined ? who : `${present}, ${who}`);
    });
  add(cluster._summary('cni')?.bgpPeers ?? [], 'pods');
  add(cluster._summary('loadBalancer')?.bgpPeers ?? [], 'Services');
  add(cluster.endpoint._bgp?.peers.map(({ address }) => address) ?? [], 'API');
  return found;
}

function drawnBoxes(cluster: Cluster): DrawnBox[] {
  const { endpoint } = cluster;
  const byZone = new Map(alike(cluster.machines, ({ zone }) => zone));
  const boxes: DrawnBox[] = [];
  if (endpoint.address !== undefined) {
    boxes.push({
      id: 'api',
      title: hostAndPort(endpoint.address, endpoint.port),
      lines: [`API, ${endpoint.kind}`],
    });
  }
  for (const { name, label } of cluster._summary('loadBalancer')?.pools ?? []) {
    boxes.push({ id: `pool ${name}`, title: `pool ${name}`, lines: [label] });
  }
  for (const zone of cluster.zones) {
    const machines = byZone.get(zone.name) ?? [];
    boxes.push({
      id: `zone ${zone.name}`,
      title: `${zone.name} · ${zone.country}`,
      lines: [
        `${[zone.nodeCidr, zone.nodeCidrV6].filter((cidr) => cidr !== undefined).join(' ')} · MTU ${zone.mtu ?? cluster.underlay.mtu}`,
      ],
      machines: cluster.machines.length > MOST_MACHINES ? crowd(machines) : machines.map(drawn),
    });
  }
  if (isStar(cluster)) {
    boxes.push({ id: 'underlay', title: 'network', lines: [`MTU ${cluster.underlay.mtu}`] });
  }
  for (const [peer, who] of routers(cluster)) {
    boxes.push({ id: `router ${peer}`, title: `router ${peer}`, lines: [`BGP: ${who}`] });
  }
  return boxes;
}

function drawn({ name, address, addressV6, nic, etcdDisk, isControlPlane }: Machine): DrawnMachine {
  const first = nic === undefined ? address : `${address} · ${nic}`;
  return {
    name,
    kind: isControlPlane ? 'cp' : 'worker',
    lines: [
      first,
      ...(addressV6 === undefined ? [] : [addressV6]),
      ...(etcdDisk === undefined ? [] : [`etcd ${etcdDisk.identity || 'on the root disk'}`]),
    ],
  };
}

/** One box for all machines of a role. */
function crowd(machines: readonly Machine[]): DrawnMachine[] {
  return alike(machines, ({ role }) => role).map(([role, those]) => ({
    name: counted(those.length, role === 'worker' ? 'worker' : 'control plane'),
    kind: role === 'worker' ? 'worker' : 'cp',
    lines: [
      someOf(
        those.map(({ name }) => name),
        1,
      ),
    ],
  }));
}

function isStar({ zones }: Cluster): boolean {
  return zones.length > MOST_ZONES;
}

function drawnLines(cluster: Cluster, paths: readonly NetworkPath[]): DrawnLine[] {
  const withControlPlanes = new Set(cluster.controlPlanes.map(({ zone }) => zone));
  const zonesOfApi = cluster.zones.filter(({ name }) => withControlPlanes.has(name));
  const lines: DrawnLine[] = [];
  if (cluster.endpoint.address !== undefined) {
    lines.push(...zonesOfApi.map((zone) => dashed('api', 'api', zone)));
  }
  for (const { name, zone } of cluster._summary('loadBalancer')?.pools ?? []) {
    const zones = cluster.zones.filter((one) => zone === undefined || one.name === zone);
    lines.push(...zones.map((one) => dashed(`pool ${name}`, 'api', one)));
  }
  const between = paths.filter(({ from, to }) => from !== to);
  if (isStar(cluster)) {
    const used = new Set(cluster.machines.map(({ zone }) => zone));
    for (const { name } of cluster.zones.filter((zone) => used.has(zone.name))) {
      lines.push({ from: `zone ${name}`, to: 'underlay', kind: 'link', label: [] });
    }
  } else {
    lines.push(
      ...between.map(({ from, to, mtu, roundTripTime }): DrawnLine => ({
        from: `zone ${from}`,
        to: `zone ${to}`,
        kind: 'link',
        label: [`${mtu} bytes · ${roundTrip(roundTripTime)}`],
      })),
    );
  }
  for (const peer of routers(cluster).keys()) {
    // One line for the drawing: who has the sessions stands in the table.
    lines.push(
      ...cluster.zones.slice(0, isStar(cluster) ? 1 : undefined).map(({ name }): DrawnLine => ({
        from: `zone ${name}`,
        to: `router ${peer}`,
        kind: 'bgp',
        label: [],
      })),
    );
  }
  return lines;
}

function dashed(from: string, kind: 'api', { name }: Zone): DrawnLine {
  return { from, to: `zone ${name}`, kind, label: [] };
}
