import { lbRule } from './lb-rule';
import {
  Cidr,
  LoadBalancerKind,
  Severity,
  type Cluster,
  type IRule,
  type LoadBalancerPoolSummary,
  type LoadBalancerSummary,
  type RuleViolation,
} from '../cluster';

const SERVICE =
  'https://kubernetes.io/docs/concepts/services-networking/service/#external-traffic-policy';

/** Whether the edge of the spec gets an address, and has pods where it is announced. */
export const edgeRules: IRule[] = [
  lbRule(
    {
      id: 'GW-LB-001',
      severity: Severity.ERROR,
      title: 'The edge gets an address',
      why: 'A Service that no pool serves stays pending, and nothing outside reaches the edge',
      remedy:
        "let a pool give addresses by itself (autoAssign), to the edge's namespace, or ask for an address with loadBalancerAddress",
      reference: 'docs/load-balancing.md',
    },
    (cluster, { pools }) => {
      const edge = cluster._summary('ingress');
      if (edge === undefined || edge.loadBalancerAddress !== undefined) {
        return [];
      }
      return pools.some((pool) => pool.automatic && mayServe(pool, edge.namespace))
        ? []
        : [
            {
              message: `no pool gives addresses by itself to Services in namespace ${edge.namespace}`,
            },
          ];
    },
  ),
  lbRule(
    {
      id: 'GW-LB-002',
      severity: Severity.ERROR,
      title: 'The address that the edge asks for is one of a pool that serves it',
      why: 'Nobody gives away an address that is in no pool, or in one for other namespaces: the Service stays pending',
      remedy: 'add the address to a pool for that namespace, or ask for one that is in it',
      reference: 'docs/load-balancing.md',
    },
    addressAskedFor,
  ),
  lbRule(
    {
      id: 'GW-LB-003',
      severity: Severity.WARNING,
      title: 'The edge has a replica in the zone of its address',
      why: 'The Service keeps client addresses (externalTrafficPolicy Local), and only machines of that zone answer for the address: without a replica there nobody does',
      remedy:
        'give every zone with replicas a pool, run a replica on every machine, or use BGP, which announces from all zones; then acknowledge this',
      reference: SERVICE,
    },
    distantReplicas,
  ),
  lbRule(
    {
      id: 'GW-LB-009',
      severity: Severity.ERROR,
      title: 'The edge of two families asks for no single address',
      why: 'MetalLB gives a Service of two families the addresses that it asks for only when they are of both',
      remedy:
        'leave loadBalancerAddress out, and give the edge a pool of its own with serviceAllocation',
      reference: 'https://metallb.io/usage/',
    },
    (cluster) => {
      const address = cluster._summary('ingress')?.loadBalancerAddress;
      return cluster.isDualStack && address !== undefined
        ? [{ message: `the edge asks for ${address}, and its Service has two families` }]
        : [];
    },
    LoadBalancerKind.METALLB_L2,
    LoadBalancerKind.METALLB_BGP,
  ),
];

function mayServe({ namespaces }: LoadBalancerPoolSummary, namespace: string): boolean {
  return namespaces === undefined || namespaces.includes(namespace);
}

function addressAskedFor(cluster: Cluster, { pools }: LoadBalancerSummary): RuleViolation[] {
  const { loadBalancerAddress: address, namespace } = cluster._summary('ingress') ?? {};
  if (address === undefined || namespace === undefined) {
    return [];
  }
  const pool = pools.find(({ cidrs }) => cidrs.some((c) => Cidr.parse(c)!.contains(address)));
  if (pool === undefined) {
    const held = pools.map(({ label }) => label).join(', ');
    return [{ message: `the edge asks for ${address}, and the pools hold ${held}` }];
  }
  return mayServe(pool, namespace)
    ? []
    : [
        {
          message: `the edge in namespace ${namespace} asks for ${address}, and its pool ${pool.name} serves ${pool.namespaces!.join(', ')}`,
        },
      ];
}

function distantReplicas(cluster: Cluster, { pools }: LoadBalancerSummary): RuleViolation[] {
  const edge = cluster._summary('ingress');
  const able = cluster.controlPlaneRunsWorkloads ? cluster.machines : cluster.workers;
  const zones = [...new Set(able.map(({ zone }) => zone))];
  const answering = pools.flatMap(({ zone }) => zone ?? []);
  if (edge === undefined || answering.length === 0 || edge.replicas >= able.length) {
    return [];
  }
  const silent = zones.filter((zone) => !answering.includes(zone));
  return silent.length === 0
    ? []
    : [
        {
          message: `all ${edge.replicas} replicas of the edge may run in zone ${silent.join(', ')}, where no pool is`,
        },
      ];
}
