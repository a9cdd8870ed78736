/** One check of the preflight script. */
export interface PreflightCheck {
  /** Stable: people and dashboards search for it. */
  readonly id: string;
  /** The worst that it says. */
  readonly worst: 'WARN' | 'FAIL';
  /** When it is looked at; `always` and a marker's name mean at any time once that step is done. */
  readonly when:
    'always' | 'before' | 'before and after' | 'after' | 'config' | 'containerd' | 'units';
  /** What must hold. */
  readonly what: string;
}

const check = (
  id: string,
  worst: PreflightCheck['worst'],
  when: PreflightCheck['when'],
  what: string,
): PreflightCheck => ({ id, worst, when, what });

/** Every id that the preflight script can print, in the order in which it does. */
export const preflightChecks: readonly PreflightCheck[] = [
  check('PRE-ARCHITECTURE', 'FAIL', 'always', 'the processor is the one of the spec'),
  check('PRE-CGROUP', 'FAIL', 'always', 'cgroup v2 is mounted'),
  check('PRE-KERNEL', 'FAIL', 'always', 'the kernel can do what the spec asks for'),
  check('PRE-OS', 'WARN', 'always', 'the distribution is the one of the spec'),
  check('PRE-CPU', 'FAIL', 'always', 'as many cores as kubeadm wants, and as the spec says'),
  check('PRE-MEMORY', 'FAIL', 'always', 'as much memory as kubeadm wants, and as the spec says'),
  check(
    'PRE-STEAL',
    'WARN',
    'always',
    'the hypervisor takes no more than 2 % of the processor time',
  ),
  check('PRE-HOSTNAME', 'FAIL', 'always', 'the host name is the name in the spec'),
  check('PRE-NAME', 'FAIL', 'always', 'the own name resolves, and not to loopback'),
  check('PRE-ADDRESS', 'FAIL', 'always', 'the NIC carries every address of the spec'),
  check('PRE-MTU', 'FAIL', 'always', "the NIC's MTU is the one of the spec"),
  check(
    'PRE-PATH-MTU',
    'FAIL',
    'always',
    "packets of the spec's size reach the control planes whole",
  ),
  check('PRE-ROUTE', 'WARN', 'always', 'there is a default route'),
  check('PRE-RESOLVER', 'FAIL', 'always', 'the file that pods get names a name server'),
  check(
    'PRE-SWAP',
    'FAIL',
    'always',
    'no swap is in use; a warning until the bootstrap took it away',
  ),
  check('PRE-TIME', 'WARN', 'always', 'the clock is synchronised'),
  check('PRE-PORTS', 'FAIL', 'before and after', "kubeadm's ports: free before, answering after"),
  check('PRE-CNI-CONFIG', 'FAIL', 'before and after', 'no configuration of another network plugin'),
  check('PRE-MANIFESTS', 'FAIL', 'before', 'no static pod of an earlier cluster'),
  check('PRE-FIREWALL', 'FAIL', 'always', 'neither firewalld nor ufw is active'),
  check('PRE-NFTABLES', 'WARN', 'always', 'nftables.service does not empty what others wrote'),
  check('PRE-MODULES', 'FAIL', 'always', 'every kernel module that is asked for is there'),
  check('PRE-SYSCTL', 'FAIL', 'config', 'every kernel parameter has its value'),
  check(
    'PRE-CONTAINERD',
    'FAIL',
    'containerd',
    'containerd is of the pinned release and uses SystemdCgroup',
  ),
  check(
    'PRE-ETCD-MOUNT',
    'FAIL',
    'units',
    "etcd's directory is a mount of the disk that was prepared for it",
  ),
  check('PRE-WRITE-CACHE', 'WARN', 'units', "etcd's disk has no volatile write cache"),
  check('PRE-NVME', 'FAIL', 'always', 'NVMe disks are well and not worn out; needs nvme-cli'),
  check('PRE-CERTIFICATES', 'FAIL', 'after', 'no certificate has expired or has less than 30 days'),
];
