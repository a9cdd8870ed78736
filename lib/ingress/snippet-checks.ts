import type { Problem } from '../cluster';
import { readStatements, type Statement } from './statements';

/** Options that stand for a directive; what is not here has none. */
const OPTIONS: Readonly<Record<string, string>> = {
  client_body_buffer_size: 'clientBodyBuffer',
  client_body_timeout: 'clientTimeouts.body',
  client_header_timeout: 'clientTimeouts.header',
  client_max_body_size: 'clientMaxBodySize or grpcMaxBodySize',
  http2: 'http2',
  http2_max_concurrent_streams: 'http2MaxStreams',
  keepalive_requests: 'keepaliveRequests',
  keepalive_timeout: 'clientTimeouts.keepalive',
  large_client_header_buffers: 'headerBuffers',
  limit_conn: 'connectionsPerAddress',
  limit_conn_zone: 'connectionsPerAddress',
  limit_req: 'requestRate',
  limit_req_zone: 'requestRate',
  proxy_buffer_size: 'responseBuffers.header',
  proxy_buffers: 'responseBuffers',
  proxy_connect_timeout: 'upstreamTimeouts.connect',
  proxy_next_upstream_timeout: 'upstreamRetries.timeout',
  proxy_next_upstream_tries: 'upstreamRetries.tries',
  proxy_read_timeout: 'upstreamTimeouts.read',
  proxy_request_buffering: 'requestBuffering',
  proxy_send_timeout: 'upstreamTimeouts.send',
  real_ip_header: 'realIp',
  real_ip_recursive: 'realIp',
  send_timeout: 'clientTimeouts.send',
  set_real_ip_from: 'realIp',
  ssl_protocols: 'tlsPolicy',
  worker_connections: 'workerConnections',
  worker_processes: 'workerProcesses',
  worker_shutdown_timeout: 'shutdown.drain',
};

/** Directives that may stand any number of times, each with a zone of its own. */
const ZONED = ['limit_conn', 'limit_conn_zone', 'limit_req', 'limit_req_zone'];
/** What the zones of this library are called. */
const OWN_ZONE = /(^|=)groundwork_/;

/**
 * What is wrong with lines that a user adds to nginx's configuration.
 *
 * @param prop the option, for the message
 * @param lines the lines
 * @param taken directives that somebody else writes at this level, or at a deeper one that wins
 */
export function snippetProblems(
  prop: string,
  lines: readonly string[],
  taken: readonly string[],
): Problem[] {
  const seen = new Set<string>();
  return lines.flatMap((line) => {
    const read = readStatements(line);
    if ('wrong' in read || read.statements.length !== 1) {
      const wrong = 'wrong' in read ? `: ${read.wrong}` : '';
      return [
        {
          prop,
          allowed: 'one directive with its semicolon, or one block, in each line',
          got: `${line}${wrong}`,
          remedy: 'write for example "types_hash_max_size 2048;"',
        },
      ];
    }
    return directiveProblems(prop, read.statements[0]!, taken, seen);
  });
}

function directiveProblems(
  prop: string,
  { name, parameters }: Statement,
  taken: readonly string[],
  seen: Set<string>,
): Problem[] {
  const zoned = ZONED.includes(name);
  const isTaken = zoned ? parameters.some((p) => OWN_ZONE.test(p)) : taken.includes(name);
  if (isTaken) {
    const option = OPTIONS[name];
    return [
      {
        prop,
        allowed: 'directives that nobody else writes',
        got: name,
        remedy:
          option === undefined
            ? 'leave it out: nginx refuses it a second time, or takes the other one'
            : `use ${option} instead: nginx refuses it a second time, or takes the other one`,
      },
    ];
  }
  const key = [name, ...parameters].join(' ');
  if (seen.has(key)) {
    return [{ prop, allowed: 'each line once', got: key, remedy: 'leave one of them out' }];
  }
  seen.add(key);
  return [];
}
