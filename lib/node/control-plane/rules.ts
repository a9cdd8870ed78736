import { flagFate } from './flags';
import { isPatch, patchFault } from './patches';
import { refusedWorkloads } from './pod-security';
import { kubernetesMinor, type FlagProgram } from '../../catalog';
import { EtcdDiskKind, rule, Severity, type Cluster, type IRule } from '../../cluster';

/** Rules on kubeadm, the control plane and the kubelet. */
export const controlPlaneRules: IRule[] = [
  rule(
    {
      id: 'GW-NODE-020',
      severity: Severity.ERROR,
      title: 'kubeadm takes every patch file',
      why: 'kubeadm passes over a file whose name it does not understand with one line in its output, and the patch has no effect',
      remedy:
        'name it /etc/groundwork/patches/<target><number>+<strategic|merge|json>.conf, for example etcd0+strategic.conf',
      reference:
        'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/control-plane-flags/#patches',
    },
    (cluster) => patchViolations(cluster),
  ),
  rule(
    {
      id: 'GW-NODE-021',
      severity: Severity.WARNING,
      title: 'Flags of the spec are there in the next minor',
      why: 'A component does not start with a flag that it does not know, and an upgrade is when that shows',
      remedy:
        'replace the flag before the upgrade; the release notes of the next minor say by what',
      reference: 'https://kubernetes.io/docs/reference/using-api/deprecation-policy/',
    },
    (cluster) => {
      const flags = cluster._summary('nodes')?.controlPlane.extraFlags ?? [];
      return flags.flatMap(({ program, flag }) => {
        const fate = flagFate(cluster.kubernetesVersion.minor, program as FlagProgram, flag);
        return fate === undefined ? [] : [{ message: `${program} --${flag} ${fate}` }];
      });
    },
  ),
  rule(
    {
      id: 'GW-NODE-022',
      severity: Severity.NOTE,
      title: 'The control plane is hardened',
      why: 'What is off is a decision that somebody should find again',
      remedy: 'leave the option out, or acknowledge this with the reason',
      reference: 'https://kubernetes.io/docs/concepts/security/security-checklist/',
    },
    (cluster) => {
      const off = cluster._summary('nodes')?.controlPlane.hardeningOff ?? [];
      return off.length === 0 ? [] : [{ message: `switched off: ${off.join(', ')}` }];
    },
  ),
  rule(
    {
      id: 'GW-NODE-023',
      severity: Severity.NOTE,
      title: 'The audit log and etcd have disks of their own',
      why: 'Every request that is written down waits for the same disk as the fsyncs of etcd',
      remedy: 'give control planes an etcd disk, or switch the audit log off',
      reference: 'https://etcd.io/docs/v3.6/op-guide/hardware/#disks',
    },
    (cluster) => {
      const auditLog = cluster._summary('nodes')?.controlPlane.auditLog ?? false;
      const shared = cluster.controlPlanes.filter(
        ({ etcdDisk }) => etcdDisk === undefined || etcdDisk.kind === EtcdDiskKind.SHARED_WITH_ROOT,
      );
      return auditLog && shared.length > 0
        ? [
            {
              message: `the audit log of ${shared.map((m) => m.name).join(', ')} lies on the disk of etcd`,
            },
          ]
        : [];
    },
  ),
  rule(
    {
      id: 'GW-NODE-024',
      severity: Severity.WARNING,
      title: 'Pods of the spec pass the Pod Security default',
      why: 'A workload whose pods are refused shows no pods and no error, only an event at its owner',
      remedy:
        'label the namespace with pod-security.kubernetes.io/enforce: privileged, add it to podSecurity.exemptNamespaces, or take the setting out of the pod',
      reference: 'https://kubernetes.io/docs/concepts/security/pod-security-standards/',
    },
    (cluster) => refusedWorkloads(cluster).map((message) => ({ message })),
  ),
];

function patchViolations(cluster: Cluster) {
  const { minor } = cluster.kubernetesVersion;
  const targets = kubernetesMinor(minor).kubeadmPatchTargets.value;
  const paths = new Set(
    cluster.machines.flatMap((machine) =>
      cluster.ledger
        .forMachine(machine)
        .files.map(({ key }) => key)
        .filter(isPatch),
    ),
  );
  return [...paths].sort().flatMap((path) => {
    const fault = patchFault(path, targets);
    return fault === undefined
      ? []
      : [{ message: `kubeadm ${minor} passes over ${path}: ${fault}` }];
  });
}
