import { kernelFloors } from '../catalog';
import {
  bytesOf,
  conntrackBudget,
  millis,
  type Cluster,
  type CniKind,
  type KubeProxyMode,
  type Machine,
  type NetworkPath,
} from '../cluster';
import { thresholds } from './thresholds';

/** What one machine must measure. What the spec does not know is absent, and nothing is said of it. */
export interface MachineExpectation {
  readonly name: string;
  readonly address: string;
  readonly zone: string;
  readonly country: string;
  readonly controlPlane: boolean;
  readonly nic?: string;
  readonly nicMtu: number;
  readonly cpus?: number;
  readonly memoryMebibytes?: number;
  /** Absent where kube-proxy sizes the table by cores that the spec does not know, or nobody does. */
  readonly conntrackMax?: number;
  /** Buckets of the connection table; absent where the kernel's own number stands. */
  readonly conntrackBuckets?: number;
  /** Kernel parameter → value. */
  readonly sysctls: Readonly<Record<string, string>>;
  readonly modules: readonly string[];
}

/** What the way between the machines of two zones must measure, in both directions. */
export interface WayExpectation {
  readonly from: string;
  readonly to: string;
  readonly mtu: number;
  readonly limit: string;
  readonly roundTripMs: number;
}

/** A point outside of the cluster whose place is known, and how near machines must be to it. */
export interface AnchorExpectation {
  readonly name: string;
  readonly address: string;
  readonly country: string;
  readonly roundTripMs: number;
  /** Zones whose machines measure it. */
  readonly zones: readonly string[];
}

/** The network of the pods. */
export interface PodNetworkExpectation {
  readonly kind: CniKind;
  readonly label: string;
  readonly mtu: number;
  readonly encapsulation: string;
  /** Tunnel devices; none where pods' packets travel as they are. */
  readonly devices: readonly string[];
}

export interface BgpExpectation {
  /** Whether every machine has a session with every other. */
  readonly mesh: boolean;
  /** Routers that some machine has a session with. */
  readonly peers: readonly string[];
}

/** All that a doctor compares with what it measures: one document, the same for the same spec. */
export interface Expectations {
  readonly cluster: string;
  readonly kubernetes: string;
  readonly dnsDomain: string;
  /** The release of the kernel that decisions were made for. */
  readonly kernel: string;
  /** Below it parallel questions to DNS lose each other. */
  readonly conntrackKernel: string;
  readonly podCidrs: readonly string[];
  readonly serviceCidrs: readonly string[];
  readonly kubernetesServiceIp: string;
  /** Where pods ask for names. */
  readonly dnsIps: readonly string[];
  readonly dnsServiceIp: string;
  /** Whether a cache on every machine answers, which nothing translates or tracks. */
  readonly dnsCache: boolean;
  readonly proxyMode?: KubeProxyMode;
  readonly tcpBeLiberal?: boolean;
  readonly podNetwork?: PodNetworkExpectation;
  readonly bgp?: BgpExpectation;
  readonly etcd: {
    readonly dataDir?: string;
    readonly electionMs?: number;
    readonly fsyncFastNs: number;
    readonly fsyncUnsafeNs: number;
  };
  /** IPv4 address that the API answers at and one control plane announces by ARP. */
  readonly virtualIp?: string;
  readonly machines: readonly MachineExpectation[];
  readonly ways: readonly WayExpectation[];
  /** None where the spec has no residency. */
  readonly anchors: readonly AnchorExpectation[];
}

/** What the spec says that every machine and every way between zones must measure. */
export function expectationsOf(cluster: Cluster): Expectations {
  const cni = cluster._summary('cni');
  const proxy = cluster._summary('kubeProxy');
  const dns = cluster._summary('dns');
  const etcd = cluster._summary('etcd');
  return {
    cluster: cluster.clusterName,
    kubernetes: cluster.kubernetesVersion.minor,
    dnsDomain: cluster.dnsDomain,
    kernel: cluster.kernel,
    conntrackKernel: kernelFloors.conntrackClash.value,
    podCidrs: cluster.podCidrs,
    serviceCidrs: cluster.serviceCidrs,
    kubernetesServiceIp: cluster.kubernetesServiceIp,
    dnsIps: [...cluster._kubeletDnsIps],
    dnsServiceIp: cluster.clusterDnsIp,
    dnsCache: dns !== undefined,
    proxyMode: cluster.kubeProxyMode,
    tcpBeLiberal: proxy?.tcpBeLiberal,
    podNetwork: cni && {
      kind: cni.kind,
      label: cni.label,
      mtu: cni.podMtu,
      encapsulation: cni.encapsulation,
      devices: cni.devices,
    },
    bgp: cni?.bgp ? { mesh: cni.bgpMesh ?? false, peers: cni.bgpPeers ?? [] } : undefined,
    etcd: {
      dataDir: etcd?.dataDir,
      electionMs: etcd?.electionMs,
      fsyncFastNs: thresholds.fsyncFastNs.value,
      fsyncUnsafeNs: thresholds.fsyncUnsafeNs.value,
    },
    virtualIp: arpAddress(cluster),
    machines: cluster.machines.map((machine) => machineExpectation(cluster, machine)),
    ways: cluster.paths().map(wayExpectation),
    anchors: (cluster.residency?.anchors ?? []).map((anchor) => ({
      name: anchor.name,
      address: anchor.address,
      country: anchor.country,
      roundTripMs: millis(anchor.maxRoundTripTime),
      zones: anchor.zones ?? cluster.zones.map(({ name }) => name),
    })),
  };
}

/** The document as text: keys sorted, what is unknown left out. */
export function expectationsJson(expectations: Expectations): string {
  return `${JSON.stringify(sorted(expectations), undefined, 2)}\n`;
}

/** The way between two machines. */
export function wayBetween(
  { ways }: Expectations,
  a: MachineExpectation,
  b: MachineExpectation,
): WayExpectation | undefined {
  return ways.find(
    ({ from, to }) => (from === a.zone && to === b.zone) || (from === b.zone && to === a.zone),
  );
}

/** IPv6 has neighbour discovery in place of ARP. */
function arpAddress({ endpoint }: Cluster): string | undefined {
  const { address, needsLayer2 } = endpoint;
  return needsLayer2 && address !== undefined && !address.includes(':') ? address : undefined;
}

/** The one kernel parameter that kube-proxy writes when it starts and no file has. */
export const BE_LIBERAL = 'net.netfilter.nf_conntrack_tcp_be_liberal';

function machineExpectation(cluster: Cluster, machine: Machine): MachineExpectation {
  const { sysctls, kernelModules, kernelModuleOptions } = cluster.ledger.forMachine(machine);
  const proxy = cluster._summary('kubeProxy');
  const sized = cluster.ownsMachines || (proxy !== undefined && machine.cpus !== undefined);
  const buckets = kernelModuleOptions.find(({ key }) => key === 'nf_conntrack hashsize')?.value;
  return {
    name: machine.name,
    address: machine.address,
    zone: machine.zone,
    country: cluster.zoneOf(machine).country,
    controlPlane: machine.isControlPlane,
    nic: machine.nic,
    nicMtu: cluster.nicMtu(machine),
    cpus: machine.cpus,
    memoryMebibytes: machine.memory && Math.floor(bytesOf(machine.memory) / 1024 ** 2),
    conntrackMax: sized ? conntrackBudget(cluster, machine).entries : undefined,
    conntrackBuckets: buckets === undefined ? undefined : Number(buckets),
    sysctls: {
      ...Object.fromEntries(sysctls.map(({ key, value }) => [key, value])),
      ...(proxy?.tcpBeLiberal === true ? { [BE_LIBERAL]: '1' } : {}),
    },
    modules: kernelModules.map(({ key }) => key),
  };
}

function wayExpectation({ from, to, mtu, limit, roundTripTime }: NetworkPath): WayExpectation {
  return { from, to, mtu, limit, roundTripMs: millis(roundTripTime) };
}

/** The value with the keys of every object sorted, and what is undefined left out by JSON. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
  }
  return value;
}
