import type { Size } from 'cdk8s';
import { atLeast } from '../catalog';
import type { Cluster } from './cluster';
import type { Machine } from './machine';
import { bytesOf } from './units';

/** Bytes of one tracked connection with its extensions: 320 to 400 by kernel version, the upper bound taken. */
const BYTES_PER_ENTRY = 400;
/** Bytes of one bucket of the hash table. */
const BYTES_PER_BUCKET = 8;
/** The share of memory the table may fill. */
const MEMORY_SHARE = 0.02;
/** kube-proxy's own automatic cap since Kubernetes 1.36. */
const CAP = 1_048_576;
/** What kube-proxy takes for each core. */
const KUBE_PROXY_PER_CORE = 32_768;
const MEBIBYTE = 1024 ** 2;
const GIBIBYTE = 1024 ** 3;
/** `conntrack.min` when nobody sets it (pkg/proxy/apis/config/v1alpha1/defaults.go). */
const KUBE_PROXY_MINIMUM = 131_072;
/** What the kernel itself takes on machines with more than 4 GiB. */
export const KERNEL_LARGE = 262_144;
/** What the kernel itself takes on machines with more than 1 GiB. */
const KERNEL_MEDIUM = 65_536;
/** The least the kernel takes; on small machines its own share of memory stays below ours. */
const KERNEL_LEAST = 1024;

/** The connection table of one machine. */
export interface ConntrackBudget {
  /** nf_conntrack_max. */
  readonly entries: number;
  /** Hash buckets. */
  readonly buckets: number;
  /** Memory of buckets and a full table, in MiB. */
  readonly mebibytes: number;
  /** What peakConnections asks for, before memory and cap are looked at. */
  readonly wanted?: number;
}

/**
 * The budget of one machine. A machine that boots from the spec sizes its table itself; on machines
 * of others kube-proxy does, by cores.
 */
export function conntrackBudget(cluster: Cluster, machine: Machine): ConntrackBudget {
  const { memory, peakConnections } = machine;
  const wanted = wantedFor(peakConnections);
  if (cluster.ownsMachines) {
    // One bucket for each entry, the kernel's own ratio since 5.15.
    const entries = conntrackMaxFor(memory, peakConnections);
    return { entries, buckets: entries, mebibytes: conntrackMebibytes(entries, entries), wanted };
  }
  const entries = byKubeProxy(cluster, machine.cpus ?? 0);
  const buckets = Math.max(kernelDefaultFor(memory), entries / 4);
  return { entries, buckets, mebibytes: conntrackMebibytes(entries, buckets), wanted };
}

/**
 * See Cluster.conntrackMax. Unknown memory gets the kernel's default for more than 4 GiB, whatever
 * peak there is: nobody knows whether more would fit.
 */
export function conntrackMaxFor(memory: Size | undefined, peakConnections?: number): number {
  const most = memoryLimit(memory);
  const wanted = wantedFor(peakConnections) ?? most;
  return Math.min(most, Math.max(kernelDefaultFor(memory), wanted));
}

/**
 * `conntrack.min` of kube-proxy on machines of others: one number for all of them, so the largest
 * peak asks and the smallest memory that is known allows.
 */
export function kubeProxyMinimum(cluster: Cluster): number {
  const wanted = cluster.machines.map((m) => wantedFor(m.peakConnections) ?? 0);
  const allowed = cluster.machines.map((m) => memoryLimit(m.memory));
  const usual = Math.max(KUBE_PROXY_MINIMUM, Math.min(KERNEL_LARGE, ...allowed));
  return Math.max(usual, Math.min(Math.max(...wanted), ...allowed));
}

/** pkg/proxy/conntrack/sysctls.go: since 1.36 the cap is exact, even below the minimum. */
function byKubeProxy(cluster: Cluster, cores: number): number {
  const scaled = cores * KUBE_PROXY_PER_CORE;
  return scaled > CAP && atLeast(cluster.kubernetesVersion.minor, '1.36')
    ? CAP
    : Math.max(scaled, kubeProxyMinimum(cluster));
}

/** Twice the peak, rounded up: a table that is nearly full already walks long chains and drops at a burst. */
function wantedFor(peakConnections: number | undefined): number | undefined {
  return peakConnections === undefined ? undefined : 2 ** Math.ceil(Math.log2(2 * peakConnections));
}

/** What the memory allows, never less than the kernel takes by itself. */
function memoryLimit(memory: Size | undefined): number {
  if (memory === undefined) {
    return KERNEL_LARGE;
  }
  const share = Math.min(CAP, (bytesOf(memory) * MEMORY_SHARE) / BYTES_PER_ENTRY);
  return Math.max(kernelDefaultFor(memory), 2 ** Math.floor(Math.log2(share)));
}

/** net/netfilter/nf_conntrack_core.c, nf_conntrack_init_start, Linux 5.15 and newer. */
export function kernelDefaultFor(memory: Size | undefined): number {
  if (memory === undefined || bytesOf(memory) > 4 * GIBIBYTE) {
    return KERNEL_LARGE;
  }
  return bytesOf(memory) > GIBIBYTE ? KERNEL_MEDIUM : KERNEL_LEAST;
}

/** Memory of buckets and a full table. */
export function conntrackMebibytes(entries: number, buckets: number): number {
  return Math.ceil((entries * BYTES_PER_ENTRY + buckets * BYTES_PER_BUCKET) / MEBIBYTE);
}
