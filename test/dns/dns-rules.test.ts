import { Chart, Size, Testing } from 'cdk8s';
import {
  CalicoBaseline,
  Cluster,
  CniKind,
  IpvsKubeProxy,
  KubeProxyMode,
  NodeLocalDns,
  PortSource,
  Severity,
  TunedCalico,
  type ClusterProps,
  type NodeLocalDnsOptions,
} from '../../lib';
import { absentRules, dnsRules } from '../../lib/dns/rules';
import '../../lib/testing/jest';
import { osloProps } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { foreign, ipv6Only, render, said } from './dns';

const on = (options: NodeLocalDnsOptions, facts: Partial<ClusterProps> = {}) =>
  said(render(options, facts));
const iptables = { kubeProxyMode: KubeProxyMode.IPTABLES };
const binds = { bindClusterIp: true };

test('the flagship gives the cache nothing to say, in any proxy mode', () => {
  for (const kubeProxyMode of [...Object.values(KubeProxyMode), undefined]) {
    for (const cni of Object.values(CniKind)) {
      expect(on({}, { kubeProxyMode, cni })).toEqual([]);
    }
  }
});

test('ids are numbered without gaps, in order', () => {
  const ids = [...dnsRules, ...absentRules].map(({ id }) => id);
  expect(ids).toEqual(ids.map((_, n) => `GW-DNS-${String(n + 1).padStart(3, '0')}`));
});

test('every rule can be read about', () => {
  const all = [...dnsRules, ...absentRules];
  expect(all.filter(({ reference }) => !/^https:\/\/\S+$/.test(reference))).toEqual([]);
});

test('only what would be wrong is an error', () => {
  const errors = dnsRules.filter(({ severity }) => severity === Severity.ERROR);
  expect(errors.map(({ id }) => id)).toEqual(['GW-DNS-001', 'GW-DNS-009']);
});

describe('GW-DNS-001: a proxy in ipvs mode that comes later', () => {
  const made = (options: NodeLocalDnsOptions) => {
    const chart = new Chart(tempApp(), 'oslo');
    const cluster = new Cluster(chart, 'cluster', osloProps());
    new NodeLocalDns(chart, 'dns', { cluster, ...options });
    new IpvsKubeProxy(chart, 'kube-proxy', { cluster });
    return { chart, cluster };
  };

  test('stops the synth', () => {
    const { chart, cluster } = made(binds);
    expect(said({ cluster })).toEqual([
      'GW-DNS-001 the cache holds 10.96.0.10, and kube-proxy runs in ipvs mode',
    ]);
    expect(() => Testing.synth(chart)).toThrow('GW-DNS-001 [oslo/dns] the cache holds 10.96.0.10');
  });

  test('does nothing to the local address', () => {
    expect(said(made({}))).toEqual([]);
  });
});

describe('GW-DNS-002: kubelets of others', () => {
  const resolver = "GW-DNS-010 the cache asks the name servers of the kubelet's resolvConf";

  test.each([
    [KubeProxyMode.IPVS, 'ipvs'],
    [KubeProxyMode.NONE, 'none'],
    [undefined, 'an unknown'],
  ])('kube-proxy %s', (kubeProxyMode, mode) => {
    expect(said(foreign({}, { kubeProxyMode }))).toEqual([
      `GW-DNS-002 kubelets must give pods 169.254.20.10; with kube-proxy in ${mode} mode the cache holds no other address`,
      resolver,
    ]);
  });

  test('by choice, too', () => {
    expect(said(foreign({ bindClusterIp: false }, iptables))[0]).toBe(
      'GW-DNS-002 kubelets must give pods 169.254.20.10; with kube-proxy in iptables mode the cache holds no other address',
    );
  });

  test('nothing to do where the cache holds the address of the Service', () => {
    expect(said(foreign({}, iptables))).toEqual([resolver]);
  });
});

describe('GW-DNS-003: Calico and packets without tracking', () => {
  const text =
    'GW-DNS-003 packets of the cache skip connection tracking, and the network plugin is Calico';

  test('with the address of the Service, and with rules by choice', () => {
    expect(on(binds, { ...iptables, cni: CniKind.CALICO })).toEqual([text]);
    expect(on({ setupIptables: true }, { cni: CniKind.CALICO })).toEqual([text]);
  });

  test('not with another plugin, and not without rules', () => {
    expect(on(binds, { ...iptables, cni: CniKind.FLANNEL })).toEqual([]);
    expect(on({}, { ...iptables, cni: CniKind.CALICO })).toEqual([]);
  });
});

test('GW-DNS-004: the BPF dataplane serves the address as well', () => {
  const facts = { kubeProxyMode: KubeProxyMode.NONE, cni: CniKind.CALICO };
  expect(on(binds, facts)).toEqual([
    'GW-DNS-004 the cache holds 10.96.0.10, which the network plugin serves as well',
  ]);
  expect(on({}, facts)).toEqual([]);
});

test('GW-DNS-005: iptables rules beside nftables', () => {
  expect(on(binds, { kubeProxyMode: KubeProxyMode.NFTABLES })).toEqual([
    'GW-DNS-005 node-cache writes iptables rules beside kube-proxy in nftables mode',
  ]);
  expect(on({}, { kubeProxyMode: KubeProxyMode.NFTABLES })).toEqual([]);
  expect(on(binds, iptables)).toEqual([]);
});

describe('GW-DNS-006: settled for another proxy', () => {
  const made = (first: 'dns' | 'proxy', mode: KubeProxyMode, options: NodeLocalDnsOptions) => {
    const chart = new Chart(tempApp(), 'oslo');
    const cluster = Cluster.fromFacts(chart, 'cluster', osloProps());
    const proxy = () =>
      cluster._register('kubeProxy', {
        path: 'oslo/kube-proxy',
        mode,
        strictArp: false,
        excludeCidrs: [],
        inspect: [],
      });
    const dns = () => new NodeLocalDns(chart, 'dns', { cluster, ...options });
    (first === 'dns' ? [dns, proxy] : [proxy, dns]).forEach((make) => make());
    return said({ cluster }).filter((line) => line.startsWith('GW-DNS-006'));
  };

  test('the order decided', () => {
    expect(made('dns', KubeProxyMode.IPTABLES, {})).toEqual([
      'GW-DNS-006 created for kube-proxy in an unknown mode, and it runs in iptables mode',
    ]);
    expect(made('dns', KubeProxyMode.NONE, binds)).toEqual([
      'GW-DNS-006 created for kube-proxy in an unknown mode, and it runs in none mode',
    ]);
  });

  test('the order did not matter', () => {
    expect(made('proxy', KubeProxyMode.IPTABLES, {})).toEqual([]);
    expect(made('dns', KubeProxyMode.IPVS, {})).toEqual([]);
    expect(made('dns', KubeProxyMode.IPTABLES, { bindClusterIp: false })).toEqual([]);
  });
});

describe('GW-DNS-007: policies of a plugin that came first', () => {
  const made = (first: 'cni' | 'dns', options: NodeLocalDnsOptions) => {
    const chart = new Chart(tempApp(), 'oslo');
    const cluster = new Cluster(chart, 'cluster', osloProps());
    const policy = { baseline: CalicoBaseline.DEFAULT_DENY };
    const cni = () => new TunedCalico(chart, 'cni', { cluster, policy });
    const dns = () => new NodeLocalDns(chart, 'dns', { cluster, ...options });
    (first === 'cni' ? [cni, dns] : [dns, cni]).forEach((make) => make());
    const deny = Testing.synth(chart).find(
      ({ metadata }: any) => metadata.name === 'groundwork-default-deny',
    );
    const nets = deny.spec.egress.flatMap((rule: any) => rule.destination.nets ?? []);
    return { said: said({ cluster }), nets: [...new Set(nets)] };
  };
  const other = { localIp: '169.254.25.10' };

  test('allow the address that they knew', () => {
    expect(made('cni', other)).toEqual({
      said: [
        'GW-DNS-007 the cache answers on 169.254.25.10, which the network plugin did not know of',
      ],
      nets: ['169.254.20.10/32', '10.96.0.10/32'],
    });
  });

  test('allow the address of a cache that was there', () => {
    expect(made('dns', other)).toEqual({ said: [], nets: ['169.254.25.10/32', '10.96.0.10/32'] });
    expect(made('cni', {}).said).toEqual([]);
  });
});

test('GW-DNS-008: a limit below full caches', () => {
  expect(on({ memoryLimit: Size.mebibytes(128) })).toEqual([
    'GW-DNS-008 memoryLimit is 128 MiB, and caches of this size come to 192 MiB',
  ]);
  expect(on({ memoryLimit: Size.mebibytes(192) })).toEqual([]);
  expect(on({ memoryLimit: Size.mebibytes(64), cacheSuccess: 1024, cacheDenial: 1024 })).toEqual(
    [],
  );
});

describe('GW-DNS-009: ports of others', () => {
  const beside = (port: string, protocol: string, options: NodeLocalDnsOptions = {}) => {
    const { cluster } = render(options);
    const by = new Chart(cluster, 'other');
    const machines = ['cp-2'];
    const why = 'a web server';
    cluster.ledger.requirePort(port, { by, protocol, from: PortSource.ANYWHERE, why, machines });
    return said({ cluster });
  };

  test.each([
    ['8080', 'tcp', {}, 'healthPort 8080'],
    ['9253', 'tcp', {}, 'metricsPort 9253'],
    ['9000-9300', 'tcp', {}, 'metricsPort 9253'],
    ['53', 'udp', {}, 'DNS 53'],
    ['9254', 'tcp', { metricsPort: 9254 }, 'metricsPort 9254'],
  ])('%s/%s', (port, protocol, options, text) => {
    expect(beside(port, protocol, options)).toEqual([
      `GW-DNS-009 ${text} is also that of a web server (oslo/cluster/other)`,
    ]);
  });

  test.each([
    ['8080', 'udp', {}],
    ['8081', 'tcp', {}],
    ['8080', 'tcp', { healthPort: 18080 }],
    ['30000-32767', 'tcp', {}],
    ['', '4', {}],
  ])('%s/%s %j is free', (port, protocol, options) => {
    expect(beside(port, protocol, options)).toEqual([]);
  });
});

test('GW-DNS-010: where the machines of others forward to', () => {
  expect(said(foreign({}, iptables))).toEqual([
    "GW-DNS-010 the cache asks the name servers of the kubelet's resolvConf",
  ]);
  expect(said(foreign({ upstreamServers: ['192.0.2.53'] }, iptables))).toEqual([]);
});

test('GW-DNS-011: IPv6', () => {
  expect(on({}, ipv6Only)).toEqual([
    'GW-DNS-011 every machine answers on fd00:a9fe:140a::10 itself',
  ]);
});

test('GW-DNS-012: another node-cache', () => {
  expect(on({ image: 'registry.example.no/dns/node-cache:1.27.1' })).toEqual([
    'GW-DNS-012 image has tag 1.27.1; flags and plugins are those of 1.26.7',
  ]);
  expect(on({ image: `registry.example.no/dns/c@sha256:${'0'.repeat(64)}` })).toEqual([
    'GW-DNS-012 image has tag none; flags and plugins are those of 1.26.7',
  ]);
  expect(on({ image: 'registry.example.no/dns/node-cache:1.26.7' })).toEqual([]);
});

test('GW-DNS-013: no cache', () => {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', osloProps());
  NodeLocalDns.none().create(chart, 'none', cluster);
  expect(cluster).toHaveFinding('GW-DNS-013', {
    severity: 'note',
    path: 'oslo/none',
    message: 'every question is translated and tracked; kernel 6.1 has the repairs of 5.6',
  });
  new NodeLocalDns(chart, 'dns', { cluster });
  expect(said({ cluster })).toEqual([]);

  // No distribution of the catalogue has such a kernel any more.
  const old = { kernel: '5.5', _summary: () => undefined } as unknown as Cluster;
  expect(absentRules[0]!.check(old)).toEqual([
    {
      message:
        'every question is translated and tracked; kernel 5.5 is older than the repairs of 5.6',
    },
  ]);
});
