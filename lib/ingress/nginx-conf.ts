import { httpDirectives, renderHttpDirectives } from './http-directives';
import { nginxSize, nginxTime, type Settings } from './settings';
import { descriptorsOf, RESPONSE_FILE_MEBIBYTES } from './sizing';
import { CIPHERS } from './tls-policy';

/** The one host that a configuration serves, and the nginx it is for. */
export interface NginxHost {
  /** Release of nginx; some directives are written differently before 1.25. */
  readonly version: string;
  /** What it listens on: a port, or an address and a port. */
  readonly http: string;
  readonly https: string;
  /** Address and port of the one backend. */
  readonly backend: string;
  /** More lines of the `http` block, such as where temporary files are. */
  readonly httpLines?: readonly string[];
}

/** A host for people who read: nothing in it is an address of somebody. */
const EXAMPLE: NginxHost = {
  version: '1.31.3',
  http: '80',
  https: '443',
  backend: '192.0.2.1:8080',
};

/**
 * The nginx configuration that the settings stand for, whatever the controller: every limit and
 * timeout in the place where nginx reads it, around one host with one backend. A controller spreads
 * the same values over the servers and locations that it makes from Ingresses or routes.
 */
export function renderNginxConf(s: Settings, host: NginxHost = EXAMPLE): string {
  return [
    `worker_processes ${s.workers};`,
    `worker_rlimit_nofile ${descriptorsOf(s.connections, s.requests)};`,
    `worker_shutdown_timeout ${s.shutdown.drain}s;`,
    'error_log stderr notice;',
    'pid nginx.pid;',
    ...s.mainSnippets,
    '',
    'events {',
    `  worker_connections ${s.connections};`,
    '}',
    '',
    'http {',
    ...indented([...httpLines(s), ...s.httpSnippets, ...(host.httpLines ?? [])]),
    '',
    ...indented(serverLines(s, host)),
    '}',
    '',
  ].join('\n');
}

function httpLines(s: Settings): string[] {
  return [
    ...renderHttpDirectives(s, httpDirectives(s, ''), '').trimEnd().split('\n'),
    `keepalive_timeout ${nginxTime(s.timeouts.keepalive)};`,
    `keepalive_requests ${s.keepaliveRequests};`,
    // Every controller writes it; without it an answer that waits in a file holds 64 KiB of memory more.
    'sendfile on;',
    'server_tokens off;',
    ...tlsLines(s),
    ...realIpLines(s),
    ...proxyLines(s),
  ];
}

function tlsLines({ tls13Only, hsts }: Settings): string[] {
  const age = [
    `max-age=${hsts.seconds}`,
    ...(hsts.includeSubdomains ? ['includeSubDomains'] : []),
    ...(hsts.preload ? ['preload'] : []),
  ];
  return [
    `ssl_protocols ${tls13Only ? 'TLSv1.3' : 'TLSv1.2 TLSv1.3'};`,
    ...(tls13Only ? [] : [`ssl_ciphers ${CIPHERS};`]),
    // Browsers ignore the header on a connection without TLS, and an empty one is not sent.
    `map $https $groundwork_hsts { on "${age.join('; ')}"; }`,
    'add_header Strict-Transport-Security $groundwork_hsts always;',
  ];
}

function realIpLines({ trustedProxies, proxyProtocol }: Settings): string[] {
  if (trustedProxies.length === 0) {
    return [];
  }
  return [
    ...trustedProxies.map((from) => `set_real_ip_from ${from};`),
    ...(proxyProtocol
      ? ['real_ip_header proxy_protocol;']
      : ['real_ip_header X-Forwarded-For;', 'real_ip_recursive on;']),
  ];
}

function proxyLines({ buffers, timeouts }: Settings): string[] {
  const { body, response } = buffers;
  return [
    `client_body_buffer_size ${body}k;`,
    `proxy_buffers ${response.count} ${response.kibibytes}k;`,
    `proxy_buffer_size ${response.header}k;`,
    `proxy_max_temp_file_size ${RESPONSE_FILE_MEBIBYTES}m;`,
    ...['proxy', 'grpc'].flatMap((module) => [
      `${module}_connect_timeout ${nginxTime(timeouts.upstreamConnect)};`,
      `${module}_read_timeout ${nginxTime(timeouts.upstreamRead)};`,
      `${module}_send_timeout ${nginxTime(timeouts.upstreamSend)};`,
    ]),
    'proxy_hide_header X-Powered-By;',
    // Without these two no connection to a backend is kept before nginx 1.29.7.
    'proxy_http_version 1.1;',
    'proxy_set_header Connection "";',
    'proxy_set_header Host $host;',
  ];
}

function serverLines(s: Settings, { version, http, https, backend }: NginxHost): string[] {
  const modern = isAtLeast(version, '1.25.1');
  const proxied = s.proxyProtocol ? ' proxy_protocol' : '';
  return [
    `upstream backend { server ${backend}; keepalive ${s.upstreamKeepalive}; }`,
    'server {',
    ...indented([
      `listen ${http}${proxied};`,
      `listen ${https} ssl${s.http2 && !modern ? ' http2' : ''}${proxied};`,
      ...(modern ? [`http2 ${s.http2 ? 'on' : 'off'};`] : []),
      'ssl_certificate tls.crt;',
      'ssl_certificate_key tls.key;',
      'location / {',
      ...indented([
        `client_max_body_size ${nginxSize(s.bodyKibibytes)};`,
        'proxy_pass http://backend;',
      ]),
      '}',
    ]),
    '}',
  ];
}

/** Whether a release is another one or newer. */
function isAtLeast(version: string, least: string): boolean {
  const [a, b] = [version, least].map((v) => v.split('.').map(Number));
  const differing = b!.findIndex((part, n) => a![n] !== part);
  return differing < 0 || a![differing]! > b![differing]!;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
