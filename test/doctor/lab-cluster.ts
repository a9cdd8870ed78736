import { App, Chart, Size } from 'cdk8s';
import {
  ApiEndpoint,
  CniKind,
  FlannelBackend,
  KubernetesVersion,
  Machine,
  OperatingSystem,
  Underlay,
  Zone,
  Cluster,
  IptablesKubeProxy,
  TunedFlannel,
  type ClusterFacts,
} from '../../lib';
import { expectationsOf, type Expectations } from '../../lib/doctor/expectations';

/** The spec of the machines in the fixtures: a control plane and a worker, flannel, iptables mode. */
export function labCluster(changes: Partial<ClusterFacts> = {}): Cluster {
  const machine = { zone: 'lab', nic: 'eno1', cpus: 2, memory: Size.gibibytes(24) };
  const cluster = Cluster.fromFacts(new App(), 'lab', {
    kubernetesVersion: KubernetesVersion.V1_36,
    operatingSystem: OperatingSystem.DEBIAN_12,
    endpoint: ApiEndpoint.external({ dnsName: 'api.lab.example' }),
    podCidr: '10.244.0.0/16',
    serviceCidr: '10.96.0.0/16',
    underlay: Underlay.flatL2({ mtu: 1500 }),
    zones: [Zone.of('lab', { country: 'NO', nodeCidr: '10.20.0.0/24' })],
    machines: [
      Machine.controlPlane('cp-1', { ...machine, address: '10.20.0.11' }),
      Machine.worker('w-1', { ...machine, address: '10.20.0.12' }),
    ],
    ...changes,
  });
  return cluster;
}

/** What they must measure with the usual constructs. */
export function labExpectations(changes: Partial<ClusterFacts> = {}): Expectations {
  const cluster = labCluster(changes);
  const chart = new Chart(cluster, 'chart');
  if ((changes.cni ?? CniKind.FLANNEL) === CniKind.FLANNEL) {
    new TunedFlannel(chart, 'cni', {
      cluster,
      backend: FlannelBackend.vxlan({ directRouting: false }),
    });
  }
  new IptablesKubeProxy(chart, 'proxy', { cluster });
  return expectationsOf(cluster);
}
