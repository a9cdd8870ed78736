import type { Facts } from './facts';
import { inspected } from './inspected';
import {
  ApiEndpointKind,
  hostAndPort,
  RunbookStep,
  type Cluster,
  type IngressSummary,
  type NodesSummary,
} from '../../cluster';
import { commands, list, text, type Block } from '../document';
import { pageAnchor } from '../pages';

type Steps = Partial<Record<RunbookStep, Block[]>>;

/** Steps about what the machines boot with, the control plane and the edge. */
export function control({ cluster, files }: Facts): Steps {
  const nodes = cluster._summary('nodes');
  const ingress = cluster._summary('ingress');
  return {
    [RunbookStep.ETCD_DISK]: etcd(cluster, 'etcd.md' in files),
    ...(nodes === undefined ? {} : { [RunbookStep.BOOTSTRAP]: bootstrap(nodes.bootstrap) }),
    [RunbookStep.API]: api(cluster),
    ...(ingress === undefined ? {} : { [RunbookStep.EDGE]: edge(cluster, ingress) }),
  };
}

function etcd(cluster: Cluster, hasPage: boolean): Block[] {
  const names = cluster.controlPlanes.map(({ name }) => name).join(', ');
  const dataDir = cluster._summary('etcd')?.dataDir ?? '/var/lib/etcd';
  // kubeadm has etcd listen on the loopback of the family that machines have first.
  const loopback = cluster._families[0] === 'IPv6' ? '::1' : '127.0.0.1';
  return [
    text(`On a control plane (${names}), as root: who is healthy, and how long writes take.`),
    commands(
      `crictl exec "$(crictl ps --quiet --name '^etcd$')" etcdctl --endpoints=https://${hostAndPort(loopback, 2379)} --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/healthcheck-client.crt --key=/etc/kubernetes/pki/etcd/healthcheck-client.key endpoint status --cluster --write-out=table`,
      `crictl logs "$(crictl ps --quiet --name '^etcd$')" 2>&1 | grep -E 'slow fdatasync|took too long|lost leader' | tail`,
      `findmnt --target ${dataDir}`,
      'cat /proc/pressure/io',
    ),
    list(
      'slow fdatasync: the disk waits. Another writer on it, no power-loss protection, or a worn disk.',
      'took too long without it: the network between the members, or stolen CPU.',
    ),
    ...(hasPage
      ? [
          text(
            'Members that are down, disks, quota, defragmenting, backup and restore: ',
            { href: `#${pageAnchor('etcd.md')}`, text: 'etcd.md' },
            '.',
          ),
        ]
      : []),
  ];
}

function bootstrap({ unit, script, status, log }: NodesSummary['bootstrap']): Block[] {
  return [
    text('On the machine, as root: which step it is at, and what that step said.'),
    commands(`cat ${status}`, `tail -n 50 ${log}`, `journalctl -u ${unit} -n 50 --no-pager`),
    text('Before it: what cloud-init did, and whether the machine has the network of the spec.'),
    commands('cloud-init status --long', 'ip -brief address', 'ip route'),
    text('After it: what the kubelet waits for.'),
    commands('journalctl -u kubelet -n 50 --no-pager', 'crictl ps -a'),
    text(
      'When the cause is gone it goes on by itself, or at once; what is done already is not done again:',
    ),
    commands(script),
  ];
}

function api(cluster: Cluster): Block[] {
  const { endpoint } = cluster;
  const asked = cluster.controlPlanes.map(
    ({ address }) =>
      `curl -k -m 3 https://${hostAndPort(address, endpoint.apiServerPort)}/readyz; echo`,
  );
  return [
    text('From a machine: the endpoint, then every API server behind it.'),
    commands(`curl -k -m 3 ${endpoint.url}/readyz; echo`, ...asked),
    ...holder(cluster),
    text('On a control plane whose own API server does not answer:'),
    commands(
      'crictl ps -a --name kube-apiserver',
      'crictl logs --tail 50 "$(crictl ps -a --quiet --name kube-apiserver | head -n 1)"',
      'journalctl -u kubelet -n 50 --no-pager',
    ),
    list(
      'Some of them answer and the endpoint does not: the address or the balancer before them.',
      `None answers: etcd, which needs ${cluster.quorum} of ${cluster.controlPlanes.length} members. Go on with etcd and its disk.`,
    ),
  ];
}

/** Who has the address of the endpoint, and what keeps it there. */
function holder({ endpoint }: Cluster): Block[] {
  switch (endpoint.kind) {
    case ApiEndpointKind.KUBE_VIP:
    case ApiEndpointKind.KUBE_VIP_BGP:
      return inspected([
        {
          what: `who has ${endpoint.address}, on each control plane: one prints a line`,
          command: `ip -brief address | grep -wF ${endpoint.address}`,
        },
        {
          what: 'what kube-vip says there',
          command: 'crictl logs --tail 50 "$(crictl ps -a --quiet --name kube-vip | head -n 1)"',
        },
      ]);
    case ApiEndpointKind.KEEPALIVED_HAPROXY:
      return inspected([
        {
          what: `who has ${endpoint.address}, on each control plane: one prints a line`,
          command: `ip -brief address | grep -wF ${endpoint.address}`,
        },
        {
          what: 'what the two programs say there',
          command: 'journalctl -u keepalived -u haproxy -n 50 --no-pager',
        },
      ]);
    case ApiEndpointKind.LOCAL_PROXY:
      return inspected([
        {
          what: 'what the balancer of this machine says',
          command: 'journalctl -u haproxy -n 50 --no-pager',
        },
      ]);
    default:
      return [];
  }
}

/** Ports that controllers listen on for clients: as root, or not. */
const HELD = '( sport = :80 or sport = :443 or sport = :8000 or sport = :8443 )';

function edge(cluster: Cluster, ingress: IngressSummary): Block[] {
  const { namespace, hostPorts, nodePorts, loadBalancerAddress, breakEvenRate } = ingress;
  const machine = cluster.workers[0] ?? cluster.controlPlanes[0]!;
  const doors = [
    ...(loadBalancerAddress === undefined ? [] : [[loadBalancerAddress, 80] as const]),
    ...[...hostPorts, ...nodePorts].slice(0, 1).map((port) => [machine.address, port] as const),
  ];
  return [
    text('Replicas, where they run, and the Service before them:'),
    commands(`kubectl -n ${namespace} get pods,services -o wide`),
    text('What they said last:'),
    commands(
      `kubectl -n ${namespace} logs -l app.kubernetes.io/name --all-containers --prefix --tail=50`,
    ),
    ...(doors.length === 0
      ? []
      : [
          text(
            'Past the load balancer, from a machine; any answer of HTTP is one. A machine without a replica refuses:',
          ),
          commands(
            ...doors.map(
              ([host, port]) =>
                `curl -sS -m 5 -o /dev/null -w '%{http_code}\\n' http://${hostAndPort(host, port)}/`,
            ),
          ),
        ]),
    text(
      `Slow clients on purpose: connections that each replica on a machine holds, which are on the network of its pod. It bears about ${Math.round(breakEvenRate)} new ones a second.`,
    ),
    commands(
      `for c in $(crictl ps --quiet --label io.kubernetes.pod.namespace=${namespace}); do nsenter -t "$(crictl inspect --output go-template --template '{{.info.pid}}' "$c")" -n ss -Htn state established '${HELD}' | wc -l; done`,
    ),
  ];
}
