import { runbookFacts } from './facts';
import { defragmentPart, quotaPart, snapshotPart } from './maintain';
import { memberDownPart, membersPart, slowDiskPart, statusPart, toolsPart } from './operate';
import { replaceDiskPart, replaceMemberPart } from './repair';
import { backupPart, restorePart } from './restore';
import { RUNBOOK } from './sections';
import type { Cluster } from '../../cluster';

/** Clusters whose report has the runbook already: etcd, its backup and its alerts all bring it. */
const written = new WeakSet<Cluster>();

/** Adds `report/etcd.md` unless another construct of this room has done so. */
export function ensureEtcdRunbook(cluster: Cluster, path: string): void {
  if (!written.has(cluster)) {
    written.add(cluster);
    cluster._addReport(path, RUNBOOK, () => etcdRunbook(cluster));
  }
}

/** The runbook, for people who read it at night while they do what it says. */
export function etcdRunbook(cluster: Cluster): string {
  const facts = runbookFacts(cluster);
  return [
    `# etcd of ${facts.cluster}\n`,
    membersPart(facts),
    toolsPart(facts),
    statusPart(facts),
    memberDownPart(facts),
    slowDiskPart(facts),
    snapshotPart(facts),
    quotaPart(facts),
    defragmentPart(facts),
    replaceMemberPart(facts),
    replaceDiskPart(facts),
    backupPart(facts),
    restorePart(facts),
  ]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n');
}
