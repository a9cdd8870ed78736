import { Duration, Size } from 'cdk8s';
import { EdgePreset, RealIp, TlsPolicy, type HardenedNginxIngressOptions } from '../../lib/ingress';
import { renderNginxConf } from '../../lib/ingress/nginx-conf';
import type { Settings } from '../../lib/ingress/settings';
import { edge } from './edge';

const cases: Record<string, HardenedNginxIngressOptions> = {
  default: {},
  pooling: { preset: EdgePreset.BEHIND_POOLING_LB, trustedProxies: ['192.0.2.0/28'] },
  uploads: { preset: EdgePreset.UPLOADS },
  streaming: { preset: EdgePreset.GRPC_STREAMING },
  'the PROXY protocol': { realIp: RealIp.fromProxyProtocol(['192.0.2.1', '2001:db8::/64']) },
  'TLS 1.3': { tlsPolicy: TlsPolicy.MODERN },
  'everything else': {
    clientBodyBuffer: Size.kibibytes(32),
    clientMaxBodySize: Size.kibibytes(100),
    clientTimeouts: { header: Duration.millis(2500), keepalive: Duration.seconds(20) },
    http2MaxStreams: 64,
    httpSnippets: ['gzip on;'],
    keepaliveRequests: 500,
    mainSnippets: ['pcre_jit on;'],
    requestRate: { perSecond: 10 },
    responseBuffers: { count: 16, size: Size.kibibytes(8), header: Size.kibibytes(16) },
    shutdown: { drain: Duration.seconds(90) },
    upstreamKeepalive: 100,
    upstreamTimeouts: { connect: Duration.seconds(3), read: Duration.hours(1) },
    workerProcesses: 3,
  },
};

/** Keys of the controller's ConfigMap, by the directive they become. */
const keys: Record<string, string> = {
  client_body_buffer_size: 'client-body-buffer-size',
  error_log: 'error-log-level',
  keepalive: 'keepalive',
  keepalive_requests: 'keepalive-requests',
  keepalive_timeout: 'keepalive-timeout',
  proxy_buffer_size: 'proxy-buffer-size',
  proxy_buffers: 'proxy-buffers',
  proxy_connect_timeout: 'proxy-connect-timeout',
  proxy_hide_header: 'proxy-hide-headers',
  proxy_max_temp_file_size: 'proxy-max-temp-file-size',
  proxy_read_timeout: 'proxy-read-timeout',
  proxy_send_timeout: 'proxy-send-timeout',
  real_ip_header: 'real-ip-header',
  ssl_ciphers: 'ssl-ciphers',
  ssl_protocols: 'ssl-protocols',
  worker_connections: 'worker-connections',
  worker_processes: 'worker-processes',
  worker_rlimit_nofile: 'worker-rlimit-nofile',
  worker_shutdown_timeout: 'worker-shutdown-timeout',
};

const valueOf = (config: string, directive: string) =>
  new RegExp(`(?:^| )${directive} ([^;]+);`, 'm').exec(config)?.[1];

test.each(Object.entries(cases))('%s: the same values as the controller is given', (_, options) => {
  const { ingress, objects } = edge(options);
  const { data } = objects.find('ConfigMap');
  const config = ingress.nginxConf;
  const expected = Object.entries(keys).map(([directive, key]) => [
    directive,
    directive === 'error_log' ? `stderr ${data[key]}` : data[key],
  ]);
  expect(Object.keys(keys).map((directive) => [directive, valueOf(config, directive)])).toEqual(
    expected,
  );
  const lines = config.split('\n').map((line) => line.trim());
  const given = [data['http-snippets'], data['main-snippets'] ?? ''].join('').trim().split('\n');
  expect(given.filter((line) => !lines.includes(line))).toEqual([]);
  expect(config).toContain(
    `location / {\n      client_max_body_size ${data['client-max-body-size']};`,
  );
  const trusted = lines.filter((line) => line.startsWith('set_real_ip_from'));
  expect(trusted.map((line) => line.slice(17, -1)).join(',')).toBe(data['set-real-ip-from'] ?? '');
});

const settings = (options: HardenedNginxIngressOptions) =>
  edge(options).cluster._summary('ingress')!.own as Settings;
const host = { http: '80', https: '443', backend: '192.0.2.1:80' };

test.each([
  ['1.22.1', true, ['listen 80;', 'listen 443 ssl http2;']],
  ['1.25.0', true, ['listen 80;', 'listen 443 ssl http2;']],
  ['1.25.1', true, ['listen 80;', 'listen 443 ssl;', 'http2 on;']],
  ['1.31.3', true, ['listen 80;', 'listen 443 ssl;', 'http2 on;']],
  ['2.0.0', true, ['listen 80;', 'listen 443 ssl;', 'http2 on;']],
  ['1.22.1', false, ['listen 80;', 'listen 443 ssl;']],
  ['1.31.3', false, ['listen 80;', 'listen 443 ssl;', 'http2 off;']],
])('HTTP/2 in the words of nginx %s, wanted: %s', (version, http2, expected) => {
  const lines = renderNginxConf(settings({ http2 }), { ...host, version }).split('\n');
  expect(lines.map((l) => l.trim()).filter((l) => /^(listen|http2) /.test(l))).toEqual(expected);
});

test('the PROXY protocol is spoken on every port', () => {
  const config = edge(cases['the PROXY protocol']).ingress.nginxConf;
  expect(config).toContain('listen 80 proxy_protocol;');
  expect(config).toContain('listen 443 ssl proxy_protocol;');
});

test.each([
  [{}, 'max-age=31536000'],
  [{ hstsMaxAge: Duration.seconds(0) }, 'max-age=0'],
  [
    { hstsIncludeSubdomains: true, hstsPreload: true },
    'max-age=31536000; includeSubDomains; preload',
  ],
])('HSTS, on TLS only: %j', (options, value) => {
  expect(renderNginxConf(settings(options))).toContain(
    `map $https $groundwork_hsts { on "${value}"; }`,
  );
});

test('a client that was refused keeps its slot no longer than a header may take', () => {
  const header = (ms: number) =>
    renderNginxConf(settings({ clientTimeouts: { header: Duration.millis(ms) } }));
  expect(header(10_000)).toContain('lingering_time 10s;\n  lingering_timeout 5s;');
  expect(header(2500)).toContain('lingering_time 2s;\n  lingering_timeout 2500ms;');
  expect(header(60_000)).toContain('lingering_time 30s;\n  lingering_timeout 5s;');
});
