import { connectionTable, machineSizes } from './connection-table';
import {
  millis,
  type Cluster,
  type EtcdDisk,
  type Finding,
  type Machine,
  type Zone,
} from '../cluster';

/** What a person wants to see after a synth: the cluster, what was chosen, what was found. */
export function planText(cluster: Cluster): string {
  const blocks = [
    headline(cluster),
    machines(cluster),
    networks(cluster),
    ...paths(cluster),
    modes(cluster),
    connectionTables(cluster),
    findings(cluster),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function headline(cluster: Cluster): string {
  const { endpoint, operatingSystem } = cluster;
  const behind = endpoint.address === undefined ? '' : `, ${endpoint.kind} ${endpoint.address}`;
  return [
    `${cluster.clusterName}: Kubernetes ${cluster.kubernetesVersion} on ${operatingSystem.label}, kernel ${operatingSystem.kernel}`,
    `  API ${endpoint.url}${behind}; etcd writes while ${cluster.quorum} of ${cluster.controlPlanes.length} members agree`,
  ].join('\n');
}

function machines(cluster: Cluster): string {
  const rows = cluster.machines.map((m) => [
    m.name,
    m.role,
    `${m.zone} (${cluster.zoneOf(m).country})`,
    m.address,
    m.nic ?? '-',
    m.cpus === undefined ? '-' : `${m.cpus} CPUs`,
    m.memory === undefined ? '-' : `${m.memory.toMebibytes() / 1024} GiB`,
    disk(m),
  ]);
  return block('Machines', rows);
}

function disk({ etcdDisk, etcdWalDisk }: Machine): string {
  if (etcdDisk === undefined) {
    return '-';
  }
  const log = etcdWalDisk === undefined ? '' : `, its log on ${nameOf(etcdWalDisk)}`;
  return `etcd on ${nameOf(etcdDisk)}${log}`;
}

function nameOf({ kind, identity }: EtcdDisk): string {
  return identity === '' ? 'the root disk' : `${kind} ${identity}`;
}

function networks(cluster: Cluster): string {
  const cni = cluster._summary('cni');
  const podMtu = cni === undefined ? '' : `MTU ${cni.podMtu}`;
  return block('Networks', [
    ...cluster.zones.flatMap((z) =>
      [z.nodeCidr, z.nodeCidrV6]
        .filter((cidr) => cidr !== undefined)
        .map((cidr) => ['nodes', cidr, zoneMtu(cluster, z), `zone ${z.name}`]),
    ),
    ...cluster.podCidrs.map((cidr) => ['pods', cidr, podMtu, '']),
    ...cluster.serviceCidrs.map((cidr, n) => [
      'services',
      cidr,
      '',
      n === 0 ? `cluster DNS ${cluster._summary('dns')?.serviceIp ?? cluster.clusterDnsIp}` : '',
    ]),
  ]);
}

/** What the way inside a zone carries; a zone without machines has none. */
function zoneMtu(cluster: Cluster, { name }: Zone): string {
  const inside = cluster.paths().find(({ from, to }) => from === name && to === name);
  return inside === undefined ? 'no machine' : `MTU ${inside.mtu}`;
}

/** The ways between machines, where there is more than the one inside a single zone. */
function paths(cluster: Cluster): string[] {
  const ways = cluster.paths();
  if (ways.length < 2) {
    return [];
  }
  const rows = ways.map(({ from, to, mtu, limit, roundTripTime }) => [
    `${from} - ${to}`,
    `MTU ${mtu}`,
    `limited by ${limit}`,
    `round trip ${millis(roundTripTime)} ms`,
  ]);
  return [block('Paths', rows)];
}

function modes(cluster: Cluster): string {
  const cni = cluster._summary('cni');
  const proxy = cluster._summary('kubeProxy');
  const dns = cluster._summary('dns');
  const balancer = cluster._summary('loadBalancer');
  const ingress = cluster._summary('ingress');
  const etcd = cluster._summary('etcd');
  const rows: string[][] = [];
  if (cni !== undefined) {
    rows.push([
      'network',
      cni.label,
      `encapsulation ${cni.encapsulation}, BGP ${cni.bgp ? 'on' : 'off'}, dataplane ${cni.dataplane}`,
    ]);
  }
  if (proxy !== undefined) {
    const { mode, scheduler, strictArp, detectLocalMode } = proxy;
    const ipvs = scheduler === undefined ? '' : `scheduler ${scheduler}, strictARP ${strictArp}`;
    rows.push(['service proxy', mode, ipvs || `pods told by ${detectLocalMode}`]);
  }
  if (dns !== undefined) {
    const held = dns.bindsClusterIp ? ' and on the address of the DNS Service' : '';
    rows.push(['DNS cache', dns.label, `answers on ${dns.localIps.join(', ')}${held}`]);
  }
  if (balancer !== undefined) {
    const pools = balancer.pools.map(({ name, label }) => `${name} ${label}`);
    rows.push(['load balancer', `${balancer.label} (${balancer.kind})`, pools.join('; ')]);
  }
  if (ingress !== undefined) {
    const rate = Math.round(ingress.breakEvenRate).toLocaleString('en-US');
    const { hostPorts, nodePorts } = ingress;
    const ports = [
      ...(hostPorts.length > 0 ? [`ports ${hostPorts.join(' and ')} of their machines`] : []),
      ...(nodePorts.length > 0 ? [`node ports ${nodePorts.join(' and ')}`] : []),
    ].join(', ');
    rows.push([
      'edge',
      ingress.label,
      `${ingress.replicas} replicas, ${ports}, holds against ${rate} slow connections/s a replica`,
    ]);
  }
  if (etcd !== undefined) {
    rows.push([
      'etcd',
      etcd.dataDir,
      `heartbeat ${etcd.heartbeatMs} ms, election ${etcd.electionMs} ms`,
    ]);
  }
  return block('Modes', rows);
}

/** What the kernel tracks on machines of each size, and the memory of a full table. */
function connectionTables(cluster: Cluster): string {
  const rows = machineSizes(cluster.machines).map((alike) => [
    alike.length === 1 ? '1 machine' : `${alike.length} machines`,
    ...tableRow(cluster, alike[0]!),
  ]);
  const owner = cluster.ownsMachines ? 'sized by the machine' : 'sized by kube-proxy';
  return block(`Connections tracked, ${owner}`, rows);
}

function tableRow(cluster: Cluster, machine: Machine): string[] {
  const { entries, buckets, mebibytes } = connectionTable(cluster, machine);
  const { memory, peakConnections } = machine;
  return [
    memory === undefined ? 'memory unknown' : `${memory.toMebibytes() / 1024} GiB`,
    peakConnections === undefined ? 'peak unknown' : `peak ${peakConnections}`,
    `${entries} entries`,
    `${buckets} buckets`,
    `${mebibytes} MiB when full`,
  ];
}

/** One line each; remedies and references are in report/findings.txt. */
function findings(cluster: Cluster): string {
  const all = cluster.findings();
  if (all.length === 0) {
    return 'Findings: none';
  }
  const lines = all.map((f) => `  ${f.severity}  ${f.id} [${f.path}] ${f.message}${accepted(f)}`);
  return ['Findings, with remedies in report/findings.txt', ...lines].join('\n');
}

function accepted(finding: Finding): string {
  return finding.acknowledged === undefined ? '' : ` (acknowledged: ${finding.acknowledged})`;
}

function block(title: string, rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]!.length)),
  );
  const line = (row: string[]) =>
    row
      .map((text, column) => text.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  return [title, ...rows.map((row) => `  ${line(row)}`)].join('\n');
}
