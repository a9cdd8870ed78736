import type { Duration } from 'cdk8s';

/** What packets of pods go through on a machine, in the words of `Installation`. */
export enum LinuxDataplane {
  /** Rules of iptables; goes with kube-proxy in iptables and ipvs mode. */
  IPTABLES = 'Iptables',
  /** Rules of nftables; goes with kube-proxy in nftables mode. */
  NFTABLES = 'Nftables',
  /** Programs in the kernel, which serve Services as well: there is no kube-proxy beside it. */
  BPF = 'BPF',
}

/** How packets from outside come back from a pod on another machine; upstream's own words. */
export enum BpfExternalServiceMode {
  /** The way they came, through a tunnel. */
  TUNNEL = 'Tunnel',
  /** Straight from the pod's machine: the network must carry answers from an address it did not ask. */
  DSR = 'DSR',
}

/** Which connections to Services are redirected when a program opens them; upstream's own words. */
export enum BpfConnectTimeLoadBalancing {
  /** TCP only. */
  TCP = 'TCP',
  /** All. */
  ENABLED = 'Enabled',
  /** None. */
  DISABLED = 'Disabled',
}

/** Settings of the BPF dataplane. */
export interface CalicoBpfOptions {
  /**
   * How packets from outside come back from a pod on another machine. DSR wants one Ethernet segment
   * without source filters; elsewhere it is finding GW-CNI-024.
   *
   * @default BpfExternalServiceMode.TUNNEL, Felix's own default
   */
  readonly externalServiceMode?: BpfExternalServiceMode;
  /**
   * Which connections to Services are redirected when a program opens them.
   *
   * @default BpfConnectTimeLoadBalancing.TCP, Felix's own default
   */
  readonly connectTimeLoadBalancing?: BpfConnectTimeLoadBalancing;
  /**
   * Pattern, in Go's syntax, of the NICs that carry pod packets.
   *
   * @default - exactly the NICs of the spec; Felix's own pattern, which knows no VLAN and no team,
   * while one machine's NIC is unknown
   */
  readonly dataIfacePattern?: string;
  /**
   * Connections that the table holds, 1024 to 16777216.
   *
   * @default - 512000, Felix's own default
   */
  readonly mapSizeConntrack?: number;
}

/** Encryption of packets between pods on different machines by WireGuard. */
export interface CalicoWireguardOptions {
  /**
   * UDP port for IPv4, 1024 to 65535.
   *
   * @default 51820, Felix's own default
   */
  readonly listeningPort?: number;
  /**
   * UDP port for IPv6, 1024 to 65535 and another one.
   *
   * @default 51821, Felix's own default
   */
  readonly listeningPortV6?: number;
  /**
   * How often an idle tunnel sends a packet, whole seconds up to 65535; needed through stateful
   * firewalls and NAT.
   *
   * @default - never
   */
  readonly keepAlive?: Duration;
}

/** Who programs the routes to pods on other machines; upstream's own words. */
export enum ClusterRoutingMode {
  /** BIRD, from what BGP learned. VXLAN's routes are Felix's in any case. */
  BIRD = 'BIRD',
  /** Felix, from Calico's own data: no encapsulation and IP in IP work without BGP. */
  FELIX = 'Felix',
}
