import type { FlannelWireguardMode } from './flannel-backend';

/** A backend with its own defaults settled; what depends on the cluster may still be open. */
export type BackendSpec = VxlanSpec | HostGwSpec | WireguardSpec | UdpSpec;

export interface VxlanSpec {
  readonly type: 'vxlan';
  readonly vni: number;
  readonly port: number;
  readonly directRouting?: boolean;
}

export interface HostGwSpec {
  readonly type: 'host-gw';
}

export interface WireguardSpec {
  readonly type: 'wireguard';
  readonly listenPort: number;
  readonly listenPortV6?: number;
  readonly mode: FlannelWireguardMode;
  readonly keepaliveSeconds?: number;
}

export interface UdpSpec {
  readonly type: 'udp';
  readonly port: number;
}

/** The numbers that flannel and the kernel take when nobody says otherwise. */
export const DEFAULTS = {
  vni: 1,
  vxlanPort: 8472,
  wireguardPort: 51820,
  wireguardPortV6: 51821,
  udpPort: 8285,
  healthzPort: 8081,
  resyncSeconds: 5,
} as const;
