import { cell, type Cell } from './cell';
import { lookUp } from './lookup';
import { atLeast, compareVersions, minorOf } from './versions';

const READ = '2026-11-22';
const read = <T>(value: T, source: string): Cell<T> => cell(value, source, READ);
const CONSTANTS = 'kubernetes/kubernetes cmd/kubeadm/app/constants/constants.go';
const changelog = (minor: string) => `kubernetes/kubernetes CHANGELOG/CHANGELOG-${minor}.md`;
const schedule = (minor: string) => `kubernetes.io/releases/${minor}; kubernetes/sig-release`;

/** How far a minor is covered: `preview` means that parts of its row are not confirmed. */
export type SupportStatus = 'supported' | 'preview';

/** The oldest patch of a minor in which a known kube-proxy fault is repaired. */
export interface ProxyFloors {
  /** IPVS mode resynchronises periodically again (kubernetes/kubernetes pull request 135631). */
  readonly ipvs: string;
  /** iptables mode keeps partial syncs above 1,000 endpoints (pull requests 138635 to 138637). */
  readonly iptablesManyEndpoints: string;
  /** nftables mode finds local traffic by interface name (pull request 134118). */
  readonly nftablesInterfaceDetection: string;
  /**
   * The first fix for nft in the image crashing on rules that a host nft of 1.1.3 or newer wrote
   * (pull request 137501).
   */
  readonly nftablesBesideNewNft: string;
}

/** What the catalogue knows of one Kubernetes minor. */
export interface KubernetesMinor {
  /** The minor, for example `1.36`. */
  readonly minor: string;
  /** Whether every cell of this row is confirmed. */
  readonly status: Cell<SupportStatus>;
  /** The patch that a bare minor stands for: the newest one whose archives are pinned. */
  readonly defaultPatch: Cell<string>;
  /** The newest patch that was seen anywhere, pinned or not. */
  readonly newestSeenPatch: Cell<string>;
  /** The ISO day on which fixes end. */
  readonly endOfLife: Cell<string>;
  /** The etcd image tag that kubeadm chooses. */
  readonly etcdImageTag: Cell<string>;
  /** The oldest external etcd that kubeadm accepts. */
  readonly externalEtcdFloor: Cell<string>;
  /** The sandbox image tag that kubeadm expects the container runtime to use. */
  readonly pauseTag: Cell<string>;
  /** The CoreDNS image tag that kubeadm chooses. */
  readonly corednsTag: Cell<string>;
  /** The lowest acceptable version of each containerd line, oldest line first. */
  readonly containerdFloors: Cell<readonly string[]>;
  /** The kubeadm configuration API to write. */
  readonly kubeadmApi: Cell<string>;
  /** Names that kubeadm takes as targets of patch files. */
  readonly kubeadmPatchTargets: Cell<readonly string[]>;
  /** Whether the kubelet and kubeadm refuse a host on cgroup v1. */
  readonly cgroupV1Refused: Cell<boolean>;
  /** kubelet flags that are gone: one of them on the command line keeps the kubelet from starting. */
  readonly removedKubeletFlags: Cell<readonly string[]>;
  /** Whether kube-proxy knows the KubeProxyIPVS gate; an unknown gate is an error. */
  readonly kubeProxyIpvsGate: Cell<boolean>;
  /** Whether kube-proxy warns when its mode is left empty. */
  readonly warnsOnEmptyProxyMode: Cell<boolean>;
  /** Words that nodePortAddresses takes besides CIDRs. */
  readonly nodePortAddressKeywords: Cell<readonly string[]>;
  /** The ceiling on the conntrack maximum that kube-proxy computes itself; undefined means none. */
  readonly conntrackCeiling: Cell<number | undefined>;
  /** Oldest patches in which known kube-proxy faults are repaired. */
  readonly proxyFloors: Cell<ProxyFloors>;
}

const PATCH_TARGETS = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'etcd',
  'kubeletconfiguration',
  'corednsdeployment',
] as const;

/** Cells that are the same in every minor of the catalogue. */
const common = {
  externalEtcdFloor: read('3.5.24-0', `${CONSTANTS} (MinExternalEtcdVersion) v1.36.1`),
  kubeadmApi: read(
    'v1beta4',
    'kubernetes/kubernetes cmd/kubeadm/app/apis/kubeadm, pull request 136016 (v1beta3 gone in 1.37)',
  ),
  cgroupV1Refused: read(true, `${changelog('1.35')} (pull requests 134298, 134744)`),
  removedKubeletFlags: read(
    ['pod-infra-container-image'],
    `${changelog('1.35')} (pull request 133779)`,
  ),
};

/** Cells of the minors whose kube-proxy does not know yet that IPVS is going away. */
const beforeIpvsGate = {
  kubeProxyIpvsGate: read(false, `${changelog('1.37')} (pull request 139397 adds it)`),
  warnsOnEmptyProxyMode: read(false, `${changelog('1.37')} (pull request 139957 adds it)`),
};

const allRepairedIn = (patch: string): ProxyFloors => ({
  ipvs: patch,
  iptablesManyEndpoints: patch,
  nftablesInterfaceDetection: patch,
  nftablesBesideNewNft: patch,
});

const v135: KubernetesMinor = {
  ...common,
  ...beforeIpvsGate,
  minor: '1.35',
  status: read('supported', schedule('1.35')),
  defaultPatch: read('1.35.8', 'newest 1.35 entry of the archive checksums'),
  newestSeenPatch: read('1.35.9', `${schedule('1.35')} (2026-09-15)`),
  endOfLife: read('2027-02-28', schedule('1.35')),
  etcdImageTag: read('3.6.6-0', `${CONSTANTS} v1.35.5`),
  pauseTag: read('3.10.1', 'kubernetes-sigs/kubespray pod_infra_supported_versions'),
  corednsTag: read('v1.13.1', `${CONSTANTS} v1.35.5`),
  containerdFloors: read(['1.7.28', '2.1.5', '2.2.0'], 'containerd/containerd RELEASES.md'),
  kubeadmPatchTargets: read(PATCH_TARGETS, 'kubernetes/kubernetes cmd/kubeadm v1.35.5'),
  nodePortAddressKeywords: read(['primary'], 'kubernetes/kubernetes pkg/proxy/apis/config v1.35.5'),
  conntrackCeiling: read(undefined, `${changelog('1.36')} (pull request 137002 adds it)`),
  proxyFloors: read(
    {
      ipvs: '1.35.1',
      iptablesManyEndpoints: '1.35.5',
      nftablesInterfaceDetection: '1.35.0',
      nftablesBesideNewNft: '1.35.4',
    },
    changelog('1.35'),
  ),
};

const v136: KubernetesMinor = {
  ...common,
  ...beforeIpvsGate,
  minor: '1.36',
  status: read('supported', schedule('1.36')),
  defaultPatch: read('1.36.4', 'newest 1.36 entry of the archive checksums'),
  newestSeenPatch: read('1.36.4', `${schedule('1.36')} (2026-08-20; 1.36.5 was planned)`),
  endOfLife: read('2027-06-28', schedule('1.36')),
  etcdImageTag: read('3.6.8-0', `${CONSTANTS} v1.36.1`),
  pauseTag: read('3.10.2', 'kubernetes-sigs/kubespray pod_infra_supported_versions'),
  corednsTag: read('v1.14.2', `${CONSTANTS} v1.36.1`),
  containerdFloors: read(['2.2.0', '2.3.0'], 'containerd/containerd RELEASES.md'),
  kubeadmPatchTargets: read(PATCH_TARGETS, 'kubernetes/kubernetes cmd/kubeadm v1.36.1'),
  nodePortAddressKeywords: read(['primary'], 'kubernetes/kubernetes pkg/proxy/apis/config v1.36.1'),
  conntrackCeiling: read(1048576, `${changelog('1.36')} (pull request 137002)`),
  proxyFloors: read(
    { ...allRepairedIn('1.36.0'), iptablesManyEndpoints: '1.36.1' },
    changelog('1.36'),
  ),
};

const v137: KubernetesMinor = {
  ...common,
  minor: '1.37',
  status: read('preview', 'no API schema, no archive checksums and no CNI support confirmed'),
  defaultPatch: read('1.37.1', `${schedule('1.37')} (2026-09-15); no archive checksum is pinned`),
  newestSeenPatch: read('1.37.1', `${schedule('1.37')} (2026-09-15)`),
  endOfLife: read('2027-10-28', schedule('1.37')),
  etcdImageTag: read(
    '3.7.0-0',
    'kubernetes/kubernetes pull request 140333 (2026-07-08) and listings of running 1.37.0 clusters; the constants of the final release were not read',
  ),
  pauseTag: read(
    '3.10.2',
    'believed: unchanged since 1.36, and so in third-party listings of 1.37',
  ),
  corednsTag: read('v1.14.6', 'believed: third-party listing of 1.37; 1.37.0-alpha.1 had v1.14.3'),
  containerdFloors: read(
    ['2.2.0', '2.3.0'],
    'believed: containerd lists no row for 1.37 yet, floors of 1.36',
  ),
  kubeadmPatchTargets: read(
    [...PATCH_TARGETS, 'kubeproxydaemonset'],
    `${changelog('1.37')} (pull request 138090)`,
  ),
  kubeProxyIpvsGate: read(true, `${changelog('1.37')} (pull request 139397)`),
  warnsOnEmptyProxyMode: read(true, `${changelog('1.37')} (pull request 139957)`),
  nodePortAddressKeywords: read(
    ['primary', 'localhost', 'all'],
    'kubernetes/kube-proxy config/v1alpha1/types.go after v0.37.0-beta.0',
  ),
  conntrackCeiling: read(1048576, `${changelog('1.36')} (pull request 137002)`),
  proxyFloors: read(
    allRepairedIn('1.37.0'),
    `${changelog('1.37')}; the complete fix beside new nft is pull request 140405`,
  ),
};

/** The Kubernetes minors of the catalogue, oldest first. */
export const kubernetesMinors: Readonly<Record<string, KubernetesMinor>> = {
  '1.35': v135,
  '1.36': v136,
  '1.37': v137,
};

/** The minor after one of the catalogue; undefined after the last. */
export function nextMinor(minor: string): string | undefined {
  const minors = Object.keys(kubernetesMinors);
  return minors[minors.indexOf(minor) + 1];
}

/** The minor that a user who names none gets. */
export const defaultKubernetesMinor = '1.36';

/** The day fixes for 1.34 ended, the last minor before the catalogue. */
export const lastUnsupportedMinor = {
  /** The minor. */
  minor: '1.34',
  /** The ISO day on which its support ended. */
  endOfLife: read('2026-10-27', schedule('1.34')),
} as const;

/**
 * The row of one minor, or an error that names the minors there are.
 *
 * @param minor the minor, for example `1.36`
 */
export function kubernetesMinor(minor: string): KubernetesMinor {
  return lookUp(kubernetesMinors, minor, 'kubernetesVersion', remedyFor(minor));
}

function remedyFor(minor: string): string {
  const known = Object.keys(kubernetesMinors);
  if (!/^\d+\.\d+$/.test(minor)) {
    return `name a minor such as ${defaultKubernetesMinor}`;
  }
  if (compareVersions(minor, known[known.length - 1]) > 0) {
    return `${minor} is not in this release's catalogue, choose one that is or update cdk8s-groundwork`;
  }
  const { minor: last, endOfLife } = lastUnsupportedMinor;
  return minor === last
    ? `${minor} is out of support since ${endOfLife.value}, upgrade to ${known[0]} first`
    : `${minor} is out of support, upgrade one minor at a time to ${known[0]}`;
}

/**
 * Whether a containerd release is recent enough for a Kubernetes minor. A line that is not listed is
 * good when it is newer than every listed one.
 *
 * @param minor the Kubernetes minor
 * @param containerd the containerd release, for example `2.3.4`
 */
export function acceptsContainerd(minor: string, containerd: string): boolean {
  const floors = kubernetesMinor(minor).containerdFloors.value;
  const line = minorOf(containerd);
  const floor = floors.find((candidate) => minorOf(candidate) === line);
  return floor === undefined
    ? floors.every((candidate) => compareVersions(line, minorOf(candidate)) > 0)
    : atLeast(containerd, floor);
}

/** The way IPVS leaves kube-proxy: the minor in which each step happens. */
export const ipvsLifeCycle = {
  /** kube-proxy logs an error and writes an event on every start. */
  deprecated: read(
    '1.35',
    'kubernetes/enhancements KEP-5495; kubernetes/kubernetes pull request 134539',
  ),
  /** The name of the feature gate. */
  gate: read('KubeProxyIPVS', 'kubernetes/kubernetes pull request 139397'),
  /** The gate exists and is on. */
  gateAdded: read('1.37', 'kubernetes/kubernetes pull request 139397'),
  /** The gate is off unless it is set, and the default mode becomes nftables. */
  offByDefault: read('1.40', 'kubernetes/enhancements KEP-5495 and KEP-5343'),
  /** The code is gone. */
  removed: read('1.43', 'kubernetes/enhancements KEP-5495'),
  /** The gate is gone too. */
  gateRemoved: read('1.46', 'kubernetes/enhancements KEP-5495'),
} as const;

/** The gate behind which nftables mode serves NodePorts on loopback. */
export const nftablesLocalhostGate = read(
  { name: 'KubeProxyNFTablesLocalhostNodePorts', since: '1.37' },
  'kubernetes/kube-proxy config/v1alpha1/types.go after v0.37.0-beta.0; alpha, off',
);

/**
 * From this release on the nft in the image of kube-proxy survives rules of every nft on the host. The
 * earlier repair, `ProxyFloors.nftablesBesideNewNft`, was not enough everywhere.
 */
export const nftInImageRepaired = read(
  '1.37.0',
  'kubernetes/kubernetes pull request 140405, issues 136786 and 140898; no backport was seen',
);

/** From this minor on nftables mode spends less time on each synchronisation. */
export const nftablesCheaperSync = read('1.36', 'kubernetes/kubernetes pull request 135800');
