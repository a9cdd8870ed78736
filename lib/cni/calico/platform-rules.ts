import { calicoRule } from './calico-rule';
import { dataplaneFor, ipips, usesIpip, type CalicoChoices } from './choices';
import { BpfExternalServiceMode, LinuxDataplane } from './dataplane-options';
import { usedZones } from './encapsulation';
import { atLeast, calico as release, images } from '../../catalog';
import {
  KubeProxyMode,
  Severity,
  type Cluster,
  type IRule,
  type RuleViolation,
} from '../../cluster';

const REQUIREMENTS = 'https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements';

const EBPF = 'https://docs.tigera.io/calico/latest/operations/ebpf/enabling-ebpf';

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
    dataplaneViolations,
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
      dataplane === LinuxDataplane.NFTABLES && !release.nftablesClean.value
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
  calicoRule(
    {
      id: 'GW-CNI-020',
      severity: Severity.ERROR,
      title: 'The kernel knows WireGuard',
      why: 'A machine without it sends pod packets in the clear, and Calico says nothing',
      remedy: 'choose a newer distribution, or leave wireguard out',
      reference: 'https://docs.tigera.io/calico/latest/network-policy/encrypt-cluster-pod-traffic',
    },
    ({ kernel, operatingSystem }, { encrypted }) =>
      encrypted && !atLeast(kernel, release.wireguardKernelFloor.value)
        ? [
            {
              message: `wireguard wants kernel ${release.wireguardKernelFloor.value}, ${operatingSystem.label} has ${kernel}`,
            },
          ]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-021',
      severity: Severity.ERROR,
      title: 'The BPF dataplane has no IP in IP',
      why: 'Upstream does not support it: packets between machines are lost',
      remedy: 'choose the VXLAN mode of the same kind, or no encapsulation',
      reference: EBPF,
    },
    (_cluster, choices) =>
      choices.dataplane === LinuxDataplane.BPF && usesIpip(choices)
        ? [
            {
              message: `encapsulation must be without IP in IP with dataplane BPF, got ${ipips(choices)}`,
            },
          ]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-022',
      severity: Severity.ERROR,
      title: 'The BPF dataplane finds the API by address',
      why: 'Without kube-proxy the Service of the API does not work until Calico runs, and names do not resolve before that',
      remedy:
        'give the endpoint an address: a virtual one, or ApiEndpoint.external({ dnsName, address })',
      reference: EBPF,
    },
    ({ endpoint }, { dataplane }) =>
      dataplane === LinuxDataplane.BPF && endpoint.address === undefined
        ? [
            {
              message: `endpoint must have an address with dataplane BPF, got ${endpoint.dnsName} alone`,
            },
          ]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-023',
      severity: Severity.NOTE,
      title: 'Nobody expects SCTP of the BPF dataplane',
      why: 'It knows TCP, UDP and ICMP; Services of another protocol do not work',
      remedy: 'choose another dataplane where SCTP is needed, else acknowledge',
      reference: EBPF,
    },
    (_cluster, { dataplane }) =>
      dataplane === LinuxDataplane.BPF ? [{ message: 'dataplane BPF serves no SCTP' }] : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-024',
      severity: Severity.ERROR,
      title: 'Direct server return has a network that carries it',
      why: 'Answers leave with the address of the machine that was asked, from another machine: a filter drops them, a router sends them another way',
      remedy: 'leave bpf.externalServiceMode out',
      reference: EBPF,
    },
    returnViolations,
  ),
  calicoRule(
    {
      id: 'GW-CNI-025',
      severity: Severity.ERROR,
      title: 'Felix knows the node ports of kube-proxy',
      why: 'In IPVS mode Felix tells node ports by their range; a port outside of it passes policy unseen',
      remedy: "leave kubeNodePortRanges out: the API server's own range is 30000-32767",
      reference: 'https://docs.tigera.io/calico/latest/reference/felix/configuration',
    },
    ({ kubeProxyMode }, { options }) => {
      const ranges = options.felix?.overrides?.kubeNodePortRanges as unknown[] | undefined;
      return kubeProxyMode === KubeProxyMode.IPVS &&
        ranges !== undefined &&
        ranges.map(String).join(' ') !== '30000:32767'
        ? [
            {
              message: `felix.overrides.kubeNodePortRanges must be 30000:32767 with kube-proxy in ipvs mode, got ${ranges.join(', ')}`,
            },
          ]
        : [];
    },
  ),
];

function floorViolations(
  { kernel, operatingSystem }: Cluster,
  { dataplane }: CalicoChoices,
): RuleViolation[] {
  const nftables = dataplane === LinuxDataplane.NFTABLES;
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

function returnViolations(cluster: Cluster, { options }: CalicoChoices): RuleViolation[] {
  const { l2Adjacent, filtersSourceAddresses } = cluster.underlay;
  if (options.bpf?.externalServiceMode !== BpfExternalServiceMode.DSR) {
    return [];
  }
  const why = filtersSourceAddresses
    ? 'drops foreign source addresses'
    : !l2Adjacent
      ? 'is no Ethernet segment'
      : usedZones(cluster) > 1
        ? 'is several Ethernet segments'
        : undefined;
  return why === undefined
    ? []
    : [{ message: `bpf.externalServiceMode must be Tunnel on an underlay that ${why}, got DSR` }];
}

/** What stands beside the dataplane, where it must not. */
function dataplaneViolations(cluster: Cluster, { dataplane }: CalicoChoices): RuleViolation[] {
  const { kubeProxyMode } = cluster;
  if (dataplane === LinuxDataplane.BPF && kubeProxyMode !== KubeProxyMode.NONE) {
    return kubeProxyMode === KubeProxyMode.IPVS
      ? [
          {
            message: 'linuxDataplane is BPF, but kube-proxy runs in ipvs mode',
            remedy:
              'take kube-proxy out of IPVS mode and restart every machine first: what IPVS leaves behind locks a machine out under BPF; then set kubeProxyMode to none',
          },
        ]
      : [
          {
            message: `linuxDataplane is BPF, but kube-proxy ${
              kubeProxyMode === undefined
                ? 'is not known to be absent'
                : `runs in ${kubeProxyMode} mode`
            }`,
            remedy:
              'remove kube-proxy and say so with KubeProxyMode.NONE (leave kubeProxy out of NvmeControlPlane), or leave linuxDataplane out',
          },
        ];
  }
  if (dataplaneFor(kubeProxyMode) === dataplane || kubeProxyMode === undefined) {
    return [];
  }
  return kubeProxyMode === KubeProxyMode.NONE
    ? [
        {
          message: `linuxDataplane is ${dataplane}, but there is no kube-proxy that serves Services`,
        },
      ]
    : [{ message: `linuxDataplane is ${dataplane}, but kube-proxy runs in ${kubeProxyMode} mode` }];
}
