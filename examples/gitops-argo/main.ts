import { ApiObject, Chart } from 'cdk8s';
import {
  ApiEndpoint,
  Cluster,
  GitOps,
  GroundworkApp,
  IptablesKubeProxy,
  KubernetesVersion,
  Machine,
  MetalLb,
  OperatingSystem,
  TunedCalico,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';

// The output is committed as it is; see docs/gitops.md for the Application that applies it.
const app = new GroundworkApp({ gitops: GitOps.argo() });
const chart = new Chart(app, 'bodo');

const cluster = Cluster.fromFacts(chart, 'cluster', {
  clusterName: 'bodo',
  kubernetesVersion: KubernetesVersion.V1_36,
  operatingSystem: OperatingSystem.DEBIAN_12,
  endpoint: ApiEndpoint.external({ dnsName: 'api.bodo.example', address: '10.51.0.5' }),
  podCidr: '10.244.0.0/16',
  serviceCidr: '10.96.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  zones: [Zone.of('bodo-1', { country: 'NO', nodeCidr: '10.51.0.0/24' })],
  machines: [
    ...[1, 2, 3].map((n) =>
      Machine.controlPlane(`cp-${n}`, { zone: 'bodo-1', address: `10.51.0.1${n}` }),
    ),
    Machine.worker('worker-1', { zone: 'bodo-1', address: '10.51.0.21' }),
  ],
});

new IptablesKubeProxy(chart, 'kube-proxy', { cluster });
new TunedCalico(chart, 'cni', { cluster });
new MetalLb(chart, 'load-balancer', {
  cluster,
  pools: [{ name: 'edge', addresses: ['10.51.0.200-10.51.0.219'] }],
});

// What else the team runs, in a chart of its own: applied after everything that its pods need.
const shop = new Chart(app, 'shop');
new ApiObject(shop, 'namespace', {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop' },
});

app.synth();
console.log(app.plan());
