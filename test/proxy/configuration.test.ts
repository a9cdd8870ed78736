import { readFileSync } from 'node:fs';
import { Duration } from 'cdk8s';
import { parse } from 'yaml';
import {
  ApiEndpoint,
  KubeProxyMode,
  KubernetesVersion,
  Machine,
  OperatingSystem,
  Zone,
} from '../../lib/cluster';
import { IpvsScheduler, KubeProxyDetectLocalMode } from '../../lib/proxy';
import { describeWithUpstream, upstreamFile } from '../support/upstream';
import { modes, render, renderMode, type Mode } from './support';

/** What upstream knows and no mode writes, each with its reason. */
const LEFT_OUT: Record<string, string> = {
  bindAddressHardFail: 'a metrics port that is taken must not stop the proxy',
  'clientConnection.acceptContentTypes': 'empty lets the server choose',
  'clientConnection.burst': 'informers hold few watches; there is nothing to speed up',
  'clientConnection.contentType': 'protobuf by default, the fastest there is',
  'clientConnection.qps': 'as burst',
  enableProfiling: 'off by default',
  hostnameOverride: 'the flag says it for each node',
  'logging.flushFrequency': 'the default is right',
  'logging.format': 'text, as every other component',
  'logging.options.json.infoBufferSize': 'no buffering by default',
  'logging.options.text.infoBufferSize': 'no buffering by default',
  'logging.verbosity': 'zero by default',
  portRange: 'unused since the userspace mode is gone',
  showHiddenMetricsForVersion: 'no metric is asked for that upstream hides',
  'winkernel.enableDSR': 'Windows',
  'winkernel.forwardHealthCheckVip': 'Windows',
  'winkernel.networkName': 'Windows',
  'winkernel.rootHnsEndpointName': 'Windows',
  'winkernel.sourceVip': 'Windows',
};

/** Which sections each mode reads, and so writes. */
const SECTIONS: Record<Mode, string[]> = {
  iptables: ['iptables.'],
  ipvs: ['ipvs.', 'iptables.masquerade', 'iptables.localhostNodePorts'],
  nftables: ['nftables.'],
};
const MODE_SECTION = /^(iptables|ipvs|nftables)\./;

function leaves(value: unknown, path = ''): Array<[string, unknown]> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, item]) =>
        leaves(item, path === '' ? key : `${path}.${key}`),
      )
    : [[path, value]];
}

describeWithUpstream('KubeProxyConfiguration against upstream', () => {
  const upstream = Object.fromEntries(
    leaves(
      parse(
        readFileSync(upstreamFile('manifests', 'kubernetes-1.36-kube-proxy-defaults.yaml'), 'utf8'),
      ),
    ),
  );
  const rendered = (mode: Mode) =>
    Object.fromEntries(leaves(renderMode(mode).configuration)) as Record<string, unknown>;
  const byBridge = {
    detectLocalMode: KubeProxyDetectLocalMode.BRIDGE_INTERFACE,
    bridgeInterface: 'cni0',
  };
  const byPrefix = {
    detectLocalMode: KubeProxyDetectLocalMode.INTERFACE_NAME_PREFIX,
    interfaceNamePrefix: 'cali',
  };
  const ours = rendered(KubeProxyMode.IPVS);

  test.each(modes)('%s mode has no key that upstream does not know', (mode) => {
    const keys = [{}, byBridge, byPrefix].flatMap((options) =>
      leaves(renderMode(mode, options).configuration).map(([key]) => key),
    );
    expect(keys.filter((key) => !(key in upstream))).toEqual([]);
  });

  test('some mode has every key of upstream, or there is a reason to leave it out', () => {
    const written = new Set(
      modes.flatMap((mode) =>
        [{}, byBridge, byPrefix].flatMap((options) =>
          leaves(renderMode(mode, options).configuration).map(([key]) => key),
        ),
      ),
    );
    const missing = Object.keys(upstream).filter((key) => !written.has(key));
    expect(missing.sort()).toEqual(Object.keys(LEFT_OUT).sort());
  });

  test.each(modes)('%s mode writes the sections that it reads, whole, and no other', (mode) => {
    const read = Object.keys(upstream).filter((key) =>
      SECTIONS[mode].some((section) => key.startsWith(section)),
    );
    const written = Object.keys(rendered(mode)).filter((key) => MODE_SECTION.test(key));
    expect(written.sort()).toEqual(read.sort());
  });

  test.each(modes)('%s mode gives every value the type that upstream gives it', (mode) => {
    const wrong = Object.entries(rendered(mode)).filter(
      ([key, value]) => upstream[key] !== null && typeof value !== typeof upstream[key],
    );
    expect(wrong).toEqual([]);
  });

  test('keeps to upstream except where a decision says so', () => {
    const changed = Object.entries(ours)
      .filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(upstream[key]))
      .map(([key]) => key);
    expect(changed.sort()).toEqual([
      'clientConnection.kubeconfig',
      'clusterCIDR',
      'conntrack.maxPerCore',
      'conntrack.min',
      'conntrack.tcpCloseWaitTimeout',
      'conntrack.tcpEstablishedTimeout',
      'detectLocalMode',
      'iptables.localhostNodePorts',
      'ipvs.excludeCIDRs',
      'ipvs.minSyncPeriod',
      'ipvs.scheduler',
      'ipvs.strictARP',
      'ipvs.syncPeriod',
      'ipvs.tcpTimeout',
      'mode',
      'nodePortAddresses',
    ]);
  });
});

describe('KubeProxyConfiguration', () => {
  test('of the flagship', () => {
    expect(render().configuration).toEqual({
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      mode: 'ipvs',
      bindAddress: '0.0.0.0',
      clientConnection: { kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf' },
      clusterCIDR: '10.244.0.0/16',
      detectLocalMode: 'ClusterCIDR',
      nodePortAddresses: ['primary'],
      ipvs: {
        scheduler: 'rr',
        strictARP: true,
        excludeCIDRs: ['10.20.0.10/32'],
        syncPeriod: '30s',
        minSyncPeriod: '1s',
        tcpTimeout: '2h15m0s',
        tcpFinTimeout: '0s',
        udpTimeout: '0s',
      },
      iptables: { masqueradeBit: 14, masqueradeAll: false, localhostNodePorts: false },
      conntrack: {
        maxPerCore: 0,
        min: 0,
        tcpEstablishedTimeout: '0s',
        tcpCloseWaitTimeout: '0s',
        tcpBeLiberal: false,
        udpTimeout: '0s',
        udpStreamTimeout: '0s',
      },
      healthzBindAddress: '0.0.0.0:10256',
      metricsBindAddress: '127.0.0.1:10249',
      configSyncPeriod: '15m0s',
      oomScoreAdj: -999,
    });
  });

  test('takes every option', () => {
    const { configuration } = render({
      scheduler: IpvsScheduler.LC,
      strictArp: false,
      excludeCidrs: ['10.20.0.64/27', '10.20.0.10/32'],
      nodePortAddresses: ['10.20.0.0/24'],
      syncPeriod: Duration.minutes(1),
      minSyncPeriod: Duration.millis(500),
      tcpTimeout: Duration.hours(3),
      tcpFinTimeout: Duration.seconds(30),
      udpTimeout: Duration.minutes(2),
      metricsBindAddress: '0.0.0.0:10249',
      masqueradeAll: true,
      tcpBeLiberal: true,
    });
    expect(configuration).toMatchObject({
      nodePortAddresses: ['10.20.0.0/24'],
      ipvs: {
        scheduler: 'lc',
        strictARP: false,
        excludeCIDRs: ['10.20.0.10/32', '10.20.0.64/27'],
        syncPeriod: '1m0s',
        minSyncPeriod: '500ms',
        tcpTimeout: '3h0m0s',
        tcpFinTimeout: '30s',
        udpTimeout: '2m0s',
      },
      iptables: { masqueradeAll: true },
      conntrack: { tcpBeLiberal: true },
      metricsBindAddress: '0.0.0.0:10249',
    });
  });

  test('leaves the conntrack table to kube-proxy on machines of others', () => {
    expect(render({}, {}, true).configuration.conntrack).toEqual({
      maxPerCore: 32768,
      min: 262144,
      tcpEstablishedTimeout: '24h0m0s',
      tcpCloseWaitTimeout: '1h0m0s',
      tcpBeLiberal: false,
      udpTimeout: '0s',
      udpStreamTimeout: '0s',
    });
  });

  test('is liberal towards TCP windows only on kernels before 6.1', () => {
    const liberal = (operatingSystem: OperatingSystem) =>
      render({}, { operatingSystem }).configuration.conntrack.tcpBeLiberal;
    expect(liberal(OperatingSystem.UBUNTU_22_04)).toBe(true);
    expect(liberal(OperatingSystem.DEBIAN_12)).toBe(false);
    expect(liberal(OperatingSystem.UBUNTU_24_04)).toBe(false);
  });

  test('excludes nothing when somebody else runs the endpoint', () => {
    const endpoint = ApiEndpoint.external({ dnsName: 'api.oslo.example' });
    expect(render({}, { endpoint }).configuration.ipvs.excludeCIDRs).toEqual([]);
  });

  test('speaks IPv6 on an IPv6 cluster', () => {
    const { configuration } = render(
      {},
      {
        podCidr: 'fd00:10:244::/56',
        serviceCidr: 'fd00:10:96::/112',
        endpoint: ApiEndpoint.kubeVip('fd00:20::10'),
        zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: 'fd00:20::/64' })],
        machines: [Machine.controlPlane('cp-1', { zone: 'oslo-1', address: 'fd00:20::11' })],
      },
    );
    expect(configuration).toMatchObject({
      bindAddress: '::',
      healthzBindAddress: '[::]:10256',
      metricsBindAddress: '[::1]:10249',
      clusterCIDR: 'fd00:10:244::/56',
      ipvs: { excludeCIDRs: ['fd00:20::10/128'] },
    });
  });

  test.each(['1.35.8', '1.36.4', '1.37.1'])('names no feature gate on %s', (patch) => {
    const { configuration } = render({}, { kubernetesVersion: KubernetesVersion.of(patch) });
    expect(configuration).not.toHaveProperty('featureGates');
  });
});

describe('the other modes', () => {
  const { IPTABLES, NFTABLES } = KubeProxyMode;

  test.each([
    [IPTABLES, { iptables: { localhostNodePorts: false } }],
    [NFTABLES, { nftables: {} }],
  ] as const)('%s of the flagship', (mode, section) => {
    const { configuration } = renderMode(mode);
    const ipvs = render().configuration;
    expect(configuration).toEqual({
      ...ipvs,
      mode,
      ipvs: undefined,
      iptables: undefined,
      oomScoreAdj: -997,
      [mode]: {
        masqueradeBit: 14,
        masqueradeAll: false,
        syncPeriod: '30s',
        minSyncPeriod: '1s',
        ...Object.values(section)[0],
      },
    });
    expect(Object.keys(configuration)).not.toContain('ipvs');
    expect(Object.keys(configuration).includes('iptables')).toBe(mode === IPTABLES);
  });

  test('every option reaches its field', () => {
    const options = {
      syncPeriod: Duration.minutes(1),
      minSyncPeriod: Duration.seconds(2),
      masqueradeAll: true,
      masqueradeBit: 13,
      bindAddress: '0.0.0.0',
      healthzBindAddress: '0.0.0.0:10356',
      detectLocalMode: KubeProxyDetectLocalMode.INTERFACE_NAME_PREFIX,
      interfaceNamePrefix: 'cali',
      oomScoreAdj: 0,
      tcpBeLiberal: true,
    };
    const section = { masqueradeBit: 13, masqueradeAll: true };
    const sync = { syncPeriod: '1m0s', minSyncPeriod: '2s' };
    const common = {
      bindAddress: '0.0.0.0',
      healthzBindAddress: '0.0.0.0:10356',
      detectLocalMode: 'InterfaceNamePrefix',
      detectLocal: { interfaceNamePrefix: 'cali' },
      oomScoreAdj: 0,
      conntrack: { tcpBeLiberal: true },
    };
    expect(renderMode(NFTABLES, options).configuration).toMatchObject({
      ...common,
      nftables: { ...section, ...sync },
    });
    expect(renderMode(IPTABLES, options).configuration).toMatchObject({
      ...common,
      iptables: { ...section, ...sync },
    });
    expect(render(options).configuration).toMatchObject({
      ...common,
      iptables: section,
      ipvs: sync,
    });
  });

  test('loopback is a field in iptables mode and a gate in nftables mode', () => {
    const nodePortAddresses = ['primary', 'localhost'];
    const options = { localhostNodePorts: true, nodePortAddresses };
    const facts = { kubernetesVersion: KubernetesVersion.V1_37 };
    const iptables = renderMode(IPTABLES, options, facts).configuration;
    expect(iptables.iptables.localhostNodePorts).toBe(true);
    expect(iptables).not.toHaveProperty('featureGates');
    const nftables = renderMode(NFTABLES, options, facts).configuration;
    expect(nftables.featureGates).toEqual({ KubeProxyNFTablesLocalhostNodePorts: true });
    expect(renderMode(NFTABLES, {}, facts).configuration).not.toHaveProperty('featureGates');
  });

  test('is liberal on kernels before 6.1 where kube-proxy does not drop such packets itself', () => {
    const facts = { operatingSystem: OperatingSystem.UBUNTU_22_04 };
    const liberal = (mode: Mode) =>
      renderMode(mode, {}, facts).configuration.conntrack.tcpBeLiberal;
    expect(modes.map((mode) => [mode, liberal(mode)])).toEqual([
      ['iptables', false],
      ['ipvs', true],
      ['nftables', true],
    ]);
  });
});

test('the kubeconfig goes to the endpoint, with the credentials of the pod', () => {
  expect(render().kubeconfig).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'default',
        cluster: {
          'certificate-authority': '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt',
          server: 'https://api.oslo.example:6443',
        },
      },
    ],
    contexts: [
      { name: 'default', context: { cluster: 'default', namespace: 'default', user: 'default' } },
    ],
    'current-context': 'default',
    users: [
      {
        name: 'default',
        user: { tokenFile: '/var/run/secrets/kubernetes.io/serviceaccount/token' },
      },
    ],
  });
});
