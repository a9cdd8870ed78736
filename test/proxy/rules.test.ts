import { Duration } from 'cdk8s';
import { ipvsLifeCycle } from '../../lib/catalog';
import {
  ApiEndpoint,
  CniKind,
  KubeProxyMode,
  KubernetesVersion,
  LoadBalancerKind,
  OperatingSystem,
  Zone,
  type Cluster,
  type ClusterProps,
} from '../../lib/cluster';
import { IpvsScheduler, KubeProxyDetectLocalMode, KubeProxyNames } from '../../lib/proxy';
import { ipvsFeatureGates, ipvsIsGone } from '../../lib/proxy/life-cycle';
import { proxyRules } from '../../lib/proxy/rules';
import '../../lib/testing/jest';
import { osloMachine } from '../support/oslo';
import { findings, render, renderMode, type AnyOptions, type Mode } from './support';

const LIFE_CYCLE =
  'GW-PROXY-001 warning IPVS mode is deprecated since 1.35, behind the gate KubeProxyIPVS from 1.37, ' +
  `off by default from 1.40, gone in 1.43 (as planned on ${ipvsLifeCycle.removed.date})`;

const extra = (...args: Parameters<typeof render>) =>
  findings(render(...args).cluster).filter((line) => line !== LIFE_CYCLE);

test('the flagship has one finding, which can be acknowledged', () => {
  const { cluster } = render();
  expect(findings(cluster)).toEqual([LIFE_CYCLE]);
  cluster.acknowledge('GW-PROXY-001', 'nftables with the next reboot round');
  expect(cluster).toHaveFinding('GW-PROXY-001', {
    path: 'oslo/kube-proxy',
    acknowledged: 'nftables with the next reboot round',
  });
});

test('ids are unique, numbered without a gap', () => {
  expect(proxyRules.map(({ id }) => id)).toEqual(
    proxyRules.map((_, i) => `GW-PROXY-${String(i + 1).padStart(3, '0')}`),
  );
});

test('002: strictArp false and somebody who announces by ARP', () => {
  const external = ApiEndpoint.external({ dnsName: 'api.oslo.example' });
  const loadBalancer = LoadBalancerKind.METALLB_L2;
  expect(extra({ strictArp: false })).toEqual([
    'GW-PROXY-002 error strictArp is false, while kube-vip announces 10.20.0.10 by ARP',
  ]);
  expect(extra({ strictArp: false }, { endpoint: external, loadBalancer })).toEqual([
    'GW-PROXY-002 error strictArp is false, while MetalLB announces Services by ARP',
  ]);
  expect(extra({ strictArp: false }, { endpoint: external })).toEqual([]);
  const keepalived = ApiEndpoint.keepalivedHaproxy('10.20.0.10', { dnsName: 'api.oslo.example' });
  expect(extra({ strictArp: false }, { endpoint: keepalived })).toEqual([
    'GW-PROXY-002 error strictArp is false, while keepalived announces 10.20.0.10 by ARP',
  ]);
  expect(extra({}, { loadBalancer })).toEqual([]);
});

test('003: the release that lost its periodic synchronisation', () => {
  const version = (patch: string) => ({ kubernetesVersion: KubernetesVersion.of(patch) });
  expect(extra({}, version('1.35.0'))).toEqual([
    'GW-PROXY-003 warning Kubernetes 1.35.0 is older than 1.35.1',
  ]);
  expect(extra({}, version('1.35.1'))).toEqual([]);
  expect(extra({}, version('1.36.0'))).toEqual([]);
});

test('004: every scheduler but rr, lc and sh', () => {
  const warned = Object.values(IpvsScheduler).filter(
    (scheduler) => extra({ scheduler }).length > 0,
  );
  expect(warned).toEqual(['wrr', 'wlc', 'sed', 'nq', 'dh', 'lblc', 'lblcr', 'mh']);
  expect(extra({ scheduler: IpvsScheduler.WRR })).toEqual([
    'GW-PROXY-004 warning scheduler wrr: with equal weights it is rr',
  ]);
});

test('005: kernels that delay reused connections', () => {
  const rule = proxyRules.find(({ id }) => id === 'GW-PROXY-005')!;
  const check = (kernel: string) =>
    rule.check({ kernel, _summary: () => ({ mode: 'ipvs' }) } as unknown as Cluster);
  expect(check('5.8')).toEqual([{ message: 'kernel 5.8 is older than 5.9' }]);
  expect(check('5.9')).toEqual([]);
  expect(check('6.1')).toEqual([]);
});

test('006: whoever uses the address kube-proxy probes with', () => {
  const zones = [Zone.of('oslo-1', { country: 'NO', nodeCidr: '198.51.100.0/24' })];
  const machines = [osloMachine(1, { address: '198.51.100.11' })];
  const endpoint = ApiEndpoint.external({ dnsName: 'api.oslo.example' });
  expect(extra({}, { zones, machines, endpoint })).toEqual([
    'GW-PROXY-006 error nodeCidr of zone oslo-1 198.51.100.0/24 contains 198.51.100.0',
  ]);
  expect(extra({ excludeCidrs: ['198.51.0.0/16'] })).toEqual([
    'GW-PROXY-006 error excludeCidrs 198.51.0.0/16 contains 198.51.100.0',
  ]);
  expect(extra({}, { podCidr: '198.51.0.0/16' })).toEqual([
    'GW-PROXY-006 error podCidr 198.51.0.0/16 contains 198.51.100.0',
  ]);
  expect(extra({}, { serviceCidr: '198.51.96.0/20' })).toEqual([
    'GW-PROXY-006 error serviceCidr 198.51.96.0/20 contains 198.51.100.0',
  ]);
  expect(extra({ excludeCidrs: ['198.51.100.64/26'] })).toEqual([]);
});

test('007: an idle timeout that keepalive does not reach', () => {
  expect(extra({ tcpTimeout: Duration.seconds(7874) })).toEqual([
    'GW-PROXY-007 warning tcpTimeout is 2h11m14s, while Linux probes an idle connection after 7200 seconds and gives it up after 7200 + 9 × 75 = 7875',
  ]);
  expect(extra({ tcpTimeout: Duration.seconds(7875) })).toEqual([]);
});

test('008: synchronisation that waits for too long', () => {
  expect(extra({ syncPeriod: Duration.minutes(6), minSyncPeriod: Duration.seconds(11) })).toEqual([
    'GW-PROXY-008 warning minSyncPeriod is 11s',
    'GW-PROXY-008 warning syncPeriod is 6m0s',
  ]);
  expect(extra({ syncPeriod: Duration.minutes(5), minSyncPeriod: Duration.seconds(10) })).toEqual(
    [],
  );
});

test('009 and 010: what the owner of other machines must see to', () => {
  expect(extra({ metricsBindAddress: '0.0.0.0:10249' }, {}, true)).toEqual([
    'GW-PROXY-009 note not written here: kernel modules dummy, ip_set, ip_set_bitmap_port, ip_set_hash_ip, ip_set_hash_ipport, ' +
      'ip_set_hash_ipportip, ip_set_hash_ipportnet, ip_vs, ip_vs_rr, nf_conntrack, xt_addrtype, xt_comment, xt_conntrack, xt_mark, xt_set; ' +
      'ports 10249/tcp from machines, 10249/tcp from pods, 10256/tcp from machines, 30000-32767/tcp from anywhere, 30000-32767/udp from anywhere, to 10.96.0.0/16 from pods',
    'GW-PROXY-010 note on a cluster made by kubeadm these objects replace its kube-proxy',
    'GW-PROXY-021 note on machines that this spec does not write, kube-proxy sizes the connection table and needs a /sys that can be written',
  ]);
});

test('the gate is named only where it exists and is off', () => {
  const gates = (minor: string) => ipvsFeatureGates(minor);
  expect(['1.36', '1.37', '1.39', '1.43', '1.46'].map(gates)).toEqual(Array(5).fill(undefined));
  expect(['1.40', '1.42'].map(gates)).toEqual(Array(2).fill({ KubeProxyIPVS: true }));
  expect(['1.42', '1.43'].map(ipvsIsGone)).toEqual([false, true]);
});

describe('rules of the other modes', () => {
  const { IPTABLES, IPVS, NFTABLES } = KubeProxyMode;
  const version = (patch: string) => ({ kubernetesVersion: KubernetesVersion.of(patch) });
  const said = (
    mode: Mode,
    options: AnyOptions = {},
    facts: Partial<ClusterProps> = {},
    foreign = false,
  ) =>
    findings(renderMode(mode, options, facts, foreign).cluster).filter(
      (line) => line !== LIFE_CYCLE,
    );
  /** A rule on facts that no catalogued release or distribution has. */
  const on = (id: string, mode: Mode, facts: object, proxy: object = {}) =>
    proxyRules
      .find((rule) => rule.id === id)!
      .check({ ...facts, _summary: () => ({ mode, ...proxy }) } as unknown as Cluster)
      .map(({ message }) => message);

  test.each([IPTABLES, NFTABLES] as const)('the flagship has none in %s mode', (mode) => {
    expect(said(mode)).toEqual([]);
  });

  test('every rule says where to read more', () => {
    expect(proxyRules.filter(({ reference }) => !/^https:\/\/\S+$/.test(reference))).toEqual([]);
  });

  test('011: an nft on the host that is newer than the one in the image', () => {
    const debian13 = { operatingSystem: OperatingSystem.DEBIAN_13 };
    const nft = (patch: string) => said(NFTABLES, {}, { ...debian13, ...version(patch) });
    expect(nft('1.35.3')).toEqual([
      'GW-PROXY-011 warning Debian 13 has nft 1.1.3, and kube-proxy 1.35.3 brings one that has no repair before 1.35.4, and a part of it before 1.37.0',
    ]);
    expect(nft('1.36.4')).toEqual([
      'GW-PROXY-011 warning Debian 13 has nft 1.1.3, and kube-proxy 1.36.4 brings one that is only partly repaired before 1.37.0',
    ]);
    expect(nft('1.37.0')).toEqual([]);
    expect(said(NFTABLES, {}, version('1.35.3'))).toEqual([]);
    expect(said(IPTABLES, {}, { ...debian13, ...version('1.36.4') })).toEqual([]);
  });

  test('012 and 013: an nft and a kernel that are too old', () => {
    const old = (kernel: string, nft: string) => ({
      kernel,
      operatingSystem: { label: 'Debian 11', nft },
    });
    expect(on('GW-PROXY-012', NFTABLES, old('5.10', '1.0.0'))).toEqual([
      'nftables mode wants nft 1.0.1 on the host, Debian 11 has 1.0.0',
    ]);
    expect(on('GW-PROXY-012', NFTABLES, old('5.10', '1.0.1'))).toEqual([]);
    expect(on('GW-PROXY-012', IPTABLES, old('5.10', '0.9.8'))).toEqual([]);
    expect(on('GW-PROXY-013', NFTABLES, old('5.10', '1.0.1'))).toEqual([
      'nftables mode wants kernel 5.13, Debian 11 has 5.10',
    ]);
    expect(on('GW-PROXY-013', NFTABLES, old('5.13', '1.0.1'))).toEqual([]);
  });

  test('014: pods told by their interface before that worked', () => {
    const patch = (minor: string, number: string) => ({
      kubernetesVersion: { minor, patch: number },
    });
    const bridge = { detectLocalMode: 'BridgeInterface' };
    // No release of the catalogue is that old; a pre-release of one was.
    expect(on('GW-PROXY-014', NFTABLES, patch('1.35', '1.34.9'), bridge)).toEqual([
      'detectLocalMode is BridgeInterface, and Kubernetes 1.34.9 is older than 1.35.0',
    ]);
    expect(on('GW-PROXY-014', NFTABLES, patch('1.35', '1.35.0'), bridge)).toEqual([]);
    expect(
      on('GW-PROXY-014', NFTABLES, patch('1.35', '1.34.9'), { detectLocalMode: 'ClusterCIDR' }),
    ).toEqual([]);
  });

  test('015: a way to tell pods that the plugin does not know', () => {
    const { NODE_CIDR, BRIDGE_INTERFACE, INTERFACE_NAME_PREFIX } = KubeProxyDetectLocalMode;
    const bridge = { detectLocalMode: BRIDGE_INTERFACE, bridgeInterface: 'cni0' };
    const prefix = { detectLocalMode: INTERFACE_NAME_PREFIX, interfaceNamePrefix: 'cali' };
    const calico = { cni: CniKind.CALICO };
    const flannel = { cni: CniKind.FLANNEL };
    expect(said(IPTABLES, { detectLocalMode: NODE_CIDR }, calico)).toEqual([
      'GW-PROXY-015 warning detectLocalMode is NodeCIDR, and Calico gives pods addresses outside of spec.podCIDR',
    ]);
    expect(said(IPTABLES, bridge, calico)).toEqual([
      'GW-PROXY-015 warning detectLocalMode is BridgeInterface, and Calico has no bridge',
    ]);
    expect(said(IPTABLES, prefix, flannel)).toEqual([
      'GW-PROXY-015 warning detectLocalMode is InterfaceNamePrefix, and packets of pods come in from the bridge of flannel',
    ]);
    expect([
      ...said(IPTABLES, prefix, calico),
      ...said(IPTABLES, bridge, flannel),
      ...said(IPTABLES, { detectLocalMode: NODE_CIDR }, flannel),
    ]).toEqual([]);
  });

  test('016: packets that leave untranslated', () => {
    const ubuntu = { operatingSystem: OperatingSystem.UBUNTU_22_04 };
    const tcpBeLiberal = false;
    for (const mode of [IPVS, NFTABLES] as const) {
      expect(said(mode, { tcpBeLiberal }, ubuntu)).toEqual([
        'GW-PROXY-016 warning tcpBeLiberal is false with kernel 5.15, older than 6.1',
      ]);
      expect(said(mode, {}, ubuntu)).toEqual([]);
      expect(said(mode, { tcpBeLiberal })).toEqual([]);
    }
    expect(said(IPTABLES, { tcpBeLiberal }, ubuntu)).toEqual([]);
  });

  test('017: more Services than the mode carries with ease', () => {
    const expectedServices = 5001;
    expect(said(IPTABLES, { expectedServices })).toEqual([
      'GW-PROXY-017 warning 5001 Services are expected, and a new connection looks for its own one by one',
    ]);
    expect(said(NFTABLES, { expectedServices })).toEqual([
      'GW-PROXY-017 warning 5001 Services are expected',
    ]);
    expect(said(NFTABLES, { expectedServices }, version('1.35.8'))).toEqual([
      'GW-PROXY-017 warning 5001 Services are expected, and synchronising is cheaper from Kubernetes 1.36 on',
    ]);
    expect(said(NFTABLES, { expectedServices: 5000 })).toEqual([]);
    expect(said(IPVS, { expectedServices })).toEqual([]);
  });

  test('018: somebody else who sets sysctls of IPVS', () => {
    for (const [mode, expected] of [
      [IPVS, ['sysctl net.ipv4.vs.conn_reuse_mode is asked to be 1']],
      [IPTABLES, []],
    ] as const) {
      const { cluster, chart } = renderMode(mode);
      const because = { by: chart, why: 'an old recipe' };
      cluster.ledger.requireSysctl('net.ipv4.vs.conn_reuse_mode', '1', because);
      cluster.ledger.requireSysctl('net.ipv4.vsx', '1', because);
      expect(findings(cluster).filter((line) => line.startsWith('GW-PROXY-018'))).toEqual(
        expected.map((message) => `GW-PROXY-018 error ${message}`),
      );
    }
  });

  test('010 and 019: kubeadm and its kube-proxy', () => {
    const ids = (names: KubeProxyNames, foreign: boolean) =>
      said(NFTABLES, { names }, {}, foreign).filter((line) => /-(010|019) /.test(line));
    expect(ids(KubeProxyNames.OWN, true)).toEqual([
      'GW-PROXY-019 warning a kube-proxy that kubeadm made would go on beside this one',
    ]);
    expect(ids(KubeProxyNames.KUBEADM, true)).toEqual([
      'GW-PROXY-010 note on a cluster made by kubeadm these objects replace its kube-proxy',
    ]);
    expect([...ids(KubeProxyNames.OWN, false), ...ids(KubeProxyNames.KUBEADM, false)]).toEqual([]);
  });

  test('020: load balancers in nftables mode', () => {
    const loadBalancer = LoadBalancerKind.METALLB_BGP;
    expect(said(NFTABLES, {}, { loadBalancer })).toEqual([
      'GW-PROXY-020 note load balancers come from metallb-bgp, and Services with externalTrafficPolicy Local may be among them',
    ]);
    expect(said(IPTABLES, {}, { loadBalancer })).toEqual([]);
  });

  test('021: the connection table of others, from 1.36 on', () => {
    const note = (patch: string, foreign: boolean) =>
      said(NFTABLES, {}, version(patch), foreign).filter((line) => /-021 /.test(line));
    expect(note('1.36.4', true)).toEqual([
      'GW-PROXY-021 note on machines that this spec does not write, kube-proxy sizes the connection table and needs a /sys that can be written',
    ]);
    expect([...note('1.35.8', true), ...note('1.36.4', false)]).toEqual([]);
  });

  test('022: the release that writes all rules at each change', () => {
    expect(said(IPTABLES, {}, version('1.36.0'))).toEqual([
      'GW-PROXY-022 warning Kubernetes 1.36.0 is older than 1.36.1',
    ]);
    expect(said(IPTABLES, {}, version('1.36.1'))).toEqual([]);
    expect(said(NFTABLES, {}, version('1.36.0'))).toEqual([]);
  });

  test('023: two backends of iptables on machines of others', () => {
    const note = (mode: Mode, foreign: boolean) =>
      said(mode, {}, {}, foreign).filter((line) => /-023 /.test(line));
    expect(note(IPTABLES, true)).toEqual([
      'GW-PROXY-023 note iptables of Debian 12 writes nft, and machines that this spec does not write may have rules of the other backend',
    ]);
    expect([...note(IPTABLES, false), ...note(NFTABLES, true)]).toEqual([]);
  });

  test('006: the address of an endpoint is looked at, too', () => {
    const endpoint = ApiEndpoint.external({
      dnsName: 'api.oslo.example',
      address: '198.51.100.0',
    });
    expect(said(IPVS, {}, { endpoint })).toEqual([
      'GW-PROXY-006 error endpoint 198.51.100.0/32 contains 198.51.100.0',
    ]);
    expect(said(NFTABLES, {}, { endpoint })).toEqual([]);
  });
});
