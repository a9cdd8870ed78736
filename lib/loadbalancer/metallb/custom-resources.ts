import { GROUP, NAMESPACE } from './names';
import type { MetalLbServiceAllocation } from './options';
import { ZONE_LABEL, type MetalLbSettings, type SettledPool } from './settings';
import type { MetalLbTuning } from './tuning';
import { millis, type Manifest } from '../../cluster';

/** What MetalLB is to give away, and to whom it is to be told. */
export function customResources(settings: MetalLbSettings, tuning: MetalLbTuning): Manifest[] {
  return [
    ...settings.pools.map(pool),
    ...layer2Advertisements(settings),
    ...bgpPeers(settings, tuning),
    ...bgpAdvertisements(settings),
  ];
}

function own(kind: string, name: string, spec: object, version = 'v1beta1'): Manifest {
  const metadata = { name, namespace: NAMESPACE };
  return { apiVersion: `${GROUP}/${version}`, kind, metadata, spec: defined(spec) } as Manifest;
}

function pool(given: SettledPool): Manifest {
  return own('IPAddressPool', given.name, {
    addresses: [...given.addresses],
    autoAssign: given.autoAssign ?? true,
    avoidBuggyIPs: given.avoidBuggyIps ?? false,
    serviceAllocation: allocation(given.serviceAllocation),
  });
}

function allocation(given: MetalLbServiceAllocation | undefined) {
  return given === undefined
    ? undefined
    : defined({
        priority: given.priority,
        namespaces: given.namespaces,
        namespaceSelectors: selectors(given.namespaceSelector),
        serviceSelectors: selectors(given.serviceSelector),
      });
}

function layer2Advertisements({ layer2 }: MetalLbSettings): Manifest[] {
  return (layer2?.segments ?? []).map(({ name, pools, nodeSelector }) =>
    own('L2Advertisement', name, {
      ipAddressPools: [...pools],
      interfaces: layer2!.interfaces,
      nodeSelectors: selectors(nodeSelector),
    }),
  );
}

function bgpPeers({ bgp }: MetalLbSettings, tuning: MetalLbTuning): Manifest[] {
  return (bgp?.peers ?? []).map((peer) =>
    own(
      'BGPPeer',
      peer.name,
      {
        myASN: bgp!.asNumber,
        peerASN: peer.asNumber,
        peerAddress: peer.address,
        peerPort: peer.port ?? 179,
        holdTime:
          peer.holdTime === undefined ? tuning.get('holdTime') : `${millis(peer.holdTime) / 1000}s`,
        passwordSecret:
          peer.password === undefined
            ? undefined
            : { name: peer.password.secretName, namespace: NAMESPACE },
        nodeSelectors: selectors({
          ...peer.nodeSelector,
          ...(peer.zone === undefined ? {} : { [ZONE_LABEL]: peer.zone }),
        }),
      },
      'v1beta2',
    ),
  );
}

function bgpAdvertisements({ bgp, pools }: MetalLbSettings): Manifest[] {
  return (bgp?.advertisements ?? []).map((given, index) => {
    const peers = given.peers?.flatMap((address) =>
      bgp!.peers.filter((peer) => peer.address === address).map(({ name }) => name),
    );
    return own('BGPAdvertisement', `groundwork-${index + 1}`, {
      ipAddressPools: given.pools ?? pools.map(({ name }) => name),
      aggregationLength: given.aggregationLength ?? 32,
      localPref: given.localPref,
      communities: given.communities,
      peers,
      nodeSelectors: selectors(given.nodeSelector),
    });
  });
}

/** MetalLB takes lists of selectors, any of which must match; the spec has one, or none. */
function selectors(labels: Readonly<Record<string, string>> | undefined) {
  const entries = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : [{ matchLabels: Object.fromEntries(entries) }];
}

function defined(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
