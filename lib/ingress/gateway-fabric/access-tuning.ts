import { tuned } from '../../cluster';
import type { Settings } from '../settings';
import { PORTS } from './names';
import type { FabricSettings } from './settings';

const RBAC = 'nginx/nginx-gateway-fabric deploy/default/deploy.yaml at v2.6.7';
const CONCEPTS = 'https://kubernetes.io/docs/concepts';

/** Rights, and who may talk to whom. */
export function accessRows(s: Settings, fabric: FabricSettings) {
  const watched = fabric.watchNamespaces?.join(', ');
  return {
    podSecurity: tuned(
      'Namespace.metadata.labels',
      s.hostPorts ? 'privileged' : 'restricted',
      'none',
      s.hostPorts
        ? 'every narrower profile forbids host ports; the pods stay as restricted asks in everything else'
        : 'no pod needs a capability: ports below 1024 are opened by a sysctl of the pod that restricted allows',
      `${CONCEPTS}/security/pod-security-standards/`,
    ),
    clusterRole: tuned(
      'ClusterRole.rules',
      watched === undefined
        ? 'reads what routes and Gateways can name, writes status'
        : 'classes, namespaces, definitions',
      'the same, and writes Secrets, Services, workloads everywhere',
      'it writes where Gateways stand and nowhere else; nodes are listed for usage reports only',
      RBAC,
    ),
    role: tuned(
      'Role.rules',
      watched === undefined
        ? 'what it makes for a Gateway, its Lease, its two Secrets'
        : `what it sees in ${watched}, what it makes for a Gateway, its Lease, its two Secrets`,
      'cluster-wide',
      'a Gateway of this class elsewhere stays without pods until its namespace is in gatewayNamespaces',
      RBAC,
    ),
    snippetGuard: tuned(
      'ValidatingAdmissionPolicy.spec.validations',
      'snippets in namespace nginx-gateway alone',
      'none',
      'snippets have to be on for ours; that of anybody else would be code in the edge, and one that nginx refuses stops every later change',
      'nginx/nginx-gateway-fabric issue 5883',
    ),
    ingressFrom: tuned(
      'NetworkPolicy.spec.ingress',
      [
        `data plane: ${PORTS.http} and ${PORTS.https}`,
        `control plane: ${PORTS.agent} from the data plane`,
        ...(s.metricsNamespace === undefined
          ? []
          : [`both: ${PORTS.metrics} from ${s.metricsNamespace}`]),
      ].join('; '),
      'no policy',
      'the two ports clients use, and the one by which configuration travels; probes of the own machine always pass',
      `${CONCEPTS}/services-networking/network-policies/`,
    ),
    egressTo: tuned(
      'NetworkPolicy.spec.egress',
      'data plane: pods over TCP, DNS, Services on 443; control plane: API servers',
      'no policy',
      'the pods that strangers reach cannot reach the API server, and the ones that read Secrets reach nothing else. A backend on a host network needs a policy of its own',
      `${CONCEPTS}/services-networking/network-policies/`,
    ),
  };
}
