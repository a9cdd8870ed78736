import { Construct } from 'constructs';
import { access, namespace } from './access';
import { controllerDeployment, controllerPolicy } from './controller';
import { customResources } from './custom-resources';
import { definitions } from './definitions';
import { requireMachineNeeds } from './needs';
import type { MetalLbOptions, MetalLbProps } from './options';
import { kindOf, optionProblems } from './problems';
import { metalLbRules } from './rules';
import { settle, type MetalLbSettings } from './settings';
import { excludedInterfaces, speakerDaemonSet } from './speaker';
import { metalLbTuning, type MetalLbTuning } from './tuning';
import { webhookObjects } from './webhook';
import {
  addManifest,
  askedFor,
  decisionsOf,
  LoadBalancerKind,
  Phase,
  throwProblems,
  tuned,
  type Cluster,
  type Decision,
  type ILoadBalancerConfiguration,
  type Manifest,
} from '../../cluster';
import { agreeWithCluster } from '../agree';

/**
 * MetalLB: gives addresses to Services of type LoadBalancer and announces them, by ARP or by BGP of its
 * own. Pools, sessions and the place of every address are checked here; the webhook that checks them on
 * the cluster is left out unless it is asked for. One load balancer per cluster; create it before the
 * edge.
 *
 * @example
 * // fragment
 * new MetalLb(chart, 'load-balancer', {
 *   cluster,
 *   pools: [{ name: 'edge', addresses: ['10.20.0.128/28'] }],
 * });
 */
export class MetalLb extends Construct {
  /**
   * MetalLB with its options, for a cluster that does not exist yet.
   *
   * @param options what to decide about it
   */
  public static configure(options: MetalLbOptions): ILoadBalancerConfiguration {
    return new MetalLbConfiguration(options);
  }

  /** Namespace of its pods and of its objects. */
  public readonly namespace: string;

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props options and the cluster. Wrong values throw, all of them at once, and so do a cluster
   * with another load balancer, and one whose edge was made before
   */
  constructor(scope: Construct, id: string, props: MetalLbProps) {
    super(scope, id);
    const { cluster } = props;
    const { path } = this.node;
    throwProblems(path, optionProblems(props));
    agreeWithCluster(path, cluster, kindOf(props));
    const settings = settle(props);
    const tuning = metalLbTuning(cluster, settings);
    const home = namespace();
    this.namespace = home.metadata!.name!;
    this.register(cluster, settings);
    const controllers: Manifest[] = [
      home,
      ...definitions(settings.webhook),
      ...access(settings),
      ...(settings.webhook ? webhookObjects() : []),
      excludedInterfaces(tuning),
      controllerPolicy(cluster, settings),
      controllerDeployment(cluster, settings, tuning),
      speakerDaemonSet(cluster, settings, tuning),
    ];
    controllers.forEach((object) => addManifest(this, cluster, Phase.LOAD_BALANCER, object));
    const resources = customResources(settings, tuning);
    resources.forEach((object) => addManifest(this, cluster, Phase.LOAD_BALANCER_CONFIG, object));
    this.waitForDefinitions(cluster, controllers);
    cluster.recordDecisions(decisions(path, settings, tuning, resources));
    requireMachineNeeds(this, cluster, settings);
    metalLbRules.forEach((rule) => cluster.addRule(rule, this));
  }

  private register(cluster: Cluster, settings: MetalLbSettings): void {
    cluster._register('loadBalancer', {
      path: this.node.path,
      kind: settings.kind,
      label: `MetalLB ${settings.release}`,
      pools: settings.pools.map(({ name, parsed, zone, autoAssign, serviceAllocation }) => ({
        name,
        label: parsed.map(({ text }) => text).join(', '),
        cidrs: parsed.flatMap(({ cidrs }) => cidrs.map(String)),
        zone,
        automatic: autoAssign ?? true,
        namespaces:
          serviceAllocation?.namespaceSelector === undefined &&
          serviceAllocation?.serviceSelector === undefined
            ? serviceAllocation?.namespaces
            : undefined,
      })),
      bgpPeers: settings.bgp?.peers.map(({ address }) => address) ?? [],
      fromControlPlanes: settings.fromControlPlanes,
      own: settings,
    });
  }

  private waitForDefinitions(cluster: Cluster, objects: readonly Manifest[]): void {
    const waits = objects
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .map(({ metadata }) => ({
        resource: `crd/${metadata!.name}`,
        condition: 'Established',
        minutes: 5,
        needed: true,
      }));
    cluster._wait('after', Phase.LOAD_BALANCER, ...waits);
  }
}

function decisions(
  path: string,
  settings: MetalLbSettings,
  tuning: MetalLbTuning,
  resources: readonly Manifest[],
): Decision[] {
  const { layer2 } = settings;
  return [
    ...tuning.decisions(path),
    ...decisionsOf(path, [
      ...(layer2 === undefined
        ? []
        : [
            tuned(
              'L2Advertisement.spec.interfaces',
              layer2.interfaces ?? 'all but those of network plugins',
              'all',
              layer2.interfacesWhy,
              'metallb/metallb speaker/layer2_controller.go at v0.16.1',
            ),
          ]),
      ...resources.map((object) =>
        askedFor(
          `${object.kind}[${object.metadata!.name}].spec`,
          JSON.stringify((object as { spec?: object }).spec),
          'none',
        ),
      ),
    ]),
  ];
}

class MetalLbConfiguration implements ILoadBalancerConfiguration {
  public readonly kind: LoadBalancerKind;

  public constructor(private readonly options: MetalLbOptions) {
    this.kind = kindOf(options);
  }

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new MetalLb(scope, id, { ...this.options, cluster });
  }
}
