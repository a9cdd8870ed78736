import type { FlannelChoices } from './choices';
import type { EtcdNetworkConfig } from './etcd-config';
import { flannelRule, when } from './flannel-rule';
import { Severity, type Cluster, type IRule, type RuleViolation } from '../../cluster';

const DOCS = 'https://github.com/flannel-io/flannel/blob/v0.28.9/Documentation';

/** What an older flannel's configuration means today. */
export const etcdRules: IRule[] = [
  etcdRule(
    {
      id: 'GW-CNI-119',
      severity: Severity.ERROR,
      title: 'The network that etcd had is the network of the pods',
      why: 'Two names for one network would hide which of them is in force',
      remedy:
        'change podCidr or the text; running pods keep their addresses until they are recreated',
      reference: `${DOCS}/configuration.md`,
    },
    (cluster, _flannel, { network }) =>
      when(
        network !== cluster.podCidr,
        `etcdConfig has Network ${network}, podCidr is ${cluster.podCidr}`,
      ),
  ),
  etcdRule(
    {
      id: 'GW-CNI-120',
      severity: Severity.WARNING,
      title: 'The backend means what it meant',
      why: 'Machines with the old backend and machines with the new one do not understand each other, so the change is an interruption for all',
      remedy: 'change all machines at once; the new port and protocol are in the port table',
      reference: `${DOCS}/backends.md`,
    },
    (_cluster, { backend, backendLabel }, config) => {
      if (config.backend === undefined) {
        return when(
          backend.type !== 'udp',
          `etcdConfig names no Backend, which meant udp; here it is ${backendLabel}`,
        );
      }
      const { type } = config.backend;
      const was =
        type === 'udp' ? ', by which a process copies every packet to user space and back' : '';
      return when(
        type !== backend.type,
        `etcdConfig has Backend ${type}${was}; here it is ${backendLabel}`,
      );
    },
  ),
  etcdRule(
    {
      id: 'GW-CNI-121',
      severity: Severity.NOTE,
      title: 'What flannel kept in etcd is elsewhere now',
      why: 'flannel asks Kubernetes for subnets and keeps its leases there',
      remedy: 'nothing to do; leave etcdConfig out when you have read this',
      reference: `${DOCS}/kubernetes.md`,
    },
    (_cluster, _flannel, { subnets, unknown }) =>
      [
        ...subnets.map(
          ([key, value]) =>
            `etcdConfig has ${key} ${value}; the subnet of a machine is its node.spec.podCIDR now`,
        ),
        ...unknown.map((key) => `etcdConfig has ${key}, which is not carried over`),
        '/coreos.com/network/config lay in the v2 store of etcd, which is gone since etcd 3.6; it is the ConfigMap kube-flannel-cfg now',
        'leases below /coreos.com/network/subnets are annotations flannel.alpha.coreos.com/* of nodes now',
        "Docker's options from /run/flannel/subnet.env are replaced by the CNI plugins that kubelet's runtime calls",
      ].map((message) => ({ message })),
  ),
];

function etcdRule(
  record: Omit<IRule, 'check'>,
  check: (cluster: Cluster, flannel: FlannelChoices, config: EtcdNetworkConfig) => RuleViolation[],
): IRule {
  return flannelRule(record, (cluster, flannel) =>
    flannel.etcdConfig === undefined ? [] : check(cluster, flannel, flannel.etcdConfig),
  );
}
