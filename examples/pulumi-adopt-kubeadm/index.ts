import * as pulumi from '@pulumi/pulumi';
import { ApiObject, Chart, Size } from 'cdk8s';
import {
  ApiEndpoint,
  CniKind,
  type ClusterFacts,
  GroundworkApp,
  IptablesKubeProxy,
  KubernetesVersion,
  Machine,
  NodeLocalDns,
  OperatingSystem,
  Phase,
  Underlay,
  Zone,
} from 'cdk8s-groundwork';
import {
  Adoption,
  Cdk8sStack,
  ExistingClusterStack,
  KubernetesAccess,
} from 'cdk8s-groundwork/pulumi';

const config = new pulumi.Config();

/** The cluster as it is: its machines are described, not made. */
const facts: ClusterFacts = {
  kubernetesVersion: KubernetesVersion.of('1.35.9'),
  operatingSystem: OperatingSystem.UBUNTU_24_04,
  endpoint: ApiEndpoint.external({ dnsName: 'api.tromso.example', address: '10.40.0.5' }),
  podCidr: '10.246.0.0/16',
  serviceCidr: '10.98.0.0/16',
  underlay: Underlay.flatL2({ mtu: 1500 }),
  // Flannel, which somebody else looks after.
  cni: CniKind.FLANNEL,
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
};

// Never another identifier: it would be another cluster, and every object a new one.
const access = new KubernetesAccess('tromso', {
  kubeconfig: config.requireSecret('kubeconfig'),
  clusterIdentifier: 'tromso',
});
const provider = access.provider;

const rooms = new ExistingClusterStack(
  'tromso',
  {
    facts,
    // The mode that kubeadm chose: a takeover is no day to change it.
    kubeProxy: IptablesKubeProxy.configure(),
    dns: NodeLocalDns.configure(),
    networking: {
      // kubeadm made the DaemonSet, its ConfigMap, account and binding: they become ours as they are
      // found. The DNS cache is new, and made.
      adopt: [{ phase: Phase.KUBE_PROXY, mode: Adoption.UPSERT }],
      upsertProvider: access.upsertProvider(),
    },
  },
  { provider },
);

// An object that stays somebody else's, and a label of it that is ours from now on.
const chart = new Chart(new GroundworkApp(), 'labels');
new ApiObject(chart, 'kube-system', {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: 'kube-system',
    labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
  },
});
new Cdk8sStack(
  'labels',
  { chart, adopt: [{ kind: 'Namespace', name: 'kube-system', mode: Adoption.PATCH }] },
  { provider, dependsOn: rooms.ready },
);
