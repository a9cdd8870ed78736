/** What a check looks at, before there is a value. */
export interface Check {
  /** What must hold. */
  readonly title: string;
  /** What shows it, and what that does not show. */
  readonly why: string;
  /** The finding of the review that speaks of the same thing. */
  readonly findingId?: string;
  /** The step of the runbook that goes deeper. */
  readonly runbook?: Runbook;
}

/** The steps of the runbook that verdicts lead to. */
export const runbookAnchors = [
  'machine',
  'kernel-settings',
  'mtu',
  'pod-addresses',
  'conntrack',
  'dns',
  'softirq',
  'steal',
  'offload',
  'throughput',
  'round-trip',
  'proxy',
  'routes',
  'bgp',
  'arp',
  'etcd-disk',
] as const;

export type Runbook = (typeof runbookAnchors)[number];

/** Every check of the doctor, by its stable id. */
export const checks = {
  'DOC-RUN': {
    title: 'Every machine was measured to the end',
    why: 'what was not measured is unknown, never good',
  },
  'DOC-HOST-KERNEL': {
    title: 'The kernel is not older than the one the spec was settled for',
    why: 'proxy mode, dataplane and race of connection tracking were decided by its release',
    runbook: 'machine',
  },
  'DOC-HOST-CPU': {
    title: 'The machine has the cores of the spec',
    why: 'tables and workers were sized by them',
    findingId: 'GW-NODE-001',
    runbook: 'machine',
  },
  'DOC-HOST-MEMORY': {
    title: 'The machine has the memory of the spec',
    why: 'the connection table was sized by it',
    findingId: 'GW-NODE-006',
    runbook: 'machine',
  },
  'DOC-HOST-VIRT': {
    title: 'What the machine runs on is known',
    why: 'only a guest can be robbed of CPU time; without AES instructions WireGuard and TLS cost several times as much',
    runbook: 'machine',
  },
  'DOC-HOST-NIC': {
    title: 'The NIC has the MTU of the spec, and as many queues as help',
    why: 'with one queue one CPU takes in every packet',
    runbook: 'machine',
  },
  'DOC-HOST-SYSCTL': {
    title: 'Every kernel parameter has the value that constructs asked for',
    why: 'the value in the kernel counts, not the one in a file',
    findingId: 'GW-NODE-010',
    runbook: 'kernel-settings',
  },
  'DOC-HOST-MODULE': {
    title: 'Every kernel module that constructs asked for is there',
    why: 'a missing one shows when the first pod needs it',
    findingId: 'GW-NODE-011',
    runbook: 'kernel-settings',
  },
  'DOC-CT-MAX': {
    title: 'The connection table has the size of the spec',
    why: 'kube-proxy writes it as well, and the last one wins',
    findingId: 'GW-NODE-007',
    runbook: 'conntrack',
  },
  'DOC-CT-FULL': {
    title: 'The connection table has room',
    why: 'a full table drops every new connection, and the kernel log is the only other witness',
    findingId: 'GW-CLUSTER-007',
    runbook: 'conntrack',
  },
  'DOC-CT-INSERT': {
    title: 'Every new connection gets its entry',
    why: 'two packets at once that are translated to the same tuple: the second is dropped, and only a counter says so',
    findingId: 'GW-DNS-013',
    runbook: 'conntrack',
  },
  'DOC-CT-INVALID': {
    title: 'Connection tracking understands what it sees',
    why: 'packets outside of the TCP window are not translated, and the receiver answers them with a reset',
    findingId: 'GW-PROXY-016',
    runbook: 'conntrack',
  },
  'DOC-DNS-RACE': {
    title: 'Parallel questions do not lose each other',
    why: 'A and AAAA leave from one socket at once; where both are translated, one of them can be dropped, and the client waits seconds',
    findingId: 'GW-DNS-013',
    runbook: 'dns',
  },
  'DOC-DNS-ANSWER': {
    title: 'Cluster DNS answers where pods ask',
    why: 'a kubelet that names another address sends pods there',
    findingId: 'GW-DNS-002',
    runbook: 'dns',
  },
  'DOC-NET-SOFTIRQ': {
    title: 'No CPU is full of network work',
    why: 'one CPU at its end while the others idle is invisible in an average',
    runbook: 'softirq',
  },
  'DOC-NET-SOFTNET': {
    title: 'No packet is dropped before it is looked at',
    why: 'the backlog of a CPU was full, or a round of receiving ended too early',
    runbook: 'softirq',
  },
  'DOC-CPU-STEAL': {
    title: 'The hypervisor gives the CPU time that was rented',
    why: 'an idle guest is never robbed: only a loaded one shows it',
    runbook: 'steal',
  },
  'DOC-NET-RETRANS': {
    title: 'TCP sends little again',
    why: 'loss below TCP, wherever it is, ends here',
    runbook: 'throughput',
  },
  'DOC-NET-OFFLOAD': {
    title: 'Machines reach Services as fast as pods do',
    why: 'a damaged checksum of a tunnel loses the first packets, and connects take 1, 3 or 63 seconds; only the way from the machine shows it',
    findingId: 'GW-CNI-003',
    runbook: 'offload',
  },
  'DOC-MTU-POD': {
    title: 'Pods reach pods with packets of the full MTU',
    why: 'small packets pass a black hole: the handshake succeeds, and the first large answer hangs',
    runbook: 'mtu',
  },
  'DOC-MTU-HOST': {
    title: 'Machines reach machines with packets of the size in the spec',
    why: 'everything else is computed from it',
    runbook: 'mtu',
  },
  'DOC-MTU-DEVICE': {
    title: 'Interfaces of pods and tunnels have the MTU of the spec',
    why: 'a pod keeps the MTU that it was started with',
    runbook: 'mtu',
  },
  'DOC-NET-POD-ADDRESS': {
    title: 'Packets with pod addresses are carried',
    why: 'a provider that drops foreign addresses says nothing, and it looks like a policy',
    findingId: 'GW-CNI-001',
    runbook: 'pod-addresses',
  },
  'DOC-NET-RTT': {
    title: 'The round trip is that of the spec',
    why: "etcd's timers were settled by it",
    findingId: 'GW-ETCD-004',
    runbook: 'round-trip',
  },
  'DOC-NET-ANCHOR': {
    title: 'Machines are as near to the anchors of the residency as the spec says',
    why: 'nothing is faster than light, so a short round trip bounds how far away a machine can be; a long one shows nothing, for a way may be slow',
    findingId: 'GW-STORAGE-009',
    runbook: 'round-trip',
  },
  'DOC-NET-THROUGHPUT': {
    title: 'Pods get the throughput of their machines',
    why: 'the ratio is comparable, the numbers are not',
    runbook: 'throughput',
  },
  'DOC-NET-UDP': {
    title: 'UDP at a modest rate arrives',
    why: 'an oversold uplink drops and jitters before it is full',
    runbook: 'throughput',
  },
  'DOC-NET-ARP': {
    title: 'One machine answers for the virtual address',
    why: 'two answers send connections to both',
    findingId: 'GW-PROXY-002',
    runbook: 'arp',
  },
  'DOC-NET-ROUTES': {
    title: 'There is a route to the pods of every other machine',
    why: 'systemd-networkd takes away what it did not write, at its next restart',
    runbook: 'routes',
  },
  'DOC-BGP-SESSION': {
    title: 'Every BGP session is established',
    why: 'a machine without one is told no routes',
    runbook: 'bgp',
  },
  'DOC-PROXY-MODE': {
    title: 'kube-proxy runs in the mode of the spec',
    why: 'it may have started with another configuration',
    runbook: 'proxy',
  },
  'DOC-PROXY-RULES': {
    title: 'kube-proxy has written its rules, and no other mode has left any',
    why: 'rules that nobody updates any more still translate to pods that are gone',
    runbook: 'proxy',
  },
  'DOC-ETCD-FSYNC': {
    title: "The slowest of 100 fsyncs of etcd's log is fast",
    why: 'every write of the cluster waits for it, and a heartbeat waits behind it',
    findingId: 'GW-ETCD-006',
    runbook: 'etcd-disk',
  },
  'DOC-ETCD-COMMIT': {
    title: 'The slowest of 100 commits of the database is fast',
    why: 'it is the second thing that waits for the disk',
    findingId: 'GW-ETCD-010',
    runbook: 'etcd-disk',
  },
  'DOC-ETCD-LEADER': {
    title: 'The leader of etcd stays',
    why: 'each change stops writing for as long as an election takes',
    findingId: 'GW-ETCD-004',
    runbook: 'etcd-disk',
  },
} as const satisfies Readonly<Record<string, Check>>;

export type CheckId = keyof typeof checks;
