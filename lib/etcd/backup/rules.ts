import { etcdFacts, runningEtcdImage, type BackupChoices } from './choices';
import { hours } from './tuning';
import { europeanEconomicArea } from '../../catalog';
import {
  rule,
  Severity,
  type Cluster,
  type IRule,
  type Residency,
  type RuleViolation,
} from '../../cluster';

const EEA = europeanEconomicArea.value;

const DAY_SECONDS = 86_400;
/** An error is often found after a weekend and a few days. */
const REACH_DAYS = 7;

/** Rules about the backup that need the facts of the cluster. */
export const backupRules: IRule[] = [
  backupRule(
    {
      id: 'GW-ETCD-030',
      severity: Severity.WARNING,
      title: 'Backups of machines in the EEA stay in the EEA',
      why: 'A snapshot holds every Secret and every object of the cluster, and moving personal data out of the European Economic Area needs a legal basis of its own; encryption alone is none',
      remedy:
        'choose a store inside, or acknowledge this with the decision of adequacy or the contract that you rely on',
      reference: 'https://eur-lex.europa.eu/eli/reg/2016/679/oj',
    },
    (cluster, { country, label }) => {
      const inside = cluster.zones.every((zone) => EEA.includes(zone.country));
      return inside && !refused(cluster, country) && !EEA.includes(country)
        ? [
            {
              message: `the zones are in ${countries(cluster).join(', ')}, backups go to ${country} (${label})`,
            },
          ]
        : [];
    },
  ),
  backupRule(
    {
      id: 'GW-ETCD-031',
      severity: Severity.NOTE,
      title: 'Backups stay in a country of the cluster',
      why: 'Whoever promised that data does not leave the country promised it for backups as well',
      remedy: 'choose a store in one of the countries, or acknowledge this',
      reference: 'https://eur-lex.europa.eu/eli/reg/2016/679/oj',
    },
    (cluster, { country, label }) => {
      const own = countries(cluster);
      // What leaves the EEA is said by the rule before; a residency policy says itself what is allowed.
      const said = own.every((each) => EEA.includes(each)) && !EEA.includes(country);
      return own.includes(country) || said || policyOf(cluster) !== undefined
        ? []
        : [{ message: `the zones are in ${own.join(', ')}, backups go to ${country} (${label})` }];
    },
  ),
  backupRule(
    {
      id: 'GW-ETCD-032',
      severity: Severity.WARNING,
      title: 'A backup can be restored on new machines',
      why: 'A snapshot without the keys of the authorities and of encryption at rest is readable only where these still exist',
      remedy:
        'leave includePki out, or acknowledge this and say where the keys are kept: the folder that the secrets were sealed into holds them',
      reference: 'https://kubernetes.io/docs/setup/best-practices/certificates/',
    },
    (_cluster, { includePki }) =>
      includePki ? [] : [{ message: 'includePki is false, so snapshots are saved without keys' }],
  ),
  backupRule(
    {
      id: 'GW-ETCD-033',
      severity: Severity.WARNING,
      title: 'A backup outlives the machines',
      why: 'Fire, theft, and whoever takes over the machine reach the other disk in it as well; and while this machine is down nothing is saved',
      remedy: 'send it to an object store (EtcdBackupTarget.s3), or copy the directory elsewhere',
      reference: 'https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/',
    },
    (_cluster, { directory }) =>
      directory?.machine === undefined
        ? []
        : [{ message: `snapshots are kept on ${directory.machine.name} alone` }],
  ),
  backupRule(
    {
      id: 'GW-ETCD-034',
      severity: Severity.WARNING,
      title: 'A snapshot is at most a day old',
      why: 'After a total loss everything since the last one is gone: Secrets, addresses, volumes that nobody remembers',
      remedy: 'run it every hour; a snapshot takes seconds and equal blocks are stored once',
      reference: 'https://etcd.io/docs/v3.6/op-guide/recovery/',
    },
    (_cluster, { cron, longestGapSeconds }) =>
      longestGapSeconds <= DAY_SECONDS
        ? []
        : [
            {
              message: `schedule ${cron} leaves up to ${hours(longestGapSeconds)} between two runs`,
            },
          ],
  ),
  backupRule(
    {
      id: 'GW-ETCD-035',
      severity: Severity.WARNING,
      title: 'Snapshots reach back a week',
      why: 'What was deleted by mistake or by an attacker is often missed days later',
      remedy: `raise keepDaily to ${REACH_DAYS} or more`,
      reference: 'https://restic.readthedocs.io/en/stable/060_forget.html',
    },
    (_cluster, choices) => {
      const seconds = reachSeconds(choices);
      return seconds >= REACH_DAYS * DAY_SECONDS
        ? []
        : [
            {
              message: `the oldest snapshot that is kept is about ${Math.round(seconds / 3600)} hours old`,
            },
          ];
    },
  ),
  backupRule(
    {
      id: 'GW-ETCD-036',
      severity: Severity.ERROR,
      title: 'The backup knows the etcd that runs',
      why: 'The image of the tools, the space for a snapshot and the directory that must not be on the same disk were taken from the etcd of the spec when the backup was created',
      remedy: 'create EtcdBackup after EtcdOnNvme',
      reference: 'https://etcd.io/docs/v3.6/op-guide/recovery/',
    },
    (cluster, choices) => {
      const now = { ...etcdFacts(cluster), image: runningEtcdImage(cluster) };
      const { quotaBytes, dataDir, known } = choices;
      return now.quotaBytes === quotaBytes && now.dataDir === dataDir && now.image === known
        ? []
        : [{ message: 'the backup was created before etcd, and took other values for it' }];
    },
  ),
];

/** A rule about the backup as it was settled. */
function backupRule(
  record: Omit<IRule, 'check'>,
  check: (cluster: Cluster, backup: BackupChoices) => RuleViolation[],
): IRule {
  return rule(record, (cluster) => {
    const summary = cluster._summary('etcdBackup');
    return summary === undefined ? [] : check(cluster, summary.own as BackupChoices);
  });
}

/** An error says it already: GW-STORAGE-002. */
function refused(cluster: Cluster, country: string): boolean {
  return policyOf(cluster)?.allows(country) === false;
}

/** The policy on countries, where something holds the cluster to it. */
function policyOf(cluster: Cluster): Residency | undefined {
  return cluster._summary('residency') === undefined ? undefined : cluster.residency;
}

function countries(cluster: Cluster): string[] {
  return [...new Set(cluster.zones.map(({ country }) => country))].sort();
}

/** How far back the oldest snapshot lies once the backup has run for long. */
function reachSeconds({ retention, longestGapSeconds }: BackupChoices): number {
  if (retention === undefined) {
    return Infinity;
  }
  const spans: Array<[number, number]> = [
    [retention.keepLast, longestGapSeconds],
    [retention.keepHourly, Math.max(3600, longestGapSeconds)],
    [retention.keepDaily, Math.max(DAY_SECONDS, longestGapSeconds)],
    [retention.keepWeekly, Math.max(7 * DAY_SECONDS, longestGapSeconds)],
    [retention.keepMonthly, Math.max(30 * DAY_SECONDS, longestGapSeconds)],
  ];
  return Math.max(...spans.map(([count, each]) => count * each));
}
