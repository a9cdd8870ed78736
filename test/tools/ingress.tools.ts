import { Duration, Size } from 'cdk8s';
import fc from 'fast-check';
import { EdgePreset, RealIp, TlsPolicy, type HardenedNginxIngressOptions } from '../../lib/ingress';
import { edge } from '../ingress/edge';
import { configOf, settingsOf } from './ingress-edge';
import { checkNginx, NGINX_VERSION, TEMPORARY } from './nginx-lab';
import { withNginx } from './with-nginx';

// A real nginx judges the configuration. The one of Debian 12 is 1.22, older than the controller's:
// what it does not know (`http2 on`) is written as it was before.

withNginx('nginx is here', () => {
  expect(NGINX_VERSION).toMatch(/^\d+\.\d+\.\d+$/);
});

const seconds = (most: number) => fc.integer({ min: 1, max: most }).map((n) => Duration.seconds(n));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const anyOptions: fc.Arbitrary<HardenedNginxIngressOptions> = fc.record({
  clientMaxBodySize: maybe(fc.integer({ min: 1, max: 4_000_000 }).map((n) => Size.kibibytes(n))),
  clientBodyBuffer: maybe(fc.integer({ min: 8, max: 1024 }).map((n) => Size.kibibytes(n))),
  requestBuffering: maybe(fc.boolean()),
  clientTimeouts: maybe(
    fc.record({
      header: fc.integer({ min: 1000, max: 300_000 }).map((n) => Duration.millis(n)),
      body: seconds(3600),
      send: seconds(300),
      keepalive: seconds(3600),
    }),
  ),
  upstreamTimeouts: maybe(
    fc.record({ connect: seconds(75), read: seconds(86_400), send: seconds(86_400) }),
  ),
  upstreamRetries: maybe(fc.record({ tries: fc.integer({ min: 1, max: 10 }) })),
  connectionsPerAddress: maybe(fc.integer({ min: 0, max: 128 })),
  requestRate: maybe(
    fc.record({
      perSecond: fc.integer({ min: 1, max: 100_000 }),
      burst: fc.integer({ min: 0, max: 100_000 }),
    }),
  ),
  workerConnections: maybe(fc.integer({ min: 256, max: 65_536 })),
  upstreamKeepalive: maybe(fc.integer({ min: 1, max: 1024 })),
  keepaliveRequests: maybe(fc.integer({ min: 1, max: 1_000_000 })),
  headerBuffers: maybe(
    fc.record({
      count: fc.integer({ min: 1, max: 16 }),
      size: fc.integer({ min: 1, max: 64 }).map((n) => Size.kibibytes(n)),
    }),
  ),
  tlsPolicy: maybe(fc.constantFrom(TlsPolicy.INTERMEDIATE, TlsPolicy.MODERN)),
  http2: maybe(fc.boolean()),
  http2MaxStreams: maybe(fc.integer({ min: 1, max: 256 })),
  realIp: maybe(
    fc.constantFrom(
      RealIp.fromProxies(['192.0.2.0/28', '2001:db8::/64']),
      RealIp.fromProxyProtocol(['192.0.2.1']),
    ),
  ),
});

/** The examples stand for the presets; of two that are given together some throw, so they stand alone. */
const presets: HardenedNginxIngressOptions[] = [
  {},
  { preset: EdgePreset.BEHIND_POOLING_LB, realIp: RealIp.fromProxyProtocol(['192.0.2.1']) },
  { preset: EdgePreset.BEHIND_POOLING_LB, trustedProxies: ['192.0.2.1'] },
  { preset: EdgePreset.UPLOADS },
  { preset: EdgePreset.GRPC_STREAMING },
];
const PORTS = { http: 21_000, https: 21_001, backend: 21_002 };

test('every preset stands in the examples below', () => {
  const tried = new Set(presets.map(({ preset }) => preset ?? EdgePreset.DEFAULT));
  expect([...tried].sort()).toEqual(Object.values(EdgePreset).sort());
});

withNginx('nginx -t accepts every preset, and whatever else may be asked for', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      expect(checkNginx(configOf(settingsOf({ workerProcesses: 1, ...options }), PORTS))).toBe(
        '0 ',
      );
    }),
    { numRuns: 40, examples: presets.map((options) => [options]) },
  );
});

withNginx('nginx -t accepts the ConfigMap where the controller puts it', () => {
  for (const options of presets) {
    expect(checkNginx(asTheController(options))).toBe('0 ');
  }
});

withNginx('nginx -t refuses a directive of the snippet that its template also writes', () => {
  const config = asTheController({}).replace('send_timeout', 'keepalive_timeout');
  expect(checkNginx(config)).toContain('"keepalive_timeout" directive is duplicate');
});

/** A configuration of the shape that NGINX Ingress Controller writes, with our values where it puts them. */
function asTheController(options: HardenedNginxIngressOptions): string {
  const { data } = edge(options).objects.find('ConfigMap');
  const proxied = data['proxy-protocol'] === 'true' ? ' proxy_protocol' : '';
  const realIp = (data['set-real-ip-from'] ?? '')
    .split(',')
    .filter(Boolean)
    .map((from: string) => `set_real_ip_from ${from};`);
  return `
worker_processes ${data['worker-processes']};
worker_rlimit_nofile ${data['worker-rlimit-nofile']};
worker_shutdown_timeout ${data['worker-shutdown-timeout']};
error_log stderr ${data['error-log-level']};
pid nginx.pid;
events { worker_connections ${data['worker-connections']}; }
http {
  default_type application/octet-stream;
  map_hash_max_size 2048;
  map_hash_bucket_size 256;
${data['http-snippets']}
  access_log off;
  sendfile on;
  keepalive_timeout ${data['keepalive-timeout']};
  keepalive_requests ${data['keepalive-requests']};
  server_names_hash_max_size 1024;
  server_names_hash_bucket_size 256;
  variables_hash_bucket_size 256;
  variables_hash_max_size 1024;
  ssl_protocols ${data['ssl-protocols']};
  ssl_ciphers "${data['ssl-ciphers']}";
  client_body_buffer_size ${data['client-body-buffer-size']};
  ${TEMPORARY.join('\n  ')}
  upstream backend { server 127.0.0.1:${PORTS.backend}; keepalive ${data.keepalive}; }
  server {
    listen 127.0.0.1:${PORTS.http}${proxied};
    listen 127.0.0.1:${PORTS.https} ssl http2${proxied};
    ssl_certificate tls.crt;
    ssl_certificate_key tls.key;
    server_tokens ${data['server-tokens'] === 'true' ? 'on' : 'off'};
    ${realIp.join(' ')}
    ${realIp.length > 0 ? `real_ip_header ${data['real-ip-header']};` : ''}
    proxy_hide_header ${data['proxy-hide-headers']};
    location / {
      proxy_connect_timeout ${data['proxy-connect-timeout']};
      proxy_read_timeout ${data['proxy-read-timeout']};
      proxy_send_timeout ${data['proxy-send-timeout']};
      client_max_body_size ${data['client-max-body-size']};
      proxy_buffering on;
      proxy_buffers ${data['proxy-buffers']};
      proxy_buffer_size ${data['proxy-buffer-size']};
      proxy_max_temp_file_size ${data['proxy-max-temp-file-size']};
      proxy_pass http://backend;
    }
  }
}
`;
}
