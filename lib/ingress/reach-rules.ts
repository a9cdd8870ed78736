import { CniKind, LoadBalancerKind, rule, Severity, type IRule } from '../cluster';
import { onEdge } from './on-edge';
import { machinesForReplicas, SHUTDOWN_SECONDS } from './sizing';

/** A drain does not touch the pods of a DaemonSet. */
const DAEMON_REMEDY =
  'take the machine out of DNS or the balancer before a planned restart, and wait for its connections to end';

/** Rules about how clients reach the replicas, what those reach, and what happens when a machine goes. */
export const reachRules: IRule[] = [
  rule(
    {
      id: 'GW-INGRESS-005',
      severity: Severity.NOTE,
      title: 'Clients reach the edge on 80 and 443',
      why: 'Redirects from HTTP to HTTPS name port 443, whatever port the client came in by',
      remedy:
        "forward 80 and 443 of a balancer or of the provider's address to these node ports, without changing the client's address; take a machine out of the balancer before draining it, whose last replica serves until it refuses",
      reference: 'https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport',
    },
    onEdge(({ nodePorts }, cluster) =>
      cluster.loadBalancer === LoadBalancerKind.NONE && nodePorts.length > 0
        ? [
            {
              message: `nothing gives the edge an address; it answers on node ports ${nodePorts.join(' and ')}`,
            },
          ]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-006',
      severity: Severity.NOTE,
      title: 'Every machine that clients are sent to has a replica',
      why: 'The Service keeps client addresses (externalTrafficPolicy Local), so a machine without a replica refuses',
      remedy: 'let the balancer check the node ports, or set replicas to the number of machines',
      reference:
        'https://kubernetes.io/docs/concepts/services-networking/service/#external-traffic-policy',
    },
    onEdge(({ replicas, nodePorts }, cluster) => {
      const able = machinesForReplicas(cluster).length;
      return nodePorts.length === 0 ||
        cluster.loadBalancer !== LoadBalancerKind.NONE ||
        (replicas >= able && able === cluster.machines.length)
        ? []
        : [
            {
              message: `${Math.min(replicas, able)} of ${cluster.machines.length} machines answer on the node ports, the others refuse`,
            },
          ];
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-007',
      severity: Severity.NOTE,
      title: "The network plugin enforces the edge's NetworkPolicy",
      why: 'The policy keeps what the edge can read from leaving the cluster; flannel applies none',
      remedy: 'use Calico, or run a policy engine beside flannel',
      reference:
        'https://kubernetes.io/docs/concepts/services-networking/network-policies/#prerequisites',
    },
    onEdge((edge, cluster) =>
      cluster.cni === CniKind.FLANNEL
        ? [
            {
              message: `NetworkPolicy ${edge.namespace}/${edge.namespace} has no effect with flannel`,
            },
          ]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-009',
      severity: Severity.WARNING,
      title: 'The network plugin matches pods and machines by address',
      why: 'The policy names API servers and backends by address; a plugin that goes by identity (Cilium) lets the edge reach neither',
      remedy: 'add policies of that plugin for the API server and the backends, then acknowledge',
      reference: 'https://docs.cilium.io/en/stable/security/policy/language/#cidr-based',
    },
    onEdge((edge, cluster) =>
      cluster.cni === CniKind.OTHER
        ? [
            {
              message: `nobody can tell here how the plugin reads NetworkPolicy ${edge.namespace}/${edge.namespace}`,
            },
          ]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-010',
      severity: Severity.NOTE,
      title: 'A machine is drained before it restarts',
      why: 'At shutdown the kubelet ends pods in its own time, whatever they ask for; a drain waits for them',
      remedy: 'drain the machine (kubectl drain) before a planned restart',
      reference: 'https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/',
    },
    onEdge(({ drainSeconds, preStopSeconds, isDaemonSet }, cluster) => {
      const served = Math.max(0, SHUTDOWN_SECONDS - preStopSeconds);
      const message = `a replica takes up to ${drainSeconds} s to stop; at a restart that nobody drained for, the kubelet gives it ${SHUTDOWN_SECONDS} s: requests are cut after ${served} s`;
      if (!cluster.ownsMachines || drainSeconds <= SHUTDOWN_SECONDS) {
        return [];
      }
      return isDaemonSet === true ? [{ message, remedy: DAEMON_REMEDY }] : [{ message }];
    }),
  ),
];
