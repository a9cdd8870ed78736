import { Duration, Size } from 'cdk8s';
import { KubeProxyMode, PodDns, Zone, type NodeLocalDnsOptions } from '../../lib';
import { osloMachine } from '../support/oslo';
import { foreign, ipv6Only, render } from './dns';

const iptables = { kubeProxyMode: KubeProxyMode.IPTABLES };
const LOOP =
  "a question that comes back is a loop, and node-cache exits; name the servers behind the machine's stub resolver";
const SPELLING =
  'write 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353; a name would have to be looked up first';
const stub = (domain: string, ...servers: string[]) => ({ stubDomains: [{ domain, servers }] });

const cases: Array<[NodeLocalDnsOptions, string]> = [
  [
    { localIp: '10.0.0.10' },
    'localIp must be a link-local address (169.254.0.0/16), got 10.0.0.10; an address that is routed anywhere belongs to somebody; use 169.254.20.10',
  ],
  [
    { localIp: '169.254.20.010' },
    'localIp must be a canonical IPv4 address, got 169.254.20.010; the DNS Service has the family of the cluster, and node-cache takes one; use 169.254.20.10',
  ],
  [
    { localIp: 'fd00:a9fe:140a::10' },
    'localIp must be a canonical IPv4 address, got fd00:a9fe:140a::10; the DNS Service has the family of the cluster, and node-cache takes one; use 169.254.20.10',
  ],
  [
    { localIp: '169.254.255.255' },
    'localIp must be a link-local address (169.254.0.0/16), got 169.254.255.255; an address that is routed anywhere belongs to somebody; use 169.254.20.10',
  ],
  [
    { localIp: '169.254.169.254' },
    'localIp must be another address than that of the metadata service of most providers, got 169.254.169.254; use 169.254.20.10',
  ],
  [
    { localIp: '169.254.1.1' },
    "localIp must be another address than that of the gateway of Calico's pods, got 169.254.1.1; use 169.254.20.10",
  ],
  [
    { clusterDnsIp: '10.96.0.3' },
    'clusterDnsIp must be left out with machines of the spec, got 10.96.0.3; kubeadm gives cluster DNS the tenth address, 10.96.0.10',
  ],
  [
    { upstreamServiceIp: '10.96.0.20' },
    'upstreamServiceIp must be left out without bindClusterIp, got 10.96.0.20; the cache asks the DNS Service itself, and there is no second one',
  ],
  [
    { upstreamServers: [] },
    'upstreamServers must be 1 to 15 name servers, got 0; leave it out for those of the machine',
  ],
  [
    { upstreamServers: Array.from({ length: 16 }, (_, n) => `192.0.2.${n + 1}`) },
    'upstreamServers must be 1 to 15 name servers, got 16; leave it out for those of the machine',
  ],
  ...[
    'dns.example.no',
    '192.0.2.53:0',
    '192.0.2.53:70000',
    '[192.0.2.53]:53',
    '2001:db8::53%eth0',
  ].map((server): [NodeLocalDnsOptions, string] => [
    { upstreamServers: [server] },
    `upstreamServers must be addresses, with :port where it is not 53, got ${server}; ${SPELLING}`,
  ]),
  ...['127.0.0.53', '127.0.0.1:5353', '::1', '169.254.20.10', '10.96.0.10:53'].map(
    (server): [NodeLocalDnsOptions, string] => [
      { upstreamServers: [server] },
      `upstreamServers must be other machines than the cache itself, got ${server}; ${LOOP}`,
    ],
  ),
  [
    stub('corp.example.no', '127.0.0.53'),
    `servers of stub domain corp.example.no must be other machines than the cache itself, got 127.0.0.53; ${LOOP}`,
  ],
  [
    stub('corp.example.no.', '192.0.2.53'),
    'stubDomains must be domains, RFC 1123 subdomains without a dot at the end, got corp.example.no.; write for example corp.example.no; everything else belongs into upstreamServers',
  ],
  ...['cluster.local', 'in-addr.arpa'].map((domain): [NodeLocalDnsOptions, string] => [
    stub(domain, '192.0.2.53'),
    `stubDomains must be other domains than those of the cluster, got ${domain}; CoreDNS answers for them, and two blocks for one domain stop node-cache`,
  ]),
  [
    { cacheSuccess: 100 },
    'cacheSuccess must be between 1024 and 1000000, got 100; the cache has 256 parts of four answers at least; leave it out for 9984',
  ],
  [
    { cacheDenial: 2000000 },
    'cacheDenial must be between 1024 and 1000000, got 2000000; the cache has 256 parts of four answers at least; leave it out for 9984',
  ],
  [
    { cacheSuccessTtl: Duration.millis(1500) },
    'cacheSuccessTtl must be a whole number between 1 and 3600, got 1.5; give whole seconds',
  ],
  [
    { cacheDenialTtl: Duration.seconds(0) },
    'cacheDenialTtl must be between 1 and 3600, got 0; give whole seconds',
  ],
  [
    { metricsPort: 53 },
    'metricsPort must be between 1024 and 65535, got 53; use 9253 unless it is taken',
  ],
  [
    { healthPort: 80 },
    'healthPort must be between 1024 and 65535, got 80; use 8080 unless it is taken',
  ],
  [
    { healthPort: 9253 },
    'healthPort must be another port than metricsPort, got 9253; node-cache opens both on the same address',
  ],
  [
    { cpuRequestMillicores: 0 },
    'cpuRequestMillicores must be between 1 and 64000, got 0; 25 are a fortieth of a core',
  ],
  [
    { memoryRequest: Size.kibibytes(100) },
    'memoryRequest must be a whole number between 1 and 65536, got 0.09765625; give whole mebibytes, for example Size.mebibytes(128)',
  ],
  [
    { memoryLimit: Size.mebibytes(16) },
    'memoryLimit must be between 32 and 65536, got 16; give whole mebibytes, for example Size.mebibytes(128)',
  ],
  [
    { memoryRequest: Size.mebibytes(300) },
    'memoryRequest must be at most memoryLimit 192 MiB, got 300 MiB; raise the limit, too',
  ],
  [
    { image: 'dns/node-cache' },
    'image must be a full reference with a tag or digest, got dns/node-cache; write registry/repository:tag, with @sha256 behind it if you pin the digest',
  ],
];

test.each(cases)('%j', (options, text) => {
  expect(() => render(options)).toThrow(new Error(`[oslo/dns] ${text}`));
});

test('two entries for one domain', () => {
  const domain = { domain: 'corp.example.no', servers: ['192.0.2.53'] };
  expect(() => render({ stubDomains: [domain, domain] })).toThrow(
    '[oslo/dns] stubDomains must be unique by domain, got corp.example.no; give one entry all servers',
  );
});

test('several wrong values come in one error', () => {
  expect(() => render({ localIp: '10.0.0.1', metricsPort: 1 })).toThrow(
    /^\[oslo\/dns\] localIp .*\n\[oslo\/dns\] metricsPort [^\n]*$/,
  );
});

describe('the local address and the networks of the cluster', () => {
  test.each([
    [
      { podCidr: '169.254.0.0/18' },
      'localIp must be outside podCidr 169.254.0.0/18, got 169.254.20.10',
    ],
    [
      { serviceCidr: '169.254.16.0/20' },
      'localIp must be outside serviceCidr 169.254.16.0/20, got 169.254.20.10',
    ],
    [
      {
        zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '169.254.20.0/24' })],
        machines: [1, 2, 3].map((n) => osloMachine(n, { address: `169.254.20.2${n}` })),
        endpoint: ipv6Only.endpoint!,
      },
      'localIp must be outside nodeCidr of zone oslo-1 169.254.20.0/24, got 169.254.20.10',
    ],
  ])('%#', (facts, text) => {
    expect(() => render({}, facts)).toThrow(
      `[oslo/dns] ${text}; it must mean the machine itself on every machine; choose an address that nobody else has`,
    );
  });
});

describe('IPv6', () => {
  test.each([
    [
      'fe80::10',
      'a unique local address (fd00::/8), got fe80::10; a link-local one of IPv6 holds on one link only, and pods have another; use fd00:a9fe:140a::10',
    ],
    [
      '169.254.20.10',
      'a canonical IPv6 address, got 169.254.20.10; the DNS Service has the family of the cluster, and node-cache takes one; use fd00:a9fe:140a::10',
    ],
    [
      'fd00:ec2::254',
      'another address than that of the metadata service of EC2, got fd00:ec2::254; use fd00:a9fe:140a::10',
    ],
    [
      'fd00:244::53',
      'outside podCidr fd00:244::/56, got fd00:244::53; it must mean the machine itself on every machine; choose an address that nobody else has',
    ],
  ])('%s', (localIp, text) => {
    expect(() => render({ localIp }, ipv6Only)).toThrow(
      new Error(`[oslo/dns] localIp must be ${text}`),
    );
  });
});

describe('the address of the Service', () => {
  test('belongs to kube-proxy in ipvs mode', () => {
    const text =
      '[oslo/dns] bindClusterIp must be false with kube-proxy in ipvs mode, got true; kube-proxy has the address on an interface of its own; let the kubelets give pods localIp';
    const facts = { kubeProxyMode: KubeProxyMode.IPVS };
    expect(() => render({ bindClusterIp: true }, facts)).toThrow(new Error(text));
    expect(() => foreign({ bindClusterIp: true }, facts)).toThrow(new Error(text));
  });

  test('is redirected where no rule keeps it', () => {
    const options = { bindClusterIp: true, setupIptables: false };
    expect(() => render(options, iptables)).toThrow(
      new Error(
        '[oslo/dns] setupIptables must be true with bindClusterIp, got false; without the rules kube-proxy sends every packet on to CoreDNS, and the cache sees none',
      ),
    );
    expect(() => render(options, { kubeProxyMode: KubeProxyMode.NONE })).not.toThrow();
  });

  test.each(['10.97.0.3', '10.96.0.0', '10.96.255.255', '10.96.0.1', 'kube-dns'])(
    'is one of Services: %s',
    (clusterDnsIp) => {
      expect(() => foreign({ clusterDnsIp }, iptables)).toThrow(
        `[oslo/dns] clusterDnsIp must be an address of Services inside serviceCidr 10.96.0.0/16, got ${clusterDnsIp}; take what \`kubectl -n kube-system get service kube-dns\` shows`,
      );
    },
  );

  test.each([
    [
      '10.97.0.3',
      'an address of Services inside serviceCidr 10.96.0.0/16',
      'take a low one: Kubernetes gives those out last by itself',
    ],
    [
      '10.96.0.1',
      'another address than that of the Service kubernetes',
      'two Services cannot have one address',
    ],
    [
      '10.96.0.10',
      'another address than that of the DNS Service',
      'two Services cannot have one address',
    ],
  ])('is asked under a second one: %s', (upstreamServiceIp, allowed, remedy) => {
    expect(() => foreign({ upstreamServiceIp }, iptables)).toThrow(
      new Error(
        `[oslo/dns] upstreamServiceIp must be ${allowed}, got ${upstreamServiceIp}; ${remedy}`,
      ),
    );
  });

  test('the eleventh is taken where another installer chose it for DNS', () => {
    expect(() => foreign({ clusterDnsIp: '10.96.0.11' }, iptables)).toThrow(
      'upstreamServiceIp must be another address than that of the DNS Service, got 10.96.0.11',
    );
  });

  test('the smallest network of Services holds both', () => {
    expect(() => foreign({}, { ...iptables, serviceCidr: '10.96.0.0/28' })).not.toThrow();
  });
});

describe('resolver options of pods', () => {
  test('are what a pod spec takes', () => {
    expect(
      PodDns.config({
        ndots: 2,
        attempts: 3,
        timeoutSeconds: 1,
        singleRequest: true,
        singleRequestReopen: true,
        useVc: true,
      }),
    ).toEqual({
      options: [
        { name: 'ndots', value: '2' },
        { name: 'attempts', value: '3' },
        { name: 'timeout', value: '1' },
        { name: 'single-request' },
        { name: 'single-request-reopen' },
        { name: 'use-vc' },
      ],
    });
    expect(PodDns.config({ ndots: 0, useVc: false })).toEqual({
      options: [{ name: 'ndots', value: '0' }],
    });
  });

  test.each([
    [{ ndots: 16 }, 'ndots must be between 0 and 15, got 16; the resolver caps it at 15'],
    [{ attempts: 0 }, 'attempts must be between 1 and 5, got 0; the resolver caps it at 5'],
    [
      { timeoutSeconds: 0.5 },
      'timeoutSeconds must be a whole number between 1 and 30, got 0.5; the resolver caps it at 30',
    ],
    [{}, 'options must be at least one, got nothing; leave dnsConfig out of the pod instead'],
    [
      { useVc: false },
      'options must be at least one, got nothing; leave dnsConfig out of the pod instead',
    ],
  ])('%j', (options, text) => {
    expect(() => PodDns.config(options)).toThrow(new Error(`[PodDns config] ${text}`));
  });
});
