import type { LedgerEntry, MachineRequirements } from '../../cluster';

const RANGE_KEY = 'net.ipv4.ip_local_port_range';
/** The kernel's own range of source ports. */
const DEFAULT_RANGE: Range = [32768, 60999];

/** kubelet, proxy, controller manager and scheduler on loopback or beyond, and NodePorts. */
const KUBERNETES: readonly Range[] = [
  [10248, 10259],
  [30000, 32767],
];

type Range = [first: number, last: number];

export const reservedPortsKey = 'net.ipv4.ip_local_reserved_ports';

/** What the explain page says; the value follows from ports that are asked for later. */
export const reservedPortsRow = {
  key: `sysctl ${reservedPortsKey}`,
  values: ['ports of the ledger inside ip_local_port_range'],
  upstream: 'empty',
  why: 'a connection that happens to start from the port of a component keeps that component from starting; NodePorts come in when the range is widened',
  source: 'docs.kernel.org networking/ip-sysctl',
} as const;

/**
 * The needs of a machine with the ports that no connection may start from: those that constructs asked
 * for, where they lie in the range of source ports, and whatever somebody reserved himself. Computed
 * when files are rendered: before that, ports may still come.
 */
export function withReservedPorts(needs: MachineRequirements): MachineRequirements {
  const asked = needs.sysctls.find(({ key }) => key === reservedPortsKey);
  const [first, last] = rangeOf(needs.sysctls.find(({ key }) => key === RANGE_KEY)?.value);
  const inside = [...KUBERNETES, ...needs.ports.flatMap(({ key }) => portsOf(key))].filter(
    ([from, to]) => to >= first && from <= last,
  );
  const given = (asked?.value ?? '').split(',').flatMap((part) => portsOf(part.trim()));
  const value = merged([...inside, ...given])
    .map(text)
    .join(',');
  if (value === '') {
    return needs;
  }
  const why = 'no connection starts from a port that a component listens on';
  const reasons = [...(asked?.reasons ?? []), ...(inside.length > 0 ? [why] : [])];
  const entry: LedgerEntry = { key: reservedPortsKey, value, reasons };
  const others = needs.sysctls.filter(({ key }) => key !== reservedPortsKey);
  return {
    ...needs,
    sysctls: [...others, entry].sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

function rangeOf(value: string | undefined): Range {
  const [first, last] = (value ?? '').split(/\s+/).map(Number);
  return first !== undefined && last !== undefined && first > 0 ? [first, last] : DEFAULT_RANGE;
}

/** `30000-32767/tcp from anywhere` or `179`; nothing for a protocol without ports. */
function portsOf(key: string): Range[] {
  const [, from, to] = /^(\d+)(?:-(\d+))?(?:\/|$)/.exec(key) ?? [];
  return from === undefined ? [] : [[Number(from), Number(to ?? from)]];
}

/** Sorted, and neighbours as one range, as the kernel prints them: the read-back compares letters. */
function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    const before = result[result.length - 1];
    if (before !== undefined && from <= before[1] + 1) {
      before[1] = Math.max(before[1], to);
    } else {
      result.push([from, to]);
    }
  }
  return result;
}

function text([from, to]: Range): string {
  return from === to ? String(from) : `${from}-${to}`;
}
