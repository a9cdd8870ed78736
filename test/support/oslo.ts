import { App, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  ApiEndpoint,
  Cluster,
  EtcdDisk,
  KubernetesVersion,
  Machine,
  OperatingSystem,
  Underlay,
  Zone,
  type ClusterProps,
  type ControlPlaneMachineOptions,
} from '../../lib';

/** One of the flagship's control planes, with any fact changed. */
export function osloMachine(n: number, changes: Partial<ControlPlaneMachineOptions> = {}): Machine {
  return Machine.controlPlane(`cp-${n}`, {
    zone: 'oslo-1',
    address: `10.20.0.1${n}`,
    nic: 'eno1',
    cpus: 8,
    memory: Size.gibibytes(16),
    etcdDisk: EtcdDisk.nvmeSerial(`S4EVNX0R${n}`, { minSize: Size.gibibytes(100) }),
    ...changes,
  });
}

// NvmeControlPlane gives this name to the load balancer itself.
type WithoutBalancer = Omit<ClusterProps, 'loadBalancer'>;

/** The facts of the flagship: three control planes with NVMe disks on one Ethernet segment in Oslo. */
export function osloProps(changes?: Partial<WithoutBalancer>): WithoutBalancer;
export function osloProps(changes?: Partial<ClusterProps>): ClusterProps;
export function osloProps(changes: Partial<ClusterProps> = {}): ClusterProps {
  return {
    kubernetesVersion: KubernetesVersion.V1_36,
    operatingSystem: OperatingSystem.DEBIAN_12,
    endpoint: ApiEndpoint.kubeVip('10.20.0.10', { dnsName: 'api.oslo.example' }),
    podCidr: '10.244.0.0/16',
    serviceCidr: '10.96.0.0/16',
    underlay: Underlay.flatL2({ mtu: 1500 }),
    zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' })],
    machines: [1, 2, 3].map((n) => osloMachine(n)),
    ...changes,
  };
}

/** A cluster with the flagship's facts. Nothing is written: the App is never synthesized to disk. */
export function osloCluster(
  scope: Construct = new App(),
  changes: Partial<ClusterProps> = {},
): Cluster {
  return new Cluster(scope, 'oslo', osloProps(changes));
}
