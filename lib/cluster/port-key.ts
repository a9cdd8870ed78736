import { PortSource, type PortRequirement, type TrafficRequirement } from './requirement';

/** What one entry among the ports says. */
export interface Opening {
  /** A port or a range; empty for a protocol without ports, and for every port of `destination`. */
  readonly port: string;
  /** `tcp`, `udp`, `sctp` or a number; empty with `destination`. */
  readonly protocol: string;
  /** Addresses that are not the machine's own; empty for those that are. */
  readonly destination: string;
  readonly from: PortSource;
  /** The networks of `PortSource.NETWORKS`, else nothing. */
  readonly networks: readonly string[];
}

/** Something that must be let in. */
export interface LedgerOpening {
  /** As `readPortKey` takes it. */
  readonly key: string;
  readonly reasons: readonly string[];
  /** Names of the machines; absent where it is all of them. */
  readonly machines?: readonly string[];
}

type Source = Pick<TrafficRequirement, 'from' | 'networks'>;

/** `6443/tcp from anywhere`, or `protocol 4 from machines`. */
export function portKey(port: string, { protocol, ...source }: PortRequirement): string {
  return `${port === '' ? `protocol ${protocol}` : `${port}/${protocol}`} ${sourceText(source)}`;
}

/** `to 10.96.0.0/16 from pods`. */
export function addressKey(network: string, source: TrafficRequirement): string {
  return `to ${network} ${sourceText(source)}`;
}

function sourceText({ from, networks = [] }: Source): string {
  return `from ${from === PortSource.NETWORKS ? [...new Set(networks)].sort().join(', ') : from}`;
}

/** A key of the ledger's ports taken apart again. */
export function readPortKey(key: string): Opening {
  const [what, source] = key.split(' from ') as [string, string];
  const from = Object.values(PortSource).find((known) => known === source) ?? PortSource.NETWORKS;
  const networks = from === PortSource.NETWORKS ? source.split(', ') : [];
  const destination = /^to (.+)$/.exec(what)?.[1] ?? '';
  const [port, protocol] = destination === '' ? portAndProtocol(what) : ['', ''];
  return { port, protocol, destination, from, networks };
}

function portAndProtocol(what: string): [string, string] {
  const bare = /^protocol (.+)$/.exec(what)?.[1];
  return bare === undefined ? (what.split('/') as [string, string]) : ['', bare];
}
