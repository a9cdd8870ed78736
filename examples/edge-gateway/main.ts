import { Size } from 'cdk8s';
import {
  ApiEndpoint,
  EtcdDisk,
  GroundworkApp,
  HardenedNginxIngress,
  Machine,
  NginxController,
  NvmeControlPlane,
  OperatingSystem,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';

const app = new GroundworkApp();

const hardware = { zone: 'trondheim-1', nic: 'eno1', cpus: 8, memory: Size.gibibytes(32) };

new NvmeControlPlane(app, 'trondheim', {
  operatingSystem: OperatingSystem.DEBIAN_12,
  endpoint: ApiEndpoint.kubeVip('10.40.0.10', { dnsName: 'api.trondheim.example' }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  zones: [Zone.of('trondheim-1', { country: 'NO', nodeCidr: '10.40.0.0/24' })],
  machines: [
    ...[1, 2, 3].map((n) =>
      Machine.controlPlane(`cp-${n}`, {
        ...hardware,
        address: `10.40.0.1${n}`,
        etcdDisk: EtcdDisk.nvmeSerial(`S6TRNX0R${n}`, { minSize: Size.gibibytes(100) }),
      }),
    ),
    ...[1, 2].map((n) => Machine.worker(`worker-${n}`, { ...hardware, address: `10.40.0.2${n}` })),
  ],
  ingress: HardenedNginxIngress.configure({
    requestRate: { perSecond: 50 },
    controller: NginxController.gatewayFabric({
      httpsListeners: [
        { name: 'shop', hostname: 'shop.example', certificateSecrets: ['shop-tls'] },
        { name: 'teams', hostname: '*.teams.example', certificateSecrets: ['teams-tls'] },
      ],
      // Teams get routes by a label on their namespace.
      routeNamespaceLabels: { 'edge.example/public': 'true' },
    }),
  }),
});

app.synth();
console.log(app.plan());
