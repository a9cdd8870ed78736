import { carriedOver, readByHand } from './by-hand';
import { conntrackRows } from './conntrack-rows';
import { kubeletRows } from './kubelet-rows';
import { networkRows, redirectRows } from './network-rows';
import { KernelProfile, type KernelOptions } from './profile';
import { profileRows } from './profile-rows';
import { resourceRows } from './resource-rows';
import type { KernelRow } from './row';
import { MergeRule, type Cluster } from '../../cluster';

/** Every kernel parameter of the machines of one cluster, by profile and overrides. */
export function kernelTable(cluster: Cluster, options: KernelOptions = {}): KernelRow[] {
  const { profile = KernelProfile.BALANCED, overrides = {} } = options;
  const lines = carriedOver(cluster, readByHand(options).byHand);
  const rows = [
    ...kubeletRows,
    ...conntrackRows,
    ...networkRows,
    ...redirectRows([...new Set(cluster.machines.flatMap(({ nic }) => nic ?? []))].sort()),
    ...resourceRows,
  ];
  const byKey = new Map(rows.map((row) => [row.key, row]));
  profileRows[profile].forEach((row) => byKey.set(row.key, leaning(row, byKey.get(row.key))));
  const given = { 'kernel.sysctlConf': lines, 'kernel.overrides': overrides };
  for (const [option, settings] of Object.entries(given)) {
    for (const [key, value] of Object.entries(settings)) {
      byKey.set(key, chosen(key, value, option, byKey.get(key)));
    }
  }
  return [...byKey.values()];
}

/** A profile never takes away what the size of the cluster asks for. */
function leaning(row: KernelRow, before: KernelRow | undefined): KernelRow {
  if (row.merge === MergeRule.EXACTLY || before === undefined) {
    return row;
  }
  return {
    ...row,
    value: (facts) => String(Math.max(Number(row.value(facts)), Number(before.value(facts) ?? 0))),
  };
}

/** A value of the spec; where it replaces ours, our reason stays beside it. */
function chosen(
  key: string,
  value: string,
  option: string,
  ours: KernelRow | undefined,
): KernelRow {
  return {
    key,
    value: () => value,
    merge: MergeRule.EXACTLY,
    note: 'chosen in the spec',
    upstream: ours?.upstream ?? "the kernel's own",
    why:
      ours === undefined
        ? 'Chosen in the spec; the library has no opinion on it'
        : `Chosen in the spec. Ours is for this reason: ${ours.why}`,
    source: ours?.source ?? `${option} of the spec`,
  };
}
