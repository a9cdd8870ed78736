import {
  atLeast,
  kernelFloors,
  nftCeilingBesideOldKubeProxy,
  nftFloorBesideKubeProxy,
  nftInImageRepaired,
} from '../catalog';
import {
  CniKind,
  KubeProxyMode,
  type ICniConfiguration,
  type KubernetesVersion,
  type OperatingSystem,
} from '../cluster';

/** What the choice of a mode goes by; all of it is known before there is a cluster. */
export interface RecommendationFacts {
  readonly operatingSystem: OperatingSystem;
  readonly kubernetesVersion: KubernetesVersion;
  readonly cni?: Pick<ICniConfiguration, 'kind' | 'kubeProxyMode' | 'nftablesObstacle'>;
}

/** A mode, and what decided. */
export interface Recommendation {
  readonly mode: KubeProxyMode.IPTABLES | KubeProxyMode.NFTABLES;
  readonly why: string;
}

/** nftables mode where nothing speaks against it, else iptables mode, and every cell that did. */
export function recommend(facts: RecommendationFacts): Recommendation {
  const demanded = facts.cni?.kubeProxyMode;
  if (demanded === KubeProxyMode.NFTABLES) {
    return {
      mode: demanded,
      why: `network plugin: ${facts.cni!.kind} is configured to write nftables rules, and wants kube-proxy to write the same`,
    };
  }
  const obstacles = cells(facts)
    .filter(([, obstacle]) => obstacle !== undefined)
    .map(([cell, obstacle]) => `${cell}: ${obstacle}`);
  return obstacles.length === 0
    ? {
        mode: KubeProxyMode.NFTABLES,
        why: 'Nothing speaks against nftables mode: kernel, nft on the host, Kubernetes patch and network plugin all go with it',
      }
    : {
        mode: KubeProxyMode.IPTABLES,
        why: `Against nftables mode speaks ${obstacles.join('; ')}`,
      };
}

/** Each cell of the matrix with what speaks against nftables mode, if anything does. */
function cells({
  operatingSystem,
  kubernetesVersion,
  cni,
}: RecommendationFacts): Array<[string, string | undefined]> {
  const { label, kernel, nft } = operatingSystem;
  const kernelFloor = kernelFloors.nftablesKubeProxy.value;
  const nftFloor = nftFloorBesideKubeProxy.value;
  const newNft = nftCeilingBesideOldKubeProxy.value;
  const repaired = nftInImageRepaired.value;
  return [
    [
      'kernel',
      atLeast(kernel, kernelFloor)
        ? undefined
        : `${label} has ${kernel}, and kube-proxy wants ${kernelFloor}`,
    ],
    [
      'nft on the host',
      atLeast(nft, nftFloor)
        ? undefined
        : `${label} has ${nft}, which rules of kube-proxy crash before ${nftFloor}`,
    ],
    [
      'Kubernetes patch',
      atLeast(nft, newNft) && !atLeast(kubernetesVersion.patch, repaired)
        ? `${kubernetesVersion.patch} brings an nft that rules of nft ${nft} of ${label} can crash before ${repaired}`
        : undefined,
    ],
    ['network plugin', pluginObstacle(cni)],
  ];
}

function pluginObstacle(cni: RecommendationFacts['cni']): string | undefined {
  if (cni === undefined || cni.kind === CniKind.OTHER) {
    return 'nothing is known of it';
  }
  return cni.nftablesObstacle;
}
