import type { Construct } from 'constructs';
import { MergeRule, PortSource, type Cluster } from '../cluster';
import { apiPort } from './kubeadm-config';
import type { NodeTuning } from './tuning';

const PACKAGES: Readonly<Record<string, string>> = {
  'ca-certificates': 'archives and registries are fetched over TLS',
  curl: 'fetches archives and asks API servers whether they are ready',
  ethtool: 'kubeadm and network plugins look at NICs with it',
  iproute2: 'ip and tc, which kubeadm demands',
  iptables: 'kubeadm demands it, whatever mode the service proxy runs in',
  kmod: 'loads kernel modules',
  openssl:
    'looks at the delivered secrets and computes the hash of the authority that a join is held to',
  procps: 'sets and reads kernel parameters',
  socat: 'kubeadm looks for it; port forwarding of older clients',
};

/** What a node needs whichever network and proxy it runs. */
export function requireNodeBasics(by: Construct, cluster: Cluster, tuning: NodeTuning): void {
  const { ledger } = cluster;
  ledger.requireKernelModule('overlay', { by, why: 'containerd stacks image layers with it' });
  const exactly: Array<[string, Parameters<NodeTuning['get']>[0], string]> = [
    [
      'net.ipv4.ip_forward',
      'ipForward',
      'pods are routed through the machine, and kubeadm checks it',
    ],
    ['vm.overcommit_memory', 'overcommitMemory', 'the kubelet checks it (protectKernelDefaults)'],
    ['vm.panic_on_oom', 'panicOnOom', 'the kubelet checks it (protectKernelDefaults)'],
    ['kernel.panic', 'panic', 'the kubelet checks it (protectKernelDefaults)'],
    ['kernel.panic_on_oops', 'panicOnOops', 'the kubelet checks it (protectKernelDefaults)'],
    ['kernel.keys.root_maxkeys', 'maxKeys', 'the kubelet checks it (protectKernelDefaults)'],
    ['kernel.keys.root_maxbytes', 'maxKeyBytes', 'the kubelet checks it (protectKernelDefaults)'],
  ];
  if (cluster._families.includes('IPv6')) {
    exactly.push(
      ['net.ipv6.conf.all.forwarding', 'ipv6Forward', 'pods are routed through the machine'],
      ['net.ipv6.conf.default.forwarding', 'ipv6DefaultForward', 'kubeadm checks it'],
    );
  }
  exactly.forEach(([key, row, why]) =>
    ledger.requireSysctl(key, String(tuning.get(row)), { by, why }),
  );
  const atLeast = {
    by,
    merge: MergeRule.AT_LEAST,
    why: 'shared by all containers that run as root',
  };
  ledger.requireSysctl('fs.inotify.max_user_instances', tuning.get('inotifyInstances'), atLeast);
  ledger.requireSysctl('fs.inotify.max_user_watches', tuning.get('inotifyWatches'), atLeast);
  Object.entries(PACKAGES).forEach(([name, why]) => ledger.requirePackage(name, { by, why }));
  requirePorts(by, cluster);
}

function requirePorts(by: Construct, cluster: Cluster): void {
  const tcp = { by, protocol: 'tcp' };
  const machines = cluster.controlPlanes.map((m) => m.name);
  cluster.ledger.requirePort('10250', {
    ...tcp,
    from: PortSource.CONTROL_PLANE,
    why: 'API servers reach the kubelet for logs and exec',
  });
  cluster.ledger.requirePort(String(apiPort(cluster)), {
    ...tcp,
    machines,
    from: PortSource.ANYWHERE,
    why: 'the Kubernetes API',
  });
  cluster.ledger.requirePort('2379-2380', {
    ...tcp,
    machines,
    from: PortSource.CONTROL_PLANE,
    why: 'etcd, clients and peers',
  });
}
