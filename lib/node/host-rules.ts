import { endedContainerdLines, minorOf } from '../catalog';
import { rule, Severity, type Cluster, type IRule } from '../cluster';

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
    (cluster) => {
      const version = cluster._summary('nodes')?.containerdVersion;
      const line = version === undefined ? '' : minorOf(version);
      const end = endedContainerdLines[line]?.value;
      return end === undefined
        ? []
        : [{ message: `containerd ${version} is of line ${line}, which ended on ${end}` }];
    },
  ),
];
