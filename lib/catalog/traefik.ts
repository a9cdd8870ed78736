import { cell } from './cell';

const READ = '2026-11-27';
const read = <T>(value: T, source: string) => cell(value, source, READ);

/** Traefik Proxy, the open-source edition. */
export const traefikProxy = {
  /** The release. */
  version: read(
    '3.7.14',
    'traefik/traefik release of 2026-10-06, the newest whose notes were read; its options were read at v3.7.9 and in the migration notes of every release since',
  ),
  /** The oldest release that knows every option it is given; one that does not know an option does not start. */
  configurationFloor: read(
    '3.7.12',
    'traefik/traefik deprecation notices: aliasHeadersStrategy since 3.7.12; core.strictTLSOptions since 3.7.11',
  ),
} as const;
