import { Duration, Size } from 'cdk8s';
import {
  ApiEndpoint,
  EtcdDisk,
  GroundworkApp,
  HardenedTraefik,
  Machine,
  NvmeControlPlane,
  OperatingSystem,
  TraefikProvider,
  TunedCalico,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';

const app = new GroundworkApp();

new NvmeControlPlane(app, 'bergen', {
  operatingSystem: OperatingSystem.DEBIAN_12,
  endpoint: ApiEndpoint.kubeVip('10.40.0.10', { dnsName: 'api.bergen.example' }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  zones: [Zone.of('bergen-1', { country: 'NO', nodeCidr: '10.40.0.0/24' })],
  machines: [1, 2, 3].map((n) =>
    Machine.controlPlane(`cp-${n}`, {
      zone: 'bergen-1',
      address: `10.40.0.1${n}`,
      nic: 'eno1',
      cpus: 8,
      memory: Size.gibibytes(16),
      etcdDisk: EtcdDisk.nvmeSerial(`S4EVNX0B${n}`, { minSize: Size.gibibytes(100) }),
    }),
  ),
  cni: TunedCalico.configure(),
  // The Ingresses were written for ingress-nginx and stay as they are.
  ingress: HardenedTraefik.configure({
    provider: TraefikProvider.INGRESS_NGINX_COMPATIBLE,
    // Photos from telephones: Traefik has one timeout for the whole of a request, so what the slowest
    // of them uploads in a second decides how long that is.
    clientMaxBodySize: Size.mebibytes(12),
    slowestUploadPerSecond: Size.mebibytes(1.5),
    upstreamTimeouts: { connect: Duration.seconds(5), read: Duration.seconds(60) },
    // Two HTTP proxies of the house forward 80 and 443 to the node ports.
    trustedProxies: ['10.40.0.4', '10.40.0.5'],
    statusAddress: 'edge.bergen.example',
    metricsNamespace: 'monitoring',
  }),
});

app.synth();
console.log(app.plan());
