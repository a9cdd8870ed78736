import type { Cluster } from './cluster';
import { Severity, type IRule, type RuleViolation } from './finding';

/** A rule from its record and its check; the record alone is what docs/checks.md is made of. */
export function rule(
  record: Omit<IRule, 'check'>,
  check: (cluster: Cluster) => RuleViolation[],
): IRule {
  return { ...record, check };
}

/** Rules about the facts themselves. */
export const clusterRules: IRule[] = [
  rule(
    {
      id: 'GW-CLUSTER-001',
      severity: Severity.WARNING,
      title: 'The Kubernetes minor is fully catalogued',
      why: "A preview minor renders, but its constants, its schema and the CNI's support for it were not all at hand",
      remedy: 'use it to try out; run production on 1.36 until the catalogue lists it as supported',
      reference: 'https://kubernetes.io/releases/',
    },
    (cluster) =>
      cluster.kubernetesVersion.isPreview
        ? [
            {
              message: `Kubernetes ${cluster.kubernetesVersion.minor} is a preview in this release of the library`,
            },
          ]
        : [],
  ),
  rule(
    {
      id: 'GW-CLUSTER-002',
      severity: Severity.ERROR,
      title: 'Every machine setting has one value',
      why: 'Two constructs that ask for two values would overwrite each other, and the order of files would decide',
      remedy: 'change one of them, or ask for atLeast where a minimum is meant',
      reference: 'docs/decisions/0004-one-ledger-for-machine-settings.md',
    },
    (cluster) => cluster.ledger.clashes(cluster.machines).map((message) => ({ message })),
  ),
  rule(
    {
      id: 'GW-CLUSTER-003',
      severity: Severity.NOTE,
      title: 'Every acknowledgement matches a finding',
      why: 'An acknowledgement that matches nothing hides the next finding of that id unseen',
      remedy: 'delete the acknowledge call',
      reference: 'docs/decisions/0005-findings-and-acknowledgements.md',
    },
    (cluster) =>
      cluster
        ._staleAcknowledgements('GW-CLUSTER-003')
        .map((id) => ({ message: `no warning or note ${id} to acknowledge` })),
  ),
  rule(
    {
      id: 'GW-CLUSTER-004',
      severity: Severity.ERROR,
      title: 'Every machine setting is for a machine of the spec',
      why: 'A setting for an unknown machine is written nowhere, and nobody would notice',
      remedy: 'correct the name, or add the machine to the spec',
      reference: 'docs/decisions/0004-one-ledger-for-machine-settings.md',
    },
    (cluster) => cluster.ledger._strangers(cluster.machines).map((message) => ({ message })),
  ),
];
