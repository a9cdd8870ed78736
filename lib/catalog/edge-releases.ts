import { cell, type Cell } from './cell';

const READ = '2026-11-27';
const read = <T>(value: T, source: string): Cell<T> => cell(value, source, READ);

/** A published vulnerability of a controller itself, not of the nginx inside it. */
export interface ControllerAdvisory {
  readonly ids: readonly string[];
  /** The first release that has it; undefined where every older one does. */
  readonly since?: string;
  /** The first release without it in each minor that was repaired, oldest first. */
  readonly fixedIn: readonly string[];
  /** What somebody can do with it. */
  readonly what: string;
}

/** A release that does not work. */
export interface BrokenRelease {
  readonly why: string;
  readonly fixedIn: string;
}

/** What is known of the releases of one controller that can stand at the edge. */
export interface EdgeController {
  /** For people. */
  readonly label: string;
  /** How the path of its image ends, without the registry; a mirror keeps that. */
  readonly repositories: readonly string[];
  /** How its own builds end after the release; an image with another ending is somebody else's. */
  readonly variants: readonly string[];
  /** The newest release that was seen. Its arguments and resources were not read. */
  readonly newestSeen: Cell<string>;
  /** The nginx inside each release that was looked at; undefined for a controller without nginx. */
  readonly nginxByRelease?: Cell<Readonly<Record<string, string>>>;
  /** Releases that are refused by name. */
  readonly broken: Cell<Readonly<Record<string, BrokenRelease>>>;
  readonly advisories: Cell<readonly ControllerAdvisory[]>;
}

const none = <T>(value: T): Cell<T> => read(value, 'issues and release notes of the project: none');

/** The same nginx in several releases. */
function withNginx(nginx: string, ...releases: string[]): Record<string, string> {
  return Object.fromEntries(releases.map((release) => [release, nginx]));
}

const patches = (minor: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => `${minor}.${from + n}`);

/** The controllers that can stand at the edge, by a short name. */
export const edgeControllers = {
  nic: {
    label: 'NGINX Ingress Controller',
    repositories: ['nginx-ingress', 'nginx/kubernetes-ingress'],
    variants: ['alpine', 'ubi', 'ubi8', 'ubi9'],
    newestSeen: read('5.6.3', 'image tag in public repositories'),
    nginxByRelease: read(
      {
        ...withNginx('1.27.2', '3.7.1', '3.7.2'),
        ...withNginx('1.27.3', '4.0.0'),
        ...withNginx('1.27.4', '4.0.1', '5.0.0'),
        ...withNginx('1.27.5', '5.1.0'),
        ...withNginx('1.29.1', '5.1.1', '5.2.0', '5.2.1'),
        ...withNginx('1.29.3', '5.3.0'),
        ...withNginx('1.29.4', '5.3.1', '5.3.2'),
        ...withNginx('1.29.5', '5.3.3', '5.3.4'),
        ...withNginx('1.29.6', '5.4.0'),
        ...withNginx('1.29.7', '5.4.1'),
        ...withNginx('1.29.8', '5.4.2'),
        ...withNginx('1.31.1', '5.4.3', '5.5.0'),
        ...withNginx('1.31.2', '5.5.1', '5.5.2'),
        ...withNginx('1.31.3', '5.5.3', '5.5.4'),
        ...withNginx('1.31.4', '5.6.0', '5.6.1'),
        ...withNginx('1.31.5', '5.6.2'),
        ...withNginx('1.31.6', '5.6.3'),
      },
      'nginx/kubernetes-ingress build/Dockerfile at each tag to v5.5.4; from 5.6.0 on pull requests 10863, 10864, 10867, 10880 and 10893, and for 5.6.3 the notes of somebody who builds it',
    ),
    broken: read(
      {
        '5.6.0': {
          why: 'it quotes exact locations, so ACME HTTP-01 challenges stop without an error',
          fixedIn: '5.6.1',
        },
      },
      'nginx/kubernetes-ingress issue 10792 and release v5.6.1',
    ),
    advisories: read(
      [
        {
          ids: ['CVE-2025-14727'],
          fixedIn: ['5.3.1'],
          what: 'who may write an Ingress puts directives into nginx.conf by rewrite-target',
        },
        {
          ids: ['CVE-2026-77180'],
          since: '5.0.0',
          fixedIn: ['5.6.0'],
          what: 'who may write an Ingress puts directives into nginx.conf by its annotations',
        },
      ],
      'nginx/kubernetes-ingress tag v5.3.1; CVE record of CVE-2026-77180',
    ),
  },
  ngf: {
    label: 'NGINX Gateway Fabric',
    repositories: ['nginx-gateway-fabric', 'nginx-gateway-fabric/nginx'],
    variants: ['ubi'],
    newestSeen: read('2.8.1', 'advisories of Chainguard, 2026-11-14'),
    nginxByRelease: read(
      {
        ...withNginx('1.28.0', '2.0.0', '2.0.1', '2.0.2'),
        ...withNginx('1.29.1', ...patches('2.1', 0, 4)),
        ...withNginx('1.29.2', ...patches('2.2', 0, 2)),
        ...withNginx('1.29.3', '2.3.0'),
        ...withNginx('1.29.4', '2.4.0'),
        ...withNginx('1.29.5', '2.4.1', '2.4.2'),
        ...withNginx('1.29.7', '2.5.0', '2.5.1'),
        ...withNginx('1.30.0', '2.6.0'),
        ...withNginx('1.31.0', '2.6.1'),
        ...withNginx('1.31.1', ...patches('2.6', 2, 4)),
        ...withNginx('1.31.2', '2.6.5', '2.6.6'),
        ...withNginx('1.31.3', '2.6.7'),
        ...withNginx('1.31.6', '2.7.1', '2.7.2'),
      },
      'nginx/nginx-gateway-fabric build/Dockerfile.nginx at each tag to v2.6.7; 2.7.1 and 2.7.2 from pull request 5925',
    ),
    broken: read(
      {
        '2.7.0': {
          why: 'it writes worker_processes twice, so data planes keep their first configuration',
          fixedIn: '2.7.1',
        },
      },
      'nginx/nginx-gateway-fabric issue 5883; that 2.7.1 has the fix is believed',
    ),
    // Those that need NGINX Plus as the data plane are left out.
    advisories: read(
      [
        {
          ids: ['CVE-2026-32682'],
          since: '1.3.0',
          fixedIn: ['2.6.4'],
          what: 'who may write a GRPCRoute stops the control plane',
        },
        {
          ids: ['CVE-2026-50107'],
          fixedIn: ['2.6.4'],
          what: 'who may write an NginxProxy puts directives into nginx.conf by its log format',
        },
        {
          ids: ['CVE-2026-91184'],
          since: '2.4.0',
          fixedIn: ['2.8.0'],
          what: 'who may write an AuthenticationFilter puts directives into nginx.conf by its realm',
        },
      ],
      'nginx/nginx-gateway-fabric CHANGELOG.md at v2.6.7; CVE record of CVE-2026-91184',
    ),
  },
  ingressNginx: {
    label: 'ingress-nginx or a fork of it',
    repositories: [
      'ingress-nginx/controller',
      'ingress-nginx/controller-chroot',
      'nginx-ingress-controller',
    ],
    variants: [],
    newestSeen: read(
      '2026.8.21',
      'releases of forkline/ingress-nginx; kubernetes/ingress-nginx ended with 1.15.1',
    ),
    nginxByRelease: read(
      {
        ...withNginx('1.25.5', ...patches('1.11', 0, 8), ...patches('1.12', 0, 8)),
        ...withNginx('1.27.1', ...patches('1.13', 0, 9), ...patches('1.14', 0, 5)),
        ...withNginx('1.27.1', '1.15.0', '1.15.1'),
        // forkline, by date
        ...withNginx('1.27.1', '2026.4.3', '2026.5.2', '2026.5.3'),
        ...withNginx('1.31.3', '2026.7.19', '2026.7.20'),
        ...withNginx('1.31.4', '2026.8.21'),
        // baranchen, by the nginx inside
        ...withNginx('1.30.6', '1.30.6'),
      },
      'kubernetes/ingress-nginx README.md, table of versions; tags, pull request 227 and releases of forkline/ingress-nginx; releases of baranchen/ingress-nginx. chainguard-forks publishes no images',
    ),
    broken: none({}),
    advisories: read(
      [
        {
          ids: ['CVE-2025-1097', 'CVE-2025-1098', 'CVE-2025-1974', 'CVE-2025-24514'],
          fixedIn: ['1.11.5', '1.12.1'],
          what: 'any pod runs code in the controller through its admission webhook, and reads every Secret',
        },
        {
          ids: ['CVE-2025-15566'],
          fixedIn: ['1.12.5', '1.13.1'],
          what: 'who may write an Ingress puts directives into nginx.conf by auth-proxy-set-headers',
        },
        {
          ids: ['CVE-2026-1580', 'CVE-2026-24512', 'CVE-2026-24513'],
          fixedIn: ['1.13.7', '1.14.3'],
          what: 'who may write an Ingress runs code in the controller, and reads every Secret',
        },
        {
          ids: ['CVE-2026-3288'],
          fixedIn: ['1.13.8', '1.14.4', '1.15.0'],
          what: 'who may write an Ingress runs code in the controller by rewrite-target',
        },
        {
          ids: ['CVE-2026-4342'],
          fixedIn: ['1.13.9', '1.14.5', '1.15.1'],
          what: 'who may write an Ingress runs code in the controller by a comment',
        },
      ],
      'kubernetes/kubernetes issues 131006 to 131009, 136677, 136678, 136789, 137560 and 137893',
    ),
  },
  traefik: {
    label: 'Traefik',
    repositories: ['traefik'],
    variants: [],
    newestSeen: read('3.7.17', 'image tag in public repositories, 2026-11-03'),
    broken: none({}),
    advisories: read(
      [
        {
          ids: ['CVE-2026-44774', 'CVE-2026-112778'],
          fixedIn: ['2.11.46', '3.6.17', '3.7.1'],
          what: 'who may write an Ingress or a route takes what belongs to another namespace',
        },
        {
          ids: ['CVE-2026-53622'],
          fixedIn: ['3.7.3'],
          what: 'clients pass by mutual TLS over HTTP/3',
        },
        {
          ids: ['CVE-2026-65601'],
          since: '3.7.0',
          fixedIn: ['3.7.7'],
          what: 'who may write an HTTPRoute takes middlewares of another namespace',
        },
        {
          ids: ['CVE-2026-85595', 'CVE-2026-85597'],
          fixedIn: ['2.11.55', '3.7.11'],
          what: 'clients pass by digest authentication and by client certificates',
        },
        {
          ids: ['CVE-2026-85596'],
          since: '3.7.0',
          fixedIn: ['3.7.11'],
          what: 'clients pass by auth-tls-secret of the ingress-nginx provider',
        },
        {
          ids: ['CVE-2026-88877'],
          since: '3.7.0',
          fixedIn: ['3.7.12'],
          what: 'clients pass by authentication of an Ingress with from-to-www-redirect',
        },
        {
          ids: ['CVE-2026-88012'],
          fixedIn: ['3.7.12'],
          what: 'slow bodies over HTTP/3 are never cut off',
        },
        {
          ids: [
            'CVE-2026-85594',
            'CVE-2026-88009',
            'GHSA-8fcf-v89g-xpg6',
            'GHSA-f52w-8j3h-j724',
            'GHSA-qqjf-53cj-pwvv',
            'GHSA-v67p-phpq-fc8x',
            'GHSA-w4v4-9rw7-5326',
          ],
          fixedIn: ['3.7.13'],
          what: 'who may write a Service takes middlewares of another namespace, and six more',
        },
        {
          ids: [
            'GHSA-cw35-4q88-3rmp',
            'GHSA-mwrr-6hp4-pxr6',
            'GHSA-qm9f-w54v-q2qh',
            'GHSA-qvj7-gq9c-hp7q',
            'GHSA-rv2h-qh7j-xrjw',
          ],
          fixedIn: ['3.7.14'],
          what: 'five more, three of them of the ingress-nginx provider alone',
        },
      ],
      'CVE records; release notes of traefik/traefik to v3.7.14 and its advisories to 2026-10-07',
    ),
  },
} as const satisfies Readonly<Record<string, EdgeController>>;

/** The controllers as a list, for those that look an image up. */
export const edgeControllerList: readonly EdgeController[] = Object.values(edgeControllers);
