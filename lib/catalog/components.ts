import { cell, type Cell } from './cell';

const READ = '2026-11-22';
const read = <T>(value: T, source: string): Cell<T> => cell(value, source, READ);
const CALICO_REQUIREMENTS = 'Calico 3.32 system requirements';

/** Calico and the operator that installs it: one pair, never mixed. */
export const calico = {
  /** The Calico release. */
  version: read('v3.32.1', 'tigera/operator config/calico_versions.yml at v1.42.3'),
  /** The operator release that installs it. */
  operatorVersion: read(
    'v1.42.3',
    'projectcalico/calico manifests/tigera-operator.yaml at v3.32.1',
  ),
  /** Newest release that was seen, not used: it changes the images and the default API group. */
  newestSeenVersion: read('v3.33.0', 'image tags in public repositories; release notes not read'),
  /** Kubernetes minors that upstream tests it with. */
  testedKubernetes: read(['1.34', '1.35', '1.36'] as readonly string[], CALICO_REQUIREMENTS),
  /** The oldest kernel for the iptables and BPF dataplanes. */
  kernelFloor: read('5.10', CALICO_REQUIREMENTS),
  /** The oldest kernel for the nftables dataplane. */
  nftablesKernelFloor: read('5.13', 'Calico 3.32 nftables dataplane guide'),
  /** The oldest nft for the nftables dataplane. */
  nftFloor: read('1.0.1', 'Calico 3.32 nftables dataplane guide'),
  /** The oldest kernel for WireGuard. */
  wireguardKernelFloor: read('5.6', 'Calico 3.32 WireGuard guide'),
  /** Whether the nftables dataplane of this release is free of known crashes and lost rules. */
  nftablesClean: read(
    false,
    'projectcalico/calico issues 12851 and 13987; pull requests 13444 and 13445 came after v3.32.1, with v3.32.2 (pull request 13673, 2026-08-28)',
  ),
  /** The API group of its stored resources; pinned, because newer operators choose another one. */
  apiGroup: read(
    'crd.projectcalico.org/v1',
    'tigera/operator pkg/imports/crds/crds.go at v1.42.3 and pull request 4973',
  ),
} as const;

/** NGINX's own ingress controller, the open-source edition. */
export const nginxIngressController = {
  /**
   * The release: the newest whose flags, keys, templates and rights could be read at its tag. 5.6.1 to
   * 5.6.3 close CVE-2026-77180 and are known by name only: the newest source at hand is of 2026-08-21,
   * before the fix, and 5.6.0 shows what an unread template can do. Until one was read, an admission
   * policy refuses what that hole needs, and GW-INGRESS-003 names the release to try.
   */
  version: read('5.5.4', 'nginx/kubernetes-ingress README.md at 0eb3072d14f0'),
} as const;

/** NGINX Gateway Fabric, the Gateway API flavour. */
export const nginxGatewayFabric = {
  /** The release. */
  version: read('2.6.7', 'nginx/nginx-gateway-fabric README.md at e55bfe33969f'),
  /** The Gateway API it is built against. */
  gatewayApi: read('1.5.1', 'nginx/nginx-gateway-fabric README.md, table of versions'),
} as const;

/** ingress-nginx, which nobody repairs any more. */
export const ingressNginxRetired = {
  /** The last release. */
  version: read('1.15.1', 'kubernetes/ingress-nginx README.md'),
  /** The ISO day on which the repository was archived. */
  archived: read('2026-03-24', 'interview with a steering committee member, 2026-03-25'),
} as const;
