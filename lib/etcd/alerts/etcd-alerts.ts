import { Construct } from 'constructs';
import { alertRules } from './alert-rules';
import { alertProblems, settleAlerts } from './choices';
import type { EtcdAlertsOptions, EtcdAlertsProps } from './options';
import { NAME, prometheusRule, ruleFile } from './prometheus-rule';
import { alertsRules } from './rules';
import {
  addManifest,
  decisionsOf,
  Phase,
  throwProblems,
  type Cluster,
  type IEtcdAlertsConfiguration,
} from '../../cluster';
import { ensureEtcdRunbook } from '../runbook/runbook';

/** The definition that the Prometheus operator brings. */
const DEFINITION = 'crd/prometheusrules.monitoring.coreos.com';
const NAMESPACE = 'kube-system';

/**
 * Alerts on etcd as a PrometheusRule, with thresholds for disks of this class and this spec's members,
 * round trip and backup. The cluster must have the Prometheus operator: apply.sh waits for the
 * definition of the kind before it applies the phase, and stops where nobody brings it. One per
 * cluster; create it after EtcdBackup.
 */
export class EtcdAlerts extends Construct {
  /**
   * The alerts with their options, for a cluster that does not exist yet.
   *
   * @param options what to decide about them
   */
  public static configure(options: EtcdAlertsOptions = {}): IEtcdAlertsConfiguration {
    return new AlertsConfiguration(options);
  }

  /** Names of the alerts, in the order of the file. */
  public readonly alerts: string[];

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props options and the cluster. Wrong values throw, all of them at once
   */
  constructor(scope: Construct, id: string, props: EtcdAlertsProps) {
    super(scope, id);
    const { cluster, namespace = NAMESPACE, labels = {} } = props;
    const { path } = this.node;
    throwProblems(path, alertProblems(props));
    const choices = settleAlerts(props);
    const alerts = alertRules(choices);
    this.alerts = alerts.map(({ name }) => name);
    cluster._register('etcdAlerts', { path, watchesBackup: choices.backup !== undefined });
    const object = prometheusRule(namespace, labels, ruleFile(alerts, choices));
    addManifest(this, cluster, Phase.OBSERVABILITY, object);
    cluster._wait('before', Phase.OBSERVABILITY, {
      resource: DEFINITION,
      condition: 'Established',
      minutes: 5,
      needed: true,
    });
    cluster.recordDecisions(
      decisionsOf(
        path,
        alerts.map(({ row }) => row),
      ),
    );
    alertsRules.forEach((each) => cluster.addRule(each, this));
    ensureEtcdRunbook(cluster, path);
  }

  /** Name of the PrometheusRule. */
  public get ruleName(): string {
    return NAME;
  }
}

/** The options until there is a cluster. */
class AlertsConfiguration implements IEtcdAlertsConfiguration {
  public constructor(private readonly options: EtcdAlertsOptions) {}

  public create(scope: Construct, id: string, cluster: Cluster): Construct {
    return new EtcdAlerts(scope, id, { ...this.options, cluster });
  }
}
