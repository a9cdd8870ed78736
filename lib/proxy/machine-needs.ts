import type { IConstruct } from 'constructs';
import { KubeProxyMode, PortSource, tuned, type Cluster, type Machine } from '../cluster';
import { isLoopback, splitAddress } from './bind-address';

/**
 * Hash bits of the IPVS connection table: a quarter as many buckets as there may be tracked
 * connections, between the kernel's default 12 and the 20 that kernels before 6.5 take at most.
 */
export function connectionTableBits(conntrackMax: number): number {
  return Math.min(20, Math.max(12, Math.floor(Math.log2(conntrackMax)) - 2));
}

/** Rows about the machines, for the explain page; the sized ones name every size there is. */
export function machineRows(cluster: Cluster, mode: KubeProxyMode) {
  const sizes = [...bySize(cluster).keys()].sort((a, b) => a - b);
  return {
    ...(mode === KubeProxyMode.IPVS ? ipvsRows(sizes) : {}),
  };
}

function ipvsRows(sizes: readonly number[]) {
  return {
    tableBits: tuned(
      'modprobe.ip_vs.conn_tab_bits',
      unique(sizes.map(connectionTableBits)),
      '12',
      'A quarter as many buckets as tracked connections, 8 bytes each: 4096 would make every packet walk long chains, more so with connections that may idle for hours',
      'Linux net/netfilter/ipvs/Kconfig and ip_vs_conn.c',
    ),
    dummies: tuned(
      'modprobe.dummy.numdummies',
      '0',
      '1',
      'Loading the module would leave an interface dummy0 behind that nobody asked for',
      'Linux drivers/net/dummy.c',
    ),
  };
}

/** What a kube-proxy asks of the machines. */
export interface MachineNeeds {
  readonly mode: KubeProxyMode;
  /** Name → why. */
  readonly modules: Readonly<Record<string, string>>;
  readonly healthPort: number;
  readonly metricsBindAddress: string;
}

/**
 * Writes the needs into the ledger. What kube-proxy writes by itself (net.ipv4.vs.*, ARP, forwarding)
 * is not asked for, nor is the connection table, which the machine's own bootstrap sizes.
 */
export function requireMachineNeeds(by: IConstruct, cluster: Cluster, needs: MachineNeeds): void {
  const { ledger } = cluster;
  Object.entries(needs.modules).forEach(([name, why]) =>
    ledger.requireKernelModule(name, { by, why }),
  );
  if (needs.mode === KubeProxyMode.IPVS) {
    requireIpvsOptions(by, cluster);
  }
  requirePorts(by, cluster, needs);
}

function requireIpvsOptions(by: IConstruct, cluster: Cluster): void {
  const { ledger } = cluster;
  ledger.requireKernelModuleOption('dummy numdummies', '0', { by, why: 'no interface dummy0' });
  for (const [size, machines] of bySize(cluster)) {
    ledger.requireKernelModuleOption('ip_vs conn_tab_bits', String(connectionTableBits(size)), {
      by,
      machines,
      why: 'a quarter as many buckets as tracked connections',
    });
  }
}

function requirePorts(
  by: IConstruct,
  { ledger, serviceCidrs }: Cluster,
  { mode, healthPort, metricsBindAddress }: MachineNeeds,
): void {
  // kube-ipvs0 has every Service address, so packets to them pass the INPUT chain of the machine on
  // which they begin. kube-proxy itself refuses ports there that no Service has.
  for (const network of mode === KubeProxyMode.IPVS ? serviceCidrs : []) {
    ledger.requireAddresses(network, {
      by,
      from: PortSource.PODS,
      why: 'Services, whose addresses every machine has in IPVS mode',
    });
  }
  ledger.requirePort(String(healthPort), {
    by,
    protocol: 'tcp',
    from: PortSource.MACHINES,
    why: 'health check of kube-proxy',
  });
  for (const protocol of ['tcp', 'udp']) {
    // IPVS answers NodePorts as local sockets would: packets pass the INPUT chain of the machine. In the
    // other modes the port is translated before that chain; firewalls in front of the machine see it.
    ledger.requirePort('30000-32767', {
      by,
      protocol,
      from: PortSource.ANYWHERE,
      why: 'NodePorts',
    });
  }
  const { host, port } = splitAddress(metricsBindAddress)!;
  if (!isLoopback(host)) {
    for (const from of [PortSource.MACHINES, PortSource.PODS]) {
      ledger.requirePort(String(port), { by, protocol: 'tcp', from, why: 'metrics of kube-proxy' });
    }
  }
}

/** Machines by the size of their conntrack table: few sizes, so few requests for many machines. */
function bySize(cluster: Cluster): Map<number, string[]> {
  const sizes = new Map<number, string[]>();
  for (const machine of cluster.machines) {
    add(sizes, cluster.conntrackMax(machine), machine);
  }
  return sizes;
}

function add(sizes: Map<number, string[]>, size: number, { name }: Machine): void {
  const names = sizes.get(size);
  if (names === undefined) {
    sizes.set(size, [name]);
  } else {
    names.push(name);
  }
}

function unique(values: readonly number[]): string {
  return [...new Set(values)].join(', ');
}
