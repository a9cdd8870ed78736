import { Construct } from 'constructs';
import type { CalicoLoadBalancerOptions, CalicoLoadBalancerProps } from './options';
import { CalicoAssignIps } from './options';
import { ipPool, optionProblems } from './pools';
import { calicoLoadBalancerRules } from './rules';
import {
  addManifest,
  decisionsOf,
  LoadBalancerKind,
  Phase,
  PortSource,
  throwProblems,
  tuned,
  type Cluster,
  type ILoadBalancerConfiguration,
} from '../../cluster';
import { agreeWithCluster } from '../agree';

/**
 * Addresses for Services of type LoadBalancer from pools of Calico, which Calico's own BGP announces.
 * TunedCalico of the same cluster writes what BGP and the controller have to know; it needs BGP, and
 * routers that listen. One load balancer per cluster; create it before the edge.
 *
 * @example
 * // fragment
 * new CalicoLoadBalancer(chart, 'load-balancer', {
 *   cluster,
 *   pools: [{ name: 'edge', cidr: '192.0.2.0/27' }],
 * });
 */
export class CalicoLoadBalancer extends Construct {
  /**
   * Addresses of Calico's, for a cluster that does not exist yet.
   *
   * @param options what to decide about them
   */
  public static configure(options: CalicoLoadBalancerOptions): ILoadBalancerConfiguration {
    return new CalicoLoadBalancerConfiguration(options);
  }

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props options and the cluster. Wrong values throw, all of them at once, and so do a cluster
   * with another load balancer, and one whose edge was made before
   */
  constructor(scope: Construct, id: string, props: CalicoLoadBalancerProps) {
    super(scope, id);
    const { cluster, pools } = props;
    const { path } = this.node;
    throwProblems(path, optionProblems(props));
    agreeWithCluster(path, cluster, LoadBalancerKind.CALICO);
    const aggregated = props.aggregateRoutes ?? false;
    cluster._register('loadBalancer', {
      path,
      kind: LoadBalancerKind.CALICO,
      label: "Calico's own pools",
      pools: pools.map(({ name, cidr, autoAssign }) => ({
        name,
        label: cidr,
        cidrs: [cidr],
        automatic: autoAssign ?? true,
      })),
      bgpPeers: [],
      // Calico heeds the label of kubeadm with the value true only, and kubeadm gives it none.
      fromControlPlanes: true,
      routes: {
        cidrs: pools.map(({ cidr }) => cidr),
        aggregated,
        assignIps: props.assignIps ?? CalicoAssignIps.ALL_SERVICES,
      },
      own: props,
    });
    for (const pool of pools) {
      const object = ipPool(pool);
      addManifest(this, cluster, Phase.LOAD_BALANCER_CONFIG, object);
      cluster.recordDecisions(
        decisionsOf(path, [
          tuned(
            `IPPool[${pool.name}].spec`,
            object.spec,
            'none',
            'chosen in the spec: addresses of Services of type LoadBalancer',
            'projectcalico/calico:libcalico-go/lib/validator/v3 (v3.32.1)',
          ),
        ]),
      );
      // In IPVS mode machines have these addresses; in the others no packet for them gets to the machine itself.
      cluster.ledger.requireAddresses(pool.cidr, {
        by: this,
        from: PortSource.ANYWHERE,
        why: 'Services that clients outside of the cluster reach',
      });
    }
    calicoLoadBalancerRules.forEach((rule) => cluster.addRule(rule, this));
  }
}

class CalicoLoadBalancerConfiguration implements ILoadBalancerConfiguration {
  public readonly kind = LoadBalancerKind.CALICO;

  public constructor(private readonly options: CalicoLoadBalancerOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new CalicoLoadBalancer(scope, id, { ...this.options, cluster });
  }
}
