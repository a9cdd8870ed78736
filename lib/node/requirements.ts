import type { Construct } from 'constructs';
import { PortSource, type Cluster } from '../cluster';

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
export function requireNodeBasics(by: Construct, cluster: Cluster): void {
  const { ledger } = cluster;
  ledger.requireKernelModule('overlay', { by, why: 'containerd stacks image layers with it' });
  Object.entries(PACKAGES).forEach(([name, why]) => ledger.requirePackage(name, { by, why }));
  requirePorts(by, cluster);
}

function requirePorts(by: Construct, cluster: Cluster): void {
  const tcp = { by, protocol: 'tcp' };
  const machines = cluster.controlPlanes.map((m) => m.name);
  for (const from of [PortSource.MACHINES, PortSource.PODS]) {
    // A pod comes with its own address to its own machine, and to others with that of its machine.
    cluster.ledger.requirePort('10250', {
      ...tcp,
      from,
      why: 'API servers and metrics-server reach the kubelet, which asks everybody who they are',
    });
  }
  cluster.ledger.requirePort(String(cluster.endpoint.apiServerPort), {
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
