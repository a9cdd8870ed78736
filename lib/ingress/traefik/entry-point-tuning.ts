import { rowsOf, type FileRow } from './file-rows';
import { ACCEPT_SECONDS, STATIC_FILE } from './names';
import { EncodedCharacter } from './options';
import { goTime, type TraefikSettings } from './settings';
import { kibibytesPerRequest } from './sizing';

/** The entry points that clients come in by. */
export const CLIENT_ENTRY_POINTS = ['web', 'websecure'];
/** Removes what nobody needs to know. */
export const HEADERS = 'edge-headers';
/** Keeps browsers on TLS. */
export const HSTS = 'edge-hsts';
/** Counts what each address sends in a second. */
export const REQUEST_RATE = 'edge-request-rate';
/** Counts what each address has in flight. */
export const ADDRESS_LIMIT = 'edge-address-limit';

/** Above the rule of any Ingress, and below what an Ingress may say of itself. */
const REDIRECT_PRIORITY = 1_000_000;

const ENTRY_POINTS = 'traefik/traefik pkg/config/static/entrypoints.go at v3.7.9';
const SERVER = 'traefik/traefik pkg/server/server_entrypoint_tcp.go at v3.7.9';
const ALIASES = 'https://doc.traefik.io/traefik/security/header-aliases/';
const HEADER_MEMORY = 'https://doc.traefik.io/traefik/v3.7/security/http2-header-memory/';
const row = rowsOf(STATIC_FILE, ENTRY_POINTS);

/** What Traefik is told about each entry point that clients come in by; `*` stands for its name. */
export function entryPointRows(s: TraefikSettings): FileRow[] {
  return [
    row(
      'entryPoints.*.asDefault',
      true,
      'false, and then every entry point is one, the internal ones too',
      'an Ingress that names no entry point is served on these two and never beside the probes or the metrics',
    ),
    ...timeoutRows(s),
    ...requestRows(s),
    ...realIpRows(s),
    row(
      'entryPoints.web.http.middlewares',
      middlewares(s, [HEADERS]),
      'none',
      'on every route of this entry point, whoever wrote its Ingress',
    ),
    row(
      'entryPoints.websecure.http.middlewares',
      middlewares(s, [HEADERS, HSTS]),
      'none',
      'on every route of this entry point, whoever wrote its Ingress',
    ),
    row(
      'entryPoints.websecure.http.tls',
      {},
      'none: a route without TLS is served in the clear here, too',
      'on the port for TLS there is nothing else',
    ),
    ...(s.compatible ? [] : redirectRows()),
  ];
}

function timeoutRows(s: TraefikSettings): FileRow[] {
  const { readMilliseconds, writeMilliseconds, edge } = s;
  const transport = 'entryPoints.*.transport';
  return [
    row(
      `${transport}.respondingTimeouts.readTimeout`,
      goTime(readMilliseconds),
      '60s',
      `header and body together, the only timeout for a client that sends: ${edge.bodyKibibytes} KiB arrive in it at ${s.uploadKibibytesPerSecond} KiB/s. A slow TLS client has it three times, for its hello, its handshake and its request; at ${edge.breakEvenRate} of them a second the memory of a replica is full`,
      SERVER,
    ),
    row(
      `${transport}.respondingTimeouts.writeTimeout`,
      goTime(writeMilliseconds ?? 0),
      '0s, none',
      writeMilliseconds === undefined
        ? 'it counts the whole response, and a download may take its time. A client that does not read keeps its backend: the limit per address is what bounds those'
        : 'asked for in the spec: longer downloads and event streams are cut off',
      SERVER,
    ),
    row(
      `${transport}.respondingTimeouts.idleTimeout`,
      goTime(edge.timeouts.keepalive),
      '180s',
      edge.trustedProxies.length > 0
        ? 'proxies in front reuse idle connections for a minute and more and must be the ones who close them'
        : 'an idle browser connection holds memory; opening a new one costs it a round trip',
    ),
    row(
      `${transport}.keepAliveMaxRequests`,
      edge.keepaliveRequests,
      '0, no end',
      'bounds what one connection can open and reset in its life; clients also find other replicas again',
    ),
    row(
      `${transport}.lifeCycle.requestAcceptGraceTimeout`,
      goTime(ACCEPT_SECONDS * 1000),
      '0s',
      'the seconds in which balancers turn away come before SIGTERM: from then on it says 503 to the probe, and kube-proxy sends nothing to a replica that is not ready',
      'traefik/traefik pkg/ping/ping.go at v3.7.9; KEP-1669',
    ),
    row(
      `${transport}.lifeCycle.graceTimeOut`,
      goTime(edge.shutdown.drain * 1000),
      '10s',
      'requests in flight finish after SIGTERM; WebSockets are cut at the end of it',
      SERVER,
    ),
  ];
}

function requestRows(s: TraefikSettings): FileRow[] {
  const allowed = new Set(s.allowedEncodedCharacters);
  return [
    row(
      'entryPoints.*.http.maxHeaderBytes',
      s.headerKibibytes * 1024,
      '1048576',
      'all lines of a header together: most of what a client that stalls in it costs, and the memory of a replica is computed with it',
      HEADER_MEMORY,
    ),
    row(
      'entryPoints.*.http.sanitizePath',
      true,
      'true',
      'a route must not be passed by /./, /../ or //',
    ),
    row(
      'entryPoints.*.http.aliasHeadersStrategy',
      'delete',
      'keep',
      'a backend that reads X_Auth_User or X.Auth.User as X-Auth-User would believe the client instead of the edge',
      ALIASES,
    ),
    ...Object.values(EncodedCharacter).map((character) =>
      row(
        `entryPoints.*.http.encodedCharacters.allowEncoded${character}`,
        allowed.has(character),
        'true',
        allowed.has(character)
          ? 'asked for in the spec'
          : 'a backend that decodes it sees another path than the rules of the edge did; 400',
        'https://doc.traefik.io/traefik/v3.7/security/request-path/',
      ),
    ),
    row(
      'entryPoints.*.http2.maxConcurrentStreams',
      s.edge.streams,
      '250',
      `a page with its parts; each can hold ${kibibytesPerRequest(s.headerKibibytes)} KiB while its body stalls`,
      `${HEADER_MEMORY}; measured with a proxy of Go 1.26: 101 KiB a stream with 12 KiB of header`,
    ),
  ];
}

function realIpRows({ edge, httpProxies }: TraefikSettings): FileRow[] {
  return [
    ...(httpProxies.length === 0
      ? []
      : [
          row(
            'entryPoints.*.forwardedHeaders.trustedIPs',
            httpProxies,
            'none',
            'only these may say who the client is; what others send in X-Forwarded-… is thrown away',
          ),
        ]),
    ...(edge.proxyProtocol
      ? [
          row(
            'entryPoints.*.proxyProtocol.trustedIPs',
            edge.trustedProxies,
            'none',
            'only these may say who the client is; to anybody else such a line is a broken request',
            SERVER,
          ),
        ]
      : []),
  ];
}

/**
 * Sent to HTTPS is everything but ACME challenges. The provider does not tell routes of hosts with TLS from
 * others: each of them is on both entry points, so a redirect below them would never be reached.
 */
function redirectRows(): FileRow[] {
  const redirect = 'entryPoints.web.http.redirections.entryPoint';
  const internal = 'traefik/traefik pkg/provider/traefik/internal.go at v3.7.9';
  return [
    row(
      `${redirect}.to`,
      ':443',
      'none',
      'the port clients know, not the one of the pod',
      internal,
    ),
    row(
      `${redirect}.scheme`,
      'https',
      'https',
      'what a host says is not said in the clear',
      internal,
    ),
    row(`${redirect}.permanent`, true, 'true', 'browsers remember it', internal),
    row(
      `${redirect}.priority`,
      REDIRECT_PRIORITY,
      'the highest there is',
      'before every Ingress, whose number is the length of its rule; one that must be served without TLS says a larger one (traefik.ingress.kubernetes.io/router.priority)',
      internal,
    ),
    row(
      'entryPoints.web.allowACMEByPass',
      true,
      'false',
      'ACME HTTP-01 challenges are answered where they are asked: the host may have no certificate yet, and is refused in the handshake then',
      internal,
    ),
  ];
}

function middlewares(s: TraefikSettings, names: readonly string[]): string[] {
  const limits = s.edge.connectionsPerAddress === 0 ? [] : [ADDRESS_LIMIT];
  const rates = s.edge.requestRate === undefined ? [] : [REQUEST_RATE];
  return [...names, ...limits, ...rates].map((name) => `${name}@file`);
}
