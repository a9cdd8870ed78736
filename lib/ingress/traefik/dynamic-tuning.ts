import { ADDRESS_LIMIT, HEADERS, HSTS, REQUEST_RATE } from './entry-point-tuning';
import { rowsOf, type FileRow } from './file-rows';
import { DYNAMIC_FILE } from './names';
import type { TraefikSettings } from './settings';

const MIDDLEWARES = 'traefik/traefik pkg/config/dynamic/middlewares.go at v3.7.9';
const TLS = 'traefik/traefik pkg/tls/tls.go, tlsmanager.go at v3.7.9';
const row = rowsOf(DYNAMIC_FILE, MIDDLEWARES);
const tlsRow = rowsOf(DYNAMIC_FILE, TLS);

/** Of TLS 1.2. */
const CIPHERS = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
];

/** Middlewares of the entry points, and TLS. */
export function dynamicRows(s: TraefikSettings): FileRow[] {
  return [
    row(
      `http.middlewares.${HEADERS}.headers.customResponseHeaders.X-Powered-By`,
      '',
      'passed on',
      'nobody needs to know the version who is not responsible for it',
    ),
    row(
      `http.middlewares.${HSTS}.headers.customResponseHeaders.Strict-Transport-Security`,
      hsts(s),
      'none',
      'a year is what audits ask for; zero withdraws it',
    ),
    ...limitRows(s),
    tlsRow(
      'tls.options.default.minVersion',
      s.edge.tls13Only ? 'VersionTLS13' : 'VersionTLS12',
      'VersionTLS12',
      s.edge.tls13Only ? 'asked for in the spec' : 'older ones have known breaks',
    ),
    ...(s.edge.tls13Only
      ? []
      : [
          tlsRow(
            'tls.options.default.cipherSuites',
            CIPHERS,
            'those of Go, with CBC among them',
            'AEAD with a fresh key for every connection; those of TLS 1.3 are not chosen',
          ),
        ]),
    tlsRow(
      'tls.options.default.sniStrict',
      true,
      'false: a self-signed certificate for every host',
      'a host without a certificate of its own is refused in the handshake',
    ),
    tlsRow(
      'tls.options.default.disableSessionTickets',
      true,
      'false',
      'a ticket lets a client come back without its certificate being looked at again; every connection then is a full handshake, and one carries many requests',
    ),
  ];
}

function limitRows(s: TraefikSettings): FileRow[] {
  const { connectionsPerAddress, requestRate } = s.edge;
  const rows: FileRow[] = [];
  if (connectionsPerAddress > 0) {
    const limit = `http.middlewares.${ADDRESS_LIMIT}.inFlightReq`;
    rows.push(
      row(
        `${limit}.amount`,
        connectionsPerAddress,
        'none',
        'a slow body or a slow reader holds its request: with this, one address does not hold all. Counted for each route and replica apart, and from zero when routes change; connections that stall in their header or handshake are not counted, those are held off by readTimeout alone',
        'traefik/traefik pkg/middlewares/inflightreq/inflight_req.go at v3.7.9',
      ),
      addressRow(s, limit),
    );
  }
  if (requestRate !== undefined) {
    const limit = `http.middlewares.${REQUEST_RATE}.rateLimit`;
    const why = 'asked for in the spec; counted for each route and replica apart';
    rows.push(
      row(`${limit}.average`, requestRate.perSecond, 'no limit', why),
      row(`${limit}.burst`, requestRate.burst, '1', why),
      addressRow(s, limit),
    );
  }
  return rows;
}

/** What an address is: without this Traefik counts requests in flight by host name. */
function addressRow({ httpProxies }: TraefikSettings, limit: string): FileRow {
  return httpProxies.length === 0
    ? row(
        `${limit}.sourceCriterion.ipStrategy.ipv6Subnet`,
        64,
        'each address alone',
        'one client has a whole /64',
      )
    : row(
        `${limit}.sourceCriterion.ipStrategy.excludedIPs`,
        httpProxies,
        'none',
        'the last address that is not a proxy of ours is the client; what it wrote before that is ignored',
      );
}

function hsts({ edge }: TraefikSettings): string {
  const { seconds, includeSubdomains, preload } = edge.hsts;
  return [
    `max-age=${seconds}`,
    ...(includeSubdomains ? ['includeSubDomains'] : []),
    ...(preload ? ['preload'] : []),
  ].join('; ');
}
