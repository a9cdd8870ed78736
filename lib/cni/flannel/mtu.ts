import type { BackendSpec } from './backend-spec';
import { FlannelWireguardMode } from './flannel-backend';
import {
  overheadOf,
  type Cluster,
  type IpFamily,
  type PacketWay,
  type Wrapping,
} from '../../cluster';

/**
 * What flannel itself takes off the `MTU` of its configuration, whatever the family: 50 is too little
 * for VXLAN over IPv6, 80 more than enough for WireGuard over IPv4 (pkg/backend/vxlan/device.go,
 * pkg/backend/wireguard/wireguard_network.go, v0.28.9).
 */
export const TAKEN_OFF = { vxlan: 50, wireguard: 80 } as const;

/** Outer IPv4 header 20, UDP 8; this backend has no IPv6 (pkg/backend/udp/udp_network_amd64.go). */
const UDP_OVERHEAD = 28;

/** What wraps packets in the kernel's own tunnels. */
export const WRAPPINGS: Readonly<Record<'vxlan' | 'wireguard', Wrapping>> = {
  vxlan: 'VXLAN',
  wireguard: 'WireGuard',
};

/** Bytes that a packet of one of these families really grows by on its way, at most. */
export function realOverhead(
  cluster: Cluster,
  backend: BackendSpec,
  families: readonly IpFamily[] = cluster._families,
): number {
  if (backend.type === 'host-gw') {
    return 0;
  }
  if (backend.type === 'udp') {
    return UDP_OVERHEAD;
  }
  const wrapping = WRAPPINGS[backend.type];
  const outer = families.filter(
    (family) =>
      backend.type === 'vxlan' || backend.mode !== FlannelWireguardMode.IPV4 || family === 'IPv4',
  );
  return overheadOf(outer.map((family): PacketWay => ({ wrapping, family })));
}

/** The largest pod MTU at which no packet is too large for any way between machines. */
export function largestPodMtu(cluster: Cluster, backend: BackendSpec): number {
  return cluster.pathMtu - realOverhead(cluster, backend);
}

/** The pod MTU when nobody says otherwise: the largest, or what flannel itself makes of it if less. */
export function defaultPodMtu(cluster: Cluster, backend: BackendSpec): number {
  const largest = largestPodMtu(cluster, backend);
  return backend.type === 'wireguard'
    ? Math.min(largest, cluster.pathMtu - TAKEN_OFF.wireguard)
    : largest;
}
