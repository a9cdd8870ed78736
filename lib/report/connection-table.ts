import { conntrackBudget, conntrackMebibytes, type Cluster, type Machine } from '../cluster';
import { alike } from './content/facts';
import { grouped } from './document';

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
  /** Whether the spec names the number of entries itself. */
  readonly isNamed: boolean;
  /** Whether it may be more: kube-proxy counts cores, of which the spec does not say how many there are. */
  readonly isLeast: boolean;
}

/** The connection table of a machine; the ledger has the last word: overrides of the spec are there. */
export function connectionTable(cluster: Cluster, machine: Machine): ConnectionTable {
  const { entries: budgeted, buckets } = conntrackBudget(cluster, machine);
  const asked = cluster.ledger
    .forMachine(machine)
    .sysctls.find(({ key }) => key === 'net.netfilter.nf_conntrack_max');
  const entries = Number(asked?.value ?? budgeted);
  return {
    entries,
    buckets,
    mebibytes: conntrackMebibytes(entries, buckets),
    isNamed: entries !== budgeted,
    isLeast: !cluster.ownsMachines && machine.cpus === undefined,
  };
}

/** `524,288`, or that it is the least. */
export function entriesText({ entries, isLeast }: ConnectionTable): string {
  return isLeast ? `at least ${grouped(entries)}` : grouped(entries);
}
