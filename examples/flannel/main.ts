import { Size } from 'cdk8s';
import {
  ApiEndpoint,
  EtcdDisk,
  GroundworkApp,
  IpvsKubeProxy,
  Machine,
  NvmeControlPlane,
  OperatingSystem,
  TunedFlannel,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';

const app = new GroundworkApp();

const vps = { zone: 'bergen-1', nic: 'ens3', cpus: 4, memory: Size.gibibytes(8) };

const plane = new NvmeControlPlane(app, 'bergen', {
  operatingSystem: OperatingSystem.DEBIAN_12,
  // No virtual IP: the provider filters ARP, so its load balancer answers for the control planes.
  endpoint: ApiEndpoint.external({ dnsName: 'api.bergen.example', address: '10.30.0.5' }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  underlay: Underlay.filtered({ mtu: 1450, breaksVxlanOffload: true }),
  zones: [Zone.of('bergen-1', { country: 'NO', nodeCidr: '10.30.0.0/24' })],
  machines: [
    ...[1, 2, 3].map((n) =>
      Machine.controlPlane(`cp-${n}`, {
        ...vps,
        address: `10.30.0.1${n}`,
        etcdDisk: EtcdDisk.byId(`virtio-etcd-${n}`, { minSize: Size.gibibytes(20) }),
      }),
    ),
    Machine.worker('worker-1', { ...vps, address: '10.30.0.21' }),
  ],
  // What a flannel of 2015 was told through etcd. It meant udp; findings say what it means today.
  cni: TunedFlannel.configure(TunedFlannel.fromEtcdConfig('{"Network":"10.244.0.0/16"}')),
  kubeProxy: IpvsKubeProxy.configure(),
});

plane.cluster.acknowledge(
  'GW-CNI-112',
  'one team, one tenant; no metadata service at this provider',
);

app.synth();
console.log(app.plan());
