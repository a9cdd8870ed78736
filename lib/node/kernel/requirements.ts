import type { Construct } from 'constructs';
import type { ByHand } from './by-hand';
import { hashSizeRow, memoryRow } from './conntrack-rows';
import { reservedPortsKey, reservedPortsRow } from './reserved-ports';
import type { KernelRow } from './row';
import { conntrackBudget, type Cluster, type Decision, type Machine } from '../../cluster';

/** Why a module is loaded that nobody but kernel.modules asks for. */
export const BY_HAND = 'was loaded by hand';

/** Writes the table into the ledger: one request for all machines where they agree. */
export function requireKernel(by: Construct, cluster: Cluster, table: readonly KernelRow[]): void {
  const { ledger, machines } = cluster;
  ledger.requireKernelModule('nf_conntrack', {
    by,
    why: 'connection tracking; its sysctls exist only while it is loaded',
  });
  for (const row of table) {
    for (const [value, names] of byValue(machines, (machine) => row.value({ cluster, machine }))) {
      ledger.requireSysctl(row.key, value, {
        by,
        merge: row.merge,
        why: row.note,
        machines: names.length === machines.length ? undefined : names,
      });
    }
  }
  for (const [value, names] of byValue(machines, (m) => buckets(cluster, m))) {
    ledger.requireKernelModuleOption(hashSizeRow.option, value, {
      by,
      machines: names,
      why: hashSizeRow.note,
    });
  }
}

/** Modules that were loaded by hand are loaded at boot like all others. */
export function requireByHand(by: Construct, cluster: Cluster, { modules }: ByHand): void {
  modules.forEach((name) => cluster.ledger.requireKernelModule(name, { by, why: BY_HAND }));
}

/** The same as decisions; a value that differs between machines is listed with every value there is. */
export function kernelDecisions(
  cluster: Cluster,
  path: string,
  table: readonly KernelRow[],
): Decision[] {
  const { machines } = cluster;
  const values = (of: (machine: Machine) => string | undefined) => [
    ...byValue(machines, of).keys(),
  ];
  const rows = table
    .map((row) => ({
      ...row,
      key: `sysctl ${row.key}`,
      values: values((machine) => row.value({ cluster, machine })),
    }))
    .filter((row) => row.values.length > 0);
  const memory = values((m) => String(conntrackBudget(cluster, m).mebibytes));
  return [
    ...rows,
    ...(table.some((row) => row.key === reservedPortsKey) ? [] : [reservedPortsRow]),
    { ...hashSizeRow, values: values((m) => buckets(cluster, m)) },
    { ...memoryRow, values: memory.map((mebibytes) => `${mebibytes} MiB`) },
  ].map(({ key, values: all, upstream, why, source }) => ({
    path,
    key,
    value: [...all].sort((a, b) => parseInt(a) - parseInt(b)).join(', '),
    upstream,
    why,
    source,
  }));
}

function buckets(cluster: Cluster, machine: Machine): string {
  return String(conntrackBudget(cluster, machine).buckets);
}

/** Machines by what they get, without those that get nothing. */
function byValue(
  machines: readonly Machine[],
  of: (machine: Machine) => string | undefined,
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const machine of machines) {
    const value = of(machine);
    if (value !== undefined) {
      const names = found.get(value);
      if (names === undefined) {
        found.set(value, [machine.name]);
      } else {
        names.push(machine.name);
      }
    }
  }
  return found;
}
