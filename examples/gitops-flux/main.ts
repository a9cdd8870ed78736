import { ApiObject, Chart } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  GitOps,
  GroundworkApp,
  IptablesKubeProxy,
  KubernetesVersion,
  Machine,
  OperatingSystem,
  TunedCalico,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';

// The output is committed as clusters/narvik; see docs/gitops.md for the one Kustomization that leads there.
const app = new GroundworkApp({ gitops: GitOps.flux({ path: 'clusters/narvik' }) });
const chart = new Chart(app, 'narvik');

const cluster = Cluster.fromFacts(chart, 'cluster', {
  clusterName: 'narvik',
  kubernetesVersion: KubernetesVersion.V1_36,
  operatingSystem: OperatingSystem.DEBIAN_12,
  endpoint: ApiEndpoint.external({ dnsName: 'api.narvik.example', address: '10.50.0.5' }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  zones: [Zone.of('narvik-1', { country: 'NO', nodeCidr: '10.50.0.0/24' })],
  machines: [
    ...[1, 2, 3].map((n) =>
      Machine.controlPlane(`cp-${n}`, { zone: 'narvik-1', address: `10.50.0.1${n}` }),
    ),
    Machine.worker('worker-1', { zone: 'narvik-1', address: '10.50.0.21' }),
  ],
});

new IptablesKubeProxy(chart, 'kube-proxy', { cluster });
new TunedCalico(chart, 'cni', { cluster });

// What else the team runs, in a chart of its own: applied after everything that its pods need.
const shop = new Chart(app, 'shop');
new ApiObject(shop, 'namespace', {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop' },
});

app.synth();
console.log(app.plan());
