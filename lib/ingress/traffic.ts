import type { Service } from 'kubernetes-types/core/v1';
import type { NetworkPolicy, NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { addressAnnotations, hostCidr, type Cluster, type Tuning } from '../cluster';
import { hasDisruptionBudget } from './absent';
import type { Identity } from './identity';
import type { placementRows } from './placement-tuning';
import type { Settings } from './settings';
import type { trafficRows } from './traffic-tuning';

const tcp = (port: number) => ({ port, protocol: 'TCP' });

/** Ports of a replica. */
export interface PodPorts {
  readonly http: number;
  readonly https: number;
  readonly metrics: number;
}

type Traffic = Tuning<ReturnType<typeof trafficRows>>;
type Placement = Tuning<ReturnType<typeof placementRows>>;

/** The Service clients come in by. */
export function renderService(
  identity: Identity,
  cluster: Cluster,
  settings: Settings,
  traffic: Traffic,
): Service {
  const type = traffic.get('serviceType');
  const port = (name: 'http' | 'https', number: number) => ({
    name,
    port: number,
    protocol: 'TCP',
    targetPort: name,
    ...(type === 'ClusterIP' ? {} : { nodePort: settings.nodePorts[name] }),
  });
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...ownName(identity), ...annotations(cluster, settings) },
    spec: {
      type,
      ...(type === 'ClusterIP' ? {} : { externalTrafficPolicy: traffic.get('trafficPolicy') }),
      ...(settings.dualStack ? { ipFamilyPolicy: traffic.get('familyPolicy') } : {}),
      selector: identity.selector,
      ports: [port('http', 80), port('https', 443)],
    },
  };
}

/** Keeps maintenance to one machine at a time; none where a single machine runs every replica. */
export function renderDisruptionBudget(
  identity: Identity,
  settings: Settings,
  placement: Placement,
): PodDisruptionBudget | undefined {
  if (!hasDisruptionBudget(settings)) {
    return undefined;
  }
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: ownName(identity),
    spec: {
      maxUnavailable: placement.get('budget'),
      unhealthyPodEvictionPolicy: placement.get('unhealthy'),
      selector: { matchLabels: identity.selector },
    },
  };
}

/** Who reaches the replicas, and what they reach. */
export function renderNetworkPolicy(
  identity: Identity,
  cluster: Cluster,
  settings: Settings,
  ports: PodPorts,
): NetworkPolicy {
  const metrics =
    settings.metricsNamespace === undefined
      ? []
      : [
          {
            from: [
              {
                namespaceSelector: {
                  matchLabels: { 'kubernetes.io/metadata.name': settings.metricsNamespace },
                },
              },
            ],
            ports: [tcp(ports.metrics)],
          },
        ];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: ownName(identity),
    spec: {
      podSelector: { matchLabels: identity.selector },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [tcp(ports.http), tcp(ports.https)] }, ...metrics],
      egress: egressOf(cluster),
    },
  };
}

function annotations(cluster: Cluster, { loadBalancerAddress }: Settings) {
  const asked =
    loadBalancerAddress === undefined
      ? undefined
      : addressAnnotations(cluster.loadBalancer, [loadBalancerAddress]);
  return asked === undefined ? {} : { annotations: asked };
}

function ownName({ name, namespace }: Identity) {
  return { name, namespace };
}

function egressOf(cluster: Cluster): NetworkPolicyEgressRule[] {
  const block = (cidr: string) => ({ ipBlock: { cidr } });
  // Plugins differ in whether they see the port of the Service, of a balancer or of the API server.
  const { port, apiServerPort } = cluster.endpoint;
  const apiPorts = [...new Set([6443, port, apiServerPort])];
  return [
    { to: cluster.podCidrs.map(block), ports: [{ protocol: 'TCP' }] },
    { to: cluster.controlPlanes.map((m) => block(hostCidr(m.address))), ports: apiPorts.map(tcp) },
    // Plugins differ in whether a policy sees a Service's address or the one behind it.
    { to: [block(hostCidr(cluster.kubernetesServiceIp))], ports: [tcp(443)] },
  ];
}
