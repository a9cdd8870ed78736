import type { Duration } from 'cdk8s';
import type { SecretRef } from '../../cluster';

/** Machines that hand routes on, so that not everybody talks to everybody. */
export interface CalicoRouteReflectors {
  /** Names of the machines, at least one, better two. Names that the spec does not have throw. */
  readonly machines: string[];
  /**
   * Cluster id in the form of an IPv4 address; all of the machines share it. Another form throws.
   *
   * @default '244.0.0.1', the example of upstream's guide
   */
  readonly clusterId?: string;
}

/** Which next hop a machine sends with its routes; upstream's own words. */
export enum BgpNextHopMode {
  /** Own address towards eBGP neighbours, unchanged otherwise. */
  AUTO = 'Auto',
  /** Always the machine's own address. */
  SELF = 'Self',
  /** Always as it was received. */
  KEEP = 'Keep',
}

/** Which source address a session uses; upstream's own words. */
export enum BgpSourceAddress {
  /** The machine's address in Calico. */
  USE_NODE_IP = 'UseNodeIP',
  /** Whatever the routing table says. */
  NONE = 'None',
}

/** A router outside of the cluster that machines talk BGP with. */
export interface TopOfRackPeer {
  /**
   * Zone whose machines talk to it; one of the cluster's. The nodes must carry the label
   * `topology.kubernetes.io/zone`, as those that NodeBootstrap makes do.
   *
   * @default - all machines
   */
  readonly zone?: string;
  /** Its address: of a family that the machines have. Another form throws. */
  readonly peerIp: string;
  /** Its AS number, 1 to 2147483647: Calico's schema takes no larger one. */
  readonly asNumber: number;
  /**
   * AS number that the machines show to it, 1 to 2147483647, where it is not the cluster's.
   *
   * @default - `asNumber` of the cluster
   */
  readonly localAsNumber?: number;
  /**
   * The session's password (TCP MD5), in a Secret in the namespace `calico-system`. At most 80
   * characters.
   *
   * @default - none
   */
  readonly password?: SecretRef;
  /**
   * How often the session is kept alive, whole seconds.
   *
   * @default - BIRD's own: a third of the hold time
   */
  readonly keepaliveTime?: Duration;
  /**
   * Hops after which a packet of the session is refused (GTSM), 1 to 255; 1 for a neighbour on the
   * same segment.
   *
   * @default - not checked
   */
  readonly ttlSecurity?: number;
  /**
   * Which source address the session uses.
   *
   * @default BgpSourceAddress.USE_NODE_IP, Calico's own default
   */
  readonly sourceAddress?: BgpSourceAddress;
  /**
   * Which next hop is sent.
   *
   * @default BgpNextHopMode.AUTO, Calico's own default
   */
  readonly nextHopMode?: BgpNextHopMode;
  /**
   * How often the own AS number may stand in a route that is taken, 0 to 10: 1 where all racks share
   * one AS.
   *
   * @default - 0, BIRD's own default
   */
  readonly numAllowedLocalAsNumbers?: number;
  /**
   * Names of `filters` for this neighbour, first match decides. Unknown names throw.
   *
   * @default - none
   */
  readonly filters?: string[];
}

/** What a filter does with a route; upstream's own words. */
export enum BgpFilterAction {
  /** It is let through. */
  ACCEPT = 'Accept',
  /** It is held back. */
  REJECT = 'Reject',
}

/** How a route's network is compared with a rule's; upstream's own words. */
export enum BgpFilterMatchOperator {
  /** It is the same. */
  EQUAL = 'Equal',
  /** It is another. */
  NOT_EQUAL = 'NotEqual',
  /** It lies inside. */
  IN = 'In',
  /** It lies outside. */
  NOT_IN = 'NotIn',
}

/** One rule of a filter; it matches when everything that is given does. */
export interface CalicoBgpFilterRule {
  /** What happens to a route that matches. */
  readonly action: BgpFilterAction;
  /**
   * Network to compare with, canonical CIDR; needs `matchOperator`.
   *
   * @default - every network
   */
  readonly cidr?: string;
  /**
   * How to compare; needs `cidr`.
   *
   * @default - not compared
   */
  readonly matchOperator?: BgpFilterMatchOperator;
  /**
   * Whether only routes that other neighbours sent match.
   *
   * @default false
   */
  readonly fromRemotePeers?: boolean;
  /**
   * Name of the interface of the route; `*` stands for any characters.
   *
   * @default - every interface
   */
  readonly interfaceName?: string;
}

/** A list of rules for the routes of one neighbour. A route that no rule matches is let through. */
export interface CalicoBgpFilter {
  /** Name: an RFC 1123 subdomain, unique. */
  readonly name: string;
  /**
   * Rules for IPv4 routes that are sent. A filter without any rule throws, and so do rules of a family
   * that the cluster does not have.
   *
   * @default - none
   */
  readonly exportV4?: CalicoBgpFilterRule[];
  /**
   * Rules for IPv4 routes that are received.
   *
   * @default - none
   */
  readonly importV4?: CalicoBgpFilterRule[];
  /**
   * Rules for IPv6 routes that are sent.
   *
   * @default - none
   */
  readonly exportV6?: CalicoBgpFilterRule[];
  /**
   * Rules for IPv6 routes that are received.
   *
   * @default - none
   */
  readonly importV6?: CalicoBgpFilterRule[];
}

/** Communities for the routes of one network. */
export interface CalicoPrefixAdvertisement {
  /** The network, canonical CIDR. */
  readonly cidr: string;
  /** At least one: communities `aa:nn` or `aa:nn:mm`, or names of `communities`. */
  readonly communities: string[];
}

/**
 * What Calico does with BGP. Options that nobody would read, because nothing needs BGP and `enabled` is
 * not set, throw.
 */
export interface CalicoBgpOptions {
  /**
   * Whether BIRD runs.
   *
   * @default - where something needs it: a pool without encapsulation or with IP in IP, unless Felix
   * programs the routes; neighbours; advertised Services
   */
  readonly enabled?: boolean;
  /**
   * AS number of the machines, 1 to 2147483647: Calico's schema takes no larger one.
   *
   * @default 64512, Calico's own default, a private number
   */
  readonly asNumber?: number;
  /**
   * Whether every machine keeps a session with every other one. On a running cluster route reflectors
   * are brought up first, with `true`, and the mesh is switched off in a second step.
   *
   * @default - true, Calico's own default; false with `routeReflectors`
   */
  readonly nodeToNodeMesh?: boolean;
  /**
   * Password of the sessions of the mesh, in a Secret in the namespace `calico-system`. Without the
   * mesh it throws.
   *
   * @default - none
   */
  readonly nodeMeshPassword?: SecretRef;
  /**
   * TCP port on which machines take sessions, 1 to 65535.
   *
   * @default 179
   */
  readonly listenPort?: number;
  /**
   * Machines that hand routes on.
   *
   * @default - none
   */
  readonly routeReflectors?: CalicoRouteReflectors;
  /**
   * Routers outside of the cluster.
   *
   * @default - none
   */
  readonly topOfRackPeers?: TopOfRackPeer[];
  /**
   * Filters that `topOfRackPeers` name. One that nobody names throws.
   *
   * @default - none
   */
  readonly filters?: CalicoBgpFilter[];
  /**
   * Whether the cluster's Service networks are advertised to neighbours.
   *
   * @default false
   */
  readonly advertiseServiceCidr?: boolean;
  /**
   * Networks of external addresses of Services to advertise, canonical CIDRs.
   *
   * @default - none
   */
  readonly serviceExternalIps?: string[];
  /**
   * Networks of LoadBalancer addresses to advertise, canonical CIDRs.
   *
   * @default - none
   */
  readonly serviceLoadBalancerIps?: string[];
  /**
   * Names for communities, name → `aa:nn` or `aa:nn:mm`. One that no advertisement uses throws.
   *
   * @default - none
   */
  readonly communities?: { [name: string]: string };
  /**
   * Communities for the routes of networks.
   *
   * @default - none
   */
  readonly prefixAdvertisements?: CalicoPrefixAdvertisement[];
}
