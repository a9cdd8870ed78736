import type { IConstruct } from 'constructs';
import { PortSource, tuned, type Cluster, type Machine } from '../cluster';
import { isLoopback, splitAddress } from './bind-address';
import { IpvsScheduler } from './ipvs-options';
import { schedulerModule } from './scheduler';
import { HEALTH_PORT } from './tuning';

/**
 * Kernel modules of IPVS mode, name → why. Kernels load them on use as well; loaded at boot a missing
 * one shows before the first Service does, and the conntrack sysctls exist when they are written.
 * xt_physdev is left to the kernel: only external addresses need it, and it brings br_netfilter.
 */
export function ipvsModules(scheduler: IpvsScheduler): Readonly<Record<string, string>> {
  return {
    nf_conntrack: 'connection tracking; its sysctls exist only while it is loaded',
    ip_vs: 'virtual servers of the Services',
    [schedulerModule(scheduler)]: `the scheduler ${scheduler}`,
    ip_set: 'address sets in the few iptables rules of IPVS mode',
    ip_set_bitmap_port: 'sets of NodePorts',
    ip_set_hash_ip: 'the set of all Service addresses',
    ip_set_hash_ipport: 'sets of Service addresses with ports',
    ip_set_hash_ipportip: 'the hairpin set, and single source addresses of load balancers',
    ip_set_hash_ipportnet: 'source ranges of load balancers',
    xt_set: 'matches packets against the sets',
    xt_addrtype: 'tells local destinations, for NodePorts',
    xt_comment: 'comments in the rules',
    xt_conntrack: 'lets answers pass',
    xt_mark: 'marks what is to be masqueraded',
    dummy: 'kube-ipvs0, the interface that holds the Service addresses',
  };
}

/**
 * Hash bits of the IPVS connection table: a quarter as many buckets as there may be tracked
 * connections, between the kernel's default 12 and the 20 that kernels before 6.5 take at most.
 */
export function connectionTableBits(conntrackMax: number): number {
  return Math.min(20, Math.max(12, Math.floor(Math.log2(conntrackMax)) - 2));
}

/** Rows about the machines, for the explain page; the sized ones name every size there is. */
export function machineRows(cluster: Cluster) {
  const sizes = [...bySize(cluster).keys()].sort((a, b) => a - b);
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

/**
 * Writes the needs into the ledger. What kube-proxy writes by itself (net.ipv4.vs.*, ARP, forwarding)
 * is not asked for, nor is the connection table, which the machine's own bootstrap sizes.
 */
export function requireMachineNeeds(
  by: IConstruct,
  cluster: Cluster,
  scheduler: IpvsScheduler,
  metricsBindAddress: string,
): void {
  const { ledger } = cluster;
  Object.entries(ipvsModules(scheduler)).forEach(([name, why]) =>
    ledger.requireKernelModule(name, { by, why }),
  );
  ledger.requireKernelModuleOption('dummy numdummies', '0', { by, why: 'no interface dummy0' });
  for (const [size, machines] of bySize(cluster)) {
    ledger.requireKernelModuleOption('ip_vs conn_tab_bits', String(connectionTableBits(size)), {
      by,
      machines,
      why: 'a quarter as many buckets as tracked connections',
    });
  }
  requirePorts(by, cluster, metricsBindAddress);
}

function requirePorts(by: IConstruct, { ledger }: Cluster, metricsBindAddress: string): void {
  ledger.requirePort(String(HEALTH_PORT), {
    by,
    protocol: 'tcp',
    from: PortSource.MACHINES,
    why: 'health check of kube-proxy',
  });
  for (const protocol of ['tcp', 'udp']) {
    // IPVS answers NodePorts as local sockets would: packets pass the INPUT chain of the machine.
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
