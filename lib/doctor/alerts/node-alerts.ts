import { Construct } from 'constructs';
import { nodeAlertRules, type NodeAlert } from './alert-rules';
import type { NodeAlertsProps } from './options';
import {
  addManifest,
  decisionsOf,
  isDnsLabel,
  isLabelKey,
  isLabelValue,
  Phase,
  throwProblems,
  type Manifest,
  type Problem,
} from '../../cluster';

const NAME = 'groundwork-nodes';
const NAMESPACE = 'kube-system';
const DEFAULT_SELECTOR = 'job=~".*node.?exporter.*"';
/** The definition that the Prometheus operator brings. */
const DEFINITION = 'crd/prometheusrules.monitoring.coreos.com';

/**
 * Alerts on the same signals that the doctor measures when it is called, with the same thresholds, from
 * the metrics of node_exporter: connection table, softirq and backlog, retransmits, CPU steal. The cluster
 * must have the Prometheus operator: apply.sh waits for the definition of the kind before it applies the
 * phase, and stops where nobody brings it. One per cluster.
 *
 * @example
 * // fragment
 * new NodeAlerts(chart, 'node-alerts', { cluster });
 */
export class NodeAlerts extends Construct {
  /** Names of the alerts, in the order of the file. */
  public readonly alerts: string[];
  /** Name of the PrometheusRule. */
  public readonly ruleName: string = NAME;

  /**
   * @param scope a Chart, or any construct below one
   * @param id construct id
   * @param props what to decide about them. Wrong values throw, all of them at once
   */
  constructor(scope: Construct, id: string, props: NodeAlertsProps) {
    super(scope, id);
    const { cluster } = props;
    const { path } = this.node;
    throwProblems(path, optionProblems(props));
    const alerts = nodeAlertRules(props.selector ?? DEFAULT_SELECTOR);
    this.alerts = alerts.map(({ name }) => name);
    addManifest(this, cluster, Phase.OBSERVABILITY, prometheusRule(props, alerts));
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
  }
}

/** As much of the kind as is rendered here. */
interface PrometheusRule extends Manifest {
  readonly spec: { readonly groups: ReadonlyArray<{ name: string; rules: readonly object[] }> };
}

function prometheusRule(
  { namespace = NAMESPACE, labels, runbookUrl }: NodeAlertsProps,
  alerts: readonly NodeAlert[],
): PrometheusRule {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: NAME, namespace, labels: { 'app.kubernetes.io/name': NAME, ...labels } },
    spec: {
      groups: [
        {
          name: 'nodes',
          rules: alerts.map(({ name, row, for: duration, severity, summary, step }) => ({
            alert: name,
            expr: row.value,
            for: duration,
            labels: { severity },
            annotations: {
              summary,
              runbook: `report/index.html#runbook-${step}`,
              ...(runbookUrl === undefined ? {} : { runbook_url: `${runbookUrl}#runbook-${step}` }),
            },
          })),
        },
      ],
    },
  };
}

const MATCHER = '[a-zA-Z_][a-zA-Z0-9_]*\\s*(=|!=|=~|!~)\\s*"([^"\\\\\\n]|\\\\.)*"';
const MATCHERS = new RegExp(`^${MATCHER}(\\s*,\\s*${MATCHER})*$`);

function optionProblems(props: NodeAlertsProps): Problem[] {
  const { namespace = NAMESPACE, selector = DEFAULT_SELECTOR, runbookUrl, labels = {} } = props;
  const wrong = Object.entries(labels).filter(
    ([key, value]) => !isLabelKey(key) || !isLabelValue(value),
  );
  return [
    ...wrong.map(([key, value]) => ({
      prop: 'labels',
      allowed: 'names and values of Kubernetes labels',
      got: `${key}: ${value}`,
      remedy: 'copy them from ruleSelector of the Prometheus object',
    })),
    ...unless(isDnsLabel(namespace), {
      prop: 'namespace',
      allowed: 'an RFC 1123 label',
      got: namespace,
      remedy: 'use lower-case letters, digits and hyphens, at most 63',
    }),
    ...unless(MATCHERS.test(selector), {
      prop: 'selector',
      allowed: 'label matchers with commas between them and without braces',
      got: selector,
      remedy: `write for example ${DEFAULT_SELECTOR}`,
    }),
    ...unless(runbookUrl === undefined || /^https?:\/\/[^\s#]+$/.test(runbookUrl), {
      prop: 'runbookUrl',
      allowed: 'an http or https address without a fragment',
      got: runbookUrl,
      remedy: 'give the page that shows report/index.html; the step is added behind it',
    }),
  ];
}

function unless(right: boolean, problem: Problem): Problem[] {
  return right ? [] : [problem];
}
