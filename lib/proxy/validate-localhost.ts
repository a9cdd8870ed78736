import { atLeast, nftablesLocalhostGate } from '../catalog';
import { Cidr, type Cluster, type Problem } from '../cluster';
import type { IptablesKubeProxyOptions } from './iptables-options';
import type { NftablesKubeProxyOptions } from './nftables-options';
import { proxyProblems } from './validate';

/** Everything that is wrong with the options of iptables mode, given the facts of the cluster. */
export function iptablesProblems(options: IptablesKubeProxyOptions, cluster: Cluster): Problem[] {
  return [
    ...loopbackProblems(options),
    ...proxyProblems(
      options,
      cluster,
      options.localhostNodePorts === true
        ? undefined
        : 'set localhostNodePorts as well, or call the Service address',
    ),
  ];
}

/** Everything that is wrong with the options of nftables mode, given the facts of the cluster. */
export function nftablesProblems(options: NftablesKubeProxyOptions, cluster: Cluster): Problem[] {
  const { minor } = cluster.kubernetesVersion;
  const { since } = nftablesLocalhostGate.value;
  const wanted = options.localhostNodePorts === true;
  const known = atLeast(minor, since);
  return [
    ...(wanted && !known
      ? [
          {
            prop: 'localhostNodePorts',
            allowed: `false before Kubernetes ${since} in nftables mode`,
            got: true,
            remedy: 'kube-proxy exits on a gate that it does not know; call the Service address',
          },
        ]
      : loopbackProblems(options)),
    ...proxyProblems(
      options,
      cluster,
      wanted && known
        ? undefined
        : 'nftables mode serves no NodePort there; call the Service address',
    ),
  ];
}

/** Without loopback among the addresses the wish is ignored without a word. */
function loopbackProblems({
  localhostNodePorts,
  nodePortAddresses = ['primary'],
}: IptablesKubeProxyOptions): Problem[] {
  const covers = (address: string) =>
    address === 'localhost' ||
    address === 'all' ||
    (Cidr.parse(address)?.contains('127.0.0.1') ?? false);
  return localhostNodePorts === true && !nodePortAddresses.some(covers)
    ? [
        {
          prop: 'localhostNodePorts',
          allowed: 'false without loopback among nodePortAddresses',
          got: true,
          remedy: 'add 127.0.0.0/8 to nodePortAddresses beside the networks of the machines',
        },
      ]
    : [];
}
