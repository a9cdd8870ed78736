import { SizeRoundingBehavior, type Size } from 'cdk8s';
import type { Cluster, Machine } from '../cluster';

// What one replica can hold, and what that costs. All arithmetic of the room stands here.

/** Controller, its caches of Ingresses, Services, Secrets and pods, TLS files, shared zones, old workers. */
export const BASE_MEBIBYTES = 256;
/** Tmpfs of /etc/nginx; counts as the container's memory and is part of the base. */
export const CONFIG_MEBIBYTES = 64;
/** A stalled TLS connection without header buffers: 9.6 KiB of nginx and 13 KiB of OpenSSL, measured. */
const CONNECTION_KIBIBYTES = 24;
/** A stalled TLS handshake, measured 45.7 KiB: the floor however small the header buffers are. */
const HANDSHAKE_KIBIBYTES = 46;
/** Connections of a process come in steps, so that a small change of memory changes nothing. */
const STEP = 256;
/** Beyond this a process is short of CPU before it is short of connections. */
const MAX_CONNECTIONS = 16384;
/** The least a default leaves to a process: half of the controller's own default. */
const MIN_DEFAULT_CONNECTIONS = 512;

/** Seconds between the end of new traffic and SIGTERM: three checks of a balancer at 5 s each. */
export const PRE_STOP_SECONDS = 15;
/** Seconds for requests in flight after SIGTERM. */
export const DRAIN_SECONDS = 60;
/** Seconds for the controller's own exit before SIGKILL. */
export const EXIT_SECONDS = 5;

/** Header buffers of one connection. */
export interface Buffers {
  readonly count: number;
  readonly kibibytes: number;
}

/** The most memory one stalled client can hold, in KiB. */
export function kibibytesPerConnection(buffers: Buffers): number {
  return Math.max(HANDSHAKE_KIBIBYTES, CONNECTION_KIBIBYTES + buffers.count * buffers.kibibytes);
}

/** Memory of a replica with every connection at its worst, in MiB. */
export function worstCaseMebibytes(workers: number, connections: number, buffers: Buffers): number {
  const kibibytes = workers * connections * kibibytesPerConnection(buffers);
  return BASE_MEBIBYTES + Math.ceil(kibibytes / 1024);
}

/** The most connections a process may have so that the replica stays inside its memory; 0 when none fit. */
export function connectionsWithin(mebibytes: number, workers: number, buffers: Buffers): number {
  const kibibytes = (mebibytes - BASE_MEBIBYTES) * 1024;
  const fitting = Math.floor(kibibytes / kibibytesPerConnection(buffers) / workers);
  return Math.max(0, Math.min(MAX_CONNECTIONS, Math.floor(fitting / STEP) * STEP));
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
