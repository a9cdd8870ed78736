import { Construct } from 'constructs';
import { passwordSecrets } from './bgp';
import { bgpResources, passwordAccess, type Explained } from './bgp-resources';
import type { TunedCalicoOptions, TunedCalicoProps } from './calico-options';
import { choiceProblems } from './choice-problems';
import { demandedProxyMode, nftablesObstacle, settleChoices, type CalicoChoices } from './choices';
import { LinuxDataplane } from './dataplane-options';
import { apiServer, felixConfiguration, imageSet, installation, stored } from './installation';
import { announce } from './load-balancer';
import { optionsFromEnv } from './manifest-env';
import { requireMachineNeeds } from './needs';
import {
  operatorAccess,
  operatorDeployment,
  operatorNamespace,
  servicesEndpoint,
} from './operator';
import {
  hostEndpointResources,
  ipamSettings,
  loadBalancerPools,
  policyResources,
} from './policy-resources';
import { calicoRules } from './rules';
import { flowLogs, installationRows } from './tuning-installation';
import { operatorTuning } from './tuning-operator';
import { poolRows } from './tuning-pools';
import { definitionWaits, statusWaits } from './waits';
import { POD_DEVICE, inspections, podWays, tunnelDevices } from './ways';
import {
  addManifest,
  agreeWithFact,
  CniKind,
  decisionsOf,
  KubeProxyMode,
  Phase,
  throwProblems,
  type Cluster,
  type Encapsulation,
  type ICniConfiguration,
  type TuningRow,
} from '../../cluster';

/**
 * Calico, installed by tigera-operator: the operator in one phase, what it is to install in the
 * next. Encapsulation, MTU, dataplane and BGP follow from the cluster's facts, and what the machines
 * need for them goes into the ledger. One per cluster.
 *
 * Flow logs (Goldmane, Whisker) are left out: they cost memory on small clusters, and Whisker asks an
 * outside service for the text of its banner.
 *
 * @example
 * // fragment
 * new TunedCalico(chart, 'cni', { cluster, encapsulation: Encapsulation.NONE });
 */
export class TunedCalico extends Construct {
  /**
   * Calico with its options, for a cluster that does not exist yet.
   *
   * @param options what to decide about it
   */
  public static configure(options: TunedCalicoOptions = {}): ICniConfiguration {
    return new CalicoConfiguration(options);
  }

  /**
   * The options that do what the environment of a classic calico.yaml was meant to do. What did
   * something else, or nothing, becomes a finding of the construct that gets them. Only the variables
   * of calico-node and of the install-cni container are read.
   *
   * @param env variable → value, as they stand in the DaemonSet. A value that calico-node itself would
   * stop at throws, and so does a variable that nothing here can stand for
   */
  public static fromManifestEnv(env: { [variable: string]: string }): TunedCalicoOptions {
    return optionsFromEnv(env);
  }

  /** How pod packets travel between machines. */
  public readonly encapsulation: Encapsulation;
  /** MTU of pod interfaces, in bytes. */
  public readonly podMtu: number;

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props options and the cluster. Wrong values throw, all of them at once, and so does a
   * cluster with another network plugin
   */
  constructor(scope: Construct, id: string, props: TunedCalicoProps) {
    super(scope, id);
    const { cluster } = props;
    const { path } = this.node;
    throwProblems(path, choiceProblems(props));
    agreeWithFact(path, 'cni', cluster.cni, CniKind.CALICO);
    const choices = settleChoices(props);
    this.encapsulation = choices.encapsulation;
    this.podMtu = choices.mtu;
    cluster._register('cni', {
      path,
      kind: CniKind.CALICO,
      label: choices.label,
      encapsulation: choices.encapsulation,
      bgp: choices.bgp.enabled,
      bgpPeers: choices.bgp.peers.map(({ peerIp }) => peerIp),
      bgpMesh: choices.bgp.enabled && choices.bgp.mesh,
      devices: tunnelDevices(cluster, choices),
      podMtu: choices.mtu,
      dataplane: choices.dataplane,
      hostEndpoints: choices.hostEndpoints,
      podDevice: POD_DEVICE,
      ways: podWays(cluster, choices),
      inspect: inspections(choices),
      own: choices,
    });

    this.addOperator(cluster, choices);
    this.addCalico(cluster, choices);
    this.addPolicies(cluster, choices);
    requireMachineNeeds(this, cluster, choices);
    calicoRules.forEach((rule) => cluster.addRule(rule, this));
    cluster._whenRegistered('loadBalancer', ({ routes }) => {
      if (routes !== undefined) {
        announce(this, cluster, choices, routes);
      }
    });
  }

  private addOperator(cluster: Cluster, { image, operatorTag, dataplane }: CalicoChoices): void {
    const tuning = operatorTuning();
    const { imagePullSecrets } = cluster;
    const objects = [
      operatorNamespace(),
      ...(dataplane === LinuxDataplane.BPF ? [servicesEndpoint(cluster.endpoint)] : []),
      ...operatorAccess(),
      operatorDeployment({ image, imageTag: operatorTag, imagePullSecrets }, tuning),
    ];
    objects.forEach((object) => addManifest(this, cluster, Phase.CNI_OPERATOR, object));
    cluster.recordDecisions(tuning.decisions(this.node.path));
  }

  private addCalico(cluster: Cluster, choices: CalicoChoices): void {
    const rows = installationRows(cluster, choices);
    const pools = choices.pools.map((pool) => ({ cidr: pool.cidr, rows: poolRows(pool) }));
    const settings = [
      ...bgpResources(choices),
      ...ipamSettings(choices.options, (spec) => stored('IPAMConfig', 'default', spec)),
    ];
    // What Felix and BIRD read at their start comes before the Installation, which starts them.
    const before = [
      felixConfiguration(choices.felix),
      ...passwordAccess(passwordSecrets(choices.options)),
      ...settings.map(({ object }) => object),
      ...imageSet(choices),
    ];
    const wanted = installation(cluster, rows, pools);
    const asked = apiServer();
    const objects = [...before, wanted, asked];
    const read = before.map((object) => addManifest(this, cluster, Phase.CNI, object));
    addManifest(this, cluster, Phase.CNI, wanted).addDependency(...read);
    addManifest(this, cluster, Phase.CNI, asked);
    cluster._wait('after', Phase.CNI_OPERATOR, ...definitionWaits(objects));
    cluster._wait('after', Phase.CNI, ...statusWaits);
    this.record(cluster, Object.values(rows));
    pools.forEach((pool) => this.record(cluster, Object.values(pool.rows)));
    this.record(cluster, [...Object.values(choices.felix), flowLogs]);
    settings.forEach((setting) => this.record(cluster, setting.rows));
  }

  /** Once Calico's API server answers, it validates what it is given. */
  private addPolicies(cluster: Cluster, choices: CalicoChoices): void {
    const later: Array<[Phase, Explained[]]> = [
      [
        Phase.NETWORK_POLICY,
        [...policyResources(cluster, choices), ...hostEndpointResources(choices)],
      ],
      [Phase.LOAD_BALANCER_CONFIG, loadBalancerPools(choices)],
    ];
    for (const [phase, resources] of later) {
      for (const { object, rows } of resources) {
        addManifest(this, cluster, phase, object);
        this.record(cluster, rows);
      }
    }
  }

  private record(cluster: Cluster, rows: ReadonlyArray<TuningRow<unknown>>): void {
    cluster.recordDecisions(decisionsOf(this.node.path, rows));
  }
}

class CalicoConfiguration implements ICniConfiguration {
  public readonly kind = CniKind.CALICO;
  public readonly kubeProxyMode?: KubeProxyMode;
  public readonly nftablesObstacle?: string;

  public constructor(private readonly options: TunedCalicoOptions) {
    this.kubeProxyMode = demandedProxyMode(options);
    this.nftablesObstacle = nftablesObstacle(options);
  }

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new TunedCalico(scope, id, { ...this.options, cluster });
  }
}
