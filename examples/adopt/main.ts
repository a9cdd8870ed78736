import { Chart, Size } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  GroundworkApp,
  IpvsKubeProxy,
  KubeProxyMigration,
  KubeProxyMode,
  KubernetesVersion,
  Machine,
  NodeLocalDns,
  OperatingSystem,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';

const app = new GroundworkApp();
const chart = new Chart(app, 'tromso');

// A kubeadm cluster that runs: its machines are described, not made.
const cluster = Cluster.fromFacts(chart, 'cluster', {
  clusterName: 'tromso',
  kubernetesVersion: KubernetesVersion.of('1.35.9'),
  operatingSystem: OperatingSystem.UBUNTU_24_04,
  endpoint: ApiEndpoint.external({ dnsName: 'api.tromso.example', address: '10.40.0.5' }),
  podCidr: '10.246.0.0/16',
  serviceCidr: '10.98.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  zones: [Zone.of('tromso-1', { country: 'NO', nodeCidr: '10.40.0.0/24' })],
  machines: [
    ...[1, 2, 3].map((n) =>
      Machine.controlPlane(`cp-${n}`, { zone: 'tromso-1', address: `10.40.0.1${n}` }),
    ),
    Machine.worker('worker-1', {
      zone: 'tromso-1',
      address: '10.40.0.21',
      memory: Size.gibibytes(32),
    }),
  ],
});

// Takes over kubeadm's own objects; the machines are somebody else's, so kube-proxy goes on sizing the
// connection table. What iptables mode leaves behind is in report/kube-proxy-migration.md.
new IpvsKubeProxy(chart, 'kube-proxy', { cluster });
new KubeProxyMigration(chart, 'migration', { cluster, from: KubeProxyMode.IPTABLES });
// In IPVS mode the cache has an address of its own, which the kubelets must be told: report/node-local-dns.md.
new NodeLocalDns(chart, 'dns', { cluster });

app.synth();
console.log(app.plan());
