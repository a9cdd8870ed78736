import { askedFor, tuned } from '../../cluster';
import { nginxSize, nginxTime, type Settings } from '../settings';
import { descriptorsOf, RESPONSE_FILE_MEBIBYTES } from '../sizing';
import { DATA, type Row, type Rows } from './config-map-row';
import { realIpRows } from './real-ip-tuning';
import { hstsRows, tlsRows } from './tls-tuning';

const KEYS = 'nginx/kubernetes-ingress internal/configs/config_params.go, configmaps.go at v5.5.4';
const PROXY = 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html';
const CORE = 'https://nginx.org/en/docs/ngx_core_module.html';

/** What nginx is told by keys of the controller's own. */
export function configMapRows(s: Settings): Rows {
  const row = (key: string, value: string, upstream: string, why: string, source = KEYS) =>
    tuned(`${DATA}${key}`, value, upstream, why, source);
  const slots = s.workers * s.connections;
  const pools = Math.max(1, Math.floor(s.connections / s.upstreamKeepalive));
  return {
    workerProcesses: row(
      'worker-processes',
      `${s.workers}`,
      'auto',
      'a number, because auto counts the cores of the machine and not the CPU limit of the pod; equal to that limit',
      'nginx/kubernetes-ingress issue 8500',
    ),
    workerConnections: row(
      'worker-connections',
      `${s.connections}`,
      '1024',
      `${slots} connections in a replica: its memory holds them twice when every client stalls, because processes of the old configuration keep theirs during a reload. Clients that stall in their header or handshake fill it at ${s.breakEvenRate} new connections a second, from any number of addresses; a request takes two of them until its backend has answered`,
    ),
    workerRlimitNofile: row(
      'worker-rlimit-nofile',
      `${descriptorsOf(s.connections, s.requests)}`,
      'unset, so the soft limit of the container runtime (1024)',
      'one descriptor for each connection, and two files for each request: its body and its response. HTTP/2 can bring all requests of a replica to one process',
      `${CORE}#worker_rlimit_nofile`,
    ),
    workerShutdownTimeout: row(
      'worker-shutdown-timeout',
      `${s.shutdown.drain}s`,
      'unset: old processes live as long as their longest WebSocket',
      'every reload leaves the processes of the old configuration behind with their connections; requests that end in that time still do. Memory has room for one such generation. When Ingresses change all the time there are more, but stalled headers end with client_header_timeout and requests are counted over all of them',
      'nginx/nginx-gateway-fabric issue 1617',
    ),
    keepaliveTimeout: row(
      'keepalive-timeout',
      nginxTime(s.timeouts.keepalive),
      '75s',
      s.trustedProxies.length > 0
        ? 'proxies in front reuse idle connections for a minute and more and must be the ones who close them'
        : 'an idle browser connection holds a slot; opening a new one costs it a round trip',
    ),
    keepaliveRequests: row(
      'keepalive-requests',
      `${s.keepaliveRequests}`,
      '1000',
      'bounds what one HTTP/2 connection can open and reset in its life; what it has open at once is http2_max_concurrent_streams',
    ),
    clientMaxBodySize: row(
      'client-max-body-size',
      nginxSize(s.bodyKibibytes),
      '1m',
      s.requestBuffering
        ? `uploads of ordinary applications pass; ${Math.floor(s.temporaryMebibytes / Math.max(1, Math.ceil(s.bodyKibibytes / 1024)))} of the largest at once fit the volume of temporary files`
        : 'large uploads pass; they go to the backend as they come and never to disk',
    ),
    ...bufferRows(s, row),
    proxyConnectTimeout: row(
      'proxy-connect-timeout',
      nginxTime(s.timeouts.upstreamConnect),
      '60s',
      'inside a cluster a connection takes a millisecond or never comes; the next backend is tried sooner',
    ),
    proxyReadTimeout: row(
      'proxy-read-timeout',
      nginxTime(s.timeouts.upstreamRead),
      '60s',
      'long requests of applications finish; it defends nothing, slow clients never get this far',
    ),
    proxySendTimeout: row(
      'proxy-send-timeout',
      nginxTime(s.timeouts.upstreamSend),
      '60s',
      'as long as reading',
    ),
    proxyMaxTempFileSize: row(
      'proxy-max-temp-file-size',
      `${RESPONSE_FILE_MEBIBYTES}m`,
      '1024m a response, by nginx',
      `pages and answers of ordinary size leave their backend free at once. ${s.requests} slow readers must not fill the volume of temporary files: beyond this the backend waits for the client`,
      `${PROXY}#proxy_max_temp_file_size`,
    ),
    keepalive: row(
      'keepalive',
      `${s.upstreamKeepalive}`,
      'unset: 32 by nginx since 1.29.7, none before',
      `idle connections that each of ${s.workers} processes keeps to each Service; without them every request is a new connection and a new conntrack entry. They come out of its ${s.connections} connections and there is no bound over all Services: ${pools} Services with that many idle ones take them all, for the 60 s that nginx keeps them; with many busy Services lower upstreamKeepalive`,
      'measured: 32 idle connections against none are 1.9 to 2.7 times the requests a second',
    ),
    serverTokens: row(
      'server-tokens',
      'false',
      'on',
      'nobody needs to know the version who is not responsible for it',
    ),
    proxyHideHeaders: row(
      'proxy-hide-headers',
      'X-Powered-By',
      'none',
      'backends tell their versions as well',
    ),
    ...tlsRows(s, row),
    ...hstsRows(s, row),
    errorLogLevel: row(
      'error-log-level',
      'notice',
      'notice',
      'reloads and worker exits are visible, requests are not',
    ),
    ...realIpRows(s, row),
    ...(s.statusAddress === undefined
      ? {}
      : {
          statusAddress: row(
            'external-status-address',
            s.statusAddress,
            'none',
            'the spec says where clients reach the edge',
          ),
        }),
  };
}

function bufferRows(s: Settings, row: Row): Rows {
  const { body, response } = s.buffers;
  const why = 'stated, because the memory of a replica is computed with it';
  return {
    clientBodyBufferSize: row('client-body-buffer-size', `${body}k`, '16k, by nginx', why),
    proxyBuffers: row(
      'proxy-buffers',
      `${response.count} ${response.kibibytes}k`,
      '8 4k, by nginx',
      why,
    ),
    proxyBufferSize: row('proxy-buffer-size', `${response.header}k`, '4k, by nginx', why),
  };
}

/** Keys that the spec names by itself. They replace rows of the same name. */
export function overrideRows(overrides: Readonly<Record<string, string>>): Rows {
  return Object.fromEntries(
    Object.entries(overrides).map(([key, value]) => [
      camelCase(key),
      askedFor(`${DATA}${key}`, value, "the controller's own"),
    ]),
  );
}

function camelCase(key: string): string {
  return key.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
