import { linesOf, toNumber, type Recording } from '../protocol';

// The kernel's own formats, and what was added to a counter between two looks.

const WRAP = 2 ** 32;

/**
 * What was added to a counter of 32 bits. One that went over its end is told from one that was set back
 * by how far it would have gone: half the range in one window is no traffic. Undefined when it was set back.
 */
export function added32(before: number, after: number): number | undefined {
  if (after >= before) {
    return after - before;
  }
  const wrapped = after + WRAP - before;
  return wrapped < WRAP / 2 ? wrapped : undefined;
}

/** What was added to a counter that never goes over its end; undefined when it was set back. */
export function added(before: number, after: number): number | undefined {
  return after >= before ? after - before : undefined;
}

/** Seconds between the two looks, by the time since boot. */
export function windowSeconds(recording: Recording): number | undefined {
  const [before, after] = ['before', 'after'].map((when) =>
    toNumber(linesOf(recording, `${when}.uptime`)[0]?.split(' ')[0]),
  );
  return before === undefined || after === undefined || after <= before
    ? undefined
    : after - before;
}

/** Shares of the time of one CPU, in a window. */
export interface CpuShares {
  readonly cpu: string;
  readonly busy: number;
  readonly softirq: number;
  readonly steal: number;
}

const STAT = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;

/**
 * Of all CPUs together (`cpu`) and of each. Time of guests is in that of users already. One whose time
 * was set back, or that was not there in both looks, is left out.
 */
export function cpuShares(recording: Recording): CpuShares[] {
  const before = statOf(linesOf(recording, 'before.stat'));
  return [...statOf(linesOf(recording, 'after.stat'))].flatMap(([cpu, after]) => {
    const earlier = before.get(cpu);
    if (earlier === undefined) {
      return [];
    }
    const spent = STAT.map((_, index) => after[index]! - earlier[index]!);
    // Idle time is estimated, and may go back by a tick or two; all others only grow.
    if (spent.some((ticks, index) => ticks < (index === 3 || index === 4 ? -100 : 0))) {
      return [];
    }
    const [user, nice, system, , , irq, softirq, steal] = spent as number[];
    const total = spent.reduce((a, b) => a + Math.max(0, b), 0);
    return total <= 0
      ? []
      : [
          {
            cpu,
            busy: (user! + nice! + system! + irq! + softirq! + steal!) / total,
            softirq: softirq! / total,
            steal: steal! / total,
          },
        ];
  });
}

function statOf(lines: readonly string[]): Map<string, number[]> {
  return new Map(
    lines.flatMap((line) => {
      const [cpu, ...ticks] = line.trim().split(/\s+/);
      const numbers = ticks.slice(0, STAT.length).map(Number);
      return cpu !== undefined && numbers.length === STAT.length && numbers.every(Number.isFinite)
        ? [[cpu, numbers] as const]
        : [];
    }),
  );
}

/** What softnet_stat says of one CPU in a window. */
export interface Softnet {
  readonly cpu: string;
  readonly processed: number;
  readonly dropped: number;
  readonly squeezed: number;
}

/** Undefined where counters were set back, or are not those of the same CPUs. */
export function softnet(recording: Recording): Softnet[] | undefined {
  const before = softnetOf(linesOf(recording, 'before.softnet'));
  const after = softnetOf(linesOf(recording, 'after.softnet'));
  if (after.size === 0 || after.size !== before.size) {
    return undefined;
  }
  const all = [...after].map(([cpu, now]) => {
    const then = before.get(cpu);
    const [processed, dropped, squeezed] = now.map((value, index) =>
      then === undefined ? undefined : added32(then[index]!, value),
    );
    return processed === undefined || dropped === undefined || squeezed === undefined
      ? undefined
      : { cpu, processed, dropped, squeezed };
  });
  return all.every((one) => one !== undefined) ? all : undefined;
}

/** Rows of CPUs that are offline are left out by the kernel; newer ones name the CPU in column 13. */
function softnetOf(lines: readonly string[]): Map<string, number[]> {
  return new Map(
    lines.map((line, index) => {
      const columns = line.trim().split(/\s+/);
      const cpu = columns.length > 12 ? parseInt(columns[12]!, 16) : index;
      return [`cpu${cpu}`, columns.slice(0, 3).map((column) => parseInt(column, 16))] as const;
    }),
  );
}

/** One counter of /proc/net/snmp or netstat, by protocol and name, as it grew in the window. */
export function grown(
  recording: Recording,
  file: 'snmp' | 'netstat',
  protocol: string,
  name: string,
): number | undefined {
  const [before, after] = ['before', 'after'].map((when) =>
    pairValue(linesOf(recording, `${when}.${file}`), protocol, name),
  );
  return before === undefined || after === undefined ? undefined : added(before, after);
}

/** A line of names and a line of values, both after the protocol. */
function pairValue(lines: readonly string[], protocol: string, name: string): number | undefined {
  const [names, values] = lines
    .filter((line) => line.startsWith(`${protocol}:`))
    .map((line) => line.trim().split(/\s+/));
  const index = names?.indexOf(name) ?? -1;
  return index < 1 ? undefined : toNumber(values?.[index]);
}

/** What connection tracking counted in a window, all CPUs together. */
export type ConntrackGrowth = Readonly<Record<string, number>>;

/** Undefined where it was not counted, or was set back. */
export function conntrackGrowth(recording: Recording): ConntrackGrowth | undefined {
  const [before, after] = ['before', 'after'].map((when) => conntrackOf(recording, when));
  if (before === undefined || after === undefined || before.length !== after.length) {
    return undefined;
  }
  const sum: Record<string, number> = {};
  for (const [index, now] of after.entries()) {
    for (const [name, value] of Object.entries(now)) {
      const grew = added32(before[index]![name] ?? 0, value);
      if (grew === undefined) {
        return undefined;
      }
      sum[name] = (sum[name] ?? 0) + grew;
    }
  }
  return sum;
}

/** One row for each CPU, from `conntrack -S` or, where that is not installed, from the file in /proc. */
function conntrackOf(
  recording: Recording,
  when: string,
): Array<Record<string, number>> | undefined {
  const netlink = linesOf(recording, `${when}.conntrack`);
  if (netlink.length > 0) {
    return netlink.map((line) =>
      Object.fromEntries(
        [...line.matchAll(/(\w+)=(\d+)/g)]
          .filter(([, name]) => name !== 'cpu')
          .map(([, name, value]) => [name!, Number(value)]),
      ),
    );
  }
  const [header, ...rows] = linesOf(recording, `${when}.conntrack-proc`);
  // The first column is the number of entries, the same in every row and no counter.
  const names = header?.trim().split(/\s+/).slice(1);
  return names === undefined
    ? undefined
    : rows.map((row) => {
        const values = row.trim().split(/\s+/).slice(1);
        return Object.fromEntries(names.map((name, index) => [name, parseInt(values[index]!, 16)]));
      });
}
