import type { Settings } from '../settings';
import { RESPONSE_FILE_MEBIBYTES } from '../sizing';
import { clientRows } from './client-tuning';
import { row, seconds, TEMPLATE, type Rows } from './config-map-row';
import { tlsRows } from './tls-tuning';
import { proxyRows, tenantRows } from './trust-tuning';

const CONTROLLER =
  'kubernetes/ingress-nginx internal/ingress/controller/nginx.go at controller-v1.15.1';

/** Services that are busy at once, for which there is one pool of idle connections. */
const BUSY_SERVICES = 5;

/** Idle connections of a process to all Services together; beyond a quarter of its connections clients would miss them. */
export function keepalivePool(s: Pick<Settings, 'connections' | 'upstreamKeepalive'>): number {
  return Math.min(BUSY_SERVICES * s.upstreamKeepalive, Math.floor(s.connections / 4));
}

/** What nginx is told by keys of the controller's own. */
export function configMapRows(s: Settings): Rows {
  return {
    ...capacityRows(s),
    ...clientRows(s),
    ...backendRows(s),
    ...tlsRows(s),
    ...tenantRows(),
    ...proxyRows(s),
  };
}

function capacityRows(s: Settings): Rows {
  const slots = s.workers * s.connections;
  return {
    workerProcesses: row(
      'worker-processes',
      s.workers,
      'the CPU limit, rounded up',
      'equal to the CPU limit, and still right where the limit is taken off',
    ),
    workerConnections: row(
      'max-worker-connections',
      s.connections,
      '16384',
      `${slots} connections in a replica, which its memory holds twice. Clients that stall in their header or handshake fill it at ${s.breakEvenRate} new connections a second, from any number of addresses; a request takes two of them until its backend has answered`,
    ),
    workerOpenFiles: row(
      'max-worker-open-files',
      s.connections + 2 * s.requests,
      '0: the hard limit of the container runtime, less 1024',
      'one descriptor for each connection, and two files for each request: its body and its response',
      CONTROLLER,
    ),
    serialReloads: row(
      'enable-serial-reloads',
      true,
      'false: every reload leaves its processes behind, with no upper bound',
      `never more than two generations of processes, which is what the memory is for. A change of an Ingress waits until the processes before it are gone, ${s.shutdown.drain} s at most; changes of endpoints and certificates need no reload`,
      CONTROLLER,
    ),
    workerShutdownTimeout: row(
      'worker-shutdown-timeout',
      `${s.shutdown.drain}s`,
      '240s',
      'requests that end in that time still do after a reload, and within the time that a replica has to stop',
    ),
    errorLogLevel: row(
      'error-log-level',
      'notice',
      'notice',
      'reloads and worker exits are visible, requests are not',
    ),
    disableIpv6: row(
      'disable-ipv6',
      s.ipv4Only,
      'false',
      'listens as the pod network is; machines that boot with ipv6.disable=1 refuse the other kind',
    ),
  };
}

function backendRows(s: Settings): Rows {
  return {
    proxyConnectTimeout: row(
      'proxy-connect-timeout',
      seconds(s.timeouts.upstreamConnect),
      '5',
      'inside a cluster a connection takes a millisecond or never comes; the next backend is tried then',
    ),
    proxyReadTimeout: row(
      'proxy-read-timeout',
      seconds(s.timeouts.upstreamRead),
      '60',
      'long requests of applications finish; it defends nothing, slow clients never get this far',
    ),
    proxySendTimeout: row(
      'proxy-send-timeout',
      seconds(s.timeouts.upstreamSend),
      '60',
      'as long as reading',
    ),
    proxyBuffering: row(
      'proxy-buffering',
      'on',
      'off',
      'a client that reads slowly must not hold a backend: 200 of them held 200 backend connections without it and none with it',
      'measured with nginx 1.22.1',
    ),
    proxyBufferSize: row(
      'proxy-buffer-size',
      `${s.buffers.response.kibibytes}k`,
      '4k',
      'of every buffer, the one for the header of an answer as well; the memory of a request is computed with it',
    ),
    proxyBuffers: row(
      'proxy-buffers-number',
      s.buffers.response.count,
      '4',
      "nginx's own number by default; the memory of a request is computed with it",
    ),
    nextUpstreamTries: row(
      'proxy-next-upstream-tries',
      s.upstreamTries,
      '3',
      'a request that no backend answers ends',
    ),
    nextUpstreamTimeout: row(
      'proxy-next-upstream-timeout',
      seconds(s.timeouts.upstreamRetry),
      '0, no bound',
      'the time for all backends that are tried',
    ),
    proxyMaxTempFileSize: row(
      'proxy-max-temp-file-size',
      `${RESPONSE_FILE_MEBIBYTES}m`,
      '1024m',
      `pages and answers of ordinary size leave their backend free at once. ${s.requests} slow readers must not fill the volume of temporary files: beyond this the backend waits for the client`,
    ),
    upstreamKeepalive: row(
      'upstream-keepalive-connections',
      keepalivePool(s),
      '320',
      `idle connections of each process to all Services together: this controller has one pool. ${s.upstreamKeepalive} to each of ${BUSY_SERVICES} busy Services, and at most a quarter of its connections. Ten times fewer than the default was measured: 70,811 new connections to backends where 401 were enough`,
      TEMPLATE,
    ),
  };
}
