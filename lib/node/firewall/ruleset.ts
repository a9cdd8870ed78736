import type { HostFirewallOptions } from './options';
import { disjointNetworks, joinedPorts, type NetworksByFamily } from './sets';
import { firewallTuning as tuning } from './tuning';
import { TABLE } from './unit';
import {
  hostCidr,
  PortSource,
  readPortKey,
  type Cluster,
  type IpFamily,
  type LedgerEntry,
  type Machine,
  type Opening,
} from '../../cluster';
import { comment } from '../machine-file';

type Entry = Opening & Pick<LedgerEntry, 'key' | 'reasons'>;

const WORD: Readonly<Record<IpFamily, string>> = { IPv4: 'ip', IPv6: 'ip6' };
const FAMILIES = Object.keys(WORD) as IpFamily[];
/** Named sets, so that a thousand machines are listed once. */
const SETS: ReadonlyArray<[PortSource, string]> = [
  [PortSource.MACHINES, 'machines'],
  [PortSource.CONTROL_PLANE, 'control_planes'],
  [PortSource.PODS, 'pods'],
];
const HEAD = `The host firewall: who may reach this machine itself. Packets that are routed to pods do not
come here. Written from what the constructs of the spec asked for; change the spec, not this file.`;

/** The whole ruleset of a machine: its own table, replaced in one transaction, and no other. */
export function firewallRuleset(
  cluster: Cluster,
  options: Pick<HostFirewallOptions, 'trustZoneNetworks' | 'logRefused'>,
  ports: readonly LedgerEntry[],
): string {
  const entries = ports.map((entry): Entry => ({ ...readPortKey(entry.key), ...entry }));
  const sources = sourcesOf(cluster, options);
  const used = SETS.filter(([source]) => entries.some(({ from }) => from === source));
  const sets = used.flatMap(([source, name]) => namedSets(name, sources[source]!));
  return `${comment(HEAD)}
table ${TABLE}
delete table ${TABLE}
table ${TABLE} {
${sets.join('')}  chain input {
    type filter hook input priority ${tuning.get('priority')}; policy ${tuning.get('policy')};
    # What belongs to a connection that was let in, or that this machine began.
    ct state established,related accept
    iif lo accept
${groups(entries, sources).join('')}
    # How machines find neighbours and learn what a path carries.
    icmp type { ${tuning.get('icmp')} } accept
    icmpv6 type { ${tuning.get('icmpv6')} } accept
    # Answers of DHCP servers to questions that went to everybody.
    udp sport 67 udp dport 68 accept
    ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept

    ct state invalid counter ${tuning.get('invalid')}
    meta pkttype { broadcast, multicast } counter drop
${options.logRefused === false ? '' : `    limit rate ${tuning.get('logRate')} log prefix "groundwork refused: "\n`}    counter ${tuning.get('refuse')}
  }
}
`;
}

/** Networks behind the words of the ledger. */
function sourcesOf(
  cluster: Cluster,
  { trustZoneNetworks }: Pick<HostFirewallOptions, 'trustZoneNetworks'>,
): Readonly<Partial<Record<PortSource, NetworksByFamily>>> {
  const addresses = (machines: readonly Machine[]) =>
    machines
      .flatMap(({ address, addressV6 }) => [address, addressV6])
      .flatMap((address) => (address === undefined ? [] : [hostCidr(address)]));
  const zones = cluster.zones
    .flatMap(({ nodeCidr, nodeCidrV6 }) => [nodeCidr, nodeCidrV6])
    .filter((cidr) => cidr !== undefined);
  return {
    [PortSource.MACHINES]: disjointNetworks(
      trustZoneNetworks === true ? zones : addresses(cluster.machines),
    ),
    [PortSource.CONTROL_PLANE]: disjointNetworks(addresses(cluster.controlPlanes)),
    [PortSource.PODS]: disjointNetworks(cluster.podCidrs),
  };
}

function namedSets(name: string, networks: NetworksByFamily): string[] {
  return FAMILIES.filter((family) => networks[family].length > 0).map(
    (family) => `  set ${setName(name, family)} {
    type ${family === 'IPv4' ? 'ipv4' : 'ipv6'}_addr
    flags interval
    elements = { ${networks[family].join(', ')} }
  }
`,
  );
}

function setName(name: string, family: IpFamily): string {
  return family === 'IPv4' ? name : `${name}6`;
}

/** A paragraph for each source, with its reasons and as few rules as there are protocols. */
function groups(
  entries: readonly Entry[],
  sources: Readonly<Partial<Record<PortSource, NetworksByFamily>>>,
): string[] {
  const bySource = new Map<string, Entry[]>();
  for (const entry of entries) {
    const source = entry.key.slice(entry.key.indexOf(' from ') + 1);
    bySource.set(source, [...(bySource.get(source) ?? []), entry]);
  }
  return [...bySource]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, group]) => {
      const [{ from, networks }] = group as [Entry, ...Entry[]];
      const name = SETS.find(([known]) => known === from)?.[1];
      const matches = matchesOf(from, name, sources[from] ?? disjointNetworks(networks));
      const lines = [...explained(group), ...matches.flatMap((match) => rulesOf(group, match))];
      return `\n    # ${source[0]!.toUpperCase()}${source.slice(1)}:\n${lines.map((line) => `    ${line}\n`).join('')}`;
    });
}

interface Match {
  /** Every family, where the source is anywhere. */
  readonly family?: IpFamily;
  readonly text: string;
}

function matchesOf(
  from: PortSource,
  name: string | undefined,
  networks: NetworksByFamily,
): Match[] {
  if (from === PortSource.ANYWHERE) {
    return [{ text: '' }];
  }
  return FAMILIES.filter((family) => networks[family].length > 0).map((family) => ({
    family,
    text: `${WORD[family]} saddr ${name === undefined ? braces(networks[family]) : `@${setName(name, family)}`} `,
  }));
}

function rulesOf(entries: readonly Entry[], { family, text }: Match): string[] {
  const [addressed, plain] = [true, false].map((yes) =>
    entries.filter(({ destination }) => (destination !== '') === yes),
  ) as [Entry[], Entry[]];
  const ported = plain.filter(({ port }) => port !== '');
  const protocols = [...new Set(ported.map(({ protocol }) => protocol))].sort();
  const whole = plain.filter(({ port }) => port === '').map(({ protocol }) => protocol);
  const destinations = disjointNetworks(addressed.map(({ destination }) => destination));
  return [
    ...protocols.map((protocol) => {
      const own = ported.filter((entry) => entry.protocol === protocol);
      return `${text}${protocol} dport ${braces(joinedPorts(own.map(({ port }) => port)))} accept`;
    }),
    ...(whole.length === 0 ? [] : [`${text}meta l4proto ${braces(whole)} accept`]),
    ...FAMILIES.filter((one) => destinations[one].length > 0 && (family ?? one) === one).map(
      (one) => `${text}${WORD[one]} daddr ${braces(destinations[one])} accept`,
    ),
  ];
}

/** Each reason once, behind all that it is for. */
function explained(entries: readonly Entry[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { key, reasons } of entries) {
    const what = key.slice(0, key.indexOf(' from '));
    for (const reason of reasons) {
      byReason.set(reason, [...(byReason.get(reason) ?? []), what]);
    }
  }
  return [...byReason].flatMap(([reason, what]) =>
    comment(`${what.join(', ')}: ${reason}`).split('\n'),
  );
}

function braces(elements: readonly string[]): string {
  return elements.length === 1 ? elements[0]! : `{ ${elements.join(', ')} }`;
}
