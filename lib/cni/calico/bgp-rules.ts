import { passwordSecrets, routedByBgp, zonesWithoutPeer } from './bgp';
import { calicoRule } from './calico-rule';
import type { CalicoChoices } from './choices';
import { ClusterRoutingMode } from './dataplane-options';
import { isVxlan } from './encapsulation';
import {
  Cidr,
  LoadBalancerKind,
  Severity,
  type Cluster,
  type IRule,
  type RuleViolation,
} from '../../cluster';

const BGP = 'https://docs.tigera.io/calico/latest/networking/configuring/bgp';

/** Whether routes reach every machine, and no further than they should. */
export const bgpRules: IRule[] = [
  calicoRule(
    {
      id: 'GW-CNI-031',
      severity: Severity.ERROR,
      title: 'Somebody programs the routes of bare pod packets',
      why: 'Without BIRD or Felix no machine knows where pods of the others are; the operator refuses to install without both',
      remedy:
        'leave bgp.enabled out, choose a VXLAN mode, or set clusterRoutingMode to ClusterRoutingMode.FELIX',
      reference: BGP,
    },
    routeViolations,
  ),
  calicoRule(
    {
      id: 'GW-CNI-033',
      severity: Severity.ERROR,
      title: 'Without the mesh every machine has a neighbour',
      why: 'A machine without a session learns no route and tells none: its pods are alone',
      remedy:
        'name route reflectors, name a router for every zone in bgp.topOfRackPeers, or leave nodeToNodeMesh on',
      reference: BGP,
    },
    meshViolations,
  ),
  calicoRule(
    {
      id: 'GW-CNI-034',
      severity: Severity.WARNING,
      title: 'A route reflector may be away',
      why: 'When the only one restarts, every machine loses the routes to all others',
      remedy: 'name two machines, in different zones where there are some',
      reference: BGP,
    },
    (cluster, { bgp }) =>
      bgp.enabled && !bgp.mesh && bgp.reflectors.length === 1 && cluster.machines.length > 1
        ? [{ message: `${bgp.reflectors[0]} is the only route reflector` }]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-035',
      severity: Severity.NOTE,
      title: 'The mesh is switched off after reflectors have taken over',
      why: 'A session takes seconds to come up; a running cluster without both loses its routes for that time. A machine that becomes a reflector leaves the mesh at once',
      remedy:
        'apply with nodeToNodeMesh true first, wait until `calicoctl node status` shows sessions with the reflectors on every machine, then apply without it',
      reference: BGP,
    },
    (cluster, { bgp }) => {
      if (!bgp.enabled || bgp.reflectors.length === 0) {
        return [];
      }
      if (bgp.mesh) {
        return [
          { message: 'nodeToNodeMesh is on beside route reflectors: the first of two steps' },
        ];
      }
      return cluster.ownsMachines
        ? []
        : [
            {
              message:
                'route reflectors come and the mesh goes in one step, on machines that may be running',
            },
          ];
    },
  ),
  calicoRule(
    {
      id: 'GW-CNI-037',
      severity: Severity.ERROR,
      title: 'A router has one BGP session with a machine',
      why: 'Routers tell neighbours apart by address: of two sessions from one machine each ends the other, and the routes of pods and of Services come and go',
      remedy:
        'let Calico advertise LoadBalancer addresses (bgp.serviceLoadBalancerIps), use MetalLB in L2 mode, or choose an encapsulation that needs no BGP',
      reference: 'https://metallb.io/configuration/calico/',
    },
    (cluster, { bgp }) =>
      bgp.enabled && cluster.loadBalancer === LoadBalancerKind.METALLB_BGP
        ? sharedRouters(cluster, bgp)
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-038',
      severity: Severity.NOTE,
      title: 'The passwords of BGP sessions are there',
      why: 'Without its Secret a session is opened without a password and never comes up against a neighbour that wants one',
      remedy:
        'create the Secrets in namespace calico-system; calico-node takes them as soon as they are there',
      reference: 'https://docs.tigera.io/calico/latest/network-policy/comms/secure-bgp',
    },
    (_cluster, { bgp, options }) =>
      bgp.enabled
        ? passwordSecrets(options).map((name) => ({
            message: `a session waits for Secret ${name} in namespace calico-system`,
          }))
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-039',
      severity: Severity.NOTE,
      title: 'Advertised Services have machines that announce them',
      why: 'Calico announces nothing from a machine with the label node.kubernetes.io/exclude-from-external-load-balancers and the value true. kubeadm gives it no value, other tools do',
      remedy: 'see that no control plane has the label with this value, or add workers',
      reference:
        'https://docs.tigera.io/calico/latest/networking/configuring/advertise-service-ips',
    },
    (cluster, { bgp }) =>
      Object.values(bgp.advertised).flat().length > 0 &&
      cluster.workers.length === 0 &&
      !cluster.ownsMachines
        ? [{ message: 'Services are advertised, and every machine is a control plane' }]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-046',
      severity: Severity.WARNING,
      title: 'Somebody hears what is advertised',
      why: 'Machines know Services by themselves; without a router outside of the cluster nobody learns the way to them',
      remedy: 'name the routers in bgp.topOfRackPeers, or advertise nothing',
      reference:
        'https://docs.tigera.io/calico/latest/networking/configuring/advertise-service-ips',
    },
    (_cluster, { bgp }) =>
      Object.values(bgp.advertised).flat().length > 0 && bgp.peers.length === 0
        ? [{ message: 'Services are advertised, and bgp.topOfRackPeers names no router' }]
        : [],
  ),
  calicoRule(
    {
      id: 'GW-CNI-047',
      severity: Severity.WARNING,
      title: 'LoadBalancer addresses are advertised',
      why: 'Calico gives them to Services and answers no ARP for them: nothing outside finds an address that BGP does not tell',
      remedy: 'add the pool to bgp.serviceLoadBalancerIps',
      reference: 'https://docs.tigera.io/calico/latest/networking/ipam/service-loadbalancer',
    },
    (_cluster, { bgp, loadBalancerPools }) =>
      loadBalancerPools
        .filter(
          ({ cidr }) =>
            !bgp.advertised.loadBalancer.some((text) =>
              Cidr.parse(text)!.includes(Cidr.parse(cidr)!),
            ),
        )
        .map(({ cidr }) => ({
          message: `the pool ${cidr} for LoadBalancer addresses is not in bgp.serviceLoadBalancerIps`,
        })),
  ),
  calicoRule(
    {
      id: 'GW-CNI-040',
      severity: Severity.NOTE,
      title: 'A machine is ready without its router',
      why: 'Without the mesh the router is the only session: while it is down, calico-node is not ready and a rolling update stands still',
      remedy: 'name two routers for every zone',
      reference: BGP,
    },
    (cluster, { bgp }) => {
      if (!bgp.enabled || bgp.mesh || bgp.reflectors.length > 0) {
        return [];
      }
      const everywhere = bgp.peers.filter(({ zone }) => zone === undefined).length;
      const zones = [...new Set(cluster.machines.map((m) => m.zone))];
      return zones
        .filter((name) => everywhere + bgp.peers.filter((p) => p.zone === name).length === 1)
        .map((name) => ({
          message: `machines in zone ${name} have one BGP session, with their router`,
        }));
    },
  ),
];

/** MetalLB only dials, so the two share a machine; which routers it dials is known where it is of the spec. */
function sharedRouters(cluster: Cluster, bgp: CalicoChoices['bgp']): RuleViolation[] {
  const metalLb = cluster._summary('loadBalancer');
  if (metalLb === undefined) {
    return [
      { message: 'Calico speaks BGP with routers or machines, and MetalLB perhaps with the same' },
    ];
  }
  return [...new Set(bgp.peers.map(({ peerIp }) => peerIp))]
    .filter((peerIp) => metalLb.bgpPeers.includes(peerIp))
    .map((peerIp) => ({ message: `Calico and MetalLB both open a session with router ${peerIp}` }));
}

function routeViolations({ machines }: Cluster, { pools, bgp, routing }: CalicoChoices) {
  const bare = pools.filter(({ encapsulation }) => !isVxlan(encapsulation));
  if (routing === ClusterRoutingMode.FELIX) {
    return [];
  }
  if (!bgp.enabled) {
    return [...new Set(bare.map(({ encapsulation }) => encapsulation))].map((encapsulation) => ({
      message: `encapsulation must be VXLAN or VXLANCrossSubnet with bgp.enabled false, got ${encapsulation}`,
    }));
  }
  // The filter stands before every neighbour, those of the mesh included.
  return bare
    .filter(({ disableBgpExport }) => disableBgpExport && machines.length > 1)
    .map(({ cidr, encapsulation }) => ({
      message: `disableBgpExport must be false for the pool ${cidr} with encapsulation ${encapsulation}, got true`,
      remedy:
        'the other machines learn its routes by BGP, too: hold it back from routers with bgp.filters, choose a VXLAN mode, or set clusterRoutingMode to ClusterRoutingMode.FELIX',
    }));
}

function meshViolations(cluster: Cluster, choices: CalicoChoices): RuleViolation[] {
  const { bgp } = choices;
  if (!bgp.enabled || bgp.mesh || bgp.reflectors.length > 0 || cluster.machines.length === 1) {
    return [];
  }
  return routedByBgp(choices).flatMap((family) => {
    const alone = zonesWithoutPeer(cluster, bgp.peers, family);
    return alone.length === 0
      ? []
      : [
          {
            message: `nodeToNodeMesh is off, and machines in zone ${alone.join(', ')} have no ${family} neighbour`,
          },
        ];
  });
}
