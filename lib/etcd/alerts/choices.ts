import type { EtcdAlertsProps } from './options';
import {
  EtcdDiskKind,
  isDnsLabel,
  isLabelKey,
  isLabelValue,
  millis,
  type Cluster,
  type Problem,
} from '../../cluster';

export const DEFAULT_SELECTOR = 'job=~".*etcd.*"';

/** The options with every default settled, and the facts that thresholds follow from. */
export interface AlertChoices {
  readonly selector: string;
  readonly nvmeGrade: boolean;
  readonly runbookUrl?: string;
  readonly members: number;
  readonly quorum: number;
  readonly roundTripMs: number;
  readonly backup?: {
    readonly namespace: string;
    readonly name: string;
    readonly maxAgeSeconds: number;
  };
}

/** Settles every option; call `alertProblems` first. */
export function settleAlerts(props: EtcdAlertsProps): AlertChoices {
  const { cluster } = props;
  const backup = cluster._summary('etcdBackup');
  return {
    selector: props.selector ?? DEFAULT_SELECTOR,
    nvmeGrade: props.nvmeGrade ?? hasOwnDisks(cluster),
    runbookUrl: props.runbookUrl,
    members: cluster.controlPlanes.length,
    quorum: cluster.quorum,
    roundTripMs: millis(cluster.controlPlaneRoundTrip),
    backup:
      backup === undefined
        ? undefined
        : {
            namespace: backup.namespace,
            name: backup.name,
            maxAgeSeconds:
              props.backupMaxAge?.toSeconds() ??
              2 * backup.longestGapSeconds + backup.timeoutSeconds,
          },
  };
}

function hasOwnDisks(cluster: Cluster): boolean {
  return cluster.controlPlanes.every(
    ({ etcdDisk }) => etcdDisk !== undefined && etcdDisk.kind !== EtcdDiskKind.SHARED_WITH_ROOT,
  );
}

/** Everything that is wrong with the props. */
export function alertProblems(props: EtcdAlertsProps): Problem[] {
  const { namespace, selector, runbookUrl } = props;
  const problems: Problem[] = [...labelProblems(props), ...ageProblems(props)];
  if (namespace !== undefined && !isDnsLabel(namespace)) {
    problems.push({
      prop: 'namespace',
      allowed: 'an RFC 1123 label',
      got: namespace,
      remedy: 'use lower-case letters, digits and hyphens, at most 63',
    });
  }
  if (selector !== undefined && !MATCHERS.test(selector)) {
    problems.push({
      prop: 'selector',
      allowed: 'label matchers with commas between them and without braces',
      got: selector,
      remedy: `write for example ${DEFAULT_SELECTOR}`,
    });
  }
  if (runbookUrl !== undefined && !/^https?:\/\/[^\s#]+$/.test(runbookUrl)) {
    problems.push({
      prop: 'runbookUrl',
      allowed: 'an http or https address without a fragment',
      got: runbookUrl,
      remedy: 'give the page that shows report/etcd.md; the section is added behind it',
    });
  }
  return problems;
}

const MATCHER = '[a-zA-Z_][a-zA-Z0-9_]*\\s*(=|!=|=~|!~)\\s*"([^"\\\\\\n]|\\\\.)*"';
const MATCHERS = new RegExp(`^${MATCHER}(\\s*,\\s*${MATCHER})*$`);

function labelProblems({ labels = {} }: EtcdAlertsProps): Problem[] {
  return Object.entries(labels)
    .filter(([name, value]) => !isLabelKey(name) || !isLabelValue(value))
    .map(([name, value]) => ({
      prop: 'labels',
      allowed: 'names and values of Kubernetes labels',
      got: `${name}: ${value}`,
      remedy: 'copy them from ruleSelector of the Prometheus object',
    }));
}

function ageProblems({ cluster, backupMaxAge }: EtcdAlertsProps): Problem[] {
  if (backupMaxAge === undefined) {
    return [];
  }
  const backup = cluster._summary('etcdBackup');
  const prop = 'backupMaxAge';
  if (backup === undefined) {
    return [
      {
        prop,
        allowed: 'left out without a backup',
        got: `${backupMaxAge.toMinutes({ integral: false })} minutes`,
        remedy: 'create EtcdBackup before EtcdAlerts',
      },
    ];
  }
  const minutes = backupMaxAge.toMinutes({ integral: false });
  const least = backup.longestGapSeconds / 60;
  return Number.isInteger(minutes) && minutes >= least
    ? []
    : [
        {
          prop,
          allowed: `whole minutes, at least ${least}`,
          got: `${minutes} minutes`,
          remedy: 'a younger one does not exist just before each run',
        },
      ];
}
