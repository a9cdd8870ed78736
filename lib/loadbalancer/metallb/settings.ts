import type { MetalLbBgpAdvertisement, MetalLbBgpPeer } from './mode-options';
import type { MetalLbPool, MetalLbProps } from './options';
import { images } from '../../catalog';
import { LoadBalancerKind, type Cluster } from '../../cluster';
import { readAddresses, type PoolAddresses } from '../pool-addresses';
import { zoneOfAddresses } from '../pool-problems';

export const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** A pool with every default settled. */
export interface SettledPool extends MetalLbPool {
  readonly parsed: readonly PoolAddresses[];
  /** The zone on whose segment it is, in layer-2 mode. */
  readonly zone?: string;
}

/** Pools that are announced on one segment. */
export interface Segment {
  readonly name: string;
  readonly pools: readonly string[];
  readonly nodeSelector: Readonly<Record<string, string>>;
}

/** All that MetalLB was told, and what follows from it. */
export interface MetalLbSettings {
  readonly kind: LoadBalancerKind;
  readonly release: string;
  readonly images: { readonly controller: string; readonly speaker: string };
  readonly pools: readonly SettledPool[];
  readonly fromControlPlanes: boolean;
  readonly webhook: boolean;
  readonly metrics: boolean;
  readonly layer2?: {
    /** Absent where it answers on every interface. */
    readonly interfaces?: readonly string[];
    readonly interfacesWhy: string;
    readonly segments: readonly Segment[];
  };
  readonly bgp?: {
    readonly asNumber: number;
    readonly peers: ReadonlyArray<MetalLbBgpPeer & { readonly name: string }>;
    readonly advertisements: readonly MetalLbBgpAdvertisement[];
  };
}

/** Settles every option; check them first. */
export function settle(props: MetalLbProps): MetalLbSettings {
  const { cluster, mode } = props;
  const bgp = mode?._bgp;
  const pools = props.pools.map((pool) => settlePool(cluster, pool, bgp === undefined));
  return {
    kind: bgp === undefined ? LoadBalancerKind.METALLB_L2 : LoadBalancerKind.METALLB_BGP,
    release: images['metallb-controller'].tag,
    images: {
      controller: cluster._image(images['metallb-controller']),
      speaker: cluster._image(images['metallb-speaker']),
    },
    pools,
    fromControlPlanes: props.announceFromControlPlanes ?? cluster.controlPlaneRunsWorkloads,
    webhook: props.validatingWebhook ?? false,
    metrics: props.metrics ?? false,
    ...(bgp === undefined
      ? { layer2: layer2Of(props, pools) }
      : {
          bgp: {
            asNumber: bgp.asNumber,
            peers: bgp.peers.map((peer) => ({ ...peer, name: peerName(peer) })),
            advertisements: bgp.advertisements ?? [{}],
          },
        }),
  };
}

function settlePool(cluster: Cluster, pool: MetalLbPool, layer2: boolean): SettledPool {
  const parsed = pool.addresses.map((text) => readAddresses(text)!);
  return { ...pool, parsed, zone: layer2 ? zoneOfAddresses(cluster, parsed)?.name : undefined };
}

function layer2Of({ cluster, mode }: MetalLbProps, pools: readonly SettledPool[]) {
  const { interfaces, nodeSelector = {} } = mode?._layer2 ?? {};
  const nics = cluster.machines.map(({ nic }) => nic);
  const known = nics.every((nic) => nic !== undefined) ? [...new Set(nics)].sort() : undefined;
  const zones = [...new Set(pools.map(({ zone }) => zone!))];
  return {
    interfaces: interfaces ?? known,
    interfacesWhy:
      interfaces !== undefined
        ? 'chosen in the spec'
        : known !== undefined
          ? 'the NICs of the node network; on others nobody asks for these addresses'
          : 'not every machine names its NIC',
    // With one zone every machine is in it, and a label less is one that cannot be missing.
    segments:
      cluster.zones.length === 1
        ? [{ name: 'groundwork', pools: pools.map(({ name }) => name), nodeSelector }]
        : zones.map((zone) => ({
            name: `groundwork-${zone}`,
            pools: pools.filter((pool) => pool.zone === zone).map(({ name }) => name),
            nodeSelector: { ...nodeSelector, [ZONE_LABEL]: zone },
          })),
  };
}

/** Made from zone and address, so that it stays when the list is sorted another way. */
export function peerName({ zone, address }: Pick<MetalLbBgpPeer, 'zone' | 'address'>): string {
  return ['router', zone, address.replace(/\./g, '-')].filter((part) => part).join('-');
}
