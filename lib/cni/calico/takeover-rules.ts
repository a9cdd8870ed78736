import { calicoRule } from './calico-rule';
import { LinuxDataplane } from './dataplane-options';
import { calico as release } from '../../catalog';
import { objectsOf, Severity, type IRule } from '../../cluster';

/** Policies of the group policy.networking.k8s.io that Calico has dropped. */
const DROPPED = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'];

/** Calico and what was there before it, or before this release of it. */
export const takeoverRules: IRule[] = [
  calicoRule(
    {
      id: 'GW-CNI-050',
      severity: Severity.WARNING,
      title: 'Calico enforces every policy of the App',
      why: 'Since 3.32 Calico passes over AdminNetworkPolicy and BaselineAdminNetworkPolicy: where their kinds are still installed the API server takes them, and what they deny is let through',
      remedy:
        'write it as ClusterNetworkPolicy in policy.networking.k8s.io/v1alpha2, with tier Admin or Baseline',
      reference: 'https://docs.tigera.io/calico/latest/release-notes/',
    },
    (cluster) =>
      objectsOf(cluster)
        .filter(
          ({ object: { apiVersion, kind } }) =>
            apiVersion.startsWith('policy.networking.k8s.io/') && DROPPED.includes(kind),
        )
        .map(({ path, object: { kind, metadata } }) => ({
          path,
          message: `Calico ${release.version.value} does not enforce ${kind} ${metadata.name}`,
        })),
  ),
  calicoRule(
    {
      id: 'GW-CNI-052',
      severity: Severity.NOTE,
      title: 'BPF programs find nothing that IPVS left',
      why: 'Machines on which kube-proxy ran in IPVS mode still have its addresses and virtual servers when it is gone; with BPF programs beside them the machine itself can lose its network',
      remedy:
        'where kube-proxy runs in IPVS mode, switch it to iptables mode first and restart the machines one by one; acknowledge where it never did',
      reference: 'https://docs.tigera.io/calico/latest/operations/ebpf/enabling-ebpf',
    },
    ({ ownsMachines }, { dataplane }) =>
      !ownsMachines && dataplane === LinuxDataplane.BPF
        ? [{ message: 'nobody can tell here what kube-proxy left on machines of others' }]
        : [],
  ),
];
