import { createHash } from 'node:crypto';

// Service rules in the shape that kube-proxy gives them, for iptables-restore and for nft: as many
// chains, in the same order, with the same kind of match. What carries no Service address (NodePorts,
// affinity, health checks) is left out.

/** One port of a Service, with the endpoints that answer for it. */
export interface Service {
  readonly name: string;
  readonly address: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** `IP:port` each. */
  readonly endpoints: readonly string[];
}

/** Networks that the rules tell apart. */
export interface Networks {
  readonly podCidr: string;
  readonly serviceCidr: string;
}

/** A mode of kube-proxy: its name, the command that reads the rules, and the rules. */
export interface Shape {
  readonly mode: string;
  readonly load: readonly string[];
  readonly rules: (services: readonly Service[], networks: Networks) => string;
}

/** Asks for the node's own address as the source. */
const MASQUERADE = '0x4000';

/** kube-proxy, too, ends its chains with 16 characters of a hash. */
const tag = (...of: ReadonlyArray<string | number>) =>
  createHash('sha256').update(of.join(' ')).digest('hex').slice(0, 16).toUpperCase();

const addressOf = (endpoint: string) => endpoint.split(':')[0]!;

function iptablesRules(services: readonly Service[], { podCidr }: Networks): string {
  const chains: string[] = [];
  const portals: string[] = [];
  const rest: string[] = [];
  for (const { name, address, protocol, port, endpoints } of services) {
    const service = `KUBE-SVC-${tag(name)}`;
    const match = `-m ${protocol} -p ${protocol} -d ${address}/32 --dport ${port}`;
    chains.push(service);
    portals.push(
      `-A KUBE-SERVICES -m comment --comment "${name} cluster IP" ${match} -j ${service}`,
    );
    rest.push(
      `-A ${service} -m comment --comment "${name} cluster IP" ${match} ! -s ${podCidr} -j KUBE-MARK-MASQ`,
    );
    endpoints.forEach((endpoint, index) => {
      const chain = `KUBE-SEP-${tag(name, index)}`;
      const left = endpoints.length - index;
      const share =
        left === 1 ? '' : ` -m statistic --mode random --probability ${(1 / left).toFixed(10)}`;
      const comment = `-m comment --comment "${name}"`;
      chains.push(chain);
      rest.push(
        `-A ${service} -m comment --comment "${name} -> ${endpoint}"${share} -j ${chain}`,
        `-A ${chain} ${comment} -s ${addressOf(endpoint)}/32 -j KUBE-MARK-MASQ`,
        `-A ${chain} ${comment} -m ${protocol} -p ${protocol} -j DNAT --to-destination ${endpoint}`,
      );
    });
  }
  return [
    '*nat',
    ...['KUBE-SERVICES', 'KUBE-POSTROUTING', 'KUBE-MARK-MASQ', ...chains].map(
      (c) => `:${c} - [0:0]`,
    ),
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    `-A KUBE-POSTROUTING -m mark ! --mark ${MASQUERADE}/${MASQUERADE} -j RETURN`,
    `-A KUBE-POSTROUTING -j MARK --xor-mark ${MASQUERADE}`,
    '-A KUBE-POSTROUTING -j MASQUERADE --random-fully',
    `-A KUBE-MARK-MASQ -j MARK --or-mark ${MASQUERADE}`,
    ...portals,
    ...rest,
    'COMMIT',
    '',
  ].join('\n');
}

function nftablesRules(services: readonly Service[], { podCidr, serviceCidr }: Networks): string {
  const chains: string[] = [];
  const portals: string[] = [];
  const addresses = new Set<string>();
  for (const { name, address, protocol, port, endpoints } of services) {
    const service = `service-${tag(name)}`;
    const choices = endpoints.map((_, index) => `${index} : goto endpoint-${tag(name, index)}`);
    addresses.add(address);
    portals.push(`${address} . ${protocol} . ${port} : goto ${service}`);
    endpoints.forEach((endpoint, index) =>
      chains.push(
        `chain endpoint-${tag(name, index)} {`,
        `  ip saddr ${addressOf(endpoint)} jump mark-for-masquerade`,
        `  meta l4proto ${protocol} dnat to ${endpoint}`,
        '}',
      ),
    );
    chains.push(
      `chain ${service} {`,
      `  ip daddr ${address} ${protocol} dport ${port} ip saddr != ${podCidr} jump mark-for-masquerade`,
      `  numgen random mod ${endpoints.length} vmap { ${choices.join(', ')} }`,
      '}',
    );
  }
  const elements = (of: Iterable<string>) => `elements = { ${[...of].join(', ')} }`;
  return `table ip kube-proxy {
  chain mark-for-masquerade { meta mark set meta mark or ${MASQUERADE}; }
  chain masquerading {
    meta mark and ${MASQUERADE} == 0 return
    meta mark set meta mark xor ${MASQUERADE}
    masquerade fully-random
  }
${chains.join('\n')}
  set cluster-ips { type ipv4_addr; ${elements(addresses)}; }
  map service-ips {
    type ipv4_addr . inet_proto . inet_service : verdict
    ${elements(portals)}
  }
  chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }
  chain cluster-ips-check {
    ip daddr @cluster-ips reject
    ip daddr ${serviceCidr} drop
  }
  chain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }
  chain nat-output { type nat hook output priority -100; jump services; }
  chain nat-postrouting { type nat hook postrouting priority srcnat; jump masquerading; }
  chain filter-forward {
    type filter hook forward priority -110
    ct state new jump cluster-ips-check
  }
  chain filter-output {
    type filter hook output priority -90
    ct state new jump cluster-ips-check
  }
}
`;
}

export const IPTABLES: Shape = {
  mode: 'iptables',
  load: ['iptables-nft-restore', '--noflush'],
  rules: iptablesRules,
};

export const NFTABLES: Shape = { mode: 'nftables', load: ['nft', '-f', '-'], rules: nftablesRules };

/** Not rules: a table of its own, and an interface that makes every address the machine's. */
function ipvsTable(services: readonly Service[]): string {
  const servers = services.flatMap(({ address, protocol, port, endpoints }) => {
    const service = `-${protocol === 'tcp' ? 't' : 'u'} ${address}:${port}`;
    return [`-A ${service} -s rr`, ...endpoints.map((end) => `-a ${service} -r ${end} -m -w 1`)];
  });
  const addresses = new Set(services.map(({ address }) => address));
  return [
    'echo 1 >/proc/sys/net/ipv4/vs/conntrack',
    'ip link add kube-ipvs0 type dummy',
    "ip -batch - <<'EOF'",
    ...[...addresses].map((address) => `address add ${address}/32 dev kube-ipvs0`),
    'EOF',
    "ipvsadm -R <<'EOF'",
    ...servers,
    'EOF',
    '',
  ].join('\n');
}

export const IPVS: Shape = { mode: 'ipvs', load: ['sh', '-eu'], rules: ipvsTable };
