import { tuned, type TuningRow } from '../cluster';
import { nginxSize, nginxTime, type Settings } from './settings';
import { kibibytesPerRequest, kibibytesPerStream } from './sizing';

type Rows = Record<string, TuningRow<string>>;

const HTTP = 'https://nginx.org/en/docs/http/ngx_http_core_module.html';
const SSL = 'https://nginx.org/en/docs/http/ngx_http_ssl_module.html';
const HTTP2 = 'https://nginx.org/en/docs/http/ngx_http_v2_module.html';
const RATE = 'https://nginx.org/en/docs/http/ngx_http_limit_req_module.html';
const LIMIT = 'https://nginx.org/en/docs/http/ngx_http_limit_conn_module.html';

/**
 * nginx directives of the http level that controllers have no key for.
 *
 * @param s the settings
 * @param at where the directives stand in the output; the key of each row starts with it
 */
export function httpDirectives(s: Settings, at: string): Rows {
  const row = (
    directive: string,
    value: string,
    upstream: string,
    why: string,
    source = `${HTTP}#${directive}`,
  ) => tuned(`${at}${directive}`, value, upstream, why, source);
  return {
    clientHeaderTimeout: row(
      'client_header_timeout',
      nginxTime(s.timeouts.header),
      '60s',
      'the defence against slow headers and stalled TLS handshakes: a slot comes free after this at the latest',
    ),
    clientBodyTimeout: row(
      'client_body_timeout',
      nginxTime(s.timeouts.body),
      '60s',
      'clients that stop sending; those that send a byte in time are the business of limit_conn',
    ),
    sendTimeout: row(
      'send_timeout',
      nginxTime(s.timeouts.send),
      '60s',
      'clients that stop reading',
    ),
    clientHeaderBufferSize: row(
      'client_header_buffer_size',
      '1k',
      '1k',
      'stated, because the memory of a replica is computed with it',
    ),
    largeClientHeaderBuffers: row(
      'large_client_header_buffers',
      `${s.buffers.count} ${s.buffers.kibibytes}k`,
      '4 8k',
      'what a stalled client can hold; the memory of a replica is computed with it',
    ),
    resetTimedoutConnection: row(
      'reset_timedout_connection',
      'on',
      'off',
      'a connection that timed out is forgotten at once, by the kernel as well',
    ),
    ...lingeringRows(s, row),
    ...streamRows(s, row),
    ...bodyRows(s, row),
    ...retryRows(s, row),
    ...totalRows(s, row),
    ...addressRows(s, row),
    ...rateRows(s, row),
    sslSessionCache: row(
      'ssl_session_cache',
      'shared:groundwork_tls:10m',
      'none',
      'returning clients skip the expensive half of the handshake; about 40,000 sessions',
      `${SSL}#ssl_session_cache`,
    ),
    sslSessionTimeout: row(
      'ssl_session_timeout',
      '10m',
      '5m',
      'a visit of ordinary length',
      `${SSL}#ssl_session_timeout`,
    ),
    sslSessionTickets: row(
      'ssl_session_tickets',
      'off',
      'on',
      'a ticket key that leaks opens every recorded session; the cache does the same without one',
      `${SSL}#ssl_session_tickets`,
    ),
  };
}

type Row = (
  directive: string,
  value: string,
  upstream: string,
  why: string,
  source?: string,
) => TuningRow<string>;

/** Refused clients must not hold a slot for longer than slow ones, or refusing them would help nobody. */
function lingeringRows({ timeouts: { header } }: Settings, row: Row): Rows {
  return {
    lingeringTime: row(
      'lingering_time',
      `${Math.min(30, Math.floor(header / 1000))}s`,
      '30s',
      'a client that is refused and goes on with its body is read for so long before its slot comes free. No longer than a request header may take, so that the rate at which slow clients fill a replica is the same for slow bodies over their limit',
      `${HTTP}#lingering_time; measured with nginx 1.22.1: slow bodies at half that rate took a replica in spite of limit_conn, and none with this`,
    ),
    lingeringTimeout: row(
      'lingering_timeout',
      nginxTime(Math.min(5000, header)),
      '5s',
      'the same for a client that is refused and sends nothing more',
    ),
  };
}

function streamRows(s: Settings, row: Row): Rows {
  if (!s.http2) {
    return {};
  }
  return {
    http2MaxConcurrentStreams: row(
      'http2_max_concurrent_streams',
      `${s.streams}`,
      '128',
      `a page with its parts. Redirects, 404 and refusals are answered before limit_conn counts: a client that opens no window holds each of them for send_timeout, up to ${kibibytesPerStream(s.buffers)} KiB a stream, and ${s.streams} a connection are all there is to bound that. Enough such connections get the replica killed for memory, and it starts again`,
      `${HTTP2}#http2_max_concurrent_streams; measured with nginx 1.22.1`,
    ),
  };
}

function bodyRows(s: Settings, row: Row): Rows {
  const grpc = row(
    'client_max_body_size',
    s.grpcBodyKibibytes === 0 ? '0' : nginxSize(s.grpcBodyKibibytes),
    '1m',
    'for gRPC, where the controller writes no limit into the location: all that one stream may send. Its messages are never written to disk',
    'nginx/kubernetes-ingress internal/configs/version1/nginx.ingress.tmpl at v5.5.4',
  );
  if (s.requestBuffering) {
    return { grpcMaxBodySize: grpc };
  }
  return {
    grpcMaxBodySize: grpc,
    requestBuffering: row(
      'proxy_request_buffering',
      'off',
      'on',
      'bodies go to the backend as they come and never to disk; a slow client holds a connection of its backend for as long as it sends, and a backend that fails cannot be replaced in the middle',
      'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_request_buffering',
    ),
  };
}

function retryRows(s: Settings, row: Row): Rows {
  const why =
    'a request that no backend answers ends; without a bound it goes to every pod of the Service in turn';
  const both = (name: string, value: string) =>
    ['proxy', 'grpc'].map((module): [string, TuningRow<string>] => [
      `${module}${name}`,
      row(
        `${module}_next_upstream_${name.toLowerCase()}`,
        value,
        '0, no bound',
        why,
        `https://nginx.org/en/docs/http/ngx_http_${module}_module.html#${module}_next_upstream_${name.toLowerCase()}`,
      ),
    ]);
  return Object.fromEntries([
    ...both('Tries', `${s.upstreamTries}`),
    ...both('Timeout', nginxTime(s.timeouts.upstreamRetry)),
  ]);
}

function totalRows(s: Settings, row: Row): Rows {
  return {
    totalZone: row(
      'limit_conn_zone $nginx_version',
      'zone=groundwork_total:1m',
      'none',
      'the same for every request, so that one number counts them all: in every process, and in those of the old configuration during a reload',
      `${LIMIT}#limit_conn_zone`,
    ),
    total: row(
      'limit_conn groundwork_total',
      `${s.requests}`,
      'none',
      `requests in flight of a replica, half its connections. HTTP/1 hardly reaches more, because a request takes a second connection until its backend has answered; HTTP/2 would: 520 connections with 100 streams and bodies of one byte took 729 MB. ${kibibytesPerRequest(s.buffers)} KiB each are in the memory of a replica`,
      'measured with nginx 1.22.1: 14.0 KiB a stream with a small header that sends its body; 123.8 KiB with full header buffers and a body whose client does not read the answer',
    ),
    limitConnStatus: row(
      'limit_conn_status',
      '429',
      '503',
      'nearly always an address over its limit: the client is at fault, not the service, and alerts on 5xx stay meaningful. A full replica says the same; nginx has one status for both',
      `${LIMIT}#limit_conn_status`,
    ),
  };
}

function addressRows(s: Settings, row: Row): Rows {
  if (s.connectionsPerAddress === 0) {
    return {};
  }
  const addresses = Math.ceil(s.requests / s.connectionsPerAddress);
  return {
    addressZone: row(
      'limit_conn_zone $binary_remote_addr',
      'zone=groundwork_address:10m',
      'none',
      'counts by client address, in every process of the replica together; room for 160,000 addresses',
      `${LIMIT}#limit_conn_zone`,
    ),
    address: row(
      'limit_conn groundwork_address',
      `${s.connectionsPerAddress}`,
      'none',
      `slow bodies hold a request however short the timeouts are: with this it takes ${addresses} addresses to fill a replica with requests. Connections that stall in their header or handshake are not counted here, whatever their address: those are held off by client_header_timeout alone`,
      `${LIMIT}#limit_conn`,
    ),
  };
}

function rateRows(s: Settings, row: Row): Rows {
  if (s.requestRate === undefined) {
    return {};
  }
  const { perSecond, burst } = s.requestRate;
  return {
    rateZone: row(
      'limit_req_zone $binary_remote_addr',
      `zone=groundwork_rate:10m rate=${perSecond}r/s`,
      'none',
      'requests of one address in a second, over all processes of the replica; room for 160,000 addresses',
      `${RATE}#limit_req_zone`,
    ),
    rate: row(
      'limit_req zone=groundwork_rate',
      burst === 0 ? 'nodelay' : `burst=${burst} nodelay`,
      'none',
      `asked for in the spec; ${burst} more may come at once and are not slowed down, because a request that waits here holds a slot`,
      `${RATE}#limit_req`,
    ),
    rateStatus: row(
      'limit_req_status',
      '429',
      '503',
      'the client is at fault, not the service',
      `${RATE}#limit_req_status`,
    ),
  };
}

/** The directives as text, with the number they add up to on top. */
export function renderHttpDirectives(settings: Settings, rows: Rows, at: string): string {
  const slots = settings.workers * settings.connections;
  const seconds = settings.timeouts.header / 1000;
  return [
    `# Slow headers fill a replica at ${settings.breakEvenRate} new connections a second: ${slots} / ${seconds} s.`,
    ...Object.values(rows).map((row) => `${row.key.slice(at.length)} ${row.value};`),
    '',
  ].join('\n');
}
