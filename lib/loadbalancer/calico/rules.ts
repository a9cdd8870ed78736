import { CniKind, KubeProxyMode, Severity, type IRule } from '../../cluster';
import { edgeRules } from '../edge-rules';
import { lbRule } from '../lb-rule';

/** What would break in addresses that Calico gives and announces. */
export const ownRules: IRule[] = [
  lbRule(
    {
      id: 'GW-LB-010',
      severity: Severity.ERROR,
      title: 'Calico of the spec announces its addresses by BGP',
      why: 'Pools alone give Services addresses that nothing outside finds: Calico answers no ARP, and only TunedCalico writes what its BGP announces',
      remedy: 'add TunedCalico with bgp.topOfRackPeers to the cluster, or use MetalLb',
      reference: 'https://docs.tigera.io/calico/latest/networking/ipam/service-loadbalancer',
    },
    (cluster, { routes }) => {
      const cni = cluster._summary('cni');
      if (routes === undefined || (cni?.kind === CniKind.CALICO && cni.bgp)) {
        return [];
      }
      return [
        {
          message:
            cni?.kind === CniKind.CALICO
              ? 'BGP of TunedCalico is off (bgp.enabled)'
              : 'the cluster has no TunedCalico',
        },
      ];
    },
  ),
  lbRule(
    {
      id: 'GW-LB-011',
      severity: Severity.WARNING,
      title: 'Machines without a pod of a Local Service get no packets for it',
      why: 'With whole networks announced from every machine, routers that do not prefer the longer route send packets there as well; nftables and iptables mode drop them, IPVS mode sends them to another machine whose answers are lost',
      remedy:
        'leave aggregateRoutes out, or see that routers prefer the /32 and /128 routes, and acknowledge this',
      reference: 'https://github.com/kubernetes/kubernetes/pull/97081',
    },
    (cluster, { routes }) =>
      routes?.aggregated === true
        ? [
            {
              message: `routes to pools are aggregated${cluster.kubeProxyMode === KubeProxyMode.IPVS ? ', with kube-proxy in IPVS mode' : ''}`,
            },
          ]
        : [],
  ),
];

/** What CalicoLoadBalancer registers. */
export const calicoLoadBalancerRules: IRule[] = [...edgeRules, ...ownRules];
