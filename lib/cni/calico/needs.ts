import type { IConstruct } from 'constructs';
import { usesIpip, usesVxlan, wireguardPort, type CalicoChoices } from './choices';
import { LinuxDataplane } from './dataplane-options';
import { hostCidr, PortSource, type Cluster } from '../../cluster';

/**
 * What Calico needs on every machine. No rp_filter: Felix copies conf.default to each pod's
 * interface and refuses spoofed sources by a rule of its own, so 0, 1 and 2 are all right for it and
 * a wish of ours would only quarrel with those who do need a value.
 */
export function requireMachineNeeds(
  by: IConstruct,
  cluster: Cluster,
  choices: CalicoChoices,
): void {
  const forwarding = {
    by,
    why: "pods' packets are routed; Felix writes the same value at its start",
  };
  if (cluster._families.includes('IPv4')) {
    cluster.ledger.requireSysctl('net.ipv4.ip_forward', '1', forwarding);
  }
  if (cluster._families.includes('IPv6')) {
    cluster.ledger.requireSysctl('net.ipv6.conf.all.forwarding', '1', forwarding);
  }
  Object.entries(modules(cluster, choices)).forEach(([name, why]) =>
    cluster.ledger.requireKernelModule(name, { by, why }),
  );
  requirePorts(by, cluster, choices);
}

/** Loaded at boot, a missing module shows before there is a cluster, not when a pod needs it. */
function modules(cluster: Cluster, choices: CalicoChoices): Record<string, string> {
  const needed: Record<string, string> = {};
  if (choices.dataplane === LinuxDataplane.IPTABLES) {
    for (const name of ['ip_set', 'ip_set_hash_ip', 'ip_set_hash_net', 'xt_set']) {
      needed[name] = "Felix's rules match pods and networks by ipset";
    }
    const spoofed = 'Felix drops packets that pods send from foreign addresses';
    if (cluster._families.includes('IPv4')) {
      needed.ipt_rpfilter = spoofed;
    }
    if (cluster._families.includes('IPv6')) {
      needed.ip6t_rpfilter = spoofed;
    }
  }
  if (choices.dataplane === LinuxDataplane.NFTABLES) {
    needed.nf_tables = 'Felix writes its rules with nft';
  }
  if (usesIpip(choices)) {
    needed.ipip = 'tunnel device tunl0 for pod packets';
  }
  if (usesVxlan(choices)) {
    needed.vxlan = 'tunnel device vxlan.calico for pod packets';
  }
  if (choices.encrypted) {
    needed.wireguard =
      'tunnel device wireguard.cali; without the module Calico sends in the clear and says nothing';
  }
  return needed;
}

function requirePorts(by: IConstruct, cluster: Cluster, choices: CalicoChoices): void {
  const { bgp, options } = choices;
  const open = (port: number | '', protocol: string, why: string, from = PortSource.MACHINES) =>
    cluster.ledger.requirePort(String(port), { by, protocol, from, why });
  open(5473, 'tcp', "Typha, which hands Felix on every machine the cluster's state");
  if (bgp.enabled) {
    open(bgp.listenPort, 'tcp', "BGP between all machines, which carries the pods' routes");
  }
  requireRouters(by, cluster, choices);
  requireServiceAddresses(by, cluster, choices);
  if (usesIpip(choices)) {
    open('', '4', 'IP in IP between machines');
  }
  if (usesVxlan(choices)) {
    open(4789, 'udp', 'VXLAN between machines');
  }
  if (choices.encrypted) {
    cluster._families.forEach((family) =>
      open(wireguardPort(choices, family), 'udp', `WireGuard between machines over ${family}`),
    );
  }
  const metrics: Array<[number | undefined, string]> = [
    [options.felix?.prometheusMetricsPort, 'metrics of Felix'],
    [options.typha?.metricsPort, 'metrics of Typha'],
  ];
  for (const [port, why] of metrics) {
    if (port !== undefined) {
      // A scraper is a pod; on its own machine it comes with its own address, else with the machine's.
      [PortSource.MACHINES, PortSource.PODS].forEach((from) => open(port, 'tcp', why, from));
    }
  }
}

/** Both ends may begin a session. */
function requireRouters(by: IConstruct, cluster: Cluster, { bgp }: CalicoChoices): void {
  const zones = new Set(bgp.enabled ? bgp.peers.map(({ zone }) => zone) : []);
  for (const zone of zones) {
    const inZone = cluster.machines.filter((machine) => machine.zone === zone);
    cluster.ledger.requirePort(String(bgp.listenPort), {
      by,
      protocol: 'tcp',
      from: PortSource.NETWORKS,
      networks: bgp.peers.filter((peer) => peer.zone === zone).map((peer) => hostCidr(peer.peerIp)),
      machines: zone === undefined ? undefined : inZone.map((machine) => machine.name),
      why: 'BGP with routers outside of the cluster',
    });
  }
}

/** In IPVS mode machines have these addresses; in the others no packet for them gets to the machine itself. */
function requireServiceAddresses(
  by: IConstruct,
  cluster: Cluster,
  { bgp, loadBalancerPools }: CalicoChoices,
): void {
  const { cluster: own, external, loadBalancer } = bgp.advertised;
  const pools = loadBalancerPools.map(({ cidr }) => cidr);
  for (const network of new Set([...own, ...external, ...loadBalancer, ...pools])) {
    cluster.ledger.requireAddresses(network, {
      by,
      from: PortSource.ANYWHERE,
      why: 'Services that clients outside of the cluster reach',
    });
  }
}
