import type { Cluster } from './cluster';
import { conntrackBudget } from './conntrack';
import { EtcdDiskKind } from './etcd-disk';
import { Severity, type IRule } from './finding';
import { lifeCycleRules } from './life-cycle-rules';
import type { Machine } from './machine';
import { objectRules } from './object-rules';
import type { LedgerEntry } from './requirement';
import { rule } from './rule';

/** What the construct at this path asked of the machines, for those who set up machines of others. */
export function askedOfMachines(
  cluster: Cluster,
  path: string,
): { modules: string; ports: string } {
  const needs = cluster.ledger.forMachine(cluster.machines[0]!);
  const keys = (entries: LedgerEntry[]) =>
    entries
      .filter(({ reasons }) => reasons.some((reason) => reason.endsWith(` (${path})`)))
      .map(({ key }) => key)
      .join(', ');
  return { modules: keys(needs.kernelModules), ports: keys(needs.ports) };
}

/** How many of many a finding names. */
const NAMED = 5;

/** What of the needs of a machine is written there; a port is only opened. */
function writtenNeeds(cluster: Cluster, machine: Machine): string[] {
  const { ports: _, ...written } = cluster.ledger.forMachine(machine);
  return Object.values(written).flatMap((entries: LedgerEntry[]) => entries.map(({ key }) => key));
}

const DECISIONS = 'https://github.com/cdk8s-groundwork/cdk8s-groundwork/blob/main/docs/decisions';

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
      remedy: 'change one of them, or ask for MergeRule.AT_LEAST where a minimum is meant',
      reference: `${DECISIONS}/0004-one-ledger-for-machine-settings.md`,
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
      reference: `${DECISIONS}/0005-findings-and-acknowledgements.md`,
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
      reference: `${DECISIONS}/0004-one-ledger-for-machine-settings.md`,
    },
    (cluster) => cluster.ledger._strangers(cluster.machines).map((message) => ({ message })),
  ),
  rule(
    {
      id: 'GW-CLUSTER-005',
      severity: Severity.ERROR,
      title: 'An etcd disk that the spec names is used',
      why: 'Without a construct that prepares the disk, kubeadm puts etcd on the root disk and says nothing',
      remedy: 'add EtcdOnNvme, or leave etcdDisk out of the machines',
      reference: `${DECISIONS}/0007-etcd-disk-procedure.md`,
    },
    (cluster) => {
      const named = cluster.controlPlanes.filter(
        ({ etcdDisk }) => etcdDisk !== undefined && etcdDisk.kind !== EtcdDiskKind.SHARED_WITH_ROOT,
      );
      const used = !cluster._summary('nodes') || cluster._summary('etcd') !== undefined;
      return used || named.length === 0
        ? []
        : [{ message: `nothing prepares the etcd disk of ${named.map((m) => m.name).join(', ')}` }];
    },
  ),
  rule(
    {
      id: 'GW-CLUSTER-006',
      severity: Severity.WARNING,
      title: 'What is asked of own machines is written for them',
      why: 'Modules, sysctls, packages, files and units that constructs ask for reach the machines through NodeBootstrap only',
      remedy:
        'add NodeBootstrap, or describe machines that somebody else sets up with Cluster.fromFacts',
      reference: `${DECISIONS}/0004-one-ledger-for-machine-settings.md`,
    },
    (cluster) => {
      if (!cluster.ownsMachines || cluster._summary('nodes') !== undefined) {
        return [];
      }
      const asked = [...new Set(cluster.machines.flatMap((one) => writtenNeeds(cluster, one)))];
      const more = asked.length > NAMED ? ` and ${asked.length - NAMED} more` : '';
      return asked.length === 0
        ? []
        : [
            {
              message: `asked of the machines and written by nobody: ${asked.slice(0, NAMED).join(', ')}${more}`,
            },
          ];
    },
  ),
  rule(
    {
      id: 'GW-CLUSTER-007',
      severity: Severity.WARNING,
      title: 'Twice the peak of connections fits in the table',
      why: 'A full table drops new connections, and each machine gives it 2 % of its memory at most',
      remedy:
        'spread the connections over more machines, use larger ones, or lower peakConnections',
      reference: `${DECISIONS}/0015-conntrack-owner.md`,
    },
    (cluster) =>
      cluster.machines.flatMap((machine) => {
        if (machine.peakConnections === undefined) {
          return [];
        }
        const { entries, wanted = 0 } = conntrackBudget(cluster, machine);
        const memory =
          machine.memory === undefined ? 'unknown memory' : `${machine.memory.toMebibytes()} MiB`;
        return wanted <= entries
          ? []
          : [
              {
                message: `${machine.name} expects ${machine.peakConnections} connections, a table of ${wanted}; it has ${memory} and gets ${entries}`,
              },
            ];
      }),
  ),
  rule(
    {
      id: 'GW-CLUSTER-008',
      severity: Severity.NOTE,
      title: 'Clients dial the API by a name',
      why: 'An address stands in every kubeconfig and certificate; a name lets another address, or another kind of endpoint, take its place later',
      remedy: 'give the endpoint a dnsName; machines have it in /etc/hosts and need no DNS for it',
      reference: 'docs/api-endpoint.md',
    },
    ({ endpoint }) =>
      endpoint.dnsName === undefined
        ? [{ message: `clients dial ${endpoint.address} itself` }]
        : [],
  ),
  ...lifeCycleRules,
  ...objectRules,
  rule(
    {
      id: 'GW-CLUSTER-016',
      severity: Severity.WARNING,
      title: 'Something carries the residency of the spec into the cluster',
      why: 'The policy alone is a sentence: without classes, labels and admission nothing keeps a volume inside, and no rule looks at zones, backups and images',
      remedy: 'create ResidentStorage',
      reference: 'docs/residency.md',
    },
    (cluster) =>
      cluster.residency !== undefined && cluster._summary('residency') === undefined
        ? [
            {
              message: `residency allows ${cluster.residency.label}, and no ResidentStorage is there`,
            },
          ]
        : [],
  ),
];
