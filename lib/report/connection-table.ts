import { conntrackBudget, conntrackMebibytes, type Cluster, type Machine } from '../cluster';
import { alike } from './content/facts';

/** Machines whose connection tables are alike, together. */
export function machineSizes(machines: readonly Machine[]): Machine[][] {
  return alike(machines, ({ memory, cpus, peakConnections }) =>
    [memory?.toKibibytes(), cpus, peakConnections].join(),
  ).map(([, those]) => those);
}

/** What the kernel of a machine tracks. */
export interface ConnectionTable {
  readonly entries: number;
  readonly buckets: number;
  /** Memory of a full table. */
  readonly mebibytes: number;
}

/** The connection table of a machine; the ledger has the last word: overrides of the spec are there. */
export function connectionTable(cluster: Cluster, machine: Machine): ConnectionTable {
  const { entries: budgeted, buckets } = conntrackBudget(cluster, machine);
  const asked = cluster.ledger
    .forMachine(machine)
    .sysctls.find(({ key }) => key === 'net.netfilter.nf_conntrack_max');
  const entries = Number(asked?.value ?? budgeted);
  return { entries, buckets, mebibytes: conntrackMebibytes(entries, buckets) };
}
