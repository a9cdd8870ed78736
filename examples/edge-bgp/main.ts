import { Size } from 'cdk8s';
import {
  ApiEndpoint,
  CalicoLoadBalancer,
  Encapsulation,
  EtcdDisk,
  GroundworkApp,
  HardenedNginxIngress,
  Machine,
  NvmeControlPlane,
  OperatingSystem,
  TunedCalico,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';

const app = new GroundworkApp();

const room = { zone: 'oslo-1', nic: 'eno1', cpus: 8, memory: Size.gibibytes(16) };

new NvmeControlPlane(app, 'edge-bgp', {
  operatingSystem: OperatingSystem.DEBIAN_12,
  endpoint: ApiEndpoint.kubeVip('10.20.0.10', { dnsName: 'api.edge-bgp.example' }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' })],
  machines: [
    ...[1, 2, 3].map((n) =>
      Machine.controlPlane(`cp-${n}`, {
        ...room,
        address: `10.20.0.1${n}`,
        etcdDisk: EtcdDisk.nvmeSerial(`S4EVNX0R${n}`, { minSize: Size.gibibytes(100) }),
      }),
    ),
    ...[1, 2, 3].map((n) => Machine.worker(`w-${n}`, { ...room, address: `10.20.0.2${n}` })),
  ],
  // Two routers, so that one may be away; both learn the pods' networks and the addresses of Services.
  cni: TunedCalico.configure({
    encapsulation: Encapsulation.NONE,
    bgp: {
      asNumber: 64512,
      topOfRackPeers: ['10.20.0.2', '10.20.0.3'].map((peerIp) => ({ peerIp, asNumber: 64513 })),
    },
  }),
  // Outside of the node network: routers take the announced way instead of asking by ARP.
  loadBalancer: CalicoLoadBalancer.configure({ pools: [{ name: 'edge', cidr: '192.0.2.0/27' }] }),
  ingress: HardenedNginxIngress.configure(),
});

app.synth();
console.log(app.plan());
