import { Duration, Size } from 'cdk8s';
import {
  ApiEndpoint,
  DataDisk,
  EtcdDisk,
  GroundworkApp,
  IpvsKubeProxy,
  Machine,
  NvmeControlPlane,
  OperatingSystem,
  Residency,
  TunedCalico,
  Underlay,
  Zone,
  ZoneLink,
} from 'cdk8s-groundwork';

const app = new GroundworkApp();

const oslo = { zone: 'oslo-1', nic: 'eno1', cpus: 8, memory: Size.gibibytes(16) };
const trondheim = { zone: 'trondheim-1', nic: 'eno1', cpus: 8, memory: Size.gibibytes(16) };

/** The NVMe disk of a worker, which becomes a volume for pods. */
const disks = (serial: string) => [DataDisk.nvmeSerial(serial, { capacity: Size.gibibytes(900) })];
const near = (town: string) => ({
  name: `exchange-${town}`,
  country: 'NO',
  maxRoundTripTime: Duration.millis(1),
});

new NvmeControlPlane(app, 'two-sites', {
  operatingSystem: OperatingSystem.DEBIAN_12,
  endpoint: ApiEndpoint.kubeVip('10.20.0.10', { dnsName: 'api.two-sites.example' }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  // Each site is a segment of its own: jumbo frames in Oslo, none in Trondheim, and a leased line
  // with a tunnel of the carrier's between them.
  underlay: Underlay.flatL2({
    mtu: 9000,
    links: [
      ZoneLink.between('oslo-1', 'trondheim-1', { mtu: 1400, roundTripTime: Duration.millis(8) }),
    ],
  }),
  zones: [
    Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' }),
    Zone.of('trondheim-1', { country: 'NO', nodeCidr: '10.30.0.0/24', mtu: 1500 }),
  ],
  // All members of etcd stay in one site: with two, the loss of the larger one stops the cluster anyway.
  machines: [
    ...[1, 2, 3].map((n) =>
      Machine.controlPlane(`oslo-cp-${n}`, {
        ...oslo,
        address: `10.20.0.1${n}`,
        etcdDisk: EtcdDisk.nvmeSerial(`S4EVNX0R${n}`, { minSize: Size.gibibytes(100) }),
      }),
    ),
    Machine.worker('oslo-w-1', { ...oslo, address: '10.20.0.21', dataDisks: disks('S64GNX0W1') }),
    Machine.worker('trondheim-w-1', {
      ...trondheim,
      address: '10.30.0.21',
      dataDisks: disks('S64GNX0W2'),
    }),
    Machine.worker('trondheim-w-2', { ...trondheim, address: '10.30.0.22' }),
  ],
  // Data stays in Norway, and so do images and archives: both sites use one mirror. Each site measures
  // how near it is to a point in its own town.
  residency: Residency.of(['NO'], {
    sources: { 'mirror.example.no': 'NO' },
    anchors: [
      { ...near('oslo'), address: '192.0.2.1', zones: ['oslo-1'] },
      { ...near('trondheim'), address: '198.51.100.1', zones: ['trondheim-1'] },
    ],
  }),
  imageRegistry: 'mirror.example.no/k8s',
  downloadBaseUrl: 'https://mirror.example.no/releases',
  // Nothing to choose: CrossSubnet, BGP and the MTU follow from the facts above.
  cni: TunedCalico.configure(),
  kubeProxy: IpvsKubeProxy.configure(),
});

app.synth();
console.log(app.plan());
