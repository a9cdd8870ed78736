import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import { ingressNginxDirectives, ingressNginxKeys } from '../../../lib/catalog';
import { TlsPolicy, type HardenedNginxIngressOptions } from '../../../lib/ingress';
import { readStatements } from '../../../lib/ingress/statements';
import { retired } from './render';

const entry = (key: string, value: string) => () =>
  retired({ configMapOverrides: { [key]: value } });
const PATH = '[chart/ingress] controller.';

test.each([
  [
    'proxy-read-timout',
    '60',
    'configMapOverrides.proxy-read-timout must be a key that the controller reads, got 60; the controller would ignore it without a word; did you mean proxy-read-timeout',
  ],
  [
    'useGzip',
    'true',
    'configMapOverrides.useGzip must be a key that the controller reads, got true; the controller would ignore it without a word; did you mean use-gzip',
  ],
  [
    'client-max-body-size',
    '1m',
    'configMapOverrides.client-max-body-size must be a key that the controller reads, got 1m; the controller would ignore it without a word; leave it out',
  ],
  [
    'constructor',
    'x',
    'configMapOverrides.constructor must be a key that the controller reads, got x; the controller would ignore it without a word; leave it out',
  ],
  [
    'use-geoip',
    'true',
    'configMapOverrides.use-geoip must be a key that the controller reads, got true; its guide names it and no code reads it any more; leave it out',
  ],
  [
    'upstream-keepalive-timeout',
    '60s',
    'configMapOverrides.upstream-keepalive-timeout must be a whole number without a unit, got 60s; the controller would keep its default and only write a line to its log',
  ],
  [
    'use-gzip',
    'on',
    'configMapOverrides.use-gzip must be true or false, got on; the controller would keep its default and only write a line to its log',
  ],
  [
    'proxy-buffering',
    'true',
    'configMapOverrides.proxy-buffering must be on or off, got true; the controller would keep its default and only write a line to its log',
  ],
  [
    'proxy-protocol-header-timeout',
    '5',
    'configMapOverrides.proxy-protocol-header-timeout must be a duration with its unit, such as 5s, got 5; the controller would keep its default and only write a line to its log',
  ],
  [
    'ssl-session-timeout',
    '10 minutes',
    'configMapOverrides.ssl-session-timeout must be a time such as 60s or 1h 30m, got 10 minutes; the controller would keep its default and only write a line to its log',
  ],
  [
    'ssl-buffer-size',
    '1g',
    'configMapOverrides.ssl-buffer-size must be a size such as 16k or 1m, got 1g; the controller would keep its default and only write a line to its log',
  ],
  [
    'annotations-risk-level',
    'Higher',
    'configMapOverrides.annotations-risk-level must be one of Low, Medium, High, Critical, got Higher; the controller would keep its default and only write a line to its log',
  ],
  [
    'client-header-timeout',
    '5',
    'configMapOverrides.client-header-timeout must be a key that no option writes, got 5; set clientTimeouts.header',
  ],
  [
    'server-snippet',
    'deny all',
    'configMapOverrides.server-snippet must be one directive with its semicolon, or one block, in each line, got deny all: a directive without a semicolon; write for example "types_hash_max_size 2048;"',
  ],
  [
    'use-forwarded-headers',
    'true',
    'configMapOverrides.use-forwarded-headers must be a key that no option writes, got true; set realIp or trustedProxies; this key would believe everybody',
  ],
  [
    'location-snippet',
    'proxy_buffering off; # mine',
    'configMapOverrides.location-snippet must be directives that nobody else writes, got proxy_buffering; leave it out: nginx refuses it a second time, or takes the other one',
  ],
])('%s: %s', (key, value, message) => {
  expect(entry(key, value)).toThrow(new Error(PATH + message));
});

test('several wrong keys are one error', () => {
  expect(() => retired({ configMapOverrides: { 'use-gzip': 'yes', nonsense: '1' } })).toThrow(
    /use-gzip.*\n.*nonsense/,
  );
});

test.each([
  ['use-gzip', 'true'],
  ['gzip-level', '5'],
  ['otel-sampler-ratio', '0.25'],
  ['enable-brotli', 'false'],
  ['ssl-buffer-size', '16k'],
  ['proxy-max-temp-file-size', '0'],
  ['ssl-session-timeout', '1h 30m'],
  ['proxy-protocol-header-timeout', '1m30s'],
  ['custom-http-errors', '404,503'],
  ['ssl-ecdh-curve', 'X25519:prime256v1'],
  [
    'location-snippet',
    'more_set_headers "X-Frame-Options: DENY";\nif ($x) { proxy_pass http://y; }',
  ],
])('%s: %s goes into the ConfigMap and is asked for', (key, value) => {
  const { cluster, objects } = retired({ configMapOverrides: { [key]: value } });
  expect(objects.find('ConfigMap').data[key]).toBe(value);
  const rows = cluster.decisions().filter((d) => d.key === `ConfigMap.data.${key}`);
  expect(rows.map(({ why, source }) => [why, source])).toEqual([
    ['asked for in the spec', 'the spec'],
  ]);
});

const PATTERNS: Record<string, RegExp> = {
  boolean: /^(true|false)$/,
  integer: /^\d+$/,
  onOff: /^(on|off)$/,
  size: /^\d+[km]$/,
  offset: /^\d+[kmg]$/,
  time: /^\d+[sm]$/,
  list: /^[^\n]+$/,
  text: /^[^\n]+$/,
  snippet: /;\n$/,
};

const seconds = (max: number) => fc.integer({ min: 1, max }).map((n) => Duration.seconds(n));
const intents: fc.Arbitrary<HardenedNginxIngressOptions> = fc.record(
  {
    clientTimeouts: fc.record(
      { header: seconds(300), body: seconds(300), send: seconds(300), keepalive: seconds(3600) },
      { requiredKeys: [] },
    ),
    upstreamTimeouts: fc.record({ read: seconds(86_400), send: seconds(86_400) }),
    workerProcesses: fc.integer({ min: 1, max: 16 }),
    headerBuffers: fc.record({ count: fc.integer({ min: 1, max: 16 }) }),
    upstreamKeepalive: fc.integer({ min: 1, max: 1024 }),
    requestBuffering: fc.boolean(),
    http2: fc.boolean(),
    tlsPolicy: fc.constantFrom(...Object.values(TlsPolicy)),
    hstsMaxAge: seconds(63_072_000),
    hstsIncludeSubdomains: fc.boolean(),
    trustedProxies: fc.constantFrom(['192.0.2.1'], ['192.0.2.0/28', '2001:db8::/64']),
    requestRate: fc.record({ perSecond: fc.integer({ min: 1, max: 1000 }) }),
  },
  { requiredKeys: [] },
);

test('whatever is asked for, every key is one that the controller reads, with a value it takes', () => {
  fc.assert(
    fc.property(intents, (options) => {
      const { data } = retired({}, options).objects.find('ConfigMap');
      expect(Object.keys(data).length).toBeGreaterThan(40);
      for (const [key, value] of Object.entries<string>(data)) {
        expect([key, value]).toEqual([
          key,
          expect.stringMatching(PATTERNS[ingressNginxKeys.value[key]!]!),
        ]);
      }
    }),
    { numRuns: 40, seed: 2019 },
  );
});

test('no directive of the snippet is one that the template writes at the same level', () => {
  const { data } = retired(
    {},
    { requestRate: { perSecond: 50 }, requestBuffering: false },
  ).objects.find('ConfigMap');
  const read = readStatements(data['http-snippet']);
  const names = 'statements' in read ? read.statements.map(({ name }) => name) : [];
  expect(names.length).toBeGreaterThan(6);
  const written = ingressNginxDirectives.value['http-snippet']!;
  expect(names.filter((name) => written.includes(name))).toEqual([]);
});
