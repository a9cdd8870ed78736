import type { Construct } from 'constructs';
import { LoadBalancerKind, PortSource, type Cluster } from '../cluster';
import { machinesForReplicas } from './sizing';

/** Load balancers that let clients in by themselves, to the address that they announce. */
const ANNOUNCED = [
  LoadBalancerKind.METALLB_L2,
  LoadBalancerKind.METALLB_BGP,
  LoadBalancerKind.CALICO,
];

/** Opens the ports of a machine by which clients reach the edge; its summary must be registered. */
export function requireEdgePorts(edge: Construct, cluster: Cluster, name: string): void {
  const { hostPorts, nodePorts } = cluster._summary('ingress')!;
  // Anything else, such as a provider's balancer, sends to node ports.
  const open = ANNOUNCED.includes(cluster.loadBalancer) ? hostPorts : [...hostPorts, ...nodePorts];
  for (const port of open) {
    cluster.ledger.requirePort(String(port), {
      by: edge,
      why: `clients reach ${name} here`,
      protocol: 'tcp',
      from: PortSource.ANYWHERE,
      machines: machinesForReplicas(cluster).map((m) => m.name),
    });
  }
}
