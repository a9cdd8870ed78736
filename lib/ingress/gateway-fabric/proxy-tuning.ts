import { tuned, type TuningRow } from '../../cluster';
import { computeRows } from '../compute-tuning';
import { lifeCycleRows } from '../life-cycle-tuning';
import { placementRows } from '../placement-tuning';
import { podPath, type Settings } from '../settings';
import { serviceType } from '../traffic-tuning';
import { EdgeKind } from '../workload-options';
import { PORTS } from './names';

type Row = TuningRow<unknown>;

const OBJECTS = 'nginx/nginx-gateway-fabric internal/controller/provisioner/objects.go at v2.6.7';
const TYPES = 'nginx/nginx-gateway-fabric apis/v1alpha2/nginxproxy_types.go at v2.6.7';
const ENTRY = 'nginx/nginx-gateway-fabric build/entrypoint.sh at v2.6.7';
const MAIN = 'nginx/nginx-gateway-fabric internal/controller/nginx/conf/nginx.conf at v2.6.7';

/** Logs count as storage: five files of 10 MiB by default, for each of the two containers. */
const LOG_MEBIBYTES = 100;
/** Configuration, sockets and the agent's own files. */
const FILES_MEBIBYTES = 64;

/** Where the workload of the data plane stands in the output. */
export function workloadPath({ kind }: Pick<Settings, 'kind'>): string {
  return `NginxProxy.spec.kubernetes.${kind === EdgeKind.DAEMON_SET ? 'daemonSet' : 'deployment'}`;
}

/** Cores that a replica may use: half of those that nginx starts processes for, 1 to 4. */
export function coreLimit({ workers }: Pick<Settings, 'workers'>): number {
  return Math.min(4, Math.max(1, Math.floor(workers / 2)));
}

/** Placement of the data plane, at the place where this controller reads it. */
export function dataPlacementRows(s: Settings) {
  // What is a share of the processes elsewhere is one of the cores here.
  return moved(placementRows({ ...s, workers: coreLimit(s) }), s);
}

/** What a replica may use, and how it ends. */
export function dataPodRows(s: Settings) {
  const at = workloadPath(s);
  const { preStop: _sleep, ...life } = moved(lifeCycleRows(s, ENTRY), s);
  const { cpuLimit: _all, cpuRequest: _each, ...memory } = moved(computeRows(s, TYPES), s);
  const cores = coreLimit(s);
  const disk = s.temporaryMebibytes + FILES_MEBIBYTES + LOG_MEBIBYTES;
  return {
    ...life,
    ...memory,
    preStop: tuned(
      `${at}.container.lifecycle.preStop.exec.command`,
      [
        `sleep ${s.shutdown.preStop}`,
        'kill -QUIT "$(cat /var/run/nginx/nginx.pid)"',
        'while [ -e /var/run/nginx/nginx.pid ]; do sleep 1; done',
      ].join('; '),
      'none',
      `the image passes SIGTERM on to nginx, which then cuts every request. So nginx is told to quit before: it serves for ${s.shutdown.preStop} s while kube-proxy and the balancer turn to other replicas, refuses new connections and finishes the others within worker_shutdown_timeout; its last act is to remove its pid file`,
      ENTRY,
    ),
    cpuLimit: tuned(
      `${at}.container.resources.limits.cpu`,
      `${cores}`,
      'none',
      'half the cores of the machine, four at most: on machines with etcd the edge must not take the rest',
      TYPES,
    ),
    cpuRequest: tuned(
      `${at}.container.resources.requests.cpu`,
      cores % 4 === 0 ? `${cores / 4}` : `${250 * cores}m`,
      'none',
      'a quarter of that when everybody wants the machine',
      TYPES,
    ),
    diskLimit: tuned(
      `${at}.container.resources.limits.ephemeral-storage`,
      `${disk}Mi`,
      'none',
      `${s.temporaryMebibytes} MiB of temporary files, ${FILES_MEBIBYTES} MiB of configuration and ${LOG_MEBIBYTES} MiB of logs; beyond it the kubelet evicts this pod, and it starts again with empty volumes`,
      'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage',
    ),
    diskRequest: tuned(
      `${at}.container.resources.requests.ephemeral-storage`,
      `${Math.min(1024, disk)}Mi`,
      'none',
      'what ordinary uploads take, not the limit: a machine with a small disk runs a replica as well',
      'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage',
    ),
    secretsMedium: tuned(
      `${at}.patches.value.spec.template.spec.volumes.emptyDir`,
      { medium: 'Memory', sizeLimit: '16Mi' },
      'disk, no limit',
      'nginx-secrets only: keys of certificates never reach a disk',
      OBJECTS,
    ),
    hostPorts: tuned(
      `${at}.container.hostPorts`,
      [
        { port: 80, containerPort: PORTS.http },
        { port: 443, containerPort: PORTS.https },
      ],
      'none',
      'asked for in the spec: clients reach the machines themselves',
      TYPES,
    ),
  };
}

/** nginx as NginxProxy describes it. */
export function proxyRows(s: Settings) {
  const slots = s.workers * s.connections;
  return {
    workerProcesses: tuned(
      'NginxProxy[processes]',
      `${s.workers}`,
      'auto',
      'fixed in the image: one process for each core of the machine, whatever the limit of the pod. Memory is computed for as many; raising cores of a machine means a new synth',
      MAIN,
    ),
    workerConnections: tuned(
      'NginxProxy.spec.workerConnections',
      s.connections,
      '1024',
      `${slots} connections in a replica: its memory holds them twice when every client stalls, because processes of the old configuration keep theirs during a reload. Clients that stall in their header or handshake fill it at ${s.breakEvenRate} new connections a second, from any number of addresses; a request takes two of them until its backend has answered`,
      TYPES,
    ),
    serverTokens: tuned(
      'NginxProxy.spec.serverTokens',
      'off',
      'off',
      'nobody needs to know the version who is not responsible for it',
      TYPES,
    ),
    http2: tuned(
      'NginxProxy.spec.disableHTTP2',
      !s.http2,
      'false',
      s.http2
        ? 'browsers and gRPC expect it. Streams are no connections: limit_conn and http2_max_concurrent_streams bound them'
        : 'asked for in the spec',
      TYPES,
    ),
    family: tuned(
      'NginxProxy.spec.ipFamily',
      s.dualStack ? 'dual' : s.ipv4Only ? 'ipv4' : 'ipv6',
      'dual',
      'listens as the pod network is; machines that boot with ipv6.disable=1 refuse the other kind',
      TYPES,
    ),
    metrics: tuned(
      'NginxProxy.spec.metrics',
      s.metricsNamespace === undefined ? { disable: true } : { port: PORTS.metrics },
      'on, port 9113',
      'served when somebody may read them',
      TYPES,
    ),
    errorLevel: tuned(
      'NginxProxy.spec.logging.errorLevel',
      'notice',
      'info',
      'reloads and worker exits are visible, requests are not',
      TYPES,
    ),
    realIp: tuned(
      'NginxProxy.spec.rewriteClientIP',
      s.proxyProtocol ? 'ProxyProtocol' : 'XForwardedFor',
      'none',
      'only these may say who the client is; of several addresses the last that is not one of them',
      TYPES,
    ),
    serviceType: tuned(
      'NginxProxy.spec.kubernetes.service.type',
      serviceType(s),
      'LoadBalancer',
      {
        LoadBalancer: 'the cluster has a load balancer that gives it an address',
        NodePort: 'nothing in this cluster gives a Service an address of its own',
        ClusterIP: 'clients come by ports of the machines; pods may come this way',
      }[serviceType(s)],
      TYPES,
    ),
    trafficPolicy: tuned(
      'NginxProxy.spec.kubernetes.service.externalTrafficPolicy',
      'Local',
      'Local',
      'keeps the client address. Cluster hides every client behind the machine it came in by, and the limit per address would then cut off everybody at once. A machine without a replica refuses',
      'https://kubernetes.io/docs/concepts/services-networking/service/#external-traffic-policy',
    ),
    nodePorts: tuned(
      'NginxProxy.spec.kubernetes.service.nodePorts',
      `${s.nodePorts.http}, ${s.nodePorts.https}`,
      'chosen by the API server',
      'fixed, so that balancers and firewalls can name them; up to 30085 the API server never assigns first',
      'https://kubernetes.io/blog/2023/05/11/nodeport-dynamic-and-static-allocation/',
    ),
  };
}

/** The same rows under the names that NginxProxy has for them; what it has none for goes by a patch. */
function moved<T extends Readonly<Record<string, Row>>>(rows: T, s: Settings): T {
  const pod = podPath(s);
  const at = workloadPath(s);
  const places: ReadonlyArray<readonly [string, string]> = [
    [`${pod}.containers.`, `${at}.container.`],
    [`${pod}.priorityClassName`, `${at}.patches.value.spec.template.spec.priorityClassName`],
    [`${pod}.`, `${at}.pod.`],
    [`${s.kind}.spec.replicas`, `${at}.replicas`],
    [`${s.kind}.spec.`, `${at}.patches.value.spec.`],
    ['HorizontalPodAutoscaler.spec.', `${at}.autoscaling.`],
  ];
  const moves = (row: Row): Row => {
    const place = places.find(([from]) => row.key.startsWith(from));
    return place === undefined
      ? row
      : { ...row, key: `${place[1]}${row.key.slice(place[0].length)}` };
  };
  return Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, moves(row)]),
  ) as unknown as T;
}
