import { Size } from 'cdk8s';
import {
  ApiEndpoint,
  Encapsulation,
  EtcdBackup,
  EtcdBackupTarget,
  EtcdDisk,
  EtcdOnNvme,
  GroundworkApp,
  HardenedNginxIngress,
  IpvsKubeProxy,
  IpvsScheduler,
  KubernetesVersion,
  Machine,
  MetalLb,
  NvmeControlPlane,
  OperatingSystem,
  TunedCalico,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';

const app = new GroundworkApp();

new NvmeControlPlane(app, 'oslo', {
  kubernetesVersion: KubernetesVersion.V1_36,
  operatingSystem: OperatingSystem.DEBIAN_12,
  endpoint: ApiEndpoint.kubeVip('10.20.0.10', { dnsName: 'api.oslo.example' }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' })],
  machines: [
    ...[1, 2, 3].map((n) =>
      Machine.controlPlane(`cp-${n}`, {
        zone: 'oslo-1',
        address: `10.20.0.1${n}`,
        nic: 'eno1',
        cpus: 8,
        memory: Size.gibibytes(16),
        etcdDisk: EtcdDisk.nvmeSerial(`S4EVNX0R${n}`, { minSize: Size.gibibytes(100) }),
      }),
    ),
    ...[1, 2].map((n) =>
      Machine.worker(`w-${n}`, {
        zone: 'oslo-1',
        address: `10.20.0.2${n}`,
        nic: 'eno1',
        cpus: 16,
        memory: Size.gibibytes(64),
      }),
    ),
  ],
  cni: TunedCalico.configure({ encapsulation: Encapsulation.NONE }),
  kubeProxy: IpvsKubeProxy.configure({ scheduler: IpvsScheduler.RR }),
  // An address of the segment, which one machine at a time answers for: this is why IPVS keeps strictARP.
  loadBalancer: MetalLb.configure({
    pools: [{ name: 'edge', addresses: ['10.20.0.200-10.20.0.219'] }],
  }),
  ingress: HardenedNginxIngress.configure(),
  etcd: EtcdOnNvme.configure(),
  etcdBackup: EtcdBackup.configure({
    target: EtcdBackupTarget.s3({
      endpoint: 'https://s3.oslo.example',
      bucket: 'oslo-etcd',
      region: 'no-oslo-1',
      country: 'NO',
    }),
  }),
});

app.synth();
console.log(app.plan());
