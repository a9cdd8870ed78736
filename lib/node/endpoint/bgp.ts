import { createHash } from 'node:crypto';
import { vipBgpRows } from './tuning';
import { familyOf, hostAndPort, type Cluster, type Machine } from '../../cluster';

/** The authority that signed the API servers' certificates, where kubeadm keeps it. */
export const CA = '/etc/kubernetes/pki/ca.crt';

/**
 * What kube-vip is told for BGP: without a lease every control plane has the address and announces it
 * while its own API server is ready, so routers spread connections over them.
 */
export function bgpEnv(cluster: Cluster, machine: Machine): Record<string, string> {
  const { apiServerPort, _bgp } = cluster.endpoint;
  const { asNumber, peers, multihop, sourceInterface, sourceAddresses } = _bgp!;
  const rows = vipBgpRows(_bgp!);
  return {
    bgp_enable: 'true',
    vip_interface: rows.interface.value,
    vip_leaderelection: rows.election.value,
    bgp_as: String(asNumber),
    bgp_routerid: routerId(machine),
    // Address, system, no password, more than one hop. kube-vip dials port 179 whatever else it is told.
    bgp_peers: peers
      .map((peer) => `${hostAndPort(peer.address, peer.asNumber)}::${multihop}`)
      .join(','),
    ...(sourceInterface === undefined
      ? { bgp_sourceip: sourceAddresses?.[machine.name] ?? sourceOf(cluster, machine) }
      : { bgp_sourceif: sourceInterface }),
    bgp_hold_time: rows.holdTime.value,
    bgp_keepalive_interval: rows.keepalive.value,
    control_plane_health_check_address: `https://kubernetes:${apiServerPort}/readyz`,
    control_plane_health_check_ca_path: CA,
    control_plane_health_check_period_seconds: rows.period.value,
    control_plane_health_check_timeout_seconds: rows.timeout.value,
    control_plane_health_check_failure_threshold: rows.threshold.value,
  };
}

/** The machine's own address of the virtual IP's family. */
function sourceOf(cluster: Cluster, { address, addressV6 }: Machine): string {
  const family = familyOf(cluster.endpoint.address!);
  return familyOf(address) === family ? address : addressV6!;
}

/** 32 bits written as an IPv4 address, of every machine its own; IPv6 addresses have to be shortened. */
function routerId({ address }: Machine): string {
  if (familyOf(address) === 'IPv4') {
    return address;
  }
  const [first, ...rest] = createHash('sha256').update(address).digest().subarray(0, 4);
  return [(first! % 223) + 1, ...rest].join('.');
}
