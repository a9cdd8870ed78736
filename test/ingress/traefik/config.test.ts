import { Duration, Size } from 'cdk8s';
import fc from 'fast-check';
import { LoadBalancerKind } from '../../../lib/cluster';
import {
  EncodedCharacter,
  RealIp,
  TlsPolicy,
  TraefikProvider,
  type HardenedTraefikOptions,
} from '../../../lib/ingress';
import {
  breakEvenRate,
  defaultReadMilliseconds,
  temporaryMebibytes,
} from '../../../lib/ingress/traefik/sizing';
import { compatible, edge, paths, staticOptions } from './traefik';

test("the flagship's file, with which Traefik starts", () => {
  const { staticFile } = edge();
  const client = {
    asDefault: true,
    http: {
      aliasHeadersStrategy: 'delete',
      encodedCharacters: {
        allowEncodedBackSlash: false,
        allowEncodedHash: false,
        allowEncodedNullCharacter: false,
        allowEncodedPercent: false,
        allowEncodedQuestionMark: false,
        allowEncodedSemicolon: false,
        allowEncodedSlash: false,
      },
      maxHeaderBytes: 16384,
      sanitizePath: true,
    },
    http2: { maxConcurrentStreams: 32 },
    transport: {
      keepAliveMaxRequests: 1000,
      lifeCycle: { graceTimeOut: '60s', requestAcceptGraceTimeout: '0s' },
      respondingTimeouts: { idleTimeout: '10s', readTimeout: '15s', writeTimeout: '0s' },
    },
  };
  expect(staticFile).toEqual({
    core: { strictTLSOptions: true },
    entryPoints: {
      traefik: { address: ':8080' },
      web: {
        ...client,
        address: ':8000',
        allowACMEByPass: true,
        http: {
          ...client.http,
          middlewares: ['edge-headers@file', 'edge-address-limit@file'],
          redirections: {
            entryPoint: { permanent: true, priority: 1000000, scheme: 'https', to: ':443' },
          },
        },
      },
      websecure: {
        ...client,
        address: ':8443',
        http: {
          ...client.http,
          middlewares: ['edge-headers@file', 'edge-hsts@file', 'edge-address-limit@file'],
          tls: {},
        },
      },
    },
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    log: { format: 'json', level: 'INFO' },
    ping: { entryPoint: 'traefik' },
    providers: {
      file: { filename: '/etc/traefik/dynamic.yaml', watch: false },
      kubernetesIngress: {
        allowEmptyServices: true,
        allowExternalNameServices: false,
        crossProviderNamespaces: ['traefik'],
        ingressClass: 'traefik',
        strictPrefixMatching: true,
      },
    },
    serversTransport: {
      forwardingTimeouts: { dialTimeout: '10s', responseHeaderTimeout: '120s' },
      maxIdleConnsPerHost: 200,
    },
  });
});

// A route has the length of its rule as its priority, and those of hosts with TLS are on both entry
// points: with a lower one Traefik 3.7.13 answered tls.example on port 80 in the clear.
test('no Ingress comes before the redirect, and one that must can', () => {
  const { web } = edge().staticFile.entryPoints;
  const longest = `Host("${'a'.repeat(253)}") && PathPrefix("/${'b'.repeat(4096)}")`;
  expect(web.http.redirections.entryPoint.priority).toBeGreaterThan(longest.length);
  expect(web.http.redirections.entryPoint.priority).toBeLessThan(Number.MAX_SAFE_INTEGER - 1000);
  expect(web.allowACMEByPass).toBe(true);
});

test('middlewares and TLS come from a file', () => {
  const { dynamicFile } = edge();
  expect(dynamicFile.http.middlewares).toEqual({
    'edge-headers': { headers: { customResponseHeaders: { 'X-Powered-By': '' } } },
    'edge-hsts': {
      headers: { customResponseHeaders: { 'Strict-Transport-Security': 'max-age=31536000' } },
    },
    'edge-address-limit': {
      inFlightReq: { amount: 100, sourceCriterion: { ipStrategy: { ipv6Subnet: 64 } } },
    },
  });
  expect(dynamicFile.tls.options.default).toMatchObject({
    disableSessionTickets: true,
    minVersion: 'VersionTLS12',
    sniStrict: true,
  });
  for (const cipher of dynamicFile.tls.options.default.cipherSuites) {
    expect(cipher).toMatch(/^TLS_ECDHE_(ECDSA|RSA)_WITH_(AES_\d+_GCM|CHACHA20_POLY1305)_SHA\d+$/);
  }
});

test('in place of ingress-nginx: its class, its annotations, its sizes; snippets off and no second provider', () => {
  const { staticFile, objects } = edge({
    ...compatible,
    clientMaxBodySize: Size.mebibytes(8),
    upstreamTimeouts: { connect: Duration.seconds(3), send: Duration.seconds(40) },
  });
  expect(staticFile.providers).toEqual({
    file: { filename: '/etc/traefik/dynamic.yaml', watch: false },
    kubernetesIngressNGINX: {
      allowCrossNamespaceResources: false,
      allowSnippetAnnotations: false,
      controllerClass: 'k8s.io/ingress-nginx',
      disableSvcExternalName: true,
      httpEntryPoint: 'web',
      httpsEntryPoint: 'websecure',
      ingressClass: 'nginx',
      proxyBodySize: 8388608,
      proxyConnectTimeout: 3,
      proxyReadTimeout: 120,
      proxyRequestBuffering: true,
      proxySendTimeout: 40,
      strictValidatePathType: true,
      watchIngressWithoutClass: false,
    },
  });
  // This provider redirects hosts with TLS by itself.
  expect(staticFile.entryPoints.web.http.redirections).toBeUndefined();
  expect(staticFile.entryPoints.web).not.toHaveProperty('allowACMEByPass');
  expect(staticFile.serversTransport).toBeUndefined();
  expect(objects.find('IngressClass')).toMatchObject({
    metadata: { name: 'nginx' },
    spec: { controller: 'k8s.io/ingress-nginx' },
  });
});

const anyOptions: fc.Arbitrary<HardenedTraefikOptions> = fc.record({
  provider: fc.constantFrom(...Object.values(TraefikProvider)),
  clientMaxBodySize: fc.integer({ min: 1, max: 200_000 }).map((n) => Size.kibibytes(n)),
  clientTimeouts: fc.record({
    keepalive: fc.integer({ min: 1000, max: 3_600_000 }).map((n) => Duration.millis(n)),
  }),
  writeTimeout: fc.option(
    fc.integer({ min: 1000, max: 3_600_000 }).map((n) => Duration.millis(n)),
    { nil: undefined },
  ),
  maxHeaderSize: fc.integer({ min: 1, max: 1024 }).map((n) => Size.kibibytes(n)),
  connectionsPerAddress: fc.integer({ min: 0, max: 65535 }),
  allowedEncodedCharacters: fc.subarray(Object.values(EncodedCharacter)),
  trustedProxies: fc.constantFrom([], ['192.0.2.1'], ['192.0.2.0/28', '2001:db8::/64']),
  requestRate: fc.constantFrom(undefined, { perSecond: 5 }),
  http2MaxStreams: fc.integer({ min: 1, max: 256 }),
  shutdown: fc.record({
    drain: fc.integer({ min: 1, max: 3600 }).map((n) => Duration.seconds(n)),
  }),
  statusAddress: fc.constantFrom(undefined, '192.0.2.1', '2001:db8::1', 'edge.oslo.example'),
  metricsNamespace: fc.constantFrom(undefined, 'monitoring'),
  accessLog: fc.boolean(),
});

test('whatever the options: only options that Traefik knows, with values it can read', () => {
  fc.assert(
    fc.property(anyOptions, (options) => {
      const { staticFile } = edge(options);
      for (const path of paths(staticFile)) {
        expect(Object.keys(staticOptions)).toContain(path);
        const value = path.split('.').reduce((tree, key) => tree[key], staticFile);
        expect(String(value)).toMatch(staticOptions[path]);
      }
    }),
    { numRuns: 40 },
  );
});

test('middlewares that entry points name are in the file, and the other way round', () => {
  const all: HardenedTraefikOptions[] = [
    {},
    { connectionsPerAddress: 0 },
    { ...compatible, requestRate: { perSecond: 1 } },
  ];
  for (const options of all) {
    const { staticFile, dynamicFile } = edge(options);
    const { web, websecure } = staticFile.entryPoints;
    const named = [...web.http.middlewares, ...websecure.http.middlewares].map((name: string) =>
      name.replace('@file', ''),
    );
    expect([...new Set(named)].sort()).toEqual(Object.keys(dynamicFile.http.middlewares).sort());
  }
});

test('proxies in front are believed by name, in every place that asks who the client is', () => {
  const trusted = ['192.0.2.10', '198.51.100.0/24'];
  const { staticFile, dynamicFile } = edge({ ...compatible, trustedProxies: trusted });
  for (const point of ['web', 'websecure']) {
    expect(staticFile.entryPoints[point].forwardedHeaders).toEqual({ trustedIPs: trusted });
    expect(staticFile.entryPoints[point].transport.respondingTimeouts.idleTimeout).toBe('75s');
  }
  expect(staticFile.providers.kubernetesIngressNGINX.ipAllowListStrategy).toEqual({
    excludedIPs: trusted,
  });
  expect(dynamicFile.http.middlewares['edge-address-limit'].inFlightReq.sourceCriterion).toEqual({
    ipStrategy: { excludedIPs: trusted },
  });
  expect(edge().staticFile.entryPoints.web).not.toHaveProperty('forwardedHeaders');
});

test.each([
  [{}, {}, undefined],
  [{}, { loadBalancer: LoadBalancerKind.METALLB_L2 }, { publishedService: 'traefik/traefik' }],
  [{ statusAddress: '192.0.2.1' }, {}, { ip: '192.0.2.1' }],
  [{ statusAddress: '2001:db8::1' }, {}, { ip: '2001:db8::1' }],
  [{ statusAddress: 'edge.oslo.example' }, {}, { hostname: 'edge.oslo.example' }],
])('status of Ingresses: %j %j', (options, facts, endpoint) => {
  const { staticFile } = edge(options, facts);
  expect(staticFile.providers.kubernetesIngress.ingressEndpoint).toEqual(endpoint);
});

test('status of Ingresses in place of ingress-nginx', () => {
  const nginx = (options: HardenedTraefikOptions, facts = {}) =>
    edge({ ...compatible, ...options }, facts).staticFile.providers.kubernetesIngressNGINX;
  expect(nginx({ statusAddress: '192.0.2.1' }).publishStatusAddress).toEqual(['192.0.2.1']);
  expect(nginx({}, { loadBalancer: LoadBalancerKind.CALICO }).publishService).toBe(
    'traefik/traefik',
  );
  // A NodePort Service would publish its cluster address.
  expect(nginx({})).not.toHaveProperty('publishService');
});

test('HSTS can be withdrawn, and never makes a domain eligible for the preload list', () => {
  const header = edge({ hstsMaxAge: Duration.seconds(0) }).dynamicFile.http.middlewares['edge-hsts']
    .headers.customResponseHeaders['Strict-Transport-Security'];
  expect(header).toBe('max-age=0');
});

test('HSTS for every name below a host', () => {
  const { customResponseHeaders } = edge({ hstsIncludeSubdomains: true, hstsPreload: true })
    .dynamicFile.http.middlewares['edge-hsts'].headers;
  expect(customResponseHeaders['Strict-Transport-Security']).toBe(
    'max-age=31536000; includeSubDomains; preload',
  );
});

test('the PROXY protocol stands in place of the headers', () => {
  const { staticFile, dynamicFile } = edge({
    ...compatible,
    realIp: RealIp.fromProxyProtocol(['192.0.2.10']),
  });
  for (const point of ['web', 'websecure']) {
    expect(staticFile.entryPoints[point].proxyProtocol).toEqual({ trustedIPs: ['192.0.2.10'] });
    expect(staticFile.entryPoints[point]).not.toHaveProperty('forwardedHeaders');
  }
  expect(staticFile.providers.kubernetesIngressNGINX).not.toHaveProperty('ipAllowListStrategy');
  expect(dynamicFile.http.middlewares['edge-address-limit'].inFlightReq.sourceCriterion).toEqual({
    ipStrategy: { ipv6Subnet: 64 },
  });
});

test('a rate for each address, on both entry points', () => {
  const { staticFile, dynamicFile } = edge({ requestRate: { perSecond: 20 } });
  expect(dynamicFile.http.middlewares['edge-request-rate']).toEqual({
    rateLimit: { average: 20, burst: 40, sourceCriterion: { ipStrategy: { ipv6Subnet: 64 } } },
  });
  for (const point of ['web', 'websecure']) {
    expect(staticFile.entryPoints[point].http.middlewares).toContain('edge-request-rate@file');
  }
});

test('TLS 1.3 alone needs no cipher suites', () => {
  const { options } = edge({ tlsPolicy: TlsPolicy.MODERN }).dynamicFile.tls;
  expect(options.default).toEqual({
    disableSessionTickets: true,
    minVersion: 'VersionTLS13',
    sniStrict: true,
  });
});

test('no list is written once and pointed to', () => {
  const { data } = edge({ ...compatible, trustedProxies: ['192.0.2.10'] }).objects.find(
    'ConfigMap',
  );
  expect(Object.values(data).join('')).not.toMatch(/: [&*]/);
});

test('encoded characters are refused one by one', () => {
  const { encodedCharacters } = edge({ allowedEncodedCharacters: [EncodedCharacter.SLASH] })
    .staticFile.entryPoints.websecure.http;
  expect(encodedCharacters).toMatchObject({ allowEncodedSlash: true, allowEncodedPercent: false });
});

test('no access log and no metrics unless asked for', () => {
  const { staticFile } = edge();
  expect(staticFile).not.toHaveProperty('accessLog');
  expect(staticFile).not.toHaveProperty('metrics');
  expect(edge({ accessLog: true }).staticFile.accessLog).toEqual({ format: 'json' });
});

test('neither API, dashboard, HTTP/3 nor custom resources, whatever the options', () => {
  const { staticFile } = edge({ ...compatible, accessLog: true, metricsNamespace: 'monitoring' });
  expect(staticFile).not.toHaveProperty('api');
  expect(Object.keys(staticFile.providers).sort()).toEqual(['file', 'kubernetesIngressNGINX']);
  for (const point of Object.values<any>(staticFile.entryPoints)) {
    expect(point).not.toHaveProperty('http3');
  }
});

test('the timeout of a request: what the largest body takes at the slowest client, and its header', () => {
  expect(defaultReadMilliseconds(20 * 1024, 2048)).toBe(15_000);
  expect(defaultReadMilliseconds(1, 2048)).toBe(10_000);
  expect(defaultReadMilliseconds(1024 * 1024, 2048)).toBe(517_000);
  const readTimeout = (options: HardenedTraefikOptions) =>
    edge(options).staticFile.entryPoints.web.transport.respondingTimeouts.readTimeout;
  expect(readTimeout({ slowestUploadPerSecond: Size.kibibytes(512) })).toBe('45s');
  expect(readTimeout({ readTimeout: Duration.seconds(12) })).toBe('12s');
});

test('break-even: memory that clients can fill ÷ what one of them holds in its three timeouts', () => {
  // (1024 MiB × 0.9 − 192 MiB) ÷ (15 s × (14 + 14 + 56 + 16) KiB)
  expect(breakEvenRate(1024, 16, 15)).toBe(498);
  expect(edge().ingress.breakEvenRate).toBe(498);
  expect(edge({ readTimeout: Duration.seconds(30) }).ingress.breakEvenRate).toBe(249);
});

test('bodies on disk: 8 GiB, and four of the largest in any case; nothing where none is collected', () => {
  expect(temporaryMebibytes(20 * 1024)).toBe(8192);
  expect(temporaryMebibytes(4 * 1024 * 1024)).toBe(16384);
  const size = (e: ReturnType<typeof edge>) =>
    e.pod.volumes.find((v: any) => v.name === 'tmp').emptyDir.sizeLimit;
  expect(size(edge())).toBe('16Mi');
  expect(size(edge(compatible))).toBe('8192Mi');
});
