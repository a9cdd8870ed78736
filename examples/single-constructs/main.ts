import { App, Chart } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  HardenedNginxIngress,
  IpvsKubeProxy,
  KubernetesVersion,
  Machine,
  OperatingSystem,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';

const app = new App();
const chart = new Chart(app, 'edge-and-proxy');

// An existing kubeadm cluster: its machines are described, not made.
const cluster = Cluster.fromFacts(app, 'bergen', {
  kubernetesVersion: KubernetesVersion.of('1.35.8'),
  operatingSystem: OperatingSystem.UBUNTU_24_04,
  endpoint: ApiEndpoint.external({ dnsName: 'api.bergen.example' }),
  podCidr: '10.245.0.0/16',
  serviceCidr: '10.97.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  zones: [Zone.of('bergen-1', { country: 'NO', nodeCidr: '10.30.0.0/24' })],
  machines: [
    Machine.controlPlane('cp-1', { zone: 'bergen-1', address: '10.30.0.11' }),
    Machine.worker('worker-1', { zone: 'bergen-1', address: '10.30.0.21' }),
    Machine.worker('worker-2', { zone: 'bergen-1', address: '10.30.0.22' }),
  ],
});

new IpvsKubeProxy(chart, 'kube-proxy', { cluster });
new HardenedNginxIngress(chart, 'ingress', { cluster });

app.synth();
