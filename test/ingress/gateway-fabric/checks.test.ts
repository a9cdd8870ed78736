import { Duration, Size } from 'cdk8s';
import { Machine } from '../../../lib/cluster';
import type { GatewayFabricOptions, HardenedNginxIngressOptions } from '../../../lib/ingress';
import { osloMachine } from '../../support/oslo';
import { fabric, fabricFindings, shop } from './fabric';

const FABRIC = 'with NGINX Gateway Fabric';

test.each<[string, HardenedNginxIngressOptions]>([
  [
    `defaultIngressClass must be false ${FABRIC}, got true; every route names its Gateway`,
    { defaultIngressClass: true },
  ],
  [
    `statusAddress must be left out ${FABRIC}, got 192.0.2.1; a Gateway reports the address of its Service, and an address of its own becomes an external IP of that`,
    { statusAddress: '192.0.2.1' },
  ],
  [
    `grpcMaxBodySize must be the same as clientMaxBodySize ${FABRIC}, got no limit; a Gateway has one limit; give GRPCRoutes a ClientSettingsPolicy of their own`,
    { grpcMaxBodySize: Size.kibibytes(0) },
  ],
  [
    `clientTimeouts.body must be four digits of one unit ${FABRIC}, got 10500 ms; round it to seconds or minutes`,
    { clientTimeouts: { body: Duration.millis(10_500) } },
  ],
  [
    `clientMaxBodySize must be four digits of one unit ${FABRIC}, got 10001 KiB; round it to MiB or GiB`,
    { clientMaxBodySize: Size.kibibytes(10_001) },
  ],
  [
    `trustedProxies must be at most 64 addresses and networks ${FABRIC}, got 65; name networks in place of addresses`,
    { trustedProxies: Array.from({ length: 65 }, (_, n) => `192.0.2.${n}`) },
  ],
  [
    `workerProcesses must be 8 ${FABRIC} 2.6, which starts one for each core of a machine, got 2; leave it out; workerConnections and memoryLimit bound a replica`,
    { workerProcesses: 2 },
  ],
  [
    'image must be a release that works, got docker.example/nginx-gateway-fabric/nginx:2.7.0; choose another one: it writes worker_processes twice, so data planes keep their first configuration; fixed in 2.7.1',
    { image: 'docker.example/nginx-gateway-fabric/nginx:2.7.0' },
  ],
  [
    'controlPlaneImage must be of release 2.6.6, as image is, got ghcr.io/nginx/nginx-gateway-fabric:2.6.7; set both: a data plane of another release gets no configuration',
    { image: 'docker.example/nginx-gateway-fabric/nginx:2.6.6' },
  ],
])('%s', (message, options) => {
  expect(errorOf({}, options)).toBe(`[chart/ingress] ${message}`);
});

test.each<[string, GatewayFabricOptions]>([
  [
    'controlPlaneImage must be a full reference with a tag or a digest, got fabric; write for example ghcr.io/nginx/nginx-gateway-fabric:2.6.7',
    { controlPlaneImage: 'fabric' },
  ],
  [
    'controlPlaneReplicas must be between 1 and 5, got 6; leave it out to take 2',
    { controlPlaneReplicas: 6 },
  ],
  [
    'controlPlaneMemoryLimit must be between 128 MiB and 65536 MiB in whole MiB, got 65536 KiB; leave it out to take 1 GiB',
    { controlPlaneMemoryLimit: Size.mebibytes(64) },
  ],
  [
    'httpsListeners[0].name must be an RFC 1123 label that no other listener has, got http; http is taken by the listener for plain HTTP',
    { httpsListeners: [{ ...shop, name: 'http' }] },
  ],
  [
    'httpsListeners[0].hostname must be a host name, or *. and a host name, got shop.*; leave it out to serve every name',
    { httpsListeners: [{ ...shop, hostname: 'shop.*' }] },
  ],
  [
    'httpsListeners[1].hostname must be another one than that of every other listener, got shop.example; put all certificates of one name into one listener',
    { httpsListeners: [shop, { ...shop, name: 'again' }] },
  ],
  [
    'httpsListeners[0].certificateSecrets must be 1 to 64 names of Secrets, RFC 1123 subdomains, got 0; name TLS Secrets of the namespace nginx-gateway',
    { httpsListeners: [{ ...shop, certificateSecrets: [] }] },
  ],
  [
    'httpsListeners[0].certificateSecrets must be 1 to 64 names of Secrets, RFC 1123 subdomains, got Shop_TLS; name TLS Secrets of the namespace nginx-gateway',
    { httpsListeners: [{ ...shop, certificateSecrets: ['Shop_TLS'] }] },
  ],
  [
    'httpsListeners must be at most 63: a Gateway has 64 listeners and one is for HTTP, got 64; use wildcard host names, or let teams bring ListenerSets',
    {
      httpsListeners: Array.from({ length: 64 }, (_, n) => ({
        name: `l-${n}`,
        hostname: `h-${n}.example`,
        certificateSecrets: ['one'],
      })),
    },
  ],
  [
    'routeNamespaceLabels must be at least one label, got none; leave it out to let every namespace in',
    { routeNamespaceLabels: {} },
  ],
  [
    'watchNamespaces must be RFC 1123 labels, got *; name namespaces one by one',
    { watchNamespaces: ['*'] },
  ],
  [
    'gatewayNamespaces must be RFC 1123 labels, got Blog; name namespaces one by one',
    { gatewayNamespaces: ['Blog'] },
  ],
  [
    'services[1] must be namespace and name of a Service, RFC 1123 labels, each Service once, got shop/web; name the Services that routes send to',
    {
      services: [
        { namespace: 'shop', name: 'web' },
        { namespace: 'shop', name: 'web' },
      ],
    },
  ],
])('%s', (message, own) => {
  expect(errorOf(own)).toBe(`[chart/ingress] ${message}`);
});

test.each([
  ['httpSnippets', 'sendfile off;', 'sendfile'],
  ['httpSnippets', 'proxy_read_timeout 5s;', 'proxy_read_timeout'],
  ['httpSnippets', 'client_max_body_size 1g;', 'client_max_body_size'],
  ['httpSnippets', 'client_header_timeout 60s;', 'client_header_timeout'],
  ['mainSnippets', 'worker_processes 2;', 'worker_processes'],
  ['mainSnippets', 'worker_rlimit_nofile 100;', 'worker_rlimit_nofile'],
])('%s: a directive that somebody writes already is refused: %s', (prop, line, directive) => {
  expect(errorOf({}, { [prop]: [line] })).toContain(
    `[chart/ingress] ${prop} must be directives that nobody else writes, got ${directive};`,
  );
});

test('headers and maps of the user beside ours are no clash', () => {
  const httpSnippets = ['add_header X-Frame-Options DENY always;', 'map $host $own { default 1; }'];
  expect(fabric({}, { httpSnippets }).directives('http').slice(-2)).toEqual(httpSnippets);
});

test('everything that is wrong is said at once', () => {
  const text = errorOf({ controlPlaneReplicas: 0 }, { statusAddress: '192.0.2.1' });
  expect(text.split('\n')).toHaveLength(2);
});

test('findings: the rights of the control plane, no TLS, no Service named', () => {
  expect(fabricFindings(fabric().cluster)).toEqual({
    'GW-INGRESS-040':
      'the control plane reads all Secrets of every namespace, and writes Secrets, ServiceAccounts, Services and workloads in nginx-gateway',
    'GW-INGRESS-043': 'the Gateway listens on port 80 alone',
    'GW-INGRESS-044': 'no Service gets the 64 idle connections of upstreamKeepalive',
    'GW-INGRESS-046':
      'Secrets server-tls and agent-tls of namespace nginx-gateway hold certificates for 3 years from their first day',
  });
  const own = {
    httpsListeners: [shop],
    watchNamespaces: ['shop'],
    gatewayNamespaces: ['blog'],
    services: [{ namespace: 'shop', name: 'web' }],
  };
  expect(fabricFindings(fabric(own).cluster)).toEqual({
    'GW-INGRESS-040':
      'the control plane reads all Secrets of nginx-gateway, shop, blog, and writes Secrets, ServiceAccounts, Services and workloads in nginx-gateway, blog',
    'GW-INGRESS-045': 'objects go into namespaces of others: blog, shop',
    'GW-INGRESS-046':
      'Secrets server-tls and agent-tls of namespace nginx-gateway hold certificates for 3 years from their first day',
  });
});

test('every namespace that gets an object is named, and no other', () => {
  const given: GatewayFabricOptions[] = [
    {},
    { watchNamespaces: ['shop', 'nginx-gateway'] },
    { gatewayNamespaces: ['blog'] },
    { services: [{ namespace: 'web', name: 'web' }] },
    { watchNamespaces: ['shop'], gatewayNamespaces: ['blog'] },
  ];
  for (const own of given) {
    const { cluster, objects } = fabric(own);
    const used = new Set(objects.all.map(({ metadata }) => metadata.namespace ?? 'nginx-gateway'));
    used.delete('nginx-gateway');
    const told = fabricFindings(cluster)['GW-INGRESS-045'] ?? '';
    expect(told.replace(/^.*: /, '')).toBe([...used].sort().join(', '));
  }
});

test('findings: machines with different cores, and with unknown ones', () => {
  const worker = (name: string, n: number, cpus?: number) =>
    Machine.worker(name, { zone: 'oslo-1', address: `10.20.0.10${n}`, cpus });
  const cluster = (...workers: Machine[]) =>
    fabric({}, {}, { machines: [1, 2, 3].map((n) => osloMachine(n)).concat(workers) }).cluster;
  expect(fabricFindings(cluster(worker('w-1', 1, 4), worker('w-2', 2, 16)))['GW-INGRESS-041']).toBe(
    'a replica has 4 to 16 processes; 204 to 819 slow clients a second fill one',
  );
  expect(fabricFindings(cluster(worker('w-1', 1, 4), worker('w-2', 2)))['GW-INGRESS-042']).toBe(
    'memory is computed for 4 processes, and the cores of w-2 are not in the spec',
  );
  const said = fabric({}, { workerProcesses: 6 }, { machines: [osloMachine(1), worker('w-1', 1)] });
  expect(fabricFindings(said.cluster)['GW-INGRESS-042']).toContain('computed for 6 processes');
});

function errorOf(own: GatewayFabricOptions, options: HardenedNginxIngressOptions = {}): string {
  try {
    fabric(own, options);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}
