import { tuned, type TuningRow } from '../../cluster';
import { httpDirectives } from '../http-directives';
import { nginxTime, type Settings } from '../settings';
import { RESPONSE_FILE_MEBIBYTES } from '../sizing';
import { CIPHERS } from '../tls-policy';
import type { FabricSettings } from './settings';
import { fabricSize, fabricTime } from './units';

type Rows = Record<string, TuningRow<string>>;

const CORE = 'https://nginx.org/en/docs/ngx_core_module.html';
const HTTP = 'https://nginx.org/en/docs/http/ngx_http_core_module.html';
const HEADERS = 'https://nginx.org/en/docs/http/ngx_http_headers_module.html';
const PROXY = 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html';
const SSL = 'https://nginx.org/en/docs/http/ngx_http_ssl_module.html';
const TEMPLATES = 'nginx/nginx-gateway-fabric internal/controller/nginx/config at v2.6.7';

/** Where directives stand in the output. */
export const HTTP_SNIPPET = 'SnippetsPolicy.spec.snippets.value[http].';
export const MAIN_SNIPPET = 'SnippetsPolicy.spec.snippets.value[main].';

/** Policies with fields of their own. */
export function policyRows(s: Settings, { services }: FabricSettings) {
  const client = 'ClientSettingsPolicy.spec';
  const proxy = 'ProxySettingsPolicy.spec';
  const { response } = s.buffers;
  return {
    maxBody: tuned(
      `${client}.body.maxSize`,
      fabricSize(s.bodyKibibytes)!,
      '1m',
      'uploads of ordinary applications pass; a route may have a policy of its own',
      TEMPLATES,
    ),
    bodyTimeout: tuned(
      `${client}.body.timeout`,
      fabricTime(s.timeouts.body)!,
      '60s',
      'clients that stop sending; those that send a byte in time are the business of limit_conn',
      `${HTTP}#client_body_timeout`,
    ),
    keepaliveRequests: tuned(
      `${client}.keepAlive.requests`,
      s.keepaliveRequests,
      '1000',
      'bounds what one HTTP/2 connection can open and reset in its life; what it has open at once is http2_max_concurrent_streams',
      `${HTTP}#keepalive_requests`,
    ),
    keepaliveTimeout: tuned(
      `${client}.keepAlive.timeout.server`,
      fabricTime(s.timeouts.keepalive)!,
      '75s',
      s.trustedProxies.length > 0
        ? 'proxies in front reuse idle connections for a minute and more and must be the ones who close them'
        : 'an idle browser connection holds a slot; opening a new one costs it a round trip',
      `${HTTP}#keepalive_timeout`,
    ),
    connect: tuned(
      `${proxy}.timeout.connect`,
      fabricTime(s.timeouts.upstreamConnect)!,
      '60s',
      'inside a cluster a connection takes a millisecond or never comes; the next backend is tried sooner',
      `${PROXY}#proxy_connect_timeout`,
    ),
    read: tuned(
      `${proxy}.timeout.read`,
      fabricTime(s.timeouts.upstreamRead)!,
      '60s',
      'long requests of applications finish; it defends nothing, slow clients never get this far',
      `${PROXY}#proxy_read_timeout`,
    ),
    send: tuned(
      `${proxy}.timeout.send`,
      fabricTime(s.timeouts.upstreamSend)!,
      '60s',
      'as long as reading',
      `${PROXY}#proxy_send_timeout`,
    ),
    buffering: tuned(
      `${proxy}.buffering`,
      {
        disable: false,
        bufferSize: fabricSize(response.header)!,
        buffers: { number: response.count, size: fabricSize(response.kibibytes)! },
      },
      'on, 4k, 8 of 4k',
      'the backend is free as soon as it has answered, however slowly the client reads; the memory of a replica is computed with these buffers',
      `${PROXY}#proxy_buffers`,
    ),
    keepalive: tuned(
      'UpstreamSettingsPolicy.spec.keepAlive.connections',
      s.upstreamKeepalive,
      '16',
      `idle connections that each of ${s.workers} processes keeps to each of ${services.length} named Services; without them every request is a new connection and a new conntrack entry`,
      'measured: 32 idle connections against none are 1.9 to 2.7 times the requests a second',
    ),
    rate: tuned(
      'RateLimitPolicy.spec.rateLimit',
      s.requestRate === undefined ? '' : `${s.requestRate.perSecond}r/s`,
      'none',
      `asked for in the spec; ${s.requestRate?.burst ?? 0} more may come at once and are not slowed down, because a request that waits holds a slot. The rest is answered 429`,
      'https://nginx.org/en/docs/http/ngx_http_limit_req_module.html#limit_req',
    ),
  };
}

/** What has no field of its own: directives of the http level, which hold for servers of no route as well. */
export function httpRows(s: Settings): Rows {
  const row = (directive: string, value: string, upstream: string, why: string, source: string) =>
    tuned(`${HTTP_SNIPPET}${directive}`, value, upstream, why, source);
  // Limits of bodies and rates have a policy; the rest of the shared directives has nothing else.
  const {
    grpcMaxBodySize: _body,
    rateZone: _zone,
    rate: _rate,
    rateStatus: _status,
    ...shared
  } = httpDirectives(s, HTTP_SNIPPET);
  return {
    ...shared,
    keepaliveTimeout: row(
      'keepalive_timeout',
      nginxTime(s.timeouts.keepalive),
      '75s',
      'for hosts that no listener has: the policy reaches servers of listeners only',
      TEMPLATES,
    ),
    bodyBuffer: row(
      'client_body_buffer_size',
      `${s.buffers.body}k`,
      '16k',
      'stated, because the memory of a replica is computed with it',
      `${HTTP}#client_body_buffer_size`,
    ),
    temporaryFiles: row(
      'proxy_max_temp_file_size',
      `${RESPONSE_FILE_MEBIBYTES}m`,
      '1024m a response',
      `pages and answers of ordinary size leave their backend free at once. ${s.requests} slow readers must not fill the disk of a replica: beyond this the backend waits for the client`,
      `${PROXY}#proxy_max_temp_file_size`,
    ),
    hiddenHeader: row(
      'proxy_hide_header',
      'X-Powered-By',
      'none',
      'backends tell their versions as well. A route that removes or sets headers of the answer must hide it itself',
      `${PROXY}#proxy_hide_header`,
    ),
    protocols: row(
      'ssl_protocols',
      s.tls13Only ? 'TLSv1.3' : 'TLSv1.2 TLSv1.3',
      'TLSv1.2 TLSv1.3',
      'here and not in the options of a listener, so that it holds for listeners of others and for the server that refuses unknown names',
      `${SSL}#ssl_protocols`,
    ),
    ...(s.tls13Only
      ? {}
      : {
          ciphers: row(
            'ssl_ciphers',
            CIPHERS,
            'HIGH:!aNULL:!MD5',
            'TLS 1.2 only with authenticated encryption and forward secrecy',
            `${SSL}#ssl_ciphers`,
          ),
        }),
    hstsValue: row(
      'map $https $groundwork_hsts',
      `{ on "${hstsOf(s)}"; default ""; }`,
      'none',
      'a browser that came by TLS once is not led back to plain HTTP; a year is what audits ask for, zero withdraws it. An empty value adds no header',
      `${HEADERS}#add_header`,
    ),
    headerInheritance: row(
      'add_header_inherit',
      'merge',
      'on: one header of a route replaces all of them',
      'a route that adds headers keeps this one',
      `${HEADERS}#add_header_inherit`,
    ),
    hsts: row(
      'add_header Strict-Transport-Security',
      '$groundwork_hsts always',
      'none',
      'errors of the edge carry it as well',
      `${HEADERS}#add_header`,
    ),
  };
}

/** The two directives that stand before everything else. */
export function mainRows(s: Settings): Rows {
  const row = (directive: string, value: string, upstream: string, why: string, source: string) =>
    tuned(`${MAIN_SNIPPET}${directive}`, value, upstream, why, source);
  return {
    shutdown: row(
      'worker_shutdown_timeout',
      `${s.shutdown.drain}s`,
      'unset: old processes live as long as their longest WebSocket',
      'every reload leaves the processes of the old configuration behind with their connections; requests that end in that time still do. Memory has room for one such generation',
      'nginx/nginx-gateway-fabric issue 1617',
    ),
    descriptors: row(
      'worker_rlimit_nofile',
      `${s.connections + 2 * s.requests}`,
      'unset, so the soft limit of the container runtime (1024)',
      'one descriptor for each connection, and two files for each request: its body and its response. Without it worker_connections above the soft limit is a number on paper',
      `${CORE}#worker_rlimit_nofile; nginx/nginx-gateway-fabric issue 5374`,
    ),
  };
}

function hstsOf({ hsts }: Settings): string {
  return [
    `max-age=${hsts.seconds}`,
    ...(hsts.includeSubdomains ? ['includeSubDomains'] : []),
    ...(hsts.preload ? ['preload'] : []),
  ].join('; ');
}
