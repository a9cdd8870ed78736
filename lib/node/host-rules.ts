import { acceptsContainerd, kubernetesMinor, lifeCyclesRead, minorOf, nextMinor } from '../catalog';
import {
  endedOn,
  endingOn,
  rule,
  Severity,
  type Cluster,
  type IRule,
  type Line,
  type RuleViolation,
} from '../cluster';

const KUBEADM_CERTS = 'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/';

/** Whether machines of ours are asked for something. */
function asks(cluster: Cluster, kind: 'units' | 'files', key: string): boolean {
  return cluster.controlPlanes.some((m) =>
    cluster.ledger.forMachine(m)[kind].some((entry) => entry.key === key),
  );
}

/** Rules about what the machines get besides Kubernetes' own configuration. */
export const hostRules: IRule[] = [
  rule(
    {
      id: 'GW-NODE-030',
      severity: Severity.WARNING,
      title: 'Certificates of control planes are renewed before they end',
      why: 'kubeadm issues them for a year and renews them at an upgrade only; a cluster that is not upgraded for a year stops as a whole, on one day',
      remedy: 'leave certificateRenewal out, or upgrade at least once a year',
      reference: KUBEADM_CERTS,
    },
    (cluster) =>
      cluster._summary('nodes') === undefined ||
      asks(cluster, 'units', 'groundwork-certificates.timer')
        ? []
        : [{ message: 'nothing renews them between upgrades' }],
  ),
  rule(
    {
      id: 'GW-NODE-031',
      severity: Severity.NOTE,
      title: 'All machines have the same cri-tools and kubernetes-cni',
      why: 'The repository has no version of them for a Kubernetes patch, so a machine gets the newest of its day',
      remedy:
        'mirror the repository and give its URL, or use BinarySource.archives, which pins both',
      reference: 'kubernetes/release:cmd/krel/templates/latest/metadata.yaml',
    },
    (cluster) =>
      asks(cluster, 'files', '/etc/groundwork/kubernetes-packages.list')
        ? [{ message: 'cri-tools and kubernetes-cni are installed as the repository has them' }]
        : [],
  ),
  rule(
    {
      id: 'GW-NODE-032',
      severity: Severity.WARNING,
      title: 'containerd is of a line that gets fixes',
      why: 'After the end of a line its faults and holes stay open, and the next Kubernetes minor may not accept it',
      remedy: 'leave containerdVersion out for the long-term line 2.3',
      reference: 'containerd/containerd:RELEASES.md',
    },
    // Without a day it is the one of the catalogue: what had ended then has ended for everybody.
    (cluster) => ofContainerd(cluster, (line) => endedOn(cluster.asOf ?? lifeCyclesRead, line)),
  ),
  rule(
    {
      id: 'GW-NODE-033',
      severity: Severity.NOTE,
      title: 'containerd is repaired for another quarter',
      why: 'The way to the next line takes weeks of trying out and a round over all machines',
      remedy: 'leave containerdVersion out for the long-term line 2.3',
      reference: 'containerd/containerd:RELEASES.md',
    },
    (cluster) => ofContainerd(cluster, (line) => endingOn(cluster.asOf, line)),
  ),
  rule(
    {
      id: 'GW-NODE-034',
      severity: Severity.WARNING,
      title: 'The next Kubernetes accepts the containerd of the spec',
      why: 'A kubelet that asks its runtime for what that does not know does not start, and an upgrade is when that shows',
      remedy:
        'leave containerdVersion out, or upgrade containerd on all machines before Kubernetes',
      reference: 'containerd/containerd:RELEASES.md',
    },
    (cluster) => {
      const next = nextMinor(cluster.kubernetesVersion.minor);
      const version = cluster._summary('nodes')?.containerdVersion;
      return next === undefined || version === undefined || acceptsContainerd(next, version)
        ? []
        : [
            {
              message: `Kubernetes ${next} wants containerd ${kubernetesMinor(next).containerdFloors.value.join(' or ')}, the spec names ${version}`,
            },
          ];
    },
  ),
];

function ofContainerd(cluster: Cluster, check: (line: Line) => RuleViolation[]): RuleViolation[] {
  const version = cluster._summary('nodes')?.containerdVersion;
  return version === undefined
    ? []
    : check({
        component: 'containerd',
        line: minorOf(version),
        label: `containerd ${version}`,
      });
}
