import {
  ApiEndpoint,
  Cluster,
  Encapsulation,
  FlannelBackend,
  Machine,
  Underlay,
  Zone,
  ZoneLink,
} from '../../lib';
import type { ClusterProps } from '../../lib';
import { network, render } from '../cni/calico';
import * as flannelRoom from '../cni/flannel';
import { Lab, type Family, type PodNetwork, type Wire } from './netns';
import { missing, removeLabs } from './netns-machine';

// The kernel judges the MTU that the library solved: pods on two nodes exchange packets over the
// network that the rendered objects describe. One byte more than the solved MTU must be too much, or
// the solution wastes something.

const MIB = 1024 ** 2;
const LACKS = missing();
const REQUIRED = process.env.GROUNDWORK_REQUIRE_TOOLS === '1';

if (LACKS.length > 0 && !REQUIRED) {
  process.stderr.write(`skipped, no pod network can be built without ${LACKS.join(', ')}\n`);
}
const withKernel = LACKS.length === 0 || REQUIRED ? test : test.skip;

withKernel('this machine can build pod networks', () => {
  expect(LACKS).toEqual([]);
});

afterEach(removeLabs);

/** What machines stand on: two zones with a subnet each. */
interface Ground {
  readonly label: string;
  readonly nic: number;
  /** MTU of the way between the zones, where it is less than the NICs'. */
  readonly link?: number;
}

/** A plugin's network, and between which machines it tunnels. */
interface PluginNetwork extends PodNetwork {
  readonly tunnels: 'everywhere' | 'between subnets' | 'nowhere';
}

type Plugin = (ground: Ground, family: Family) => PluginNetwork;

/** Facts of a cluster on such ground; of both families when the pods' packets are to be IPv6. */
function facts({ nic, link }: Ground, family: Family): Partial<ClusterProps> {
  const dual = family === 'IPv6';
  const links = link === undefined ? [] : [ZoneLink.between('oslo-1', 'oslo-2', { mtu: link })];
  const machine = (zone: number) => ({
    zone: `oslo-${zone}`,
    address: `10.20.${zone}.11`,
    ...(dual ? { addressV6: `fd00:20:${zone}::11` } : {}),
    nic: 'eno1',
  });
  return {
    endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }),
    underlay: Underlay.routed({ mtu: nic, links }),
    zones: [1, 2].map((zone) =>
      Zone.of(`oslo-${zone}`, {
        country: 'NO',
        nodeCidr: `10.20.${zone}.0/24`,
        ...(dual ? { nodeCidrV6: `fd00:20:${zone}::/64` } : {}),
      }),
    ),
    machines: [Machine.controlPlane('m-1', machine(1)), Machine.worker('m-2', machine(2))],
    ...(dual ? { podCidrV6: 'fd00:244::/56', serviceCidrV6: 'fd00:96::/112' } : {}),
  };
}

/** What Calico makes of its Installation. It has one MTU for the interfaces of both families. */
function calico(encapsulation: Encapsulation): Plugin {
  return (ground, family) => {
    const rendered = render({ encapsulation }, facts(ground, family));
    const { mtu, ipPools } = network(rendered);
    const modes: Record<string, PluginNetwork['tunnels']> = {
      None: 'nowhere',
      VXLAN: 'everywhere',
      VXLANCrossSubnet: 'between subnets',
    };
    // What is not rendered is Felix's own default, as the operator writes it.
    const { vxlanVNI = 4096 } = rendered.objects.find('FelixConfiguration').spec;
    const tunnels = modes[ipPools[0].encapsulation]!;
    const vxlan = { vni: vxlanVNI, port: udpPort(rendered.cluster) };
    return { family, podMtu: mtu, tunnels, ...(tunnels === 'nowhere' ? {} : { vxlan }) };
  };
}

/** What flannel makes of its configuration: it takes 50 bytes off the MTU that it is told, in any family. */
function flannel(backend: FlannelBackend): Plugin {
  return (ground, family) => {
    const rendered = flannelRoom.render({ backend }, facts(ground, family));
    const { Backend } = flannelRoom.netConf(rendered);
    const vxlan = { vni: Backend.VNI, port: Backend.Port };
    const tunnels = Backend.DirectRouting === true ? 'between subnets' : 'everywhere';
    return { family, podMtu: Backend.MTU - 50, tunnels, vxlan };
  };
}

/** The port that machines open for the tunnel. */
function udpPort({ ledger, machines }: Cluster): number {
  const ports = ledger.forMachine(machines[0]!).ports.map(({ key }) => key);
  return Number(/^(\d+)\/udp /m.exec(ports.join('\n'))?.[1]);
}

const grounds: Ground[] = [
  { label: 'NICs of 1500', nic: 1500 },
  { label: 'NICs of 9000', nic: 9000 },
  { label: 'NICs of 1450', nic: 1450 },
  { label: 'NICs of 1500 and 1400 between zones', nic: 1500, link: 1400 },
];

const plugins: Array<[string, Plugin, Family, 'inside a subnet' | 'across subnets']> = [
  ['Calico VXLAN', calico(Encapsulation.VXLAN), 'IPv4', 'across subnets'],
  ['Calico VXLAN', calico(Encapsulation.VXLAN), 'IPv6', 'across subnets'],
  ['Calico None', calico(Encapsulation.NONE), 'IPv4', 'across subnets'],
  ['Calico VXLANCrossSubnet', calico(Encapsulation.VXLAN_CROSS_SUBNET), 'IPv4', 'across subnets'],
  ['Calico VXLANCrossSubnet', calico(Encapsulation.VXLAN_CROSS_SUBNET), 'IPv4', 'inside a subnet'],
  ['flannel vxlan', flannel(FlannelBackend.vxlan()), 'IPv4', 'across subnets'],
  ['flannel vxlan', flannel(FlannelBackend.vxlan()), 'IPv6', 'across subnets'],
  [
    'flannel vxlan with direct routes',
    flannel(FlannelBackend.vxlan({ directRouting: true })),
    'IPv4',
    'inside a subnet',
  ],
];

for (const ground of grounds) {
  for (const [name, plugin, family, way] of plugins) {
    withKernel(`${name}, ${family} ${way}, ${ground.label}`, () => {
      const { podMtu, vxlan, tunnels } = plugin(ground, family);
      const routed = way === 'across subnets';
      const tunnelled = tunnels === 'everywhere' || (tunnels === 'between subnets' && routed);
      const pathMtu = routed ? (ground.link ?? ground.nic) : ground.nic;
      const wire: Wire = { nicMtu: ground.nic, ...(routed ? { routerMtu: pathMtu } : {}) };
      const lab = new Lab({ family, podMtu, ...(tunnelled ? { vxlan } : {}) }, wire);

      expect({ podMtu, fullSize: lab.ping(podMtu) }).toEqual({ podMtu, fullSize: 'answered' });
      expect(lab.transfer(10_000)).toBe(String(MIB));

      lab.setMtu(podMtu + 1);
      // An interface has one MTU, that of the narrowest way: beside a tunnel or a link there is room.
      const least = ground.link ?? ground.nic;
      const narrowest = (tunnelled || tunnels === 'nowhere') && pathMtu === least;
      const oneMore = narrowest ? 'lost' : 'answered';
      expect({ podMtu, oneMore: lab.ping(podMtu + 1) }).toEqual({ podMtu, oneMore });
      expect(lab.ping(podMtu)).toBe('answered');

      if (tunnelled) {
        // The classic mistake: the tunnel is right, and pods know nothing of it.
        lab.setMtu(pathMtu, podMtu);
        expect(lab.transfer(700)).toBe('stalled');
      }
    });
  }
}
