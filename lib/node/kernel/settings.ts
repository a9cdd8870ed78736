import type { Cluster, Machine, MachineRequirements, RuleViolation } from '../../cluster';

/** One kernel parameter as the ledger has settled it. */
export interface Setting {
  readonly key: string;
  readonly value: string;
}

interface Settled {
  readonly requests: number;
  readonly needs: MachineRequirements[];
}

// Several rules read the needs of every machine, one after the other.
const settled = new WeakMap<Cluster, Settled>();

/** What every machine needs, in the order of the machines. */
export function needsOfAll(cluster: Cluster): MachineRequirements[] {
  const requests = cluster.ledger._requests;
  const known = settled.get(cluster);
  if (known !== undefined && known.requests === requests) {
    return known.needs;
  }
  const needs = cluster.machines.map((machine) => cluster.ledger.forMachine(machine));
  settled.set(cluster, { requests, needs });
  return needs;
}

/**
 * What is to be said about the parameters of all machines, each sentence once with the machines it
 * is about: five by name and the rest by number.
 */
export function settingNotes(
  cluster: Cluster,
  say: (setting: Setting, machine: Machine, needs: MachineRequirements) => string | undefined,
): RuleViolation[] {
  const found = new Map<string, string[]>();
  for (const [n, needs] of needsOfAll(cluster).entries()) {
    const machine = cluster.machines[n]!;
    for (const setting of needs.sysctls) {
      const message = say(setting, machine, needs);
      if (message !== undefined) {
        const names = found.get(message);
        if (names === undefined) {
          found.set(message, [machine.name]);
        } else {
          names.push(machine.name);
        }
      }
    }
  }
  return [...found].map(([message, names]) => ({
    message: names.length === cluster.machines.length ? message : `${message}, on ${some(names)}`,
  }));
}

/** Names for people: five, and how many more. */
export function some(names: readonly string[]): string {
  return names.length <= 5
    ? names.join(', ')
    : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}
