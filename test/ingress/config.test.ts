import { Duration, Size } from 'cdk8s';
import fc from 'fast-check';
import { configMapRows } from '../../lib/ingress/nic/config-map-tuning';
import { httpDirectives } from '../../lib/ingress/http-directives';
import { EdgePreset, TlsPolicy, type HardenedNginxIngressOptions } from '../../lib/ingress';
import {
  breakEvenRate,
  connectionsWithin,
  kibibytesPerConnection,
  kibibytesPerRequest,
  requestsAtOnce,
  temporaryMebibytes,
  worstCaseMebibytes,
} from '../../lib/ingress/sizing';
import { edge } from './edge';
import { configMapKeys, templateHttpDirectives } from './nic';

const snippetOf = (options: HardenedNginxIngressOptions = {}): string =>
  edge(options).objects.find('ConfigMap').data['http-snippets'];
const directives = (snippet: string) =>
  snippet
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' ')[0]);
/** Two zones and two limits are two counts; every other directive stands once. */
const distinct = (snippet: string) =>
  snippet
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' '))
    .map(([directive, first]) =>
      /^limit_(conn|req)(_zone)?$/.test(directive) ? `${directive} ${first}` : directive,
    );

test("the flagship's configuration", () => {
  const { data } = edge().objects.find('ConfigMap');
  expect(data).toMatchObject({
    'client-max-body-size': '20m',
    'proxy-connect-timeout': '10s',
    'proxy-read-timeout': '120s',
    'proxy-send-timeout': '120s',
    'worker-processes': '4',
    'worker-connections': '1024',
    'worker-rlimit-nofile': '5120',
    'proxy-max-temp-file-size': '1m',
    keepalive: '64',
    'keepalive-timeout': '10s',
    'server-tokens': 'false',
  });
  expect(data['http-snippets']).toBe(
    [
      '# Slow headers fill a replica at 409 new connections a second: 4096 / 10 s.',
      'client_header_timeout 10s;',
      'client_body_timeout 10s;',
      'send_timeout 15s;',
      'client_header_buffer_size 1k;',
      'large_client_header_buffers 4 8k;',
      'reset_timedout_connection on;',
      'lingering_time 10s;',
      'lingering_timeout 5s;',
      'http2_max_concurrent_streams 32;',
      'client_max_body_size 20m;',
      'proxy_next_upstream_tries 3;',
      'grpc_next_upstream_tries 3;',
      'proxy_next_upstream_timeout 15s;',
      'grpc_next_upstream_timeout 15s;',
      'limit_conn_zone $nginx_version zone=groundwork_total:1m;',
      'limit_conn groundwork_total 2048;',
      'limit_conn_status 429;',
      'limit_conn_zone $binary_remote_addr zone=groundwork_address:10m;',
      'limit_conn groundwork_address 100;',
      'ssl_session_cache shared:groundwork_tls:10m;',
      'ssl_session_timeout 10m;',
      'ssl_session_tickets off;',
      '',
    ].join('\n'),
  );
});

const anyOptions: fc.Arbitrary<HardenedNginxIngressOptions> = fc.record({
  clientMaxBodySize: fc.integer({ min: 1, max: 200_000 }).map((n) => Size.kibibytes(n)),
  clientTimeouts: fc.record({
    header: fc.integer({ min: 1000, max: 300_000 }).map((n) => Duration.millis(n)),
    keepalive: fc.integer({ min: 1, max: 3600 }).map((n) => Duration.seconds(n)),
  }),
  workerProcesses: fc.integer({ min: 1, max: 64 }),
  connectionsPerAddress: fc.integer({ min: 0, max: 256 }),
  headerBuffers: fc.record({
    count: fc.integer({ min: 1, max: 16 }),
    size: fc.integer({ min: 1, max: 64 }).map((n) => Size.kibibytes(n)),
  }),
  trustedProxies: fc.constantFrom([], ['192.0.2.1'], ['192.0.2.0/28', '2001:db8::/64']),
  preset: fc.constantFrom(EdgePreset.DEFAULT, EdgePreset.UPLOADS),
  requestBuffering: fc.constantFrom(undefined, true, false),
  requestRate: fc.option(fc.record({ perSecond: fc.integer({ min: 1, max: 1000 }) }), {
    nil: undefined,
  }),
  http2: fc.boolean(),
  tlsPolicy: fc.constantFrom(TlsPolicy.INTERMEDIATE, TlsPolicy.MODERN),
  httpSnippets: fc.subarray([
    'types_hash_max_size 2048;',
    'limit_req_zone $uri zone=mine:1m rate=1r/s;',
  ]),
  statusAddress: fc.constantFrom(undefined, '192.0.2.1', 'edge.oslo.example'),
});

test('whatever the options: keys the controller reads, values it can read, no directive twice or of its template', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      const { data } = edge(options).objects.find('ConfigMap');
      for (const [key, value] of Object.entries(data)) {
        expect(Object.keys(configMapKeys)).toContain(key);
        expect(value).toMatch(configMapKeys[key]);
      }
      const written = directives(data['http-snippets']);
      const counted = distinct(data['http-snippets']);
      expect(new Set(counted).size).toBe(counted.length);
      expect(written.filter((d) => templateHttpDirectives.includes(d))).toEqual([]);
      for (const line of data['http-snippets'].trim().split('\n').slice(1)) {
        expect(line).toMatch(/^[a-z_0-9]+ [^;{}#'"]+;$/);
      }
    }),
    { numRuns: 60 },
  );
});

test('every directive of the snippet and every key is a decision', () => {
  const { cluster, objects } = edge({
    trustedProxies: ['192.0.2.1'],
    statusAddress: 'edge.oslo.example',
  });
  const keys = cluster.decisions().map((d) => d.key);
  const { 'http-snippets': snippet, ...data } = objects.find('ConfigMap').data;
  for (const directive of distinct(snippet)) {
    expect(keys).toContain(`ConfigMap.data.http-snippets.${directive}`);
  }
  for (const key of Object.keys(data)) {
    expect(keys).toContain(`ConfigMap.data.${key}`);
  }
});

test('proxies in front are believed by name, and close idle connections themselves', () => {
  const { data } = edge({ trustedProxies: ['192.0.2.10', '198.51.100.0/24'] }).objects.find(
    'ConfigMap',
  );
  expect(data).toMatchObject({
    'set-real-ip-from': '192.0.2.10,198.51.100.0/24',
    'real-ip-header': 'X-Forwarded-For',
    'real-ip-recursive': 'true',
    'keepalive-timeout': '75s',
  });
  expect(
    Object.keys(edge().objects.find('ConfigMap').data).filter((k) => k.includes('real-ip')),
  ).toEqual([]);
});

test('no limit for an address means no directive about it', () => {
  const limits = snippetOf({ connectionsPerAddress: 0 }).match(/^limit_conn.*$/gm);
  expect(limits).toEqual([
    'limit_conn_zone $nginx_version zone=groundwork_total:1m;',
    'limit_conn groundwork_total 2048;',
    'limit_conn_status 429;',
  ]);
});

test('a small body still leaves a temporary file that nginx accepts', () => {
  const { data } = edge({ clientMaxBodySize: Size.kibibytes(1) }).objects.find('ConfigMap');
  expect(data['client-max-body-size']).toBe('1k');
  expect(data['proxy-max-temp-file-size']).toBe('1m');
});

test('HSTS never makes a domain eligible for the preload list', () => {
  expect(edge().objects.find('ConfigMap').data).toMatchObject({
    hsts: 'true',
    'hsts-include-subdomains': 'false',
  });
  expect(
    edge({ hstsMaxAge: Duration.seconds(0) }).objects.find('ConfigMap').data['hsts-max-age'],
  ).toBe('0');
});

test('memory of a stalled client: the measured handshake, or TLS and all header buffers', () => {
  expect(kibibytesPerConnection({ count: 4, kibibytes: 8 })).toBe(56);
  expect(kibibytesPerConnection({ count: 2, kibibytes: 4 })).toBe(46);
});

test('memory: two generations of connections, and the requests that one zone counts for both', () => {
  const buffers = { count: 4, kibibytes: 8 };
  expect(kibibytesPerRequest(buffers)).toBe(128);
  expect(requestsAtOnce(4, 1024)).toBe(2048);
  // 256 + (2 × 4096 × 56 + 2048 × 128) / 1024
  expect(worstCaseMebibytes(4, 1024, buffers)).toBe(960);
  // nginx takes no larger number for limit_conn.
  expect(requestsAtOnce(64, 16384)).toBe(65535);
});

test('temporary files: all that requests can write, at most 8 GiB, and four bodies in any case', () => {
  expect(temporaryMebibytes(100, 1)).toBe(200);
  expect(temporaryMebibytes(2048, 20 * 1024)).toBe(8192);
  expect(temporaryMebibytes(2048, 4 * 1024 * 1024)).toBe(16384);
});

test('descriptors: all requests of a replica may arrive at one process, with two files each', () => {
  const { data } = edge({ workerProcesses: 4, workerConnections: 1024 }).objects.find('ConfigMap');
  expect(data['worker-rlimit-nofile']).toBe(`${1024 + 2 * 2048}`);
});

test('connections that fit never need more memory than there is, and one step more would', () => {
  const buffers = fc.record({
    count: fc.integer({ min: 1, max: 16 }),
    kibibytes: fc.integer({ min: 1, max: 64 }),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 300, max: 65536 }),
      fc.integer({ min: 1, max: 64 }),
      buffers,
      (mebibytes, workers, b) => {
        const connections = connectionsWithin(mebibytes, workers, b);
        if (connections > 0) {
          expect(worstCaseMebibytes(workers, connections, b)).toBeLessThanOrEqual(mebibytes);
        }
        if (connections < 16384) {
          expect(worstCaseMebibytes(workers, connections + 128, b)).toBeGreaterThan(mebibytes);
        }
      },
    ),
  );
});

test('break-even rate: stock falls at 34 a second, as measured; ours is more than ten times that, while it reloads as well', () => {
  expect(breakEvenRate(2, 1024, 60)).toBe(34);
  expect(edge().ingress.breakEvenRate).toBe(409);
  expect(edge().cluster._summary('ingress')!.breakEvenRate).toBe(409);
  expect(edge({ clientTimeouts: { header: Duration.seconds(5) } }).ingress.breakEvenRate).toBe(819);
});

test('memory follows the connections that are asked for, and the other way round', () => {
  const asked = edge({ workerProcesses: 4, workerConnections: 16384 });
  expect(asked.container.resources.limits.memory).toBe('11520Mi');
  const given = edge({ memoryLimit: Size.gibibytes(2) });
  expect(given.objects.find('ConfigMap').data['worker-connections']).toBe('2560');
  expect(given.container.resources.requests.memory).toBe('2Gi');
});

test('workers and the CPU limit are one number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), (workerProcesses) => {
      const { container, objects } = edge({ workerProcesses });
      expect(container.resources.limits.cpu).toBe(
        objects.find('ConfigMap').data['worker-processes'],
      );
    }),
    { numRuns: 10 },
  );
});

test('tuning rows have a reason and a source', () => {
  const settings: any = {
    workers: 1,
    connections: 256,
    timeouts: {},
    trustedProxies: [],
    connectionsPerAddress: 1,
    bodyKibibytes: 1,
    temporaryMebibytes: 1,
    requests: 1,
    upstreamKeepalive: 1,
    buffers: { response: {} },
    hsts: {},
    shutdown: {},
    requestRate: {},
    http2: true,
  };
  for (const row of [
    ...Object.values(configMapRows(settings)),
    ...Object.values(httpDirectives(settings, '')),
  ]) {
    expect(row.why.length).toBeGreaterThan(10);
    expect(row.source.length).toBeGreaterThan(10);
  }
});
