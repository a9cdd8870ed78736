import type { Size } from 'cdk8s';

/** Bytes of one tracked connection, with its bucket: 320 to 400 by kernel version, the upper bound taken. */
const BYTES_PER_ENTRY = 400;
/** The share of memory the table may fill. */
const MEMORY_SHARE = 0.02;
/** kube-proxy's own automatic cap since Kubernetes 1.36. */
const CAP = 1_048_576;
const GIBIBYTE = 1024 ** 3;
/** What the kernel itself takes on machines with more than 4 GiB. */
const KERNEL_LARGE = 262_144;
/** What the kernel itself takes on machines with more than 1 GiB. */
const KERNEL_MEDIUM = 65_536;
/** The least the kernel takes; on small machines its own share of memory stays below ours. */
const KERNEL_LEAST = 1024;

/** See Cluster.conntrackMax. Unknown memory gets the kernel's default for more than 4 GiB. */
export function conntrackMaxFor(memory: Size | undefined): number {
  if (memory === undefined) {
    return KERNEL_LARGE;
  }
  const bytes = memory.toKibibytes() * 1024;
  const share = floorPowerOfTwo(Math.min(CAP, (bytes * MEMORY_SHARE) / BYTES_PER_ENTRY));
  return Math.max(kernelDefault(bytes), share);
}

/** net/netfilter/nf_conntrack_core.c, nf_conntrack_init_start, Linux 5.15 and newer. */
function kernelDefault(bytes: number): number {
  if (bytes > 4 * GIBIBYTE) {
    return KERNEL_LARGE;
  }
  return bytes > GIBIBYTE ? KERNEL_MEDIUM : KERNEL_LEAST;
}

function floorPowerOfTwo(value: number): number {
  return 2 ** Math.floor(Math.log2(value));
}
