import type { Duration } from 'cdk8s';
import type { SecretRef } from '../../cluster';

/** How MetalLB answers ARP. */
export interface MetalLbLayer2Options {
  /**
   * Names of the interfaces on which it answers: at most 15 characters each, each once. An empty list
   * throws.
   *
   * @default - `nic` of the machines, when every machine has one; else every interface that belongs to
   * no network plugin
   */
  readonly interfaces?: string[];
  /**
   * Labels of the machines that answer, besides those of the zone where there are several. What is no
   * label throws.
   *
   * @default - every machine with a speaker
   */
  readonly nodeSelector?: { [label: string]: string };
}

/** A router that MetalLB has BGP sessions with. */
export interface MetalLbBgpPeer {
  /** Its IPv4 address; MetalLB's own BGP dials no IPv6 address. One of a machine of the cluster throws. */
  readonly address: string;
  /** Its AS number, 1 to 4294967295. */
  readonly asNumber: number;
  /**
   * TCP port on which it takes sessions, 1 to 16384.
   *
   * @default 179
   */
  readonly port?: number;
  /**
   * After how long without a word both sides take the other for gone: whole seconds, 3 to 65535. The
   * smaller wish of the two holds.
   *
   * @default Duration.seconds(9); MetalLB's own default is 90 seconds
   */
  readonly holdTime?: Duration;
  /**
   * Password of the session (TCP MD5): a Secret of type `kubernetes.io/basic-auth` in the namespace
   * `metallb-system`, with the key `password`. Another key throws.
   *
   * @default - none
   */
  readonly password?: SecretRef;
  /**
   * Zone whose machines have a session with it. A zone that the cluster does not have throws.
   *
   * @default - machines of all zones
   */
  readonly zone?: string;
  /**
   * Labels of the machines that have a session with it, besides that of the zone.
   *
   * @default - every machine with a speaker
   */
  readonly nodeSelector?: { [label: string]: string };
}

/** What routers are told of some pools. */
export interface MetalLbBgpAdvertisement {
  /**
   * Names of the pools. A pool that is not there throws, as does one that is named twice.
   *
   * @default - all pools
   */
  readonly pools?: string[];
  /**
   * Prefix length of the routes, 1 to 32 and no shorter than the widest network in the pools.
   *
   * @default 32, a route for every address
   */
  readonly aggregationLength?: number;
  /**
   * LOCAL_PREF of the routes, 0 to 2147483647 (MetalLB's schema takes no larger one), for routers of the
   * same AS number. Two values for the same routes throw.
   *
   * @default 0
   */
  readonly localPref?: number;
  /**
   * Communities of the routes, `aa:nn` with numbers up to 65535; MetalLB's own BGP knows no others.
   *
   * @default - none
   */
  readonly communities?: string[];
  /**
   * Addresses of the routers that are told. One that is not among `peers` throws.
   *
   * @default - all of them
   */
  readonly peers?: string[];
  /**
   * Labels of the machines that tell it.
   *
   * @default - every machine with a speaker
   */
  readonly nodeSelector?: { [label: string]: string };
}

/** How MetalLB speaks BGP. */
export interface MetalLbBgpOptions {
  /** AS number of the machines, 1 to 4294967295. */
  readonly asNumber: number;
  /** Routers; at least one. */
  readonly peers: MetalLbBgpPeer[];
  /**
   * What routers are told. An empty list throws.
   *
   * @default - a route for every address of every pool, to every router
   */
  readonly advertisements?: MetalLbBgpAdvertisement[];
}
