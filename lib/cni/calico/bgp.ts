import type { TopOfRackPeer } from './bgp-options';
import type { TunedCalicoOptions, TunedCalicoProps } from './calico-options';
import type { CalicoChoices } from './choices';
import { ClusterRoutingMode } from './dataplane-options';
import { isVxlan } from './encapsulation';
import type { SettledPool } from './pools';
import { familyOf, LoadBalancerKind, type Cluster, type IpFamily } from '../../cluster';

/** AS number of the machines, unless the spec has another one. */
export const AS_NUMBER = 64512;
/** Where machines take sessions, unless the spec has another port. */
export const BGP_PORT = 179;
/** Cluster id of route reflectors, unless the spec has another one. */
export const CLUSTER_ID = '244.0.0.1';
/** Label by which machines find their route reflectors, as in upstream's guide. */
export const REFLECTOR_LABEL = 'route-reflector';

/** BGP with every default settled. */
export interface SettledBgp {
  readonly enabled: boolean;
  readonly why: string;
  readonly asNumber: number;
  readonly listenPort: number;
  readonly mesh: boolean;
  readonly reflectors: readonly string[];
  readonly clusterId: string;
  readonly peers: readonly TopOfRackPeer[];
  /** Networks of Services that neighbours learn. */
  readonly advertised: {
    readonly cluster: readonly string[];
    readonly external: readonly string[];
    readonly loadBalancer: readonly string[];
  };
}

/** Settles what BGP does; call `bgpProblems` first. */
export function settleBgp(
  props: TunedCalicoProps,
  pools: readonly SettledPool[],
  routing: ClusterRoutingMode,
): SettledBgp {
  const { cluster, bgp = {} } = props;
  const reflectors = bgp.routeReflectors?.machines ?? [];
  const peers = bgp.topOfRackPeers ?? [];
  const advertised = {
    cluster: bgp.advertiseServiceCidr === true ? cluster.serviceCidrs : [],
    external: bgp.serviceExternalIps ?? [],
    loadBalancer: bgp.serviceLoadBalancerIps ?? [],
  };
  const needs = pools.find(({ encapsulation }) => !isVxlan(encapsulation));
  const { enabled, why } = switchedOn(bgp.enabled, {
    [`the operator refuses ${needs?.encapsulation} without BGP; its routes are BIRD's`]:
      needs !== undefined && routing === ClusterRoutingMode.BIRD,
    'the spec names neighbours': reflectors.length + peers.length > 0,
    'LoadBalancer addresses are announced by BGP': cluster.loadBalancer === LoadBalancerKind.CALICO,
    'Services are advertised': Object.values(advertised).flat().length > 0,
  });
  return {
    enabled,
    why,
    asNumber: bgp.asNumber ?? AS_NUMBER,
    listenPort: bgp.listenPort ?? BGP_PORT,
    mesh: bgp.nodeToNodeMesh ?? reflectors.length === 0,
    reflectors,
    clusterId: bgp.routeReflectors?.clusterId ?? CLUSTER_ID,
    peers,
    advertised,
  };
}

function switchedOn(given: boolean | undefined, reasons: Readonly<Record<string, boolean>>) {
  if (given !== undefined) {
    return { enabled: given, why: 'chosen in the spec' };
  }
  const reason = Object.keys(reasons).find((key) => reasons[key]);
  return {
    enabled: reason !== undefined,
    why:
      reason ??
      'Felix programs the routes; without BGP there is no BIRD to run and no port to open',
  };
}

/**
 * Zones with machines for which no neighbour outside of the cluster is named: routes of a family come
 * by sessions of that family.
 */
export function zonesWithoutPeer(
  { machines }: Cluster,
  peers: readonly TopOfRackPeer[],
  family: IpFamily,
): string[] {
  const zones = [...new Set(machines.map((m) => m.zone))];
  const some = peers.filter(({ peerIp }) => familyOf(peerIp) === family);
  return some.some(({ zone }) => zone === undefined)
    ? []
    : zones.filter((zone) => some.every((peer) => peer.zone !== zone));
}

/** Families whose routes between machines come by BGP alone: VXLAN's are Felix's. */
export function routedByBgp({ pools, routing }: Pick<CalicoChoices, 'pools' | 'routing'>) {
  const bare = pools.filter(({ encapsulation }) => !isVxlan(encapsulation));
  return routing === ClusterRoutingMode.BIRD ? [...new Set(bare.map((pool) => pool.family))] : [];
}

/** Secrets with passwords that sessions need, by name. */
export function passwordSecrets({ bgp }: TunedCalicoOptions): string[] {
  const refs = [bgp?.nodeMeshPassword, ...(bgp?.topOfRackPeers ?? []).map((p) => p.password)];
  return [...new Set(refs.flatMap((ref) => (ref === undefined ? [] : [ref.secretName])))].sort();
}
