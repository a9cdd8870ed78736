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

/** A security release of nginx: what a version below the fix carries. */
export interface NginxAdvisory {
  /** The ISO day of the release. */
  readonly day: string;
  /** The first stable version with the fixes. */
  readonly stable: string;
  /** The first mainline version with the fixes; undefined when it was not seen. */
  readonly mainline?: string;
  /** The vulnerabilities that were named. */
  readonly ids: readonly string[];
}

/** NGINX's own ingress controller, the open-source edition. */
export const nginxIngressController = {
  /** The release. */
  version: read('5.5.4', 'nginx/kubernetes-ingress README.md at 0eb3072d14f0'),
  /** The newest release that was seen, not used: its arguments and resources were not read. */
  newestSeenVersion: read('5.6.3', 'image tag in public repositories'),
  /** The nginx inside it. */
  bundledNginx: read('1.31.3', 'nginx/kubernetes-ingress build/Dockerfile at v5.5.4'),
  /** The nginx inside each release that was looked at. */
  nginxByRelease: read(
    {
      '5.4.0': '1.29.6',
      '5.5.0': '1.31.1',
      '5.5.1': '1.31.2',
      '5.5.2': '1.31.2',
      '5.5.3': '1.31.3',
      '5.5.4': '1.31.3',
    } as Readonly<Record<string, string>>,
    'nginx/kubernetes-ingress build/Dockerfile at each tag',
  ),
  /** The oldest nginx without a published vulnerability, per line. */
  nginxFloor: read(
    { stable: '1.30.7', mainline: '1.31.8' },
    'nginx security advisories to 2026-11-20; the mainline release with the last fixes was not seen, 1.31.7 lacks them, so 1.31.8 is the lowest number that can hold them (believed)',
  ),
  /** Releases that are refused by name, and why. */
  brokenReleases: read(
    {
      '5.6.0':
        'it quotes exact locations, so ACME HTTP-01 challenges stop without an error; fixed in 5.6.1',
    } as Readonly<Record<string, string>>,
    'nginx/kubernetes-ingress issue 10792',
  ),
  /** The oldest release without a published vulnerability of the controller itself. */
  controllerFloor: read('5.3.1', 'CVE-2025-14727, fixed at tag v5.3.1'),
} as const;

/** NGINX Gateway Fabric, the Gateway API flavour. */
export const nginxGatewayFabric = {
  /** The release. */
  version: read('2.6.7', 'nginx/nginx-gateway-fabric README.md at e55bfe33969f'),
  /** The newest release that was seen, not used: its resources were not read. */
  newestSeenVersion: read('2.7.2', 'release text of 2026-09-15, bundles nginx 1.31.6'),
  /** The nginx inside it. */
  bundledNginx: read('1.31.3', 'nginx/nginx-gateway-fabric build/Dockerfile.nginx at v2.6.7'),
  /** The nginx inside each release that was looked at. */
  nginxByRelease: read(
    {
      '2.6.4': '1.31.1',
      '2.6.5': '1.31.2',
      '2.6.6': '1.31.2',
      '2.6.7': '1.31.3',
    } as Readonly<Record<string, string>>,
    'nginx/nginx-gateway-fabric build/Dockerfile.nginx at each tag',
  ),
  /** The Gateway API it is built against. */
  gatewayApi: read('1.5.1', 'nginx/nginx-gateway-fabric README.md, table of versions'),
  /** Releases that are refused by name, and why. */
  brokenReleases: read(
    {
      '2.7.0':
        'it writes worker_processes twice, so data planes keep their first configuration; choose 2.6.7',
    } as Readonly<Record<string, string>>,
    'nginx/nginx-gateway-fabric issue 5883',
  ),
  /** The oldest release without a published vulnerability of the controller itself. */
  controllerFloor: read('2.6.4', 'CVE-2026-11311 and CVE-2026-50107'),
} as const;

/** ingress-nginx, which nobody repairs any more. */
export const ingressNginxRetired = {
  /** The last release. */
  version: read('1.15.1', 'kubernetes/ingress-nginx README.md'),
  /** The nginx inside it, from August 2024. */
  bundledNginx: read('1.27.1', 'kubernetes/ingress-nginx images/nginx/rootfs/build.sh'),
  /** The ISO day on which the repository was archived. */
  archived: read('2026-03-24', 'interview with a steering committee member, 2026-03-25'),
} as const;

/** Security releases of nginx since 1.27.1, oldest first. */
export const nginxAdvisories = read<readonly NginxAdvisory[]>(
  [
    { day: '2026-02-04', stable: '1.28.2', mainline: '1.29.5', ids: ['CVE-2026-1642'] },
    { day: '2026-05-13', stable: '1.30.1', mainline: '1.31.0', ids: ['CVE-2026-42945'] },
    { day: '2026-05-22', stable: '1.30.2', mainline: '1.31.1', ids: ['CVE-2026-9256'] },
    {
      day: '2026-06-17',
      stable: '1.30.3',
      mainline: '1.31.2',
      ids: ['CVE-2026-42055', 'CVE-2026-42530'],
    },
    {
      day: '2026-07-15',
      stable: '1.30.4',
      mainline: '1.31.3',
      ids: ['CVE-2026-42533', 'CVE-2026-60005', 'CVE-2026-56434'],
    },
    {
      day: '2026-10-14',
      stable: '1.30.6',
      mainline: '1.31.7',
      ids: [
        'CVE-2026-15176',
        'CVE-2026-93479',
        'CVE-2026-95101',
        'CVE-2026-97629',
        'CVE-2026-97205',
      ],
    },
    { day: '2026-11-20', stable: '1.30.7', ids: ['MGASA-2026-0605'] },
  ],
  'nginx security advisories and distribution announcements, as reported; check nginx.org before quoting',
);
