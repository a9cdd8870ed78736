import { tuned } from '../cluster';
import type { Settings } from './settings';
import type { PodPorts } from './traffic';

const CONCEPTS = 'https://kubernetes.io/docs/concepts';

/** LoadBalancer where something gives it an address, else by the machines: node ports or host ports. */
export function serviceType(s: Settings): 'LoadBalancer' | 'NodePort' | 'ClusterIP' {
  if (s.loadBalanced) {
    return 'LoadBalancer';
  }
  return s.hostPorts ? 'ClusterIP' : 'NodePort';
}

/** How traffic reaches the replicas, and what they may reach. */
export function trafficRows(s: Settings, ports: PodPorts) {
  return {
    serviceType: tuned(
      'Service.spec.type',
      serviceType(s),
      'ClusterIP',
      {
        LoadBalancer: 'the cluster has a load balancer that gives it an address',
        NodePort: 'nothing in this cluster gives a Service an address of its own',
        ClusterIP: 'clients come by ports of the machines; pods may come this way',
      }[serviceType(s)],
      `${CONCEPTS}/services-networking/service/`,
    ),
    trafficPolicy: tuned(
      'Service.spec.externalTrafficPolicy',
      'Local',
      'Cluster',
      'keeps the client address. Cluster hides every client behind the machine it came in by, and the limit per address would then cut off everybody at once. A machine without a replica refuses',
      `${CONCEPTS}/services-networking/service/#external-traffic-policy`,
    ),
    familyPolicy: tuned(
      'Service.spec.ipFamilyPolicy',
      'PreferDualStack',
      'SingleStack',
      'clients come by IPv6, too: a Service of one family has its node ports and its address in the first family only',
      `${CONCEPTS}/services-networking/dual-stack/#services`,
    ),
    nodePort: tuned(
      'Service.spec.ports.nodePort',
      `${s.nodePorts.http}, ${s.nodePorts.https}`,
      'chosen by the API server',
      'fixed, so that balancers and firewalls can name them; up to 30085 the API server never assigns first',
      'https://kubernetes.io/blog/2023/05/11/nodeport-dynamic-and-static-allocation/',
    ),
    ingressFrom: tuned(
      'NetworkPolicy.spec.ingress',
      s.metricsNamespace === undefined
        ? `${ports.http} and ${ports.https}`
        : `${ports.http} and ${ports.https}; ${ports.metrics} from ${s.metricsNamespace}`,
      'no policy',
      'the two ports clients use; probes of the own machine always pass',
      `${CONCEPTS}/services-networking/network-policies/`,
    ),
    egressTo: tuned(
      'NetworkPolicy.spec.egress',
      'pods over TCP, API servers',
      'no policy',
      'what this pod can read must not leave: no internet, no metadata service, no machine beside the API servers, no DNS, since backends and the API server are reached by address. A backend on a host network needs a policy of its own',
      `${CONCEPTS}/services-networking/network-policies/`,
    ),
  };
}
