import { Construct } from 'constructs';
import {
  addManifest,
  agreeWithFact,
  CniKind,
  Phase,
  throwProblems,
  Tuning,
  type Cluster,
  type Encapsulation,
  type ICniConfiguration,
} from '../../cluster';
import type { TunedCalicoOptions, TunedCalicoProps } from './calico-options';
import { choiceProblems, settleChoices, type CalicoChoices } from './choices';
import { apiServer, felixConfiguration, installation } from './installation';
import { requireMachineNeeds } from './needs';
import { operatorAccess, operatorDeployment, operatorNamespace } from './operator';
import { calicoRules } from './rules';
import { felixRows, installationTuning, operatorTuning } from './tuning';
import { definitionWaits, statusWaits } from './waits';

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
      bgp: choices.bgp,
      podMtu: choices.mtu,
      dataplane: choices.dataplane,
      own: choices,
    });

    this.addOperator(cluster, choices);
    this.addCalico(cluster, choices);
    requireMachineNeeds(cluster.ledger, this, choices);
    calicoRules.forEach((rule) => cluster.addRule(rule, this));
  }

  private addOperator(cluster: Cluster, { image, operatorTag }: CalicoChoices): void {
    const tuning = operatorTuning();
    const { imagePullSecrets } = cluster;
    const objects = [
      operatorNamespace(),
      ...operatorAccess(),
      operatorDeployment({ image, imageTag: operatorTag, imagePullSecrets }, tuning),
    ];
    objects.forEach((object) => addManifest(this, cluster, Phase.CNI_OPERATOR, object));
    cluster._waitAfter(Phase.CNI_OPERATOR, ...definitionWaits);
    cluster.recordDecisions(tuning.decisions(this.node.path));
  }

  private addCalico(cluster: Cluster, choices: CalicoChoices): void {
    const tuning = installationTuning(cluster, choices);
    const felix = felixRows(cluster, choices.felix);
    // Felix's settings come first: they must be there when the Installation starts it.
    const objects = [felixConfiguration(felix), installation(cluster, tuning), apiServer()];
    objects.forEach((object) => addManifest(this, cluster, Phase.CNI, object));
    cluster._waitAfter(Phase.CNI, ...statusWaits);
    cluster.recordDecisions([
      ...tuning.decisions(this.node.path),
      ...new Tuning(felix).decisions(this.node.path),
    ]);
  }
}

class CalicoConfiguration implements ICniConfiguration {
  public readonly kind = CniKind.CALICO;

  public constructor(private readonly options: TunedCalicoOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new TunedCalico(scope, id, { ...this.options, cluster });
  }
}
