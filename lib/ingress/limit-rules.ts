import {
  LoadBalancerKind,
  rule,
  Severity,
  type Cluster,
  type IRule,
  type Machine,
} from '../cluster';
import { ofSeed, onSettings } from './on-edge';
import { descriptorsOf, machinesForReplicas, neededKeepalive } from './sizing';

/** What systemd leaves a service that does not ask, and the unit of containerd 2 does not. */
const SYSTEMD_HARD_LIMIT = 524_288;
/** Proxies and balancers keep idle connections for a minute by default, and need to notice a close. */
const LONGER_THAN_A_POOL_MS = 65_000;
const BALANCERS_WITHOUT_PROXY_PROTOCOL = [
  LoadBalancerKind.METALLB_L2,
  LoadBalancerKind.METALLB_BGP,
  LoadBalancerKind.CALICO,
];

/** Rules about limits of the edge that other layers have a say in. */
export const limitRules: IRule[] = [
  rule(
    {
      id: 'GW-INGRESS-012',
      severity: Severity.ERROR,
      title: 'The container runtime lets nginx open as many files as it needs',
      why: 'A process may not raise its limit above the one containerd hands down; nginx goes on with 1024 and refuses clients',
      remedy: 'raise LimitNOFILE in the drop-in of containerd.service, or lower workerConnections',
      reference: 'https://nginx.org/en/docs/ngx_core_module.html#worker_rlimit_nofile',
    },
    onSettings((settings, cluster) => {
      const needed = descriptorsOf(settings.connections, settings.requests);
      return machinesForReplicas(cluster).flatMap((machine) => {
        const limit = fileLimit(cluster, machine);
        return limit < needed
          ? [
              {
                message: `a process needs ${needed} files and containerd on ${machine.name} allows ${limit}`,
              },
            ]
          : [];
      });
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-022',
      severity: Severity.WARNING,
      title: 'Connections of a proxy in front are not closed under it',
      why: 'A proxy keeps connections for the next request, usually for a minute: when the edge closes one first, a request that is on its way is answered with a reset, now and then',
      remedy:
        'take EdgePreset.BEHIND_POOLING_LB, or set clientTimeouts.keepalive to 75 seconds; acknowledge where the proxy keeps them for less',
      reference: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#keepalive_timeout',
    },
    onSettings(({ trustedProxies, proxyProtocol, timeouts: { keepalive } }) =>
      trustedProxies.length > 0 && !proxyProtocol && keepalive < LONGER_THAN_A_POOL_MS
        ? [
            {
              message: `idle connections are closed after ${keepalive / 1000} s, those of ${trustedProxies.join(', ')} among them`,
            },
          ]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-016',
      severity: Severity.WARNING,
      title: 'Clients can be told apart where they are limited by address',
      why: 'A balancer that puts its own address in place of the client makes one client of all of them: the limit then cuts everybody off at once',
      remedy:
        'name the balancer in realIp, or acknowledge when it keeps the address of clients; else set connectionsPerAddress to 0 and leave requestRate out',
      reference:
        'https://kubernetes.io/docs/concepts/services-networking/service/#external-traffic-policy',
    },
    onSettings(({ connectionsPerAddress, requestRate, trustedProxies }, cluster) =>
      cluster.loadBalancer === LoadBalancerKind.OTHER &&
      trustedProxies.length === 0 &&
      (connectionsPerAddress > 0 || requestRate !== undefined)
        ? [
            {
              message:
                'nobody can tell here whether the load balancer keeps the address of clients',
            },
          ]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-017',
      severity: Severity.ERROR,
      title: 'What is in front of the edge speaks the PROXY protocol when the edge asks for it',
      why: 'MetalLB and Calico hand packets on as they come: no connection begins with the PROXY header, and nginx refuses them all',
      remedy: 'leave realIp out: with externalTrafficPolicy Local clients keep their address',
      reference: 'https://docs.nginx.com/nginx/admin-guide/load-balancer/using-proxy-protocol/',
    },
    onSettings(({ proxyProtocol }, cluster) =>
      proxyProtocol && BALANCERS_WITHOUT_PROXY_PROTOCOL.includes(cluster.loadBalancer)
        ? [
            {
              message: `realIp asks for the PROXY protocol, which ${cluster.loadBalancer} does not send`,
            },
          ]
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-018',
      severity: Severity.WARNING,
      title: 'There are as many idle connections to a Service as it has requests at the peak',
      why: 'Every request beyond them opens a connection and leaves a conntrack entry behind: 18,300 against 39,500 requests a second, measured',
      remedy: 'raise upstreamKeepalive or leave it out',
      reference: 'https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive',
    },
    onSettings(({ expectedConcurrency, replicas, workers, upstreamKeepalive }) => {
      if (expectedConcurrency === undefined) {
        return [];
      }
      const needed = neededKeepalive(expectedConcurrency, replicas, workers);
      return upstreamKeepalive < needed
        ? [
            {
              message: `${expectedConcurrency} requests over ${replicas} replicas with ${workers} processes need ${needed} idle connections each, and upstreamKeepalive is ${upstreamKeepalive}`,
            },
          ]
        : [];
    }),
  ),
  rule(
    {
      id: 'GW-INGRESS-019',
      severity: Severity.WARNING,
      title: 'One source address cannot take all the requests of a replica',
      why: 'A body that arrives byte by byte satisfies every timeout; only the limit for each address ends that',
      remedy:
        'leave connectionsPerAddress out; where all clients share one address, name the proxy in realIp',
      reference: 'https://nginx.org/en/docs/http/ngx_http_limit_conn_module.html',
    },
    onSettings(({ connectionsPerAddress, requests }, _cluster, edge) =>
      connectionsPerAddress === 0
        ? [
            {
              message: `one address may have all ${requests} requests of a replica`,
              ...ofSeed(edge),
            },
          ]
        : [],
    ),
  ),
];

/** The last LimitNOFILE in the drop-ins that were asked for, which systemd reads in the order of their names. */
function fileLimit(cluster: Cluster, machine: Machine): number {
  const { files } = cluster.ledger.forMachine(machine);
  const dropIns = files.filter(({ key }) =>
    /^\/(etc|run)\/systemd\/system\/containerd\.service\.d\/.+\.conf$/.test(key),
  );
  const limits = dropIns.flatMap(({ value }) => [
    ...value.matchAll(/^LimitNOFILE=(?:\d+:)?(\d+|infinity)\s*$/gm),
  ]);
  const last = limits[limits.length - 1]?.[1];
  // infinity is the most a process may have at all, fs.nr_open.
  return last === undefined ? SYSTEMD_HARD_LIMIT : last === 'infinity' ? 1_048_576 : Number(last);
}
