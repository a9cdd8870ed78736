import type { Cluster, Finding, Machine, NetworkPath } from '../../cluster';

/** What the chapters are written from; what is costly to ask for is asked once. */
export interface Facts {
  readonly cluster: Cluster;
  readonly findings: readonly Finding[];
  readonly paths: readonly NetworkPath[];
  /** The files that constructs add to the report, name → content. */
  readonly files: Readonly<Record<string, string>>;
}

/** Machines that are alike in something, in the order in which the first of them comes. */
export function alike(
  machines: readonly Machine[],
  key: (machine: Machine) => string,
): Array<[key: string, machines: Machine[]]> {
  const groups = new Map<string, Machine[]>();
  for (const machine of machines) {
    const group = groups.get(key(machine));
    if (group === undefined) {
      groups.set(key(machine), [machine]);
    } else {
      group.push(machine);
    }
  }
  return [...groups];
}

/** Two machines whose packets go the longest way that the spec knows: other zones where there are any. */
export function farApart({ machines }: Cluster): [Machine, Machine] | undefined {
  const first = machines.find((m) => !m.isControlPlane) ?? machines[0];
  const others = machines.filter((m) => m !== first);
  const second =
    others.find((m) => m.zone !== first?.zone && !m.isControlPlane) ??
    others.find((m) => m.zone !== first?.zone) ??
    others.find((m) => !m.isControlPlane) ??
    others[0];
  return first === undefined || second === undefined ? undefined : [first, second];
}

/** Two machines of one zone: between them some packets take a shorter way. */
export function neighbours({ machines }: Cluster): [Machine, Machine] | undefined {
  for (const [, those] of alike(machines, ({ zone }) => zone)) {
    const [first, second] = [...those].sort(
      (a, b) => Number(a.isControlPlane) - Number(b.isControlPlane),
    );
    if (first !== undefined && second !== undefined) {
      return [first, second];
    }
  }
  return undefined;
}
