import { App, Chart } from 'cdk8s';
import {
  Encapsulation,
  FlannelBackend,
  LinuxDataplane,
  KubeProxyMode,
  TunedCalico,
  TunedFlannel,
  type ClusterProps,
  type TunedCalicoOptions,
  type TunedFlannelOptions,
} from '../../lib';
import type { PodWay } from '../../lib/cluster';
import { FOREIGN_DEVICES } from '../../lib/node/foreign-devices';
import { dualStack } from '../support/dual-stack';
import { osloCluster } from '../support/oslo';

const brief = ({ family, wrapping, overhead, device, filter, directInSubnet }: PodWay) =>
  [
    family,
    wrapping,
    overhead,
    device,
    filter,
    directInSubnet ? 'direct in a subnet' : 'always',
  ].join(' ');

function calico(options: TunedCalicoOptions, facts: Partial<ClusterProps> = {}) {
  const app = new App();
  const cluster = osloCluster(app, facts);
  new TunedCalico(new Chart(app, 'chart'), 'cni', { cluster, ...options });
  return cluster._summary('cni')!;
}

function flannel(options: TunedFlannelOptions, facts: Partial<ClusterProps> = {}) {
  const app = new App();
  const cluster = osloCluster(app, facts);
  new TunedFlannel(new Chart(app, 'chart'), 'cni', { cluster, ...options });
  return cluster._summary('cni')!;
}

describe('ways of pods with Calico', () => {
  test.each<[Encapsulation, string]>([
    [Encapsulation.NONE, 'IPv4  0   direct in a subnet'],
    [Encapsulation.IPIP, 'IPv4 IPIP 20 tunl0 ip proto 4 always'],
    [Encapsulation.IPIP_CROSS_SUBNET, 'IPv4 IPIP 20 tunl0 ip proto 4 direct in a subnet'],
    [Encapsulation.VXLAN, 'IPv4 VXLAN 50 vxlan.calico udp port 4789 always'],
    [
      Encapsulation.VXLAN_CROSS_SUBNET,
      'IPv4 VXLAN 50 vxlan.calico udp port 4789 direct in a subnet',
    ],
  ])('%s', (encapsulation, way) => {
    const summary = calico({ encapsulation });
    expect(summary.ways.map(brief)).toEqual([way]);
    expect(summary.ways[0]!.blocks).toEqual({ network: '10.244.0.0/16', prefix: 26 });
    expect([summary.podDevice, summary.bridge]).toEqual(['cali*', undefined]);
  });

  test('both families, each with its own device', () => {
    const { ways, devices } = calico({ encapsulation: Encapsulation.VXLAN }, dualStack());
    expect(ways.map(brief)).toEqual([
      'IPv4 VXLAN 50 vxlan.calico udp port 4789 always',
      'IPv6 VXLAN 70 vxlan-v6.calico udp port 4789 always',
    ]);
    expect(devices).toEqual(['vxlan.calico', 'vxlan-v6.calico']);
  });

  test('WireGuard takes the place of the tunnel, on its own port', () => {
    const options = { encapsulation: Encapsulation.VXLAN, wireguard: { listeningPort: 51999 } };
    expect(calico(options).ways.map(brief)).toEqual([
      'IPv4 WireGuard 60 wireguard.cali udp port 51999 always',
    ]);
    // Felix makes the pool's own device as well.
    const both = ['vxlan.calico', 'vxlan-v6.calico', 'wireguard.cali', 'wg-v6.cali'];
    expect(calico(options, dualStack()).devices).toEqual(both);
  });

  test('BPF has a tunnel for Services besides', () => {
    const options = { encapsulation: Encapsulation.NONE, linuxDataplane: LinuxDataplane.BPF };
    const { ways } = calico(options, { kubeProxyMode: KubeProxyMode.NONE });
    expect(ways.map(brief)).toEqual([
      'IPv4  0   direct in a subnet',
      'IPv4 VXLAN 50 vxlan.calico udp port 4789 always',
    ]);
    expect(ways[1]!.packets).toBe(
      'from outside through a Service to a pod on another machine, IPv4',
    );
  });

  test('sessions are looked at where there are any', () => {
    const asks = (options: TunedCalicoOptions) =>
      calico(options).inspect.some(({ command }) => command.includes('birdcl'));
    expect(asks({ encapsulation: Encapsulation.NONE })).toBe(true);
    expect(asks({ encapsulation: Encapsulation.VXLAN })).toBe(false);
  });
});

describe('ways of pods with flannel', () => {
  test.each<[string, TunedFlannelOptions, string]>([
    [
      'vxlan',
      { backend: FlannelBackend.vxlan({ directRouting: false, vni: 7 }) },
      'IPv4 VXLAN 50 flannel.7 udp port 8472 always',
    ],
    [
      'vxlan with direct routes',
      { backend: FlannelBackend.vxlan({ directRouting: true, port: 4789 }) },
      'IPv4 VXLAN 50 flannel.1 udp port 4789 direct in a subnet',
    ],
    ['host-gw', { backend: FlannelBackend.hostGw() }, 'IPv4  0   direct in a subnet'],
    [
      'wireguard',
      { backend: FlannelBackend.wireguard() },
      'IPv4 WireGuard 60 flannel-wg udp port 51820 always',
    ],
  ])('%s', (_, options, way) => {
    const summary = flannel(options);
    expect(summary.ways.map(brief)).toEqual([way]);
    expect(summary.ways[0]!.blocks).toEqual({ network: '10.244.0.0/16', prefix: 24 });
    expect([summary.podDevice, summary.bridge]).toEqual(['veth*', 'cni0']);
  });

  test('both families, each with its own device and port', () => {
    const { ways, devices } = flannel({ backend: FlannelBackend.wireguard() }, dualStack());
    expect(ways.map(brief)).toEqual([
      'IPv4 WireGuard 60 flannel-wg udp port 51820 always',
      'IPv6 WireGuard 80 flannel-wg-v6 udp port 51821 always',
    ]);
    expect(devices).toEqual(['flannel-wg', 'flannel-wg-v6']);
    expect(
      flannel({ backend: FlannelBackend.vxlan() }, dualStack()).ways.map(({ device }) => device),
    ).toEqual(['flannel.1', 'flannel-v6.1']);
  });
});

test('every device is one that the managers of the distribution leave alone', () => {
  const summaries = [
    ...[Encapsulation.IPIP, Encapsulation.VXLAN].map((encapsulation) => calico({ encapsulation })),
    calico({ wireguard: {} }),
    flannel({ backend: FlannelBackend.vxlan() }),
    flannel({ backend: FlannelBackend.wireguard() }),
  ];
  const devices = summaries.flatMap(({ ways, podDevice, bridge }) => [
    podDevice,
    ...(bridge === undefined ? [] : [bridge]),
    ...ways.flatMap(({ device }) => (device === undefined ? [] : [device])),
  ]);
  const isKnown = (device: string) =>
    FOREIGN_DEVICES.some((pattern) => {
      const [before, after] = pattern.split('*') as [string, string?];
      return after === undefined
        ? device === pattern
        : device.startsWith(before) && device.endsWith(after);
    });
  expect(devices.filter((device) => !isKnown(device))).toEqual([]);
});
