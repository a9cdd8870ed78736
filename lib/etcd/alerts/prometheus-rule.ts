import type { Alert } from './alert-rules';
import type { AlertChoices } from './choices';
import { anchor, RUNBOOK, sections } from '../runbook/sections';

export const NAME = 'groundwork-etcd';

/** As much of the kind as is rendered here. */
export interface PrometheusRule {
  readonly apiVersion: 'monitoring.coreos.com/v1';
  readonly kind: 'PrometheusRule';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: RuleFile;
}

/** What a rule file of Prometheus itself holds, too. */
export interface RuleFile {
  readonly groups: ReadonlyArray<{ readonly name: string; readonly rules: readonly object[] }>;
}

export function prometheusRule(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  spec: RuleFile,
): PrometheusRule {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: NAME, namespace, labels: { ...labels, 'app.kubernetes.io/name': NAME } },
    spec,
  };
}

export function ruleFile(alerts: readonly Alert[], { runbookUrl }: AlertChoices): RuleFile {
  return {
    groups: [
      {
        name: 'etcd',
        rules: alerts.map(({ name, row, for: duration, severity, summary, section }) => ({
          alert: name,
          expr: row.value,
          for: duration,
          labels: { severity },
          annotations: {
            summary,
            runbook: `report/${RUNBOOK}, section "${sections[section]}"`,
            ...(runbookUrl === undefined
              ? {}
              : { runbook_url: `${runbookUrl}#${anchor(section)}` }),
          },
        })),
      },
    ],
  };
}
