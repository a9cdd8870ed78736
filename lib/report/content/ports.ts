import type { Facts } from './facts';
import {
  PortSource,
  readPortKey,
  type Cluster,
  type LedgerOpening,
  type Opening,
} from '../../cluster';
import {
  list,
  prose,
  someOf,
  table,
  text,
  type Block,
  type Inline,
  type Section,
} from '../document';

type Row = LedgerOpening & Opening;

export function ports({ cluster }: Facts): Section {
  const rows = cluster.ledger
    ._openings()
    .map((opening): Row => ({ ...opening, ...readPortKey(opening.key) }))
    .sort(byPort);
  const firewall = cluster._summary('nodes')?.firewall;
  return {
    id: 'ports',
    title: 'Ports and firewalls',
    lead: 'Who must reach whom, on what. A firewall that drops one of these breaks what stands beside it.',
    blocks: [
      text(
        firewall === undefined
          ? 'The machines have no firewall of this spec. One in front of them, at the provider or between sites, must let this pass.'
          : `Every machine has a firewall that lets in what is listed here and nothing else; SSH from ${firewall.sshFrom.join(', ') || 'nowhere'}.`,
      ),
      ...matrix(cluster, rows),
      ...table(
        'Every opening',
        ['what', 'from', 'to', 'why'],
        rows.map((row) => [
          what(row),
          source(row),
          target(cluster, row),
          prose(row.reasons.join('; ')),
        ]),
        { rowHeads: true },
      ),
      { kind: 'part', title: 'Who that is', blocks: [list(...legend(cluster, rows))] },
    ],
  };
}

/** Protocols first, then numbers upwards, then addresses. */
function byPort(a: Row, b: Row): number {
  const rank = ({ port, destination }: Row) =>
    destination === '' ? (port === '' ? 0 : Number(port.split('-')[0])) : 1e6;
  return rank(a) - rank(b) || (a.key < b.key ? -1 : 1);
}

function what({ port, protocol, destination }: Opening): string {
  if (destination !== '') {
    return `every port of ${destination}`;
  }
  return port === '' ? `IP protocol ${protocol}` : `${port}/${protocol}`;
}

function source({ from, networks }: Opening): string {
  switch (from) {
    case PortSource.NETWORKS:
      return networks.join(', ');
    case PortSource.CONTROL_PLANE:
      return 'control planes';
    default:
      return from;
  }
}

interface Targets {
  readonly controlPlanes: readonly string[];
  readonly workers: readonly string[];
}

function target(cluster: Cluster, { machines }: Row): string {
  if (machines === undefined) {
    return 'all machines';
  }
  const has = new Set(machines);
  const all = (names: readonly string[]) => names.length > 0 && names.every((n) => has.has(n));
  const { controlPlanes, workers } = targets(cluster);
  const roles = [
    ...(all(controlPlanes) ? ['control planes'] : []),
    ...(all(workers) ? ['workers'] : []),
  ];
  const covered = new Set([
    ...(all(controlPlanes) ? controlPlanes : []),
    ...(all(workers) ? workers : []),
  ]);
  const rest = machines.filter((name) => !covered.has(name));
  return [...roles, ...(rest.length === 0 ? [] : [someOf(rest)])].join(', ');
}

function targets({ controlPlanes, workers }: Cluster): Targets {
  return {
    controlPlanes: controlPlanes.map(({ name }) => name),
    workers: workers.map(({ name }) => name),
  };
}

/** Sources against roles; a role that has only some machines of a row says so in the full list. */
function matrix(cluster: Cluster, rows: readonly Row[]): Block[] {
  const { controlPlanes, workers } = targets(cluster);
  const roles = [
    { title: 'to control planes', names: new Set(controlPlanes) },
    ...(workers.length === 0 ? [] : [{ title: 'to workers', names: new Set(workers) }]),
  ];
  const sources = [...new Set(rows.map(source))].sort(
    (a, b) => order(a) - order(b) || (a < b ? -1 : 1),
  );
  return table(
    'Who reaches whom',
    ['from', ...roles.map(({ title }) => title)],
    sources.map((from) => [
      from,
      ...roles.map(({ names }): Inline => {
        const open = rows.filter(
          (row) =>
            source(row) === from &&
            (row.machines === undefined || row.machines.some((name) => names.has(name))),
        );
        return open.map(what).join(', ') || 'nothing';
      }),
    ]),
    { rowHeads: true },
  );
}

function order(from: string): number {
  const known = ['anywhere', 'machines', 'control planes', 'pods'].indexOf(from);
  return known === -1 ? 9 : known;
}

function legend(cluster: Cluster, rows: readonly Row[]): Inline[] {
  const used = new Set(rows.map(({ from }) => from));
  const networks = cluster.zones.flatMap(({ nodeCidr, nodeCidrV6 }) => [
    nodeCidr,
    ...(nodeCidrV6 === undefined ? [] : [nodeCidrV6]),
  ]);
  const addresses = cluster.controlPlanes.flatMap(({ address, addressV6 }) => [
    address,
    ...(addressV6 === undefined ? [] : [addressV6]),
  ]);
  const trusted = cluster._summary('nodes')?.firewall?.trustZoneNetworks === true;
  return [
    ...(used.has(PortSource.MACHINES)
      ? [
          trusted
            ? `machines: everything in ${networks.join(', ')}`
            : `machines: the addresses of the machines, which lie in ${networks.join(', ')}`,
        ]
      : []),
    ...(used.has(PortSource.CONTROL_PLANE) ? [`control planes: ${addresses.join(', ')}`] : []),
    ...(used.has(PortSource.PODS) ? [`pods: ${cluster.podCidrs.join(', ')}`] : []),
    ...(used.has(PortSource.ANYWHERE) ? ['anywhere: every address'] : []),
  ];
}
