import { cell } from './cell';

const READ = '2026-11-27';
const read = <T>(value: T, source: string) => cell(value, source, READ);

/** A security release of Traefik: what a version below the fix carries. */
export interface TraefikAdvisory {
  /** The first release with the fixes. */
  readonly fixedIn: string;
  /** The vulnerabilities that were named. */
  readonly ids: readonly string[];
  /** Those of them that only the provider for ingress-nginx annotations has. */
  readonly compatible?: readonly string[];
}

/** Traefik Proxy, the open-source edition. */
export const traefikProxy = {
  /** The release. */
  version: read(
    '3.7.14',
    'traefik/traefik release of 2026-10-06, the newest that was seen; its options were read at v3.7.9 and in the migration notes of every release since',
  ),
  /** The oldest release that knows every option it is given; one that does not know an option does not start. */
  configurationFloor: read(
    '3.7.12',
    'traefik/traefik deprecation notices: aliasHeadersStrategy since 3.7.12; core.strictTLSOptions since 3.7.11',
  ),
  /** Security releases since then, oldest first. What needs HTTP/3, fast proxy or the dashboard is left out: they are off. */
  advisories: read<readonly TraefikAdvisory[]>(
    [
      {
        fixedIn: '3.7.13',
        ids: [
          'CVE-2026-88009',
          'GHSA-qqjf-53cj-pwvv',
          'GHSA-f52w-8j3h-j724',
          'GHSA-v67p-phpq-fc8x',
          'GHSA-w4v4-9rw7-5326',
          'GHSA-8fcf-v89g-xpg6',
        ],
      },
      {
        fixedIn: '3.7.14',
        ids: ['GHSA-qm9f-w54v-q2qh', 'GHSA-cw35-4q88-3rmp'],
        compatible: ['GHSA-qvj7-gq9c-hp7q', 'GHSA-mwrr-6hp4-pxr6', 'GHSA-rv2h-qh7j-xrjw'],
      },
    ],
    'traefik/traefik releases v3.7.13 and v3.7.14 and their advisories of 2026-09-10 and 2026-10-07',
  ),
} as const;
