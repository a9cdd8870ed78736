import { tuned, type TuningRow } from '../cluster';
import { DATA } from './nginx-tuning';
import { nginxTime, type Settings } from './settings';

type Rows = Record<string, TuningRow<string>>;

/** Where a row of the snippet stands in the output: one nginx directive. */
export const SNIPPET = `${DATA}http-snippets.`;

const HTTP = 'https://nginx.org/en/docs/http/ngx_http_core_module.html';
const SSL = 'https://nginx.org/en/docs/http/ngx_http_ssl_module.html';
const LIMIT = 'https://nginx.org/en/docs/http/ngx_http_limit_conn_module.html';

/** What nginx is told by directives the controller has no key for; http level. */
export function snippetRows(s: Settings): Rows {
  const row = (
    directive: string,
    value: string,
    upstream: string,
    why: string,
    source = `${HTTP}#${directive}`,
  ) => tuned(`${SNIPPET}${directive}`, value, upstream, why, source);
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
    ...limitRows(s, row),
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

function limitRows(
  s: Settings,
  row: (
    directive: string,
    value: string,
    upstream: string,
    why: string,
    source: string,
  ) => TuningRow<string>,
): Rows {
  if (s.connectionsPerAddress === 0) {
    return {};
  }
  const addresses = Math.ceil((s.workers * s.connections) / s.connectionsPerAddress);
  return {
    limitConnZone: row(
      'limit_conn_zone',
      '$binary_remote_addr zone=groundwork_address:10m',
      'none',
      'counts by client address, in every process of the replica together; room for 160,000 addresses',
      `${LIMIT}#limit_conn_zone`,
    ),
    limitConn: row(
      'limit_conn',
      `groundwork_address ${s.connectionsPerAddress}`,
      'none',
      `slow bodies hold a slot however short the timeouts are: with this it takes ${addresses} addresses to fill a replica`,
      `${LIMIT}#limit_conn`,
    ),
    limitConnStatus: row(
      'limit_conn_status',
      '429',
      '503',
      'the client is at fault, not the service; alerts on 5xx stay meaningful',
      `${LIMIT}#limit_conn_status`,
    ),
  };
}
