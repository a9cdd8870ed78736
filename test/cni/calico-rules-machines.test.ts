import { ApiObject, Chart } from 'cdk8s';
import { ApiEndpoint } from '../../lib';
import {
  CalicoBaseline,
  LinuxDataplane,
  NodeAddressAutodetection as Detection,
  type FelixFailsafePort,
} from '../../lib/cni';
import { dualStack } from '../support/dual-stack';
import { osloMachine } from '../support/oslo';
import { foreign, render, said, spread, type Rendered } from './calico';
import { WITHOUT_PROXY } from './calico-variants';

const by = (id: string, ...args: Parameters<typeof render>) =>
  said(render(...args))
    .filter((line) => line.startsWith(id))
    .map((line) => line.slice(id.length + 1));

const outside = {
  endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example', address: '10.20.0.10' }),
};

describe("GW-CNI-026: addresses that are not the node's", () => {
  const virtual = (method: string) =>
    `autodetection by ${method} can take the virtual IP 10.20.0.10 of the API`;

  test.each([
    [Detection.firstFound(), [virtual('firstFound')]],
    [Detection.onInterface('eno1'), [virtual('interface')]],
    [Detection.skipInterface('wg0'), [virtual('skipInterface')]],
    [Detection.canReach('10.20.0.1'), [virtual('canReach')]],
    [Detection.cidrs('10.20.0.0/24'), [virtual('cidrs')]],
    [Detection.cidrs('10.20.0.16/28'), []],
    [Detection.nodeInternalIp(), []],
  ])('beside a virtual IP (%#)', (nodeAddressAutodetection, messages) => {
    expect(by('GW-CNI-026', { nodeAddressAutodetection })).toEqual(messages);
  });

  test('without one only the first found address may be a strange one', () => {
    const on = (nodeAddressAutodetection: Detection) =>
      by('GW-CNI-026', { nodeAddressAutodetection }, outside);
    expect(on(Detection.firstFound())).toEqual([
      'autodetection by firstFound takes the first address, whichever NIC has it',
    ]);
    expect(on(Detection.onInterface('eno1'))).toEqual([]);
  });

  test('IPv6 is not looked for at an IPv4 virtual IP', () => {
    const on = (nodeAddressAutodetectionV6: Detection) =>
      by('GW-CNI-026', { nodeAddressAutodetectionV6 }, dualStack());
    expect(on(Detection.onInterface('eno1'))).toEqual([]);
    expect(on(Detection.firstFound())).toEqual([
      'autodetection by firstFound takes the first address, whichever NIC has it',
    ]);
  });
});

test('GW-CNI-032: usage reporting', () => {
  expect(by('GW-CNI-032', { felix: { usageReportingEnabled: true } })).toEqual([
    'felix.usageReportingEnabled is on',
  ]);
  expect(by('GW-CNI-032', { felix: { usageReportingEnabled: false } })).toEqual([]);
});

test('GW-CNI-036: no policy', () => {
  const on = (baseline: CalicoBaseline) => by('GW-CNI-036', { policy: { baseline } });
  expect(on(CalicoBaseline.NONE)).toEqual([
    'policy.baseline is none: pods reach 169.254.169.254 where it answers',
  ]);
  expect([CalicoBaseline.DEFAULT_DENY, CalicoBaseline.METADATA_GUARD].flatMap(on)).toEqual([]);
});

describe('GW-CNI-041: the way to a machine', () => {
  const tcp = (...ports: number[]): FelixFailsafePort[] =>
    ports.map((port) => ({ protocol: 'tcp', port }));
  const on = (failsafeInboundHostPorts: FelixFailsafePort[], more = {}, facts = {}) =>
    by('GW-CNI-041', { hostEndpoints: {}, felix: { failsafeInboundHostPorts }, ...more }, facts);
  const needed = [22, 179, 2379, 2380, 5473, 6443, 10250];

  test('ports that were left out', () => {
    expect(on([])).toEqual([`felix.failsafeInboundHostPorts leaves out TCP ${needed.join(', ')}`]);
    expect(on(tcp(...needed.slice(0, -1)))).toEqual([
      'felix.failsafeInboundHostPorts leaves out TCP 10250',
    ]);
    expect(on([...tcp(...needed.slice(1)), { protocol: 'udp', port: 22 }])).toEqual([
      'felix.failsafeInboundHostPorts leaves out TCP 22',
    ]);
    expect(on(tcp(...needed))).toEqual([]);
  });

  test("the ports of this cluster's own API and BGP", () => {
    const endpoint = ApiEndpoint.external({ address: '10.20.0.10', port: 8443 });
    expect(on(tcp(...needed), { bgp: { listenPort: 1790 } }, { endpoint })).toEqual([
      'felix.failsafeInboundHostPorts leaves out TCP 1790, 8443',
    ]);
  });

  test('not while there is no endpoint, and not with the default', () => {
    expect(on([], { hostEndpoints: undefined })).toEqual([]);
    expect(on([], { hostEndpoints: { autoCreate: false } })).toEqual([]);
    expect(by('GW-CNI-041', { hostEndpoints: {} })).toEqual([]);
  });
});

describe('GW-CNI-042: patterns of NICs', () => {
  const own = '^((en|wl|ww|sl|ib)[Pcopsvx].*|(eth|wlan|wwan).*)';
  const ownBpf = '^((en|wl|ww|sl|ib)[Popsx].*|(eth|wlan|wwan|bond).*)';

  test('a pattern of the spec that knows no bond', () => {
    const machines = ['eno1', 'bond0', 'bond0'].map((nic, n) => osloMachine(n + 1, { nic }));
    const felix = { mtuIfacePattern: '^en.*' };
    expect(by('GW-CNI-042', { felix }, { machines })).toEqual([
      'the NIC bond0 does not match mtuIfacePattern ^en.*',
    ]);
    expect(by('GW-CNI-042', { felix: { mtuIfacePattern: 'bond|en' } }, { machines })).toEqual([]);
    expect(by('GW-CNI-042', {}, { machines })).toEqual([]);
  });

  test("Felix's own pattern, while a NIC is unknown", () => {
    const nics = ['bond0', undefined, 'vlan7'];
    const machines = nics.map((nic, n) => osloMachine(n + 1, { nic }));
    expect(by('GW-CNI-042', {}, { ...outside, machines })).toEqual([
      `the NIC bond0, vlan7 does not match mtuIfacePattern ${own}`,
    ]);
    expect(by('GW-CNI-042', {}, { ...outside, ...WITHOUT_PROXY, machines })).toEqual([
      `the NIC bond0, vlan7 does not match mtuIfacePattern ${own}`,
      `the NIC vlan7 does not match bpfDataIfacePattern ${ownBpf}`,
    ]);
  });

  test('BPF on the wrong NIC', () => {
    const bpf = { dataIfacePattern: '^eth0$' };
    expect(by('GW-CNI-042', { bpf }, WITHOUT_PROXY)).toEqual([
      'the NIC eno1 does not match bpfDataIfacePattern ^eth0$',
    ]);
    expect(by('GW-CNI-042', {}, WITHOUT_PROXY)).toEqual([]);
  });

  test("what is no pattern of JavaScript's is left to Felix", () => {
    expect(by('GW-CNI-042', { felix: { mtuIfacePattern: '(?i)^eno' } })).toEqual([]);
  });
});

test('a cluster of any size that is set up as the default has it says nothing', () => {
  expect([1, 3, 7].flatMap((count) => said(render({}, spread(count, 1))))).toEqual([]);
});

test('GW-CNI-051: networkd on machines of others', () => {
  const of = (rendered: Rendered) => said(rendered).filter((line) => line.startsWith('GW-CNI-051'));
  expect(of(foreign())).toEqual([
    'GW-CNI-051 networkd of these machines is not told here to leave routes of others alone',
  ]);
  expect(of(render())).toEqual([]);
});

test('GW-CNI-050: policies that this Calico has dropped', () => {
  const rendered = render();
  const policy = (id: string, apiVersion: string, kind: string) =>
    new ApiObject(Chart.of(rendered.calico), id, { apiVersion, kind, metadata: { name: id } });
  policy('deny', 'policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy');
  policy('default', 'policy.networking.k8s.io/v1alpha1', 'BaselineAdminNetworkPolicy');
  policy('new', 'policy.networking.k8s.io/v1alpha2', 'ClusterNetworkPolicy');
  policy('own', 'networking.k8s.io/v1', 'NetworkPolicy');
  const found = rendered.cluster.findings().filter(({ id }) => id === 'GW-CNI-050');
  expect(found.map(({ path, message }) => [path, message])).toEqual([
    ['oslo/default', 'Calico v3.32.1 does not enforce BaselineAdminNetworkPolicy default'],
    ['oslo/deny', 'Calico v3.32.1 does not enforce AdminNetworkPolicy deny'],
  ]);
});

test('GW-CNI-052: machines of others that may have run IPVS', () => {
  const of = (rendered: Rendered) => said(rendered).filter((line) => line.startsWith('GW-CNI-052'));
  const bpf = { linuxDataplane: LinuxDataplane.BPF };
  const endpoint = { ...WITHOUT_PROXY, ...outside };
  expect(of(foreign(bpf, endpoint))).toEqual([
    'GW-CNI-052 nobody can tell here what kube-proxy left on machines of others',
  ]);
  expect(of(render(bpf, endpoint))).toEqual([]);
  expect(of(foreign())).toEqual([]);
});

test('GW-CNI-048: what machines of others need', () => {
  const of = (rendered: Rendered) => said(rendered).filter((line) => line.startsWith('GW-CNI-048'));
  expect(of(foreign())).toEqual([
    'GW-CNI-048 not written here: kernel modules ip_set, ip_set_hash_ip, ip_set_hash_net, ipt_rpfilter, xt_set; ports 179/tcp from machines, 5473/tcp from machines',
  ]);
  expect(of(render())).toEqual([]);
});
