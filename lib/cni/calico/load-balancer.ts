import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import { bgpConfiguration, type Explained } from './bgp-resources';
import type { CalicoChoices } from './choices';
import { served } from './installation';
import { definitionWaits } from './waits';
import {
  addManifest,
  decisionsOf,
  Phase,
  tuned,
  type Cluster,
  type LoadBalancerRoutes,
} from '../../cluster';

const ROUTES = 'projectcalico/calico:confd/pkg/backends/calico/routes.go (v3.32.1)';
const CONTROLLER = 'projectcalico/calico:kube-controllers/pkg/config/runconfig.go (v3.32.1)';

/** The choices with what a load balancer wants to be announced. */
export function withAnnounced(cluster: Cluster, choices: CalicoChoices): CalicoChoices {
  const routes = cluster._summary('loadBalancer')?.routes;
  return routes === undefined ? choices : announcing(choices, routes);
}

function announcing(choices: CalicoChoices, { cidrs }: LoadBalancerRoutes): CalicoChoices {
  const { advertised } = choices.bgp;
  const loadBalancer = [...new Set([...advertised.loadBalancer, ...cidrs])];
  return { ...choices, bgp: { ...choices.bgp, advertised: { ...advertised, loadBalancer } } };
}

/**
 * Writes what a load balancer without an announcer of its own wants into the two objects that there is
 * one of in a cluster. It comes before or after the plugin; the objects may be there already.
 */
export function announce(
  by: Construct,
  cluster: Cluster,
  given: CalicoChoices,
  routes: LoadBalancerRoutes,
): void {
  const choices = announcing(given, routes);
  if (!choices.bgp.enabled) {
    // A rule of the load balancer says so.
    return;
  }
  const advertised = {
    serviceLoadBalancerIPs: choices.bgp.advertised.loadBalancer.map((cidr) => ({ cidr })),
    serviceLoadBalancerAggregation: routes.aggregated ? 'Enabled' : 'Disabled',
  };
  const { options } = choices;
  merge(by, cluster, Phase.CNI, advertised, '', () =>
    bgpConfiguration({ ...choices, options: { ...options, bgp: options.bgp ?? {} } }),
  );
  const loadBalancer = { assignIPs: routes.assignIps };
  merge(by, cluster, Phase.NETWORK_POLICY, { loadBalancer }, '/controllers', () => ({
    object: served('KubeControllersConfiguration', 'default', { controllers: { loadBalancer } }),
    rows: [],
  }));
  cluster.recordDecisions(
    decisionsOf(by.node.path, [
      tuned(
        'BGPConfiguration.spec.serviceLoadBalancerIPs',
        advertised.serviceLoadBalancerIPs,
        'none',
        'the pools of the load balancer, which answers no ARP',
        ROUTES,
      ),
      tuned(
        'BGPConfiguration.spec.serviceLoadBalancerAggregation',
        advertised.serviceLoadBalancerAggregation,
        'Enabled',
        routes.aggregated
          ? 'chosen in the spec'
          : 'every machine would announce the whole pool, machines without a pod of a Local Service included',
        ROUTES,
      ),
      tuned(
        'KubeControllersConfiguration.spec.controllers.loadBalancer.assignIPs',
        routes.assignIps,
        'AllServices',
        'which Services get an address; an empty value would be none',
        CONTROLLER,
      ),
    ]),
  );
}

/** Adds fields to an object that is there, or makes it with them. */
function merge(
  by: Construct,
  cluster: Cluster,
  phase: Phase,
  fields: Readonly<Record<string, unknown>>,
  below: string,
  make: () => Explained,
): void {
  const { object, rows } = make();
  const there = by.node.tryFindChild(`${object.kind!.toLowerCase()}-${object.metadata!.name}`);
  const target =
    there !== undefined ? (there as ApiObject) : addManifest(by, cluster, phase, object);
  if (there === undefined) {
    cluster.recordDecisions(decisionsOf(by.node.path, rows));
    if (phase === Phase.CNI) {
      cluster._wait('after', Phase.CNI_OPERATOR, ...definitionWaits([object]));
    }
  }
  for (const [field, value] of Object.entries(fields)) {
    target.addJsonPatch(JsonPatch.add(`/spec${below}/${field}`, value));
  }
}
