import { App, Chart } from 'cdk8s';
import {
  Cluster,
  Encapsulation,
  FlannelBackend,
  NodeBootstrap,
  NodeLocalDns,
  TunedCalico,
  TunedFlannel,
} from '../lib';
import { FOREIGN_DEVICES } from '../lib/node/foreign-devices';
import { dualStack } from './support/dual-stack';
import { osloProps } from './support/oslo';

type Room = (chart: Chart, cluster: Cluster) => void;

const patterns = FOREIGN_DEVICES.map(
  (glob) => new RegExp(`^${glob.replace(/\./g, '\\.').replace(/\*/g, '.*')}$`),
);
const covered = (device: string) => patterns.some((pattern) => pattern.test(device));

/** Every device that the reasons on the machines name. */
function devices(room: Room, facts = {}): string[] {
  const app = new App();
  const chart = new Chart(app, 'net');
  const cluster = new Cluster(app, 'oslo', osloProps(facts));
  room(chart, cluster);
  new NodeLocalDns(chart, 'dns', { cluster });
  new NodeBootstrap(chart, 'nodes', { cluster });
  const { kernelModules } = cluster.ledger.forMachine(cluster.machines[0]!);
  const why = kernelModules.flatMap(({ reasons }) => reasons);
  const tunnels = why.flatMap(
    (text) => /tunnel device ([\w.-]+(?:, [\w.-]+)*)/.exec(text)?.[1] ?? [],
  );
  const others = why.flatMap((text) => /^nodelocaldns\b/.exec(text)?.[0] ?? []);
  return [...tunnels.flatMap((names) => names.split(', ')), ...others];
}

const rooms: Array<[string, Room, string]> = [
  ...(
    [
      [Encapsulation.IPIP, 'tunl0'],
      [Encapsulation.VXLAN, 'vxlan.calico'],
    ] as const
  ).map(([encapsulation, device]): [string, Room, string] => [
    `Calico ${encapsulation}`,
    (chart, cluster) => void new TunedCalico(chart, 'cni', { cluster, encapsulation }),
    device,
  ]),
  [
    'Calico WireGuard',
    (chart, cluster) => void new TunedCalico(chart, 'cni', { cluster, wireguard: {} }),
    'wireguard.cali',
  ],
  [
    'flannel vxlan',
    (chart, cluster) =>
      void new TunedFlannel(chart, 'cni', {
        cluster,
        backend: FlannelBackend.vxlan({ vni: 4096 }),
      }),
    'flannel.4096',
  ],
  [
    'flannel wireguard',
    (chart, cluster) =>
      void new TunedFlannel(chart, 'cni', { cluster, backend: FlannelBackend.wireguard() }),
    'flannel-wg',
  ],
];

test.each(rooms)('%s: every device is left to its owner', (_name, room, expected) => {
  const named = devices(room);
  expect(named).toEqual(expect.arrayContaining([expected, 'nodelocaldns']));
  expect(named.filter((device) => !covered(device))).toEqual([]);
});

test('the devices of two families', () => {
  const named = devices(
    (chart, cluster) =>
      void new TunedFlannel(chart, 'cni', { cluster, backend: FlannelBackend.vxlan() }),
    dualStack(),
  );
  expect(named).toEqual(expect.arrayContaining(['flannel.1', 'flannel-v6.1']));
  expect(named.filter((device) => !covered(device))).toEqual([]);
});

test.each([
  ['cali0123456789a', true],
  ['vxlan-v6.calico', true],
  ['wg-v6.cali', true],
  ['kube-ipvs0', true],
  ['cni0', true],
  ['eno1', false],
  ['bond0.5', false],
  ['wg0', false],
])('%s: %s', (device, ours) => {
  expect(covered(device)).toBe(ours);
});
