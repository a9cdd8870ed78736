import type { MetalLbSettings } from './settings';
import { LoadBalancerKind, Severity, type IRule } from '../../cluster';
import { edgeRules } from '../edge-rules';
import { lbRule } from '../lb-rule';

const L2 = 'https://metallb.io/concepts/layer2/';
const BGP = 'https://metallb.io/concepts/bgp/';

/** What would break in MetalLB, or because of it. */
export const ownRules: IRule[] = [
  lbRule(
    {
      id: 'GW-LB-004',
      severity: Severity.ERROR,
      title: 'Machines of a zone share a segment on which any address may be answered for',
      why: 'An address moves by ARP: the other machines, and the router, must hear the answer and take packets from the address',
      remedy:
        'use BGP (MetalLbMode.bgp, CalicoLoadBalancer), or leave loadBalancer out and let the provider balance to the node ports of the edge',
      reference: L2,
    },
    ({ underlay }) => {
      const { l2Adjacent, filtersSourceAddresses, singleAddresses } = underlay;
      const reasons = [
        ...(filtersSourceAddresses
          ? ["the underlay drops packets from addresses that are not the machine's own"]
          : l2Adjacent
            ? []
            : ['machines of a zone do not share a segment (underlay.l2Adjacent)']),
        ...(singleAddresses
          ? [
              'NICs carry single addresses, so nobody asks for others by ARP (underlay.singleAddresses)',
            ]
          : []),
      ];
      return reasons.map((message) => ({ message }));
    },
    LoadBalancerKind.METALLB_L2,
  ),
  lbRule(
    {
      id: 'GW-LB-005',
      severity: Severity.ERROR,
      title: 'Some machine announces addresses',
      why: 'Addresses that no machine announces are given to Services, and nobody finds them',
      remedy: 'leave announceFromControlPlanes out, or add workers',
      reference: 'https://metallb.io/troubleshooting/',
    },
    ({ workers }, { fromControlPlanes }) =>
      workers.length === 0 && !fromControlPlanes
        ? [{ message: 'announceFromControlPlanes is false, and every machine is a control plane' }]
        : [],
    LoadBalancerKind.METALLB_L2,
    LoadBalancerKind.METALLB_BGP,
  ),
  lbRule(
    {
      id: 'GW-LB-006',
      severity: Severity.NOTE,
      title: 'One machine carries what comes in for an address',
      why: 'In layer-2 mode one machine answers for an address: its NIC is the limit, and when it is lost clients wait until another one has taken over and their routers have heard of it',
      remedy:
        'give busy Services addresses of their own, which are spread over machines, or use BGP, by which routers send to all machines; acknowledge this where one NIC is enough',
      reference: L2,
    },
    (cluster, { fromControlPlanes }) => {
      const machines = fromControlPlanes ? cluster.machines : cluster.workers;
      return machines.length > 1
        ? [{ message: `each address is answered for by one of ${machines.length} machines` }]
        : [];
    },
    LoadBalancerKind.METALLB_L2,
  ),
  lbRule(
    {
      id: 'GW-LB-007',
      severity: Severity.NOTE,
      title: 'The passwords of BGP sessions are there',
      why: 'As long as one Secret is missing, or is of another type, speakers take no part of their configuration',
      remedy:
        'create the Secrets in namespace metallb-system, of type kubernetes.io/basic-auth with the key password, before phase 45-load-balancer-config',
      reference: 'https://metallb.io/configuration/_advanced_bgp_configuration/',
    },
    (_cluster, { own }) => {
      const peers = (own as MetalLbSettings).bgp?.peers ?? [];
      const names = peers.flatMap(({ password }) => password?.secretName ?? []);
      return [...new Set(names)].sort().map((name) => ({
        message: `a session waits for Secret ${name} in namespace metallb-system`,
      }));
    },
    LoadBalancerKind.METALLB_BGP,
  ),
  lbRule(
    {
      id: 'GW-LB-008',
      severity: Severity.NOTE,
      title: 'A router may be away',
      why: 'While the only router of a machine restarts, nobody learns that the machine has the way to a Service',
      remedy: 'name two routers for every zone',
      reference: BGP,
    },
    (cluster, { own }) => {
      const { peers = [] } = (own as MetalLbSettings).bgp ?? {};
      const everywhere = peers.filter(({ zone }) => zone === undefined).length;
      const zones = [...new Set(cluster.machines.map((m) => m.zone))];
      return zones
        .map((name) => ({ name, count: everywhere + peers.filter((p) => p.zone === name).length }))
        .filter(({ count }) => count < 2)
        .map(({ name, count }) => ({
          message: `machines in zone ${name} have ${count === 0 ? 'no router' : 'one router'}`,
        }));
    },
    LoadBalancerKind.METALLB_BGP,
  ),
];

/** What MetalLb registers. */
export const metalLbRules: IRule[] = [...edgeRules, ...ownRules];
