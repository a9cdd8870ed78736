import { Duration, Size } from 'cdk8s';
import { EdgePreset, RealIp, TlsPolicy, type HardenedNginxIngressOptions } from '../../lib/ingress';
import type { Settings } from '../../lib/ingress/settings';
import { edge, findingIds } from './edge';

const PROXIES = { realIp: RealIp.fromProxies(['192.0.2.0/28']) };
const config = (options: HardenedNginxIngressOptions) =>
  edge(options).objects.find('ConfigMap').data;
const settings = (options: HardenedNginxIngressOptions) =>
  edge(options).cluster._summary('ingress')!.own as Settings;

test.each<[EdgePreset, HardenedNginxIngressOptions, string, string, string]>([
  [EdgePreset.DEFAULT, {}, '409/s', '1024 MiB', '20m a request, gRPC 20m a stream'],
  [EdgePreset.BEHIND_POOLING_LB, PROXIES, '409/s', '1024 MiB', '20m a request, gRPC 20m a stream'],
  [EdgePreset.UPLOADS, {}, '409/s', '1024 MiB', '5120m a request, gRPC 5120m a stream'],
  [EdgePreset.GRPC_STREAMING, {}, '409/s', '1024 MiB', '20m a request, gRPC no limit a stream'],
])('%s says what it holds', (preset, options, rate, memory, uploads) => {
  const { cluster } = edge({ preset, ...options });
  const value = (key: string) => cluster.decisions().find((d) => d.key === `Edge.${key}`)!.value;
  expect(value('preset')).toBe(preset);
  expect(value('breakEvenRate')).toBe(rate);
  expect(value('memoryCeiling')).toBe(memory);
  expect(value('uploadLimit')).toBe(uploads);
});

test('behind a pooling balancer: idle connections outlast its own, and its clients are told apart', () => {
  expect(config({ preset: EdgePreset.BEHIND_POOLING_LB, ...PROXIES })).toMatchObject({
    'keepalive-timeout': '75s',
    'keepalive-requests': '10000',
    'set-real-ip-from': '192.0.2.0/28',
    'real-ip-header': 'X-Forwarded-For',
    'http-snippets': expect.stringContaining('limit_conn groundwork_address 100;'),
  });
  expect(() => edge({ preset: EdgePreset.BEHIND_POOLING_LB })).toThrow(
    new Error(
      '[chart/ingress] realIp must be given with EdgePreset.BEHIND_POOLING_LB, got nothing; name the balancer in RealIp.fromProxies or RealIp.fromProxyProtocol; without it all clients share one address and one limit',
    ),
  );
  expect(() =>
    edge({ preset: EdgePreset.BEHIND_POOLING_LB, trustedProxies: ['192.0.2.1'] }),
  ).not.toThrow();
});

test('uploads: bodies are passed on, so no disk is kept for them and no address fills it', () => {
  const { cluster, objects, pod } = edge({ preset: EdgePreset.UPLOADS });
  expect(objects.find('ConfigMap').data).toMatchObject({
    'client-max-body-size': '5120m',
    'proxy-read-timeout': '600s',
    'proxy-send-timeout': '600s',
  });
  const snippet = objects.find('ConfigMap').data['http-snippets'];
  expect(snippet).toContain('\nclient_body_timeout 60s;\n');
  expect(snippet).toContain('\nproxy_request_buffering off;\n');
  const cache = pod.volumes.find((v: any) => v.name === 'nginx-cache');
  // A response of 1 MiB for each of 2048 requests.
  expect(cache.emptyDir.sizeLimit).toBe('2048Mi');
  const row = cluster.decisions().find((d) => d.key.endsWith('.volumes.emptyDir.sizeLimit'))!;
  expect(row.why).toContain('holds all that 2048 requests can write');
  expect(findingIds(cluster)).not.toContain('GW-INGRESS-011');
  const buffered = edge({ preset: EdgePreset.UPLOADS, requestBuffering: true });
  expect(findingIds(buffered.cluster)).toContain('GW-INGRESS-011');
});

test('streams: an hour without a word, no limit for a stream, and five minutes to end', () => {
  const { objects, pod } = edge({ preset: EdgePreset.GRPC_STREAMING });
  const { data } = objects.find('ConfigMap');
  expect(data).toMatchObject({
    'client-max-body-size': '20m',
    'proxy-read-timeout': '3600s',
    'proxy-send-timeout': '3600s',
    'keepalive-timeout': '75s',
    'worker-shutdown-timeout': '300s',
  });
  expect(data['http-snippets']).toContain('\nclient_max_body_size 0;\n');
  expect(data['http-snippets']).toContain('\nclient_body_timeout 3600s;\n');
  expect(data['http-snippets']).toContain('\nhttp2_max_concurrent_streams 128;\n');
  expect(pod.terminationGracePeriodSeconds).toBe(15 + 300 + 5);
  // Slow headers are held off as ever.
  expect(data['http-snippets']).toContain('\nclient_header_timeout 10s;\n');
  expect(() => edge({ preset: EdgePreset.GRPC_STREAMING, http2: false })).toThrow(
    new Error(
      '[chart/ingress] http2 must be true with EdgePreset.GRPC_STREAMING, got false; leave it out; gRPC is HTTP/2',
    ),
  );
});

test('every single option wins over the preset, and the others of its group stay', () => {
  const s = settings({
    preset: EdgePreset.UPLOADS,
    clientMaxBodySize: Size.gibibytes(1),
    clientTimeouts: { header: Duration.seconds(5), body: undefined },
    upstreamTimeouts: { read: Duration.minutes(1) },
  });
  expect(s.bodyKibibytes).toBe(1024 * 1024);
  expect(s.timeouts).toMatchObject({
    header: 5000,
    body: 60_000,
    upstreamRead: 60_000,
    upstreamSend: 600_000,
  });
  expect(s.requestBuffering).toBe(false);
});

test('the PROXY protocol: listeners expect it, and the address comes from it', () => {
  const data = config({ realIp: RealIp.fromProxyProtocol(['192.0.2.0/28', '2001:db8::/64']) });
  expect(data).toMatchObject({
    'proxy-protocol': 'true',
    'set-real-ip-from': '192.0.2.0/28,2001:db8::/64',
    'real-ip-header': 'proxy_protocol',
    'keepalive-timeout': '75s',
  });
  expect(data).not.toHaveProperty('real-ip-recursive');
});

test('TLS 1.3 alone has no ciphers of TLS 1.2', () => {
  const data = config({ tlsPolicy: TlsPolicy.MODERN });
  expect(data['ssl-protocols']).toBe('TLSv1.3');
  expect(data).not.toHaveProperty('ssl-ciphers');
});

test('without HTTP/2 nothing is said about its streams', () => {
  const data = config({ http2: false });
  expect(data.http2).toBe('false');
  expect(data['http-snippets']).not.toContain('http2');
});

test('a rate for each address, with a burst that is not slowed down', () => {
  const rate = (requestRate: HardenedNginxIngressOptions['requestRate']) =>
    config({ requestRate })['http-snippets'].match(/^limit_req.*$/gm);
  expect(rate({ perSecond: 20 })).toEqual([
    'limit_req_zone $binary_remote_addr zone=groundwork_rate:10m rate=20r/s;',
    'limit_req zone=groundwork_rate burst=40 nodelay;',
    'limit_req_status 429;',
  ]);
  expect(rate({ perSecond: 5, burst: 0 })![1]).toBe('limit_req zone=groundwork_rate nodelay;');
  expect(rate(undefined)).toBeNull();
});

test('larger buffers for answers and bodies are in the memory of a replica', () => {
  const small = settings({ workerConnections: 1024 });
  const large = settings({
    workerConnections: 1024,
    clientBodyBuffer: Size.kibibytes(128),
    responseBuffers: { count: 8, size: Size.kibibytes(16), header: Size.kibibytes(32) },
  });
  // 2048 requests with 128 − 16 KiB of body, 128 − 32 KiB of buffers and 32 − 4 KiB of header more.
  expect(large.mebibytes - 960).toBe((2048 * (112 + 96 + 28)) / 1024);
  expect(small.mebibytes).toBe(1024);
});

test('idle connections to backends follow the expected peak', () => {
  expect(settings({}).upstreamKeepalive).toBe(64);
  // Three replicas with four processes each.
  expect(settings({ expectedConcurrency: 3000 }).upstreamKeepalive).toBe(250);
  expect(settings({ expectedConcurrency: 100 }).upstreamKeepalive).toBe(64);
});

test('HSTS for the list of the browsers, only when all of it is asked for', () => {
  const data = config({ hstsIncludeSubdomains: true, hstsPreload: true });
  expect(data).toMatchObject({ hsts: 'true', 'hsts-include-subdomains': 'true' });
});
