import {
  atLeast,
  kernelFloors,
  kubernetesMinor,
  nftablesCheaperSync,
  nftCeilingBesideOldKubeProxy,
  nftFloorBesideKubeProxy,
  nftInImageRepaired,
} from '../catalog';
import {
  KubeProxyMode,
  LoadBalancerKind,
  Severity,
  type Cluster,
  type IRule,
  type RuleViolation,
} from '../cluster';
import { KubeProxyDetectLocalMode } from './kube-proxy-options';
import { proxyRule, when } from './proxy-rule';

const ISSUES = 'https://github.com/kubernetes/kubernetes/issues';
const PULLS = 'https://github.com/kubernetes/kubernetes/pull';
const MANY_SERVICES = 5000;

/** What would break in the packet filters behind nftables and iptables mode. */
export const filterRules: IRule[] = [
  proxyRule(
    {
      id: 'GW-PROXY-011',
      severity: Severity.WARNING,
      title: 'The nft in the image survives the rules of the host',
      why: 'nft of the image reads every table of the machine, and one that a newer nft wrote crashes it: no Service is updated any more',
      remedy: 'use the named release, another distribution, or iptables mode',
      reference: `${ISSUES}/136786`,
    },
    newerNft,
    KubeProxyMode.NFTABLES,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-012',
      severity: Severity.ERROR,
      title: 'The nft of the host survives the rules of kube-proxy',
      why: 'An older nft reads all tables at its start and crashes on rules that it does not know, so that the firewall of the machine can no longer be changed',
      remedy: 'choose a newer distribution or another mode',
      reference: `${ISSUES}/122743`,
    },
    ({ operatingSystem: { label, nft } }) =>
      when(
        !atLeast(nft, nftFloorBesideKubeProxy.value),
        `nftables mode wants nft ${nftFloorBesideKubeProxy.value} on the host, ${label} has ${nft}`,
      ),
    KubeProxyMode.NFTABLES,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-013',
      severity: Severity.ERROR,
      title: 'The kernel carries nftables mode',
      why: 'kube-proxy looks at the kernel and exits',
      remedy: 'choose a newer distribution or another mode',
      reference: `${ISSUES}/122743`,
    },
    ({ kernel, operatingSystem: { label } }) =>
      when(
        !atLeast(kernel, kernelFloors.nftablesKubeProxy.value),
        `nftables mode wants kernel ${kernelFloors.nftablesKubeProxy.value}, ${label} has ${kernel}`,
      ),
    KubeProxyMode.NFTABLES,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-014',
      severity: Severity.ERROR,
      title: 'nftables mode finds pods by the name of their interface',
      why: 'Releases before the repair compared the number of an interface, which no pod has yet when the rule is written',
      remedy: 'use the named patch, or leave detectLocalMode out',
      reference: `${PULLS}/134118`,
    },
    ({ kubernetesVersion: { minor, patch } }, { detectLocalMode }) => {
      const floor = kubernetesMinor(minor).proxyFloors.value.nftablesInterfaceDetection;
      const byInterface =
        detectLocalMode === KubeProxyDetectLocalMode.BRIDGE_INTERFACE ||
        detectLocalMode === KubeProxyDetectLocalMode.INTERFACE_NAME_PREFIX;
      return when(
        byInterface && !atLeast(patch, floor),
        `detectLocalMode is ${detectLocalMode}, and Kubernetes ${patch} is older than ${floor}`,
      );
    },
    KubeProxyMode.NFTABLES,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-017',
      severity: Severity.WARNING,
      title: 'The mode carries the Services that are expected',
      why: 'Every new connection walks all Services in iptables mode, and a full synchronisation of nftables mode grows faster than their number',
      remedy:
        'use nftables mode on Kubernetes 1.36 or newer, and measure a synchronisation before you rely on it',
      reference: `${ISSUES}/135639`,
    },
    manyServices,
    KubeProxyMode.IPTABLES,
    KubeProxyMode.NFTABLES,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-020',
      severity: Severity.NOTE,
      title: 'Pods reach load balancers from every machine',
      why: 'In nftables mode a pod that calls the address of a load balancer is dropped where the Service is Local and the machine has no endpoint of it; the other modes send it on',
      remedy:
        'call such Services by their cluster name, or give them externalTrafficPolicy Cluster; acknowledge where nothing is Local',
      reference: `${ISSUES}/131765`,
    },
    ({ loadBalancer }) =>
      when(
        loadBalancer !== LoadBalancerKind.NONE,
        `load balancers come from ${loadBalancer}, and Services with externalTrafficPolicy Local may be among them`,
      ),
    KubeProxyMode.NFTABLES,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-022',
      severity: Severity.WARNING,
      title: 'The Kubernetes patch synchronises many endpoints in parts',
      why: 'Releases before the repair write all rules again at each change once there are more than 1000 endpoints',
      remedy: 'use the named patch or a newer one',
      reference: `${PULLS}/138637`,
    },
    ({ kubernetesVersion: { minor, patch } }) => {
      const floor = kubernetesMinor(minor).proxyFloors.value.iptablesManyEndpoints;
      return when(!atLeast(patch, floor), `Kubernetes ${patch} is older than ${floor}`);
    },
    KubeProxyMode.IPTABLES,
  ),
  proxyRule(
    {
      id: 'GW-PROXY-023',
      severity: Severity.NOTE,
      title: 'One backend of iptables has rules',
      why: 'The kernel runs the rules of iptables-legacy and iptables-nft one after the other, and what each accepts the other still drops; kube-proxy takes the one that it finds more rules in',
      remedy:
        'see that iptables-legacy-save prints nothing, and that the container has NET_RAW where it must use the legacy one',
      reference: 'https://github.com/kubermatic/kubeone/issues/1037',
    },
    ({ ownsMachines, operatingSystem: { label, _facts } }) =>
      when(
        !ownsMachines,
        `iptables of ${label} writes ${_facts.iptablesBackend.value}, and machines that this spec does not write may have rules of the other backend`,
      ),
    KubeProxyMode.IPTABLES,
  ),
];

/** Two repairs: the first lists less of foreign tables, the second brings an nft that reads them. */
function newerNft({ kubernetesVersion, operatingSystem }: Cluster): RuleViolation[] {
  const { minor, patch } = kubernetesVersion;
  const { label, nft } = operatingSystem;
  const first = kubernetesMinor(minor).proxyFloors.value.nftablesBesideNewNft;
  if (
    !atLeast(nft, nftCeilingBesideOldKubeProxy.value) ||
    atLeast(patch, nftInImageRepaired.value)
  ) {
    return [];
  }
  return [
    {
      message: `${label} has nft ${nft}, and kube-proxy ${patch} brings one that ${
        atLeast(patch, first)
          ? `is only partly repaired before ${nftInImageRepaired.value}`
          : `has no repair before ${first}, and a part of it before ${nftInImageRepaired.value}`
      }`,
    },
  ];
}

function manyServices(
  { kubernetesVersion: { minor } }: Cluster,
  { mode, expectedServices = 0 }: { mode: KubeProxyMode; expectedServices?: number },
): RuleViolation[] {
  const cheaper = atLeast(minor, nftablesCheaperSync.value);
  return when(
    expectedServices > MANY_SERVICES,
    mode === KubeProxyMode.IPTABLES
      ? `${expectedServices} Services are expected, and a new connection looks for its own one by one`
      : `${expectedServices} Services are expected${cheaper ? '' : `, and synchronising is cheaper from Kubernetes ${nftablesCheaperSync.value} on`}`,
  );
}
