import { millis, type EtcdDisk, type Machine } from '../../cluster';
import { code, counted, grouped, table, type Inline, type Section } from '../document';
import type { Facts } from './facts';

export function glance({ cluster }: Facts): Section {
  const { operatingSystem, endpoint, controlPlanes, workers } = cluster;
  const summary = <K extends Parameters<typeof cluster._summary>[0]>(room: K) =>
    cluster._summary(room);
  const rows: Inline[][] = [
    [
      'Kubernetes',
      `${cluster.kubernetesVersion} on ${operatingSystem.label}, kernel ${cluster.kernel}`,
    ],
    [
      'API',
      endpoint.address === undefined || endpoint.address === endpoint.host
        ? [code(endpoint.url), `, ${endpoint.kind}`]
        : [code(endpoint.url), `, ${endpoint.kind} ${endpoint.address}`],
    ],
    [
      'Machines',
      `${counted(controlPlanes.length, 'control plane')}, ${counted(workers.length, 'worker')} in ${counted(cluster.zones.length, 'zone')}${
        cluster.controlPlaneRunsWorkloads ? '; workloads run on the control planes' : ''
      }`,
    ],
    [
      'etcd',
      `writes while ${cluster.quorum} of ${controlPlanes.length} members agree, so ${
        controlPlanes.length - cluster.quorum
      } may be away`,
    ],
  ];
  const etcd = summary('etcd');
  if (etcd !== undefined) {
    rows.push([
      'etcd data',
      [
        code(etcd.dataDir),
        ...(etcd.walDir === undefined ? [] : [', log ', code(etcd.walDir)]),
        `, heartbeat ${etcd.heartbeatMs} ms, election ${etcd.electionMs} ms`,
      ],
    ]);
  }
  const backup = summary('etcdBackup');
  rows.push(['etcd backup', backup?.label ?? 'none in the spec']);
  const cni = summary('cni');
  if (cni !== undefined) {
    rows.push([
      'Pod network',
      `${cni.label}, encapsulation ${cni.encapsulation}, BGP ${cni.bgp ? 'on' : 'off'}, dataplane ${cni.dataplane}, MTU ${cni.podMtu}`,
    ]);
  }
  rows.push(['Pods', cluster.podCidrs.join(', ')], ['Services', cluster.serviceCidrs.join(', ')]);
  const proxy = summary('kubeProxy');
  if (proxy !== undefined) {
    const ipvs =
      proxy.scheduler === undefined
        ? ''
        : `, scheduler ${proxy.scheduler}, strictARP ${proxy.strictArp}`;
    rows.push(['Service proxy', `kube-proxy, ${proxy.mode} mode${ipvs}`]);
  }
  const dns = summary('dns');
  rows.push([
    'DNS',
    dns === undefined
      ? `the DNS Service, ${cluster.clusterDnsIp}`
      : `${dns.label} on ${dns.localIps.join(', ')}; the DNS Service is ${dns.serviceIp}`,
  ]);
  const balancer = summary('loadBalancer');
  if (balancer !== undefined) {
    rows.push([
      'Load balancer',
      `${balancer.label}: ${balancer.pools.map(({ name, label }) => `${name} ${label}`).join('; ')}`,
    ]);
  }
  const ingress = summary('ingress');
  if (ingress !== undefined) {
    rows.push(['Edge', `${ingress.label}, ${counted(ingress.replicas, 'replica')}`]);
  }
  return {
    id: 'glance',
    title: 'At a glance',
    lead: `What ${cluster.clusterName} is, as the spec says it.`,
    blocks: [
      ...table('The cluster', ['what', 'is'], rows, { rowHeads: true }),
      {
        kind: 'part',
        title: `Every machine (${grouped(cluster.machines.length)})`,
        closed: cluster.machines.length > 30,
        blocks: table(
          'Machines in the order in which they join',
          ['name', 'role', 'zone', 'address', 'NIC', 'size', 'etcd disk'],
          cluster.machines.map((machine) => [
            machine.name,
            machine.role,
            `${machine.zone} (${cluster.zoneOf(machine).country})`,
            machine.addressV6 === undefined
              ? machine.address
              : `${machine.address}, ${machine.addressV6}`,
            `${machine.nic ?? 'not named'}, MTU ${cluster.nicMtu(machine)}`,
            sizeOf(machine),
            diskOf(machine),
          ]),
          { rowHeads: true },
        ),
      },
    ],
  };
}

/** `8 CPUs, 16 GiB`, as far as it is known. */
export function sizeOf({ cpus, memory }: Machine): string {
  const known = [
    ...(cpus === undefined ? [] : [counted(cpus, 'CPU')]),
    ...(memory === undefined ? [] : [`${memory.toMebibytes() / 1024} GiB`]),
  ];
  return known.join(', ') || 'not known';
}

/** Where etcd's data and its log lie; `none` without etcd. */
export function diskOf({ etcdDisk, etcdWalDisk, isControlPlane }: Machine): string {
  if (etcdDisk === undefined) {
    return isControlPlane ? 'not named' : 'none';
  }
  return etcdWalDisk === undefined
    ? nameOf(etcdDisk)
    : `${nameOf(etcdDisk)}, log ${nameOf(etcdWalDisk)}`;
}

function nameOf({ kind, identity }: EtcdDisk): string {
  return identity === '' ? 'the root disk' : `${kind} ${identity}`;
}

/** `8 ms`. */
export function roundTrip(time: Parameters<typeof millis>[0]): string {
  return `${millis(time)} ms`;
}
