import { Chart, Duration, Size } from 'cdk8s';
import {
  Cluster,
  CniKind,
  KubeProxyMode,
  NodeLocalDns,
  type ClusterProps,
  type NodeLocalDnsOptions,
} from '../../lib';
import { unexplainedLeaves } from '../support/coverage';
import { dualStack } from '../support/dual-stack';
import { osloProps } from '../support/oslo';
import { validateStrictly } from '../support/strict-schema';
import { tempApp } from '../support/temp-app';
import { describeWithUpstream } from '../support/upstream';
import { phases } from '../support/phases';
import { args, blocks, foreign, ipv6Only, pod, render, type RenderedDns } from './dns';

const modes = [...Object.values(KubeProxyMode), undefined];

const everything: NodeLocalDnsOptions = {
  localIp: '169.254.25.10',
  bindClusterIp: true,
  setupIptables: true,
  upstreamServiceIp: '10.96.0.20',
  upstreamServers: ['192.0.2.53', '192.0.2.54:5353', '2001:db8::53', '[2001:db8::54]:53'],
  stubDomains: [
    { domain: 'z.example', servers: ['192.0.2.60'] },
    { domain: 'corp.example.no', servers: ['192.0.2.55', '192.0.2.56'] },
  ],
  forceTcp: false,
  cacheSuccess: 20000,
  cacheDenial: 2048,
  cacheSuccessTtl: Duration.minutes(1),
  cacheDenialTtl: Duration.seconds(2),
  logQueries: true,
  metricsPort: 19253,
  healthPort: 18080,
  cpuRequestMillicores: 100,
  memoryRequest: Size.mebibytes(100),
  memoryLimit: Size.gibibytes(1),
  image: 'registry.example.no/dns/node-cache:1.26.7',
};

/** Every shape of the output: owners, proxy modes, families, a mirror, all options. */
const variants: Array<[string, () => RenderedDns]> = [
  ...modes.flatMap((kubeProxyMode): Array<[string, () => RenderedDns]> => [
    [`own machines, kube-proxy ${kubeProxyMode}`, () => render({}, { kubeProxyMode })],
    [`machines of others, kube-proxy ${kubeProxyMode}`, () => foreign({}, { kubeProxyMode })],
  ]),
  ['dual stack', () => render({}, dualStack())],
  ['IPv6 alone', () => render({}, ipv6Only)],
  ['IPv6 alone, of others', () => foreign({ bindClusterIp: true }, ipv6Only)],
  ['a mirror', () => render({}, { imageRegistry: 'mirror.example.no', imagePullSecrets: ['a'] })],
  ['all options', () => render(everything, { kubeProxyMode: KubeProxyMode.NFTABLES })],
];

describeWithUpstream('every object passes a strict API server', () => {
  test.each(variants)('%s', (_name, make) => {
    expect(make().objects.all.flatMap((o) => validateStrictly(o))).toEqual([]);
  });
});

test.each(variants)('every value has a reason: %s', (_name, make) => {
  const rendered = make();
  const template = 'DaemonSet.spec.template';
  const container = `${template}.spec.containers`;
  const explained = {
    decisions: rendered.cluster.decisions(),
    facts: [
      `${template}.spec.imagePullSecrets`,
      `${container}.image`,
      'Corefile.bind',
      'Corefile.forward.to',
      'Corefile.zones',
    ],
    structural: [
      // Compared one by one with upstream.
      'Service.spec',
      'DaemonSet.spec.selector',
      'DaemonSet.spec.updateStrategy.type',
      `${template}.metadata`,
      ...['serviceAccountName', 'nodeSelector', 'volumes'].map((f) => `${template}.spec.${f}`),
      ...['name', 'ports', 'volumeMounts', 'livenessProbe.httpGet'].map((f) => `${container}.${f}`),
      'Corefile.errors',
      'Corefile.reload',
      'Corefile.loop',
      // The arguments and the text follow, taken apart.
      `${container}.args`,
      'ConfigMap.data',
    ],
  };
  const flags = Object.fromEntries(args(rendered).map((arg) => arg.split('=')));
  const apart = [{ kind: 'node-cache', ...flags }, ...blocks(rendered).map(leavesOf)];
  const all = [...rendered.objects.all, ...apart];
  expect(all.flatMap((o) => unexplainedLeaves(o, explained))).toEqual([]);
});

/** One server block as an object whose leaves have the names of the decisions. */
function leavesOf({ zones, plugins }: ReturnType<typeof blocks>[number]): any {
  const values = plugins.map(({ name, args: given, inside }): [string, unknown] => {
    if (name === 'cache') {
      const entries = inside.map(([kind, size, ttl]) => [kind, { size, ttl }]);
      return [name, Object.fromEntries(entries)];
    }
    if (name === 'forward') {
      const servers = zones[0] === '.:53' ? { servers: given } : { to: given };
      return [name, { ...servers, ...Object.fromEntries(inside.map(([key]) => [key, true])) }];
    }
    return [name, given.length === 0 ? true : given];
  });
  return { kind: 'Corefile', zones, ...Object.fromEntries(values) };
}

test('all is applied in one phase, the configuration before the pods', () => {
  expect(phases(foreign({}, { kubeProxyMode: KubeProxyMode.IPTABLES }).dns)).toEqual([
    '05-node-local-dns ServiceAccount node-local-dns',
    '05-node-local-dns Service kube-dns-upstream',
    '05-node-local-dns ConfigMap node-local-dns',
    '05-node-local-dns DaemonSet node-local-dns',
    '05-node-local-dns Service node-local-dns',
  ]);
});

describe('addresses in every mode', () => {
  const shape = (rendered: RenderedDns) => {
    const [cluster] = blocks(rendered);
    const line = (name: string) => cluster!.plugins.find((p) => p.name === name)!.args.join(' ');
    const [localip] = args(rendered);
    const rules = args(rendered).find((arg) => arg.startsWith('-setupiptables='));
    return [localip, line('bind'), line('forward'), rules].join(' | ');
  };
  const alone = '-localip=169.254.20.10 | 169.254.20.10 | . 10.96.0.10 | -setupiptables=false';
  const both =
    '-localip=169.254.20.10,10.96.0.10 | 169.254.20.10 10.96.0.10 | . 10.96.0.11 | -setupiptables=true';

  test.each(modes)('machines of the spec, kube-proxy %s: the local one', (kubeProxyMode) => {
    expect(shape(render({}, { kubeProxyMode }))).toBe(alone);
  });

  test.each([
    [KubeProxyMode.IPTABLES, both],
    [KubeProxyMode.NFTABLES, both],
    [KubeProxyMode.IPVS, alone],
    [KubeProxyMode.NONE, alone],
    [undefined, alone],
  ])('machines of others, kube-proxy %s', (kubeProxyMode, expected) => {
    expect(shape(foreign({}, { kubeProxyMode }))).toBe(expected);
  });

  test('without kube-proxy there is nothing for rules to do', () => {
    const facts = { kubeProxyMode: KubeProxyMode.NONE };
    expect(shape(foreign({ bindClusterIp: true }, facts))).toBe(both.replace('true', 'false'));
  });

  test('rules by choice', () => {
    const rendered = render({ setupIptables: true });
    expect(shape(rendered)).toBe(alone.replace('false', 'true'));
    expect(pod(rendered).volumes.map((v: any) => v.name)).toContain('xtables-lock');
  });

  test('another DNS Service', () => {
    const rendered = foreign(
      { clusterDnsIp: '10.96.0.3' },
      { kubeProxyMode: KubeProxyMode.IPTABLES },
    );
    expect(shape(rendered)).toBe(both.replaceAll('10.96.0.10', '10.96.0.3'));
  });

  test('two families: the first is enough', () => {
    expect(shape(render({}, dualStack()))).toBe(alone);
  });

  test('IPv6: a unique local address, in brackets before a port', () => {
    const rendered = render({}, ipv6Only);
    const local = 'fd00:a9fe:140a::10';
    expect(shape(rendered)).toBe(
      `-localip=${local} | ${local} | . fd00:96::a | -setupiptables=false`,
    );
    const [cluster] = blocks(rendered);
    expect(cluster!.plugins.find((p) => p.name === 'health')!.args).toEqual([`[${local}]:8080`]);
    expect(pod(rendered).containers[0].livenessProbe.httpGet.host).toBe(local);
  });

  test.each(variants)('no list ends in a comma: %s', (_name, make) => {
    expect(args(make())[0]).toMatch(/^-localip=[0-9a-f.:]+(,[0-9a-f.:]+)?$/);
  });

  test.each(variants)('nothing is left for node-cache to fill in: %s', (_name, make) => {
    expect(make().objects.find('ConfigMap').data.Corefile).not.toContain('__');
  });
});

test('all options reach the output', () => {
  const rendered = render(everything, { kubeProxyMode: KubeProxyMode.NFTABLES });
  expect(rendered.objects.find('ConfigMap').data.Corefile).toBe(
    [
      ['cluster.local', 'forward . 10.96.0.20', '2', '    health 169.254.25.10:18080\n'],
      ['in-addr.arpa', 'forward . 10.96.0.20', '60', ''],
      ['ip6.arpa', 'forward . 10.96.0.20', '60', ''],
      ['corp.example.no', 'forward . 192.0.2.55 192.0.2.56', '60', ''],
      ['z.example', 'forward . 192.0.2.60', '60', ''],
      ['.', 'forward . 192.0.2.53 192.0.2.54:5353 2001:db8::53 [2001:db8::54]:53', '60', ''],
    ]
      .map(
        ([zone, forward, denial, health]) => `${zone}:53 {
    errors
    log
    cache {
        success 20000 60
        denial 2048 ${denial}
    }
    reload
    loop
    bind 169.254.25.10 10.96.0.10
    ${forward}
    prometheus :19253
${health}}
`,
      )
      .join(''),
  );
  expect(args(rendered)).toContain('-health-port=18080');
  expect(rendered.objects.find('Service', 'kube-dns-upstream').spec.clusterIP).toBe('10.96.0.20');
  expect(rendered.objects.find('Service', 'node-local-dns').spec.ports[0]).toMatchObject({
    port: 19253,
    targetPort: 19253,
  });
  const [container] = pod(rendered).containers;
  expect(container.image).toBe('registry.example.no/dns/node-cache:1.26.7');
  expect(container.livenessProbe.httpGet.port).toBe(18080);
  expect(container.ports[2].containerPort).toBe(19253);
  expect(container.resources).toEqual({
    requests: { cpu: '100m', memory: '100Mi' },
    limits: { memory: '1024Mi' },
  });
});

test('a default spelt out changes nothing', () => {
  const spelt: NodeLocalDnsOptions = {
    localIp: '169.254.20.10',
    bindClusterIp: false,
    setupIptables: false,
    forceTcp: true,
    cacheSuccess: 9984,
    cacheDenial: 9984,
    cacheSuccessTtl: Duration.seconds(30),
    cacheDenialTtl: Duration.seconds(5),
    logQueries: false,
    metricsPort: 9253,
    healthPort: 8080,
    cpuRequestMillicores: 25,
    memoryRequest: Size.mebibytes(64),
    memoryLimit: Size.mebibytes(192),
  };
  expect(render(spelt).objects).toEqual(render().objects);
});

test('a mirror serves the image, pull secrets reach the pod', () => {
  const facts = { imageRegistry: 'mirror.example.no/k8s', imagePullSecrets: ['mirror'] };
  const spec = pod(render({}, facts));
  expect(spec.containers[0].image).toBe('mirror.example.no/k8s/dns/k8s-dns-node-cache:1.26.7');
  expect(spec.imagePullSecrets).toEqual([{ name: 'mirror' }]);
});

test('a new Corefile is read by the running cache; nothing of it is in the pod template', () => {
  const template = (options: NodeLocalDnsOptions) =>
    render(options).objects.find('DaemonSet').spec.template;
  expect(template({ logQueries: true, cacheDenialTtl: Duration.seconds(1) })).toEqual(template({}));
});

describe('what kubelets tell pods', () => {
  const told = (options: NodeLocalDnsOptions, facts: Partial<ClusterProps> = {}) =>
    render(options, facts).cluster._kubeletDnsIps;

  test('the cache of their machine', () => {
    expect(told({})).toEqual(['169.254.20.10']);
    expect(told({ localIp: '169.254.25.10' })).toEqual(['169.254.25.10']);
    expect(told({}, ipv6Only)).toEqual(['fd00:a9fe:140a::10']);
  });

  test('the Service, where the cache holds its address or does not exist', () => {
    const facts = { kubeProxyMode: KubeProxyMode.IPTABLES };
    expect(told({ bindClusterIp: true }, facts)).toEqual(['10.96.0.10']);
    const chart = new Chart(tempApp(), 'oslo');
    expect(new Cluster(chart, 'cluster', osloProps())._kubeletDnsIps).toEqual(['10.96.0.10']);
  });
});

test('configure makes the same construct, none makes nothing', () => {
  const chart = new Chart(tempApp(), 'oslo');
  const cluster = new Cluster(chart, 'cluster', { clusterName: 'oslo', ...osloProps() });
  expect(NodeLocalDns.none().create(chart, 'none', cluster).node.findAll()).toHaveLength(1);
  expect(cluster._summary('dns')).toBeUndefined();
  const dns = NodeLocalDns.configure({ localIp: '169.254.25.10' }).create(chart, 'dns', cluster);
  expect(dns).toBeInstanceOf(NodeLocalDns);
  expect(dns).toMatchObject({ localIp: '169.254.25.10', bindsClusterIp: false });
  expect(cluster._summary('dns')).toMatchObject({
    path: 'oslo/dns',
    label: 'NodeLocal DNSCache 1.26.7',
    localIps: ['169.254.25.10'],
    bindsClusterIp: false,
  });
  expect(() => new NodeLocalDns(chart, 'again', { cluster })).toThrow(
    '[oslo/again] cluster must be a cluster without another construct of this room (dns)',
  );
});

test('nothing asks which network plugin there is', () => {
  const objects = (cni: CniKind) => render({}, { cni }).objects;
  expect(objects(CniKind.CALICO)).toEqual(objects(CniKind.FLANNEL));
});
