import { Duration } from 'cdk8s';
import { ipvsLifeCycle } from '../../lib/catalog';
import {
  ApiEndpoint,
  KubernetesVersion,
  LoadBalancerKind,
  Zone,
  type Cluster,
} from '../../lib/cluster';
import { IpvsScheduler } from '../../lib/proxy';
import { ipvsFeatureGates, ipvsIsGone } from '../../lib/proxy/life-cycle';
import { proxyRules } from '../../lib/proxy/rules';
import { osloMachine } from '../support/oslo';
import { findings, render } from './support';

const LIFE_CYCLE =
  'GW-PROXY-001 warning IPVS mode is deprecated since 1.35, behind the gate KubeProxyIPVS from 1.37, ' +
  `off by default from 1.40, gone in 1.43 (as planned on ${ipvsLifeCycle.removed.date})`;

const extra = (...args: Parameters<typeof render>) =>
  findings(render(...args).cluster).filter((line) => line !== LIFE_CYCLE);

test('the flagship has one finding, which can be acknowledged', () => {
  const { cluster } = render();
  expect(findings(cluster)).toEqual([LIFE_CYCLE]);
  cluster.acknowledge('GW-PROXY-001', 'nftables with the next reboot round');
  expect(cluster.findings()).toContainEqual(
    expect.objectContaining({
      id: 'GW-PROXY-001',
      path: 'oslo/kube-proxy',
      acknowledged: 'nftables with the next reboot round',
    }),
  );
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
    'GW-PROXY-007 warning tcpTimeout is 2h11m14s, while Linux probes an idle connection after 7200 seconds and gives it up after 7875',
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
      'ports 10249/tcp from machines, 10249/tcp from pods, 10256/tcp from machines, 30000-32767/tcp from anywhere, 30000-32767/udp from anywhere',
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
