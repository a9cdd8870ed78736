import type { GitOps } from './gitops';
import { Phase, rule, Severity, type Cluster, type IRule } from '../../cluster';

/** Rules about output that an engine applies from git. */
export const gitopsRules: IRule[] = [
  rule(
    {
      id: 'GW-GITOPS-001',
      severity: Severity.WARNING,
      title: 'All that a phase needs lies in git',
      why: 'apply.sh fetches the manifests of others, an engine does not: it tries the phase again and again until their kinds are there, and never brings a newer release of them',
      remedy:
        'put the files of report/fetched.txt into git beside the output, or run apply.sh whenever they change; then acknowledge',
      reference: 'docs/gitops.md',
    },
    (cluster) =>
      Object.values(Phase)
        .sort()
        .flatMap((phase) => cluster._fetched(phase).map((one) => ({ phase, ...one })))
        .map(({ phase, label, file }) => ({
          message: `${phase} needs ${label} (${file}), which is not in the output`,
        })),
  ),
];

const reviewed = new WeakSet<Cluster>();

/** Holds the cluster to these rules once it is known that an engine applies its output. */
export function addGitOpsRules(cluster: Cluster | undefined, gitops: GitOps | undefined): void {
  if (cluster !== undefined && gitops !== undefined && !reviewed.has(cluster)) {
    reviewed.add(cluster);
    gitopsRules.forEach((one) => cluster.addRule(one));
  }
}
