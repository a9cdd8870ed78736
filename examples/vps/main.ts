import { Size } from 'cdk8s';
import {
  ApiEndpoint,
  EtcdDisk,
  EtcdOnNvme,
  GroundworkApp,
  HardenedNginxIngress,
  Machine,
  NvmeControlPlane,
  OperatingSystem,
  TunedCalico,
  Underlay,
  UserDataLimit,
  Zone,
} from 'cdk8s-groundwork';

const app = new GroundworkApp();

new NvmeControlPlane(app, 'vps', {
  operatingSystem: OperatingSystem.DEBIAN_12,
  // Nobody answers ARP for a second address here, and no balancer is bought: every machine finds
  // the API servers by itself.
  endpoint: ApiEndpoint.localProxy({ dnsName: 'api.vps.example' }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  // The provider's private network: routed, /32 on the NIC, an overlay of its own below it.
  underlay: Underlay.filtered({ mtu: 1450, singleAddresses: true }),
  zones: [Zone.of('osl-1', { country: 'NO', nodeCidr: '10.0.0.0/24' })],
  machines: [
    ...[1, 2, 3].map((n) =>
      Machine.controlPlane(`cp-${n}`, {
        zone: 'osl-1',
        address: `10.0.0.1${n}`,
        nic: 'enp7s0',
        cpus: 4,
        memory: Size.gibibytes(8),
        etcdDisk: EtcdDisk.sharedWithRoot(),
      }),
    ),
    Machine.worker('w-1', {
      zone: 'osl-1',
      address: '10.0.0.21',
      nic: 'enp7s0',
      cpus: 8,
      memory: Size.gibibytes(16),
    }),
  ],
  // Nothing to choose: VXLAN and the MTU follow from the facts above.
  cni: TunedCalico.configure(),
  ingress: HardenedNginxIngress.configure(),
  etcd: EtcdOnNvme.configure(),
  nodes: {
    // User-data is compressed to fit, and can be read by whoever asks the metadata service: the keys
    // of the cluster's authorities are brought by SSH.
    userDataLimit: UserDataLimit.HETZNER_CLOUD,
    keysBySsh: true,
    // The machines have public addresses as well.
    firewall: { sshFrom: ['192.0.2.0/24'] },
  },
});

app.synth();
console.log(app.plan());
