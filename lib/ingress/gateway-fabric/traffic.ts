import type {
  NetworkPolicy,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
} from 'kubernetes-types/networking/v1';
import { hostCidr, type Cluster } from '../../cluster';
import type { Identity } from '../identity';
import type { Settings } from '../settings';
import { CONTROL_PLANE, DATA_PLANE, GATEWAY_API, PORTS } from './names';
import type { FabricSettings } from './settings';

const tcp = (port: number) => ({ port, protocol: 'TCP' });
const block = (cidr: string) => ({ ipBlock: { cidr } });

/** Who reaches the pods that serve clients, and what they reach: backends, names, their control plane. */
export function renderDataPlanePolicy(cluster: Cluster, settings: Settings): NetworkPolicy {
  const dns = [{ port: 53, protocol: 'UDP' }, tcp(53)];
  return policy(
    DATA_PLANE,
    [{ ports: [tcp(PORTS.http), tcp(PORTS.https)] }, ...metricsFrom(settings)],
    [
      // The control plane is a pod, too.
      { to: cluster.podCidrs.map(block), ports: [{ protocol: 'TCP' }] },
      { to: [...cluster._kubeletDnsIps.map(hostCidr), ...cluster.podCidrs].map(block), ports: dns },
      // Plugins differ in whether a policy sees a Service's address or the one behind it.
      { to: cluster.serviceCidrs.map(block), ports: [tcp(443)] },
    ],
  );
}

/** Who reaches the control plane, and what it reaches: the API server alone. */
export function renderControlPlanePolicy(
  cluster: Cluster,
  settings: Settings,
  { gatewayNamespaces }: FabricSettings,
): NetworkPolicy {
  // Plugins differ in whether they see the port of the Service, of a balancer or of the API server.
  const { port, apiServerPort } = cluster.endpoint;
  const apiPorts = [...new Set([6443, port, apiServerPort])];
  const homes = [...new Set([CONTROL_PLANE.namespace, ...gatewayNamespaces])].sort();
  const agents = {
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: homes }],
    },
    podSelector: {
      matchExpressions: [{ key: `${GATEWAY_API}/gateway-name`, operator: 'Exists' }],
    },
  };
  return policy(
    CONTROL_PLANE,
    [{ from: [agents], ports: [tcp(PORTS.agent)] }, ...metricsFrom(settings)],
    [
      {
        to: cluster.controlPlanes.map((m) => block(hostCidr(m.address))),
        ports: apiPorts.map(tcp),
      },
      { to: [block(hostCidr(cluster.kubernetesServiceIp))], ports: [tcp(443)] },
    ],
  );
}

function metricsFrom({ metricsNamespace }: Settings): NetworkPolicyIngressRule[] {
  return metricsNamespace === undefined
    ? []
    : [
        {
          from: [
            {
              namespaceSelector: {
                matchLabels: { 'kubernetes.io/metadata.name': metricsNamespace },
              },
            },
          ],
          ports: [tcp(PORTS.metrics)],
        },
      ];
}

function policy(
  { name, namespace, selector }: Identity,
  ingress: NetworkPolicyIngressRule[],
  egress: NetworkPolicyEgressRule[],
): NetworkPolicy {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace },
    spec: {
      podSelector: { matchLabels: { ...selector } },
      policyTypes: ['Ingress', 'Egress'],
      ingress,
      egress,
    },
  };
}
