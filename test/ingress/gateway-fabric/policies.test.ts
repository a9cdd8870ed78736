import { Duration, Size } from 'cdk8s';
import { nginxGatewayFabricDirectives } from '../../../lib/catalog';
import { TlsPolicy } from '../../../lib/ingress';
import { fabricSize, fabricTime } from '../../../lib/ingress/gateway-fabric/units';
import { fabric } from './fabric';
import { everyOption, everyOwn, variants } from './variants';

const name = (line: string) => line.split(/[ ;]/)[0]!;

test('policies with fields of their own', () => {
  const { objects } = fabric(
    {},
    {
      clientMaxBodySize: Size.gibibytes(5),
      clientTimeouts: { body: Duration.seconds(30), keepalive: Duration.minutes(20) },
      upstreamTimeouts: { connect: Duration.millis(2500), read: Duration.hours(24) },
      responseBuffers: { count: 6, header: Size.kibibytes(8) },
      keepaliveRequests: 500,
    },
  );
  expect(objects.find('ClientSettingsPolicy').spec).toMatchObject({
    body: { maxSize: '5120m', timeout: '30s' },
    keepAlive: { requests: 500, timeout: { server: '1200s' } },
  });
  expect(objects.find('ProxySettingsPolicy').spec).toMatchObject({
    timeout: { connect: '2500ms', read: '1440m', send: '120s' },
    buffering: { disable: false, bufferSize: '8k', buffers: { number: 6, size: '4k' } },
  });
});

test.each([
  [1000, '1s'],
  [1500, '1500ms'],
  [9_999_000, '9999s'],
  [10_020_000, '167m'],
  [86_400_000, '1440m'],
  [10_500, undefined],
  [9999, '9999ms'],
])('%s ms: four digits and a unit, or nothing', (milliseconds, text) => {
  expect(fabricTime(milliseconds)).toBe(text);
});

test.each([
  [20 * 1024, '20m'],
  [1500, '1500k'],
  [16 * 1024 * 1024, '16g'],
  [10_001, undefined],
])('%s KiB likewise', (kibibytes, text) => {
  expect(fabricSize(kibibytes)).toBe(text);
});

test('one snippet for each of two contexts, and what stands first is the number it adds up to', () => {
  const { objects } = fabric();
  const { snippets } = objects.find('SnippetsPolicy').spec;
  expect(snippets.map((s: any) => s.context)).toEqual(['main', 'http']);
  expect(snippets[1].value.split('\n')[0]).toBe(
    '# Slow headers fill a replica at 409 new connections a second: 4096 / 10 s.',
  );
});

test('slow clients: what holds them off is at the http level, which every server inherits', () => {
  const { directives } = fabric({}, { clientTimeouts: { header: Duration.seconds(5) } });
  expect(directives('http')).toEqual(
    expect.arrayContaining([
      'client_header_timeout 5s;',
      'client_body_timeout 10s;',
      'send_timeout 15s;',
      'keepalive_timeout 10s;',
      'large_client_header_buffers 4 8k;',
      'reset_timedout_connection on;',
      'limit_conn groundwork_total 2048;',
      'limit_conn groundwork_address 100;',
      'ssl_session_tickets off;',
    ]),
  );
});

test('descriptors are raised with the connections, or those would be a number on paper', () => {
  const { directives, objects } = fabric();
  const connections = objects.find('NginxProxy').spec.workerConnections;
  expect(directives('main')).toEqual([
    'worker_shutdown_timeout 60s;',
    `worker_rlimit_nofile ${connections + 2 * 2048};`,
  ]);
});

test.each(variants)(
  'nothing is written that the controller writes itself, nor anything twice: %s',
  (_name, own, options, facts) => {
    const { directives } = fabric(own, options, facts);
    const taken = [
      ...nginxGatewayFabricDirectives.http.value,
      ...nginxGatewayFabricDirectives.deeper.value,
    ];
    const http = directives('http').map(name);
    expect(http.filter((each) => taken.includes(each))).toEqual([]);
    const many = ['limit_conn', 'limit_conn_zone'];
    expect(
      http.filter((each, index) => http.indexOf(each) !== index && !many.includes(each)),
    ).toEqual([]);
    const main = directives('main').map(name);
    expect(main.filter((each) => nginxGatewayFabricDirectives.main.value.includes(each))).toEqual(
      [],
    );
  },
);

test('TLS: for every listener, with ciphers where 1.2 is spoken', () => {
  const lines = (tlsPolicy: TlsPolicy) =>
    fabric({}, { tlsPolicy })
      .directives('http')
      .filter((line) => /^ssl_(protocols|ciphers)/.test(line));
  expect(lines(TlsPolicy.INTERMEDIATE)).toEqual([
    'ssl_protocols TLSv1.2 TLSv1.3;',
    expect.stringMatching(/^ssl_ciphers ECDHE-[A-Z0-9:-]+;$/),
  ]);
  expect(lines(TlsPolicy.MODERN)).toEqual(['ssl_protocols TLSv1.3;']);
});

test('HSTS is added over TLS, to answers of routes with headers of their own as well', () => {
  const lines = (options: object) =>
    fabric({}, options)
      .directives('http')
      .filter((line) => /hsts|inherit/.test(line));
  expect(lines({})).toEqual([
    'map $https $groundwork_hsts { on "max-age=31536000"; default ""; }',
    'add_header_inherit merge;',
    'add_header Strict-Transport-Security $groundwork_hsts always;',
  ]);
  expect(
    lines({ hstsMaxAge: Duration.days(730), hstsIncludeSubdomains: true, hstsPreload: true })[0],
  ).toContain('"max-age=63072000; includeSubDomains; preload"');
});

test('a rate has a policy and no directive', () => {
  const { objects, directives } = fabric({}, { requestRate: { perSecond: 20, burst: 5 } });
  expect(objects.find('RateLimitPolicy').spec.rateLimit).toEqual({
    local: {
      rules: [
        { key: '$binary_remote_addr', rate: '20r/s', zoneSize: '10m', burst: 5, noDelay: true },
      ],
    },
    rejectCode: 429,
  });
  expect(directives('http').some((line) => line.startsWith('limit_req'))).toBe(false);
  expect(fabric().objects.all.map((o) => o.kind)).not.toContain('RateLimitPolicy');
});

test('named Services get idle connections, sixteen in a policy', () => {
  const services = [
    ...Array.from({ length: 17 }, (_, n) => ({ namespace: 'shop', name: `web-${n}` })),
    { namespace: 'blog', name: 'web' },
  ];
  const policies = fabric({ services }, { upstreamKeepalive: 200 }).objects.all.filter(
    (o) => o.kind === 'UpstreamSettingsPolicy',
  );
  expect(
    policies.map((o) => [o.metadata.namespace, o.metadata.name, o.spec.targetRefs.length]),
  ).toEqual([
    ['shop', 'edge-keepalive', 16],
    ['shop', 'edge-keepalive-2', 1],
    ['blog', 'edge-keepalive', 1],
  ]);
  expect(policies[0].spec.keepAlive).toEqual({ connections: 200 });
  expect(policies[0].spec.targetRefs[0]).toEqual({
    group: 'core',
    kind: 'Service',
    name: 'web-0',
  });
});

test('lines of the user stand last', () => {
  const { directives } = fabric(everyOwn, everyOption);
  expect(directives('http').at(-1)).toBe('types_hash_max_size 2048;');
  expect(directives('main').at(-1)).toBe('timer_resolution 100ms;');
  expect(directives('http')).toContain('proxy_request_buffering off;');
});
