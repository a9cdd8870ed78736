import {
  ApiEndpointKind,
  decisionsOf,
  tuned,
  type Cluster,
  type Decision,
  type EndpointBgp,
  type TuningRow,
} from '../../cluster';

const HEALTH = 'kube-vip/kube-vip:pkg/cluster/service.go v1.2.3';
const FLAGS = 'kube-vip/kube-vip:cmd/kube-vip.go v1.2.3';
const HAPROXY = 'https://docs.haproxy.org/2.6/configuration.html';
const KEEPALIVED = 'man keepalived.conf';

/** Health checks that one API server answers in a second, each with a TLS handshake. */
const CHECKS_PER_SECOND = 50;

/** What kube-vip is told of BGP that is no fact. */
export function vipBgpRows({ holdTime }: EndpointBgp) {
  const key = (name: string) => `kube-vip ${name}`;
  const health = (name: string) => key(`control_plane_health_check_${name}`);
  const seconds = holdTime.toSeconds();
  return {
    interface: tuned(
      key('vip_interface'),
      'lo',
      'the interface of the default route',
      'all control planes have the address at once, and none may claim it by ARP',
      'https://kube-vip.io/docs/modes/bgp/',
    ),
    election: tuned(
      key('vip_leaderelection'),
      'false',
      'false',
      'every healthy control plane announces the address and routers spread connections; nothing waits for a lease, so kubeadm init finds the address at once',
      HEALTH,
    ),
    holdTime: tuned(
      key('bgp_hold_time'),
      String(seconds),
      '30',
      'how long routers send to a machine that has died without a word',
      FLAGS,
    ),
    keepalive: tuned(
      key('bgp_keepalive_interval'),
      String(Math.floor(seconds / 3)),
      '10',
      'a third of the hold time, as BGP wants it',
      FLAGS,
    ),
    period: tuned(
      health('period_seconds'),
      '2',
      '5',
      'an API server that is not ready loses its route after three of these',
      FLAGS,
    ),
    timeout: tuned(health('timeout_seconds'), '2', '3', 'never longer than the period', FLAGS),
    threshold: tuned(
      health('failure_threshold'),
      '3',
      '3',
      'one slow answer is no reason to move every connection',
      FLAGS,
    ),
  };
}

/** What HAProxy is told that is no fact. */
export function balancerRows(cluster: Cluster) {
  const key = (name: string) => `haproxy.cfg ${name}`;
  const askers = cluster.endpoint.isLoopback
    ? cluster.machines.length
    : cluster.controlPlanes.length;
  return {
    maxconn: tuned(
      key('maxconn'),
      cluster.endpoint.isLoopback ? 2000 : 8000,
      'from the limit of open files',
      'kubelets and controllers keep a handful of connections each; two descriptors a connection stay below the limit of the unit',
      HAPROXY,
    ),
    tunnel: tuned(
      key('timeout tunnel'),
      '4h',
      'timeout client',
      'the kubelet ends idle exec and port-forward streams after four hours; nothing in between does it sooner',
      'https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/',
    ),
    interval: tuned(
      key('default-server inter'),
      `${Math.max(3, Math.ceil(askers / CHECKS_PER_SECOND))}s`,
      '2s',
      `${askers} machines ask each API server in turn, at most ${CHECKS_PER_SECOND} in a second: each look costs it a TLS handshake. A refused connection goes to the next API server at once`,
      HAPROXY,
    ),
    fall: tuned(
      key('default-server fall'),
      3,
      '3',
      'after the first failure it looks every second, so a dead API server is left after three more, and its connections are cut',
      HAPROXY,
    ),
  };
}

/** What keepalived is told that is no fact. */
export function keepalivedRows() {
  const key = (name: string) => `keepalived.conf ${name}`;
  return {
    advertisement: tuned(
      key('advert_int'),
      1,
      '1',
      'a backup takes the address after three seconds of silence',
      KEEPALIVED,
    ),
    nopreempt: tuned(
      key('nopreempt'),
      true,
      'false',
      'a machine that comes back does not take the address away again: each move breaks connections',
      KEEPALIVED,
    ),
    interval: tuned(
      key('vrrp_script interval'),
      3,
      '1',
      'each look is a TLS handshake of an API server',
      KEEPALIVED,
    ),
    fall: tuned(
      key('vrrp_script fall'),
      3,
      '1',
      'longer than HAProxy takes to leave an API server that is not ready: that moves no address',
      KEEPALIVED,
    ),
    rise: tuned(key('vrrp_script rise'), 1, '1', 'kubeadm init waits for the address', KEEPALIVED),
    refresh: tuned(
      key('vrrp_garp_master_refresh'),
      60,
      '0, which is never',
      'a switch or neighbour that missed the announcement learns of the move within a minute',
      KEEPALIVED,
    ),
  };
}

/** Every row that this cluster's endpoint shows. */
export function endpointDecisions(cluster: Cluster, path: string): Decision[] {
  return decisionsOf(path, rowsOf(cluster));
}

function rowsOf(cluster: Cluster): ReadonlyArray<TuningRow<unknown>> {
  const { kind, _bgp } = cluster.endpoint;
  switch (kind) {
    case ApiEndpointKind.KUBE_VIP_BGP:
      return Object.values(vipBgpRows(_bgp!));
    case ApiEndpointKind.KEEPALIVED_HAPROXY:
      return [...Object.values(balancerRows(cluster)), ...Object.values(keepalivedRows())];
    case ApiEndpointKind.LOCAL_PROXY:
      return Object.values(balancerRows(cluster));
    default:
      return [];
  }
}
