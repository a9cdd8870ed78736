import {
  CniKind,
  readPortKey,
  rule,
  Severity,
  type Cluster,
  type IRule,
  type Machine,
} from '../cluster';
import { onEdge, onSettings } from './on-edge';
import { machinesForReplicas } from './sizing';

/** Rules about how replicas stand on their machines, and about what cannot be taken back. */
export const workloadRules: IRule[] = [
  rule(
    {
      id: 'GW-INGRESS-013',
      severity: Severity.WARNING,
      title: 'Nobody puts a domain on the list of the browsers by accident',
      why: 'Leaving that list takes months, and until then no name below the domain works without TLS',
      remedy:
        'acknowledge when every name below the hosts of this edge has TLS for good; else leave hstsPreload out',
      reference: 'https://hstspreload.org/#removal',
    },
    onSettings(({ hsts }) =>
      hsts.preload
        ? [
            {
              message:
                'every host with TLS may be put on the preload list, with all names below it',
            },
          ]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-014',
      severity: Severity.WARNING,
      title: 'Something measures the replicas that are to be more when they are busy',
      why: 'Without the metrics API (metrics-server) the autoscaler knows nothing and never changes their number',
      remedy: 'install metrics-server, then acknowledge',
      reference:
        'https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#support-for-metrics-apis',
    },
    onSettings(({ autoscaling, replicas }) =>
      autoscaling === undefined
        ? []
        : [
            {
              message: `nothing in this spec serves metrics.k8s.io, which takes the edge from ${replicas} to ${autoscaling.maxReplicas} replicas`,
            },
          ],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-015',
      severity: Severity.ERROR,
      title: 'Nobody else has the ports of the machine that replicas take',
      why: 'A host port takes what comes to any address of its machine, and what listened there before gets nothing',
      remedy: 'use EdgeExposure.NODE_PORT or a load balancer, or give the other one another port',
      reference: 'https://www.cni.dev/plugins/current/meta/portmap/',
    },
    onEdge(({ hostPorts, path }, cluster) =>
      hostPorts.length === 0
        ? []
        : machinesForReplicas(cluster).flatMap((machine) =>
            otherUsers(cluster, machine, hostPorts, path).map(([port, why]) => ({
              message: `port ${port} of ${machine.name} is taken: ${why}`,
            })),
          ),
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-020',
      severity: Severity.WARNING,
      title: 'The network plugin serves host ports',
      why: 'They are a plugin of their own in the CNI chain (portmap), and a cluster without it starts the pods but never answers',
      remedy: 'see that the CNI configuration of the machines names portmap, then acknowledge',
      reference: 'https://www.cni.dev/plugins/current/meta/portmap/',
    },
    onEdge(({ hostPorts }, cluster) =>
      hostPorts.length > 0 && (cluster.cni === undefined || cluster.cni === CniKind.OTHER)
        ? [{ message: `nobody can tell here whether ports ${hostPorts.join(' and ')} are served` }]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-021',
      severity: Severity.NOTE,
      title: 'Every machine that DNS names has a replica',
      why: 'A machine without one refuses connections to its ports 80 and 443',
      remedy: 'let DNS name the machines with a replica only, or use EdgeKind.DAEMON_SET',
      reference: 'https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/',
    },
    onEdge(({ hostPorts, replicas }, cluster) =>
      hostPorts.length > 0 && replicas < cluster.machines.length
        ? [
            {
              message: `${replicas} of ${cluster.machines.length} machines answer on ports ${hostPorts.join(' and ')}`,
            },
          ]
        : [],
    ),
  ),
];

/** Who else wants one of these ports of a machine, each with its reasons. */
function otherUsers(
  cluster: Cluster,
  machine: Machine,
  ports: readonly number[],
  edge: string,
): Array<[number, string]> {
  const { endpoint } = cluster;
  const api = machine.isControlPlane ? [endpoint.port, endpoint.apiServerPort] : [];
  const found = cluster.ledger.forMachine(machine).ports.flatMap(({ key, reasons }) => {
    const { port, protocol } = readPortKey(key);
    const others = reasons.filter((reason) => !reason.endsWith(` (${edge})`));
    return others.length === 0 || protocol !== 'tcp'
      ? []
      : ports
          .filter((wanted) => holds(port, wanted))
          .map((wanted): [number, string] => [wanted, others.join(', ')]);
  });
  return ports.flatMap((wanted): Array<[number, string]> => {
    const taken = found.filter(([port]) => port === wanted);
    return taken.length === 0 && api.includes(wanted) ? [[wanted, 'the Kubernetes API']] : taken;
  });
}

function holds(range: string, port: number): boolean {
  const [first, last = first] = range.split('-').map(Number);
  return first !== undefined && last !== undefined && first <= port && port <= last;
}
