import { LoadBalancerKind, rule, Severity, type Cluster, type IRule } from '../../cluster';

const SERVER = 'kube-vip/kube-vip:pkg/bgp/server.go v1.2.3';

/**
 * Two speakers of BGP on a machine. kube-vip opens no port of its own (ListenPort -1), so it shares a
 * machine with one that listens; what they cannot share is a session with one router.
 */
export const bgpRules: IRule[] = [
  rule(
    {
      id: 'GW-NODE-058',
      severity: Severity.ERROR,
      title: 'A router has one BGP session with an address',
      why: 'Routers tell neighbours apart by address: of two sessions from one machine each ends the other, and routes of pods and of the API come and go',
      remedy:
        'give kube-vip an address of its own to start from (sourceAddresses) or another router, or let pods do without BGP to that router',
      reference: SERVER,
    },
    (cluster) => {
      const { _bgp } = cluster.endpoint;
      const cni = cluster._summary('cni');
      if (_bgp === undefined || cni === undefined || !cni.bgp || !startsFromNodeAddress(cluster)) {
        return [];
      }
      return _bgp.peers
        .filter(({ address }) => cni.bgpPeers?.includes(address))
        .map(({ address }) => ({
          message: `kube-vip and the network plugin both open a session with router ${address} from the machine's own address`,
        }));
    },
  ),
  rule(
    {
      id: 'GW-NODE-059',
      severity: Severity.ERROR,
      title: 'kube-vip tells routers, not machines of the cluster',
      why: 'On a machine of the cluster nobody waits for it, or it meets the speaker of the network plugin, which drops a neighbour of another autonomous system and its own routes with it',
      remedy: 'name the routers in front of the machines as peers',
      reference: 'kube-vip/kube-vip issue 398',
    },
    ({ endpoint, machines }) =>
      (endpoint._bgp?.peers ?? []).flatMap(({ address }) =>
        machines
          .filter((m) => m.address === address || m.addressV6 === address)
          .map((m) => ({ message: `peer ${address} is machine ${m.name}` })),
      ),
  ),
  rule(
    {
      id: 'GW-NODE-060',
      severity: Severity.WARNING,
      title: 'kube-vip and MetalLB have routers of their own',
      why: 'A router has one session with an address: when both speak to the same one, each ends the session of the other',
      remedy:
        'let MetalLB leave out the control planes (announceFromControlPlanes) or give kube-vip sourceAddresses, then acknowledge this; or use MetalLB in L2 mode',
      reference: 'https://metallb.io/configuration/_advanced_bgp_configuration/',
    },
    (cluster) => {
      const known = cluster._summary('loadBalancer');
      const shared =
        known === undefined ||
        (known.fromControlPlanes &&
          cluster.endpoint._bgp?.peers.some(({ address }) => known.bgpPeers.includes(address)));
      return cluster.endpoint.needsBgp &&
        cluster.loadBalancer === LoadBalancerKind.METALLB_BGP &&
        startsFromNodeAddress(cluster) &&
        shared
        ? [{ message: 'MetalLB and kube-vip speak BGP from the same addresses' }]
        : [];
    },
  ),
];

/** Whether any control plane opens its sessions from its own address, as other speakers do. */
function startsFromNodeAddress({ endpoint, controlPlanes }: Cluster): boolean {
  const { sourceInterface, sourceAddresses } = endpoint._bgp!;
  return controlPlanes.some((m) =>
    sourceInterface === undefined
      ? [undefined, m.address, m.addressV6].includes(sourceAddresses?.[m.name])
      : m.nic === undefined || m.nic === sourceInterface,
  );
}
