import type { Service } from 'kubernetes-types/core/v1';
import type {
  IngressClass,
  NetworkPolicy,
  NetworkPolicyEgressRule,
} from 'kubernetes-types/networking/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { hostCidr, type Cluster } from '../cluster';
import { METRICS_PORT, NAME, NAMESPACE, SELECTOR } from './names';
import type { Settings } from './settings';
import type { IngressTuning } from './tuning';

const OWN = { name: NAME, namespace: NAMESPACE };
const tcp = (port: number) => ({ port, protocol: 'TCP' });

/** The class that Ingresses name. */
export function renderIngressClass(settings: Settings): IngressClass {
  const annotations = settings.isDefaultClass
    ? { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }
    : {};
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: settings.className, ...annotations },
    spec: { controller: 'nginx.org/ingress-controller' },
  };
}

/** The Service clients come in by. */
export function renderService(settings: Settings, tuning: IngressTuning): Service {
  const { http, https } = settings.nodePorts;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: OWN,
    spec: {
      type: tuning.edge.get('serviceType'),
      externalTrafficPolicy: tuning.edge.get('trafficPolicy'),
      ...(settings.dualStack ? { ipFamilyPolicy: tuning.edge.get('familyPolicy') } : {}),
      selector: SELECTOR,
      ports: [
        { name: 'http', port: 80, protocol: 'TCP', targetPort: 'http', nodePort: http },
        { name: 'https', port: 443, protocol: 'TCP', targetPort: 'https', nodePort: https },
      ],
    },
  };
}

/** Keeps maintenance to one machine at a time; none where a single machine runs every replica. */
export function renderDisruptionBudget(
  settings: Settings,
  tuning: IngressTuning,
): PodDisruptionBudget | undefined {
  if (settings.machines < 2) {
    return undefined;
  }
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: OWN,
    spec: {
      maxUnavailable: tuning.pod.get('budget'),
      unhealthyPodEvictionPolicy: tuning.pod.get('unhealthy'),
      selector: { matchLabels: SELECTOR },
    },
  };
}

/** Who reaches the replicas, and what they reach. */
export function renderNetworkPolicy(cluster: Cluster, settings: Settings): NetworkPolicy {
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
            ports: [tcp(METRICS_PORT)],
          },
        ];
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: OWN,
    spec: {
      podSelector: { matchLabels: SELECTOR },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [tcp(80), tcp(443)] }, ...metrics],
      egress: egressOf(cluster),
    },
  };
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
