import { atLeast, calico as release, images } from '../../catalog';
import { Severity, type Cluster, type IRule, type RuleViolation } from '../../cluster';
import { calicoRule } from './calico-rule';
import { dataplaneFor, type CalicoChoices } from './choices';

const REQUIREMENTS = 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements';

/** Calico and the releases of all that it works with. */
export const platformRules: IRule[] = [
  calicoRule(
    {
      id: 'GW-CNI-008',
      severity: Severity.ERROR,
      title: 'The dataplane goes with the mode of kube-proxy',
      why: 'Felix and kube-proxy pass packets on by marks and chains, which one packet filter cannot read from the other',
      remedy:
        'give the Cluster its kubeProxyMode, or create the proxy before TunedCalico: the dataplane is settled at that moment',
      reference: 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/nftables',
    },
    (cluster, { dataplane }) =>
      dataplaneFor(cluster.kubeProxyMode) === dataplane
        ? []
        : [
            {
              message: `linuxDataplane is ${dataplane}, but kube-proxy runs in ${cluster.kubeProxyMode} mode`,
            },
          ],
  ),
  calicoRule(
    {
      id: 'GW-CNI-009',
      severity: Severity.WARNING,
      title: 'The nftables dataplane of this Calico has no known defect',
      why: 'Members of overlapping sets can vanish from the rules, and a table it cannot read can stop Felix; the repairs came after this release',
      remedy:
        'run kube-proxy in iptables mode until the catalogue carries a Calico with the repairs',
      reference: 'https://github.com/projectcalico/calico/pull/13444',
    },
    (_cluster, { dataplane, label }) =>
      dataplane === 'Nftables' && !release.nftablesClean.value
        ? [{ message: `linuxDataplane is Nftables, and ${label} lacks repairs of it` }]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-010',
      severity: Severity.WARNING,
      title: 'Upstream tests this Calico with this Kubernetes',
      why: 'What changed in the API shows first in an operator that nobody has run against it',
      remedy: 'run production on a minor that upstream tests',
      reference: REQUIREMENTS,
    },
    ({ kubernetesVersion: { minor } }, { label }) =>
      release.testedKubernetes.value.includes(minor)
        ? []
        : [
            {
              message: `${label} is tested with Kubernetes ${release.testedKubernetes.value.join(', ')}, not with ${minor}`,
            },
          ],
  ),
  calicoRule(
    {
      id: 'GW-CNI-011',
      severity: Severity.WARNING,
      title: 'Kernel and nft are new enough for the dataplane',
      why: 'Below these releases upstream neither tests nor supports it',
      remedy: 'choose a newer distribution',
      reference: REQUIREMENTS,
    },
    floorViolations,
  ),
  calicoRule(
    {
      id: 'GW-CNI-012',
      severity: Severity.WARNING,
      title: 'The operator is the one that everything here was checked with',
      why: 'Another operator brings another Calico, wants other rights, and may take other fields',
      remedy: 'leave operatorImage out, or compare the rights with the manifest of that release',
      reference: 'https://github.com/tigera/operator/blob/v1.42.3/config/calico_versions.yml',
    },
    (_cluster, { operatorTag, label }) =>
      operatorTag === images['tigera-operator'].tag
        ? []
        : [
            {
              message: `operatorImage has tag ${operatorTag}; ${label} and its rights belong to ${images['tigera-operator'].tag}`,
            },
          ],
  ),
];

function floorViolations(
  { kernel, operatingSystem }: Cluster,
  { dataplane }: CalicoChoices,
): RuleViolation[] {
  const nftables = dataplane === 'Nftables';
  const kernelFloor = (nftables ? release.nftablesKernelFloor : release.kernelFloor).value;
  const violations: RuleViolation[] = [];
  if (!atLeast(kernel, kernelFloor)) {
    violations.push({
      message: `dataplane ${dataplane} wants kernel ${kernelFloor}, ${operatingSystem.label} has ${kernel}`,
    });
  }
  if (nftables && !atLeast(operatingSystem.nft, release.nftFloor.value)) {
    violations.push({
      message: `dataplane Nftables wants nft ${release.nftFloor.value}, ${operatingSystem.label} has ${operatingSystem.nft}`,
    });
  }
  return violations;
}
