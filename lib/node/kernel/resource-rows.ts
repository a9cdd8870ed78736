import { atLeast, type KernelFacts, type KernelRow } from './row';

const FS = 'docs.kernel.org admin-guide/sysctl/fs';
const GIBIBYTE_IN_MEBIBYTES = 1024;

/**
 * The kernel takes 1 % of memory at some 1280 bytes a watch, 1048576 at most: from 64 GiB on that is
 * more than half a million, and a fixed number would take watches away.
 */
export function inotifyWatches(mebibytes: number | undefined): number {
  return (mebibytes ?? 0) > 48 * GIBIBYTE_IN_MEBIBYTES ? 1_048_576 : 524_288;
}

/** Limits of the whole machine, which containers share and cannot raise themselves. */
export const resourceRows: readonly KernelRow[] = [
  atLeast('fs.inotify.max_user_instances', '8192', {
    note: 'shared by all containers that run as root',
    upstream: '128',
    why: 'all containers that run as root share one limit; 128 is used up by a few log shippers and shims, and then containers fail with "too many open files"',
    source: 'kubernetes-sigs/kubespray:roles/kubernetes/preinstall; siderolabs/talos',
  }),
  atLeast(
    'fs.inotify.max_user_watches',
    ({ machine }: KernelFacts) => inotifyWatches(machine.memory?.toMebibytes()),
    {
      note: 'shared by all containers that run as root',
      upstream: '8192 to 1048576, by memory since Linux 5.11',
      why: 'kubelet, containerd and every pod that follows files share it; a floor for small machines, and from 48 GiB on the most that the kernel takes itself',
      source: FS,
    },
  ),
  atLeast('fs.aio-max-nr', '1048576', {
    note: 'shared by the databases of all containers',
    upstream: '65536',
    why: 'one number for all containers of a machine; a few databases with asynchronous I/O use 65536 up, and the next one does not start. It is a limit and costs nothing until it is used',
    source: `${FS}; siderolabs/talos`,
  }),
  atLeast('vm.max_map_count', '1048576', {
    note: 'search engines and JVMs check it; pods cannot raise it',
    upstream: '65530; 1048576 on Ubuntu 24.04',
    why: 'Elasticsearch and OpenSearch do not start below 262144, and a pod could raise it only with privileges. It is a limit and costs nothing until it is used; less than Ubuntu gives would take away',
    source:
      'docs.kernel.org admin-guide/sysctl/vm; elastic.co: vm.max_map_count (believed for Ubuntu)',
  }),
];
