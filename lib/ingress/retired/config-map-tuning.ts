import { tuned, type TuningRow } from '../../cluster';
import { nginxSize, type Settings } from '../settings';
import { RESPONSE_FILE_MEBIBYTES } from '../sizing';

type Rows = Record<string, TuningRow<string>>;

/** Where a row of the ConfigMap stands in the output. */
export const DATA = 'ConfigMap.data.';

const KEYS =
  'kubernetes/ingress-nginx internal/ingress/controller/config/config.go at controller-v1.15.1';
const TEMPLATE =
  'kubernetes/ingress-nginx rootfs/etc/nginx/template/nginx.tmpl at controller-v1.15.1';
const CONTROLLER =
  'kubernetes/ingress-nginx internal/ingress/controller/nginx.go at controller-v1.15.1';
const RISKS =
  'kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations-risk.md at controller-v1.15.1';

/** AEAD with a fresh key for every connection; the DHE ones of the default are left out. */
const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

type Row = (
  key: string,
  value: string | number | boolean,
  upstream: string,
  why: string,
  source?: string,
) => TuningRow<string>;

/** Services that are busy at once, for which there is one pool of idle connections. */
const BUSY_SERVICES = 5;

/** What nginx is told by keys of the controller's own; integers have no unit, times of them are seconds. */
export function configMapRows(s: Settings): Rows {
  const row: Row = (key, value, upstream, why, source = KEYS) =>
    tuned(`${DATA}${key}`, `${value}`, upstream, why, source);
  return {
    ...capacityRows(s, row),
    ...clientRows(s, row),
    ...backendRows(s, row),
    ...tlsRows(s, row),
    ...tenantRows(row),
    ...proxyRows(s, row),
  };
}

function capacityRows(s: Settings, row: Row): Rows {
  const slots = s.workers * s.connections;
  return {
    workerProcesses: row(
      'worker-processes',
      s.workers,
      'the CPU limit, rounded up',
      'equal to the CPU limit, and still right where the limit is taken off',
    ),
    workerConnections: row(
      'max-worker-connections',
      s.connections,
      '16384',
      `${slots} connections in a replica, which its memory holds twice. Clients that stall in their header or handshake fill it at ${s.breakEvenRate} new connections a second, from any number of addresses; a request takes two of them until its backend has answered`,
    ),
    workerOpenFiles: row(
      'max-worker-open-files',
      s.connections + 2 * s.requests,
      '0: the hard limit of the container runtime, less 1024',
      'one descriptor for each connection, and two files for each request: its body and its response',
      CONTROLLER,
    ),
    serialReloads: row(
      'enable-serial-reloads',
      true,
      'false: every reload leaves its processes behind, with no upper bound',
      `never more than two generations of processes, which is what the memory is for. A change of an Ingress waits until the processes before it are gone, ${s.shutdown.drain} s at most; changes of endpoints and certificates need no reload`,
      CONTROLLER,
    ),
    workerShutdownTimeout: row(
      'worker-shutdown-timeout',
      `${s.shutdown.drain}s`,
      '240s',
      'requests that end in that time still do after a reload, and within the time that a replica has to stop',
    ),
    errorLogLevel: row(
      'error-log-level',
      'notice',
      'notice',
      'reloads and worker exits are visible, requests are not',
    ),
    disableIpv6: row(
      'disable-ipv6',
      s.ipv4Only,
      'false',
      'listens as the pod network is; machines that boot with ipv6.disable=1 refuse the other kind',
    ),
  };
}

function clientRows(s: Settings, row: Row): Rows {
  return {
    clientHeaderTimeout: row(
      'client-header-timeout',
      seconds(s.timeouts.header),
      '60',
      'the defence against slow headers and stalled TLS handshakes: a slot comes free after this at the latest',
    ),
    clientBodyTimeout: row(
      'client-body-timeout',
      seconds(s.timeouts.body),
      '60',
      'clients that stop sending; those that send a byte in time are the business of limit_conn',
    ),
    keepAlive: row(
      'keep-alive',
      seconds(s.timeouts.keepalive),
      '75',
      s.trustedProxies.length > 0
        ? 'proxies in front reuse idle connections for a minute and more and must be the ones who close them'
        : 'an idle browser connection holds a slot; opening a new one costs it a round trip',
    ),
    keepAliveRequests: row(
      'keep-alive-requests',
      s.keepaliveRequests,
      '1000',
      'bounds what one HTTP/2 connection can open and reset in its life',
    ),
    clientHeaderBufferSize: row(
      'client-header-buffer-size',
      '1k',
      '1k',
      'stated, because the memory of a replica is computed with it',
    ),
    largeClientHeaderBuffers: row(
      'large-client-header-buffers',
      `${s.buffers.count} ${s.buffers.kibibytes}k`,
      '4 8k',
      'what a stalled client can hold; the memory of a replica is computed with it',
    ),
    clientBodyBufferSize: row(
      'client-body-buffer-size',
      `${s.buffers.body}k`,
      '8k',
      'small bodies never touch the disk; the memory of a replica is computed with it',
    ),
    proxyBodySize: row(
      'proxy-body-size',
      nginxSize(s.bodyKibibytes),
      '1m',
      s.requestBuffering
        ? `uploads of ordinary applications pass; ${Math.floor(s.temporaryMebibytes / Math.max(1, Math.ceil(s.bodyKibibytes / 1024)))} of the largest at once fit the volume of temporary files`
        : 'large uploads pass; they go to the backend as they come and never to disk',
    ),
    requestBuffering: row(
      'proxy-request-buffering',
      s.requestBuffering ? 'on' : 'off',
      'on',
      s.requestBuffering
        ? 'a body is read whole before a backend is asked, so a slow client holds none'
        : 'bodies go to the backend as they come and never to disk; a slow client holds a connection of its backend for as long as it sends',
    ),
    http2: row(
      'use-http2',
      s.http2,
      'true',
      s.http2
        ? 'browsers and gRPC expect it'
        : 'asked for in the spec; gRPC does not work without it',
    ),
    http2Streams: row(
      'http2-max-concurrent-streams',
      s.streams,
      '128',
      'a page with its parts; answers that nginx writes by itself are bounded by nothing else',
    ),
    limitConnStatus: row(
      'limit-conn-status-code',
      429,
      '503',
      'nearly always an address over its limit: the client is at fault, and alerts on 5xx stay meaningful',
    ),
    limitReqStatus: row('limit-req-status-code', 429, '503', 'the same for rates of requests'),
    serverTokens: row(
      'server-tokens',
      false,
      'false',
      'nobody needs to know the version who is not responsible for it',
    ),
    hideHeaders: row(
      'hide-headers',
      'X-Powered-By',
      'none',
      'backends tell their versions as well',
    ),
    invalidHeaders: row(
      'ignore-invalid-headers',
      true,
      'true',
      'stated: passing such headers on is the trigger of CVE-2026-42055, which is open in this nginx',
      'nginx security advisory of 2026-06-17',
    ),
    underscores: row(
      'enable-underscores-in-headers',
      false,
      'false',
      'stated: X_Real_IP must not pass as X-Real-IP at a backend that reads both alike',
    ),
  };
}

function backendRows(s: Settings, row: Row): Rows {
  const pool = Math.min(BUSY_SERVICES * s.upstreamKeepalive, Math.floor(s.connections / 4));
  return {
    proxyConnectTimeout: row(
      'proxy-connect-timeout',
      seconds(s.timeouts.upstreamConnect),
      '5',
      'inside a cluster a connection takes a millisecond or never comes; the next backend is tried then',
    ),
    proxyReadTimeout: row(
      'proxy-read-timeout',
      seconds(s.timeouts.upstreamRead),
      '60',
      'long requests of applications finish; it defends nothing, slow clients never get this far',
    ),
    proxySendTimeout: row(
      'proxy-send-timeout',
      seconds(s.timeouts.upstreamSend),
      '60',
      'as long as reading',
    ),
    proxyBuffering: row(
      'proxy-buffering',
      'on',
      'off',
      'a client that reads slowly must not hold a backend: 200 of them held 200 backend connections without it and none with it',
      'measured with nginx 1.22.1',
    ),
    proxyBufferSize: row(
      'proxy-buffer-size',
      `${s.buffers.response.kibibytes}k`,
      '4k',
      'of every buffer, the one for the header of an answer as well; the memory of a request is computed with it',
    ),
    proxyBuffers: row(
      'proxy-buffers-number',
      s.buffers.response.count,
      '4',
      "nginx's own number by default; the memory of a request is computed with it",
    ),
    nextUpstreamTries: row(
      'proxy-next-upstream-tries',
      s.upstreamTries,
      '3',
      'a request that no backend answers ends',
    ),
    nextUpstreamTimeout: row(
      'proxy-next-upstream-timeout',
      seconds(s.timeouts.upstreamRetry),
      '0, no bound',
      'the time for all backends that are tried',
    ),
    proxyMaxTempFileSize: row(
      'proxy-max-temp-file-size',
      `${RESPONSE_FILE_MEBIBYTES}m`,
      '1024m',
      `pages and answers of ordinary size leave their backend free at once. ${s.requests} slow readers must not fill the volume of temporary files: beyond this the backend waits for the client`,
    ),
    upstreamKeepalive: row(
      'upstream-keepalive-connections',
      pool,
      '320',
      `idle connections of each process to all Services together: this controller has one pool. ${s.upstreamKeepalive} to each of ${BUSY_SERVICES} busy Services, and at most a quarter of its connections. Ten times fewer than the default was measured: 70,811 new connections to backends where 401 were enough`,
      TEMPLATE,
    ),
  };
}

function tlsRows(s: Settings, row: Row): Rows {
  return {
    sslProtocols: row(
      'ssl-protocols',
      s.tls13Only ? 'TLSv1.3' : 'TLSv1.2 TLSv1.3',
      'TLSv1.2 TLSv1.3',
      s.tls13Only ? 'asked for in the spec' : 'stated, so that it cannot widen with an image',
    ),
    sslCiphers: row(
      'ssl-ciphers',
      CIPHERS,
      'the same and two with DHE',
      'TLS 1.2 only with authenticated encryption and forward secrecy; no DHE, so no parameters to generate',
    ),
    sslSessionCacheSize: row(
      'ssl-session-cache-size',
      '10m',
      '10m',
      'returning clients skip the expensive half of the handshake; about 40,000 sessions',
    ),
    sslSessionTimeout: row('ssl-session-timeout', '10m', '10m', 'a visit of ordinary length'),
    sslSessionTickets: row(
      'ssl-session-tickets',
      false,
      'false',
      'a ticket key that leaks opens every recorded session, and CVE-2026-97629 is in their rotation',
    ),
    sslEarlyData: row(
      'ssl-early-data',
      false,
      'false',
      'early data can be sent again by anybody who saw it',
    ),
    sslRejectHandshake: row(
      'ssl-reject-handshake',
      true,
      'false',
      'whoever asks for a host that nobody serves learns nothing, not even a made-up certificate',
    ),
    hsts: row(
      'hsts',
      true,
      'true',
      'a browser that came by TLS once is not led back to plain HTTP',
    ),
    hstsMaxAge: row(
      'hsts-max-age',
      s.hsts.seconds,
      '31536000',
      'a year is what audits ask for; zero withdraws it',
    ),
    hstsSubdomains: row(
      'hsts-include-subdomains',
      s.hsts.includeSubdomains,
      'true',
      s.hsts.includeSubdomains
        ? 'asked for in the spec'
        : 'the edge does not know what else lives below a host it serves, and browsers would not reach that without TLS for as long',
    ),
    hstsPreload: row(
      'hsts-preload',
      s.hsts.preload,
      'false',
      s.hsts.preload
        ? 'asked for in the spec'
        : "the browsers' permanent list is for the owner of a domain to decide",
    ),
  };
}

/** What those may do who write Ingresses. */
function tenantRows(row: Row): Rows {
  return {
    snippetAnnotations: row(
      'allow-snippet-annotations',
      false,
      'false',
      'a snippet in an Ingress is code in the edge, which reads Secrets',
    ),
    riskLevel: row(
      'annotations-risk-level',
      'Medium',
      'High',
      'refuses auth-url, auth-signin, server-alias, mirror-*, upstream-hash-by and five more: values that end up in the configuration as they are, and through which most holes of this controller went',
      RISKS,
    ),
    crossNamespace: row(
      'allow-cross-namespace-resources',
      false,
      'false',
      'an Ingress names Secrets of its own namespace',
    ),
    pathType: row(
      'strict-validate-path-type',
      true,
      'true',
      'paths of type Exact and Prefix are plain; the webhook alone asks, without it the admission policy does',
    ),
  };
}

function proxyRows(s: Settings, row: Row): Rows {
  if (s.trustedProxies.length === 0) {
    return {
      forwardedHeaders: row(
        'use-forwarded-headers',
        false,
        'false',
        'a client is who opened the connection, whatever it writes',
      ),
    };
  }
  const from = row(
    'proxy-real-ip-cidr',
    s.trustedProxies.join(','),
    '0.0.0.0/0',
    'only these may say who the client is',
  );
  if (s.proxyProtocol) {
    return {
      proxyProtocol: row(
        'use-proxy-protocol',
        true,
        'false',
        'the balancer in front writes the address of the client before each connection; one that does not begin with it is refused',
        TEMPLATE,
      ),
      realIpFrom: from,
    };
  }
  return {
    realIp: row(
      'enable-real-ip',
      true,
      'false',
      'takes the address of a client from the proxies in front and nothing else; use-forwarded-headers would believe X-Forwarded-Proto of everybody',
      TEMPLATE,
    ),
    realIpFrom: from,
    forwardedForHeader: row(
      'forwarded-for-header',
      'X-Forwarded-For',
      'X-Forwarded-For',
      'what HTTP proxies send; the last address in it that is not a proxy of ours is the client',
    ),
  };
}

/** Milliseconds as this controller wants them: whole seconds, checked before. */
function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}
