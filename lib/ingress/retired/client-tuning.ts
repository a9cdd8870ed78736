import { nginxSize, type Settings } from '../settings';
import { row, seconds, type Rows } from './config-map-row';

/** What clients are given, and how long. */
export function clientRows(s: Settings): Rows {
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
