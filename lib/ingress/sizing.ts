import { SizeRoundingBehavior, type Size } from 'cdk8s';
import type { Cluster, Machine } from '../cluster';

// What one replica can hold, and what that costs. All arithmetic of the room stands here.

/** Controller, its caches of Ingresses, Services, Secrets and pods, TLS files, shared zones, `nginx -t`. */
export const BASE_MEBIBYTES = 256;
/** Tmpfs of /etc/nginx; counts as the container's memory and is part of the base. */
export const CONFIG_MEBIBYTES = 64;
/** A stalled TLS connection without header buffers: 9.6 KiB of nginx and 13 KiB of OpenSSL, measured. */
const CONNECTION_KIBIBYTES = 24;
/** A stalled TLS handshake, measured 45.7 KiB: the floor however small the header buffers are. */
const HANDSHAKE_KIBIBYTES = 46;
/** An HTTP/2 stream with its pools and no header: 10 KiB, measured. */
const STREAM_KIBIBYTES = 12;
/** Processes of the old configuration keep their connections beside those of the new one. */
export const GENERATIONS = 2;
/** The largest number nginx takes for limit_conn. */
export const MAX_LIMIT_CONN = 65535;
/** Connections of a process come in steps, so that a small change of memory changes nothing. */
const STEP = 128;
/** Beyond this a process is short of CPU before it is short of connections. */
const MAX_CONNECTIONS = 16384;
/** The least a default leaves to a process: half of the controller's own default. */
const MIN_DEFAULT_CONNECTIONS = 512;

/** Streams of one HTTP/2 connection by default: a page with its parts, and a quarter of what nginx allows. */
export const STREAMS = 32;
/** Idle connections of a process to a Service by default. */
const KEEPALIVE = 64;
/** The most that may be asked for. */
export const MAX_KEEPALIVE = 1024;

/** Response temporaries: a page or an API answer leaves its backend free; more waits for the client. */
export const RESPONSE_FILE_MEBIBYTES = 1;
/** The disk that bodies may take, unless four bodies of the largest kind need more. */
const TEMPORARY_MEBIBYTES = 8192;

/** Seconds for the controller's own exit before SIGKILL. */
export const EXIT_SECONDS = 5;
/** Seconds that our kubelets leave to pods like this one when their machine shuts down: 45 less 15 for critical ones. */
export const SHUTDOWN_SECONDS = 30;

/** Header buffers of one connection, and buffers of one request; nginx's own where they are left out. */
export interface Buffers {
  readonly count: number;
  readonly kibibytes: number;
  /** Of a request body, in KiB. */
  readonly body?: number;
  /** Of an answer: as many of so many KiB, and one for its header. */
  readonly response?: {
    readonly count: number;
    readonly kibibytes: number;
    readonly header: number;
  };
}

const NGINX_RESPONSE = { count: 8, kibibytes: 4, header: 4 };

/** The most memory one stalled client can hold, in KiB. */
export function kibibytesPerConnection(buffers: Buffers): number {
  return Math.max(HANDSHAKE_KIBIBYTES, CONNECTION_KIBIBYTES + buffers.count * buffers.kibibytes);
}

/** The most memory an HTTP/2 stream can hold whose answer nginx wrote by itself, in KiB. */
export function kibibytesPerStream(buffers: Buffers): number {
  return STREAM_KIBIBYTES + buffers.count * buffers.kibibytes;
}

/** The most memory one request in flight can hold beside its connection, in KiB; its header twice, as read and as sent. */
export function kibibytesPerRequest(buffers: Buffers): number {
  const sent = buffers.count * buffers.kibibytes;
  const { body = 16, response = NGINX_RESPONSE } = buffers;
  const answer = response.count * response.kibibytes + response.header;
  return kibibytesPerStream(buffers) + sent + body + answer;
}

/**
 * Requests that a replica has in flight at most: half its connections. HTTP/1 hardly reaches more,
 * because each takes a connection of the client's and one to the backend; HTTP/2 would.
 */
export function requestsAtOnce(workers: number, connections: number): number {
  return Math.min(MAX_LIMIT_CONN, Math.floor((workers * connections) / 2));
}

/** Files that one process may have open: each connection, and a body and a response of each request; HTTP/2 can bring them all to one process. */
export function descriptorsOf(connections: number, requests: number): number {
  return connections + 2 * requests;
}

/** Memory of a replica with all connections of both generations and all requests at their worst, in MiB. */
export function worstCaseMebibytes(workers: number, connections: number, buffers: Buffers): number {
  const slots = GENERATIONS * workers * connections * kibibytesPerConnection(buffers);
  // Requests are counted in a zone that survives a reload: once for all generations.
  const requests = requestsAtOnce(workers, connections) * kibibytesPerRequest(buffers);
  return BASE_MEBIBYTES + Math.ceil((slots + requests) / 1024);
}

/** The most connections a process may have so that the replica stays inside its memory; 0 when none fit. */
export function connectionsWithin(mebibytes: number, workers: number, buffers: Buffers): number {
  let steps = MAX_CONNECTIONS / STEP;
  while (steps > 0 && worstCaseMebibytes(workers, steps * STEP, buffers) > mebibytes) {
    steps--;
  }
  return steps * STEP;
}

/** Disk for temporary files of a replica, in MiB: what all requests could write, within reason. */
export function temporaryMebibytes(requests: number, bodyKibibytes: number): number {
  const body = Math.ceil(bodyKibibytes / 1024);
  return Math.min(
    requests * (body + RESPONSE_FILE_MEBIBYTES),
    Math.max(TEMPORARY_MEBIBYTES, 4 * body),
  );
}

/** New connections a second at which slow clients fill one replica: connections ÷ header timeout. */
export function breakEvenRate(workers: number, connections: number, headerSeconds: number): number {
  return Math.floor((workers * connections) / headerSeconds);
}

/** Machines that can run a replica: workers, or the control planes where there is no worker. */
export function machinesForReplicas(cluster: Cluster): Machine[] {
  return cluster.controlPlaneRunsWorkloads ? cluster.controlPlanes : cluster.workers;
}

/** Half of the smallest machine's cores, 1 to 4: the other half is for the backends. */
export function defaultWorkers(machines: readonly Machine[]): number {
  const cores = machines.map((m) => m.cpus);
  if (!allKnown(cores)) {
    return 2;
  }
  return clamp(Math.floor(Math.min(...cores) / 2), 1, 4);
}

/** An eighth of the smallest machine's memory, 512 MiB to 1 GiB, or what the connections need. */
export function defaultMebibytes(
  machines: readonly Machine[],
  workers: number,
  connections: number | undefined,
  buffers: Buffers,
): number {
  const sizes = machines.map((m) => m.memory);
  const share = allKnown(sizes) ? Math.floor(smallest(sizes) / 8) : 0;
  const needed = worstCaseMebibytes(workers, connections ?? MIN_DEFAULT_CONNECTIONS, buffers);
  return Math.max(clamp(share, 512, 1024), needed);
}

/** One replica for each machine, never fewer than two, and three are enough by default. */
export function defaultReplicas(machines: readonly Machine[]): number {
  return clamp(machines.length, 2, 3);
}

/** Idle connections of a process to the busiest Service: as many as it has requests for it at the peak. */
export function neededKeepalive(concurrency: number, replicas: number, workers: number): number {
  return Math.ceil(concurrency / (replicas * workers));
}

/** As many as the peak needs, within what is reasonable. */
export function defaultKeepalive(
  concurrency: number | undefined,
  replicas: number,
  workers: number,
): number {
  const needed = concurrency === undefined ? 0 : neededKeepalive(concurrency, replicas, workers);
  return clamp(needed, KEEPALIVE, MAX_KEEPALIVE);
}

/** The smallest of some sizes, in MiB. */
export function smallest(sizes: readonly Size[]): number {
  return Math.min(
    ...sizes.map((size) => size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR })),
  );
}

/** Whether a fact is known for every machine. */
export function allKnown<T>(values: ReadonlyArray<T | undefined>): values is T[] {
  return values.length > 0 && values.every((value) => value !== undefined);
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
