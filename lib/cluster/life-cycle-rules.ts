import { KUBERNETES_NEXT, lifeCyclesRead } from '../catalog';
import { Severity, type IRule } from './finding';
import { daysBetween, distributionLine, endedOn, endingOn, kubernetesLine } from './life-cycle';
import { rule } from './rule';

/** After half a year without a look, a catalogue of dates and advisories has aged. */
const CATALOGUE_DAYS = 180;

const KUBERNETES = 'https://kubernetes.io/releases/';
const DISTRIBUTION = 'https://salsa.debian.org/debian/distro-info-data';

const OPEN_HOLES =
  'What is found from then on stays open, and what runs on it is no longer tested with it';
const PLAN = 'The way to the next line takes weeks of trying out and a round over all machines';

/** What ends, on the day that the spec is for; silent without such a day. */
export const lifeCycleRules: IRule[] = [
  rule(
    {
      id: 'GW-CLUSTER-009',
      severity: Severity.WARNING,
      title: 'Kubernetes is repaired on the day of the spec',
      why: OPEN_HOLES,
      remedy: KUBERNETES_NEXT,
      reference: KUBERNETES,
    },
    (cluster) => endedOn(cluster.asOf, kubernetesLine(cluster)),
  ),
  rule(
    {
      id: 'GW-CLUSTER-010',
      severity: Severity.NOTE,
      title: 'Kubernetes is repaired for another quarter',
      why: PLAN,
      remedy: KUBERNETES_NEXT,
      reference: KUBERNETES,
    },
    (cluster) => endingOn(cluster.asOf, kubernetesLine(cluster)),
  ),
  rule(
    {
      id: 'GW-CLUSTER-011',
      severity: Severity.WARNING,
      title: 'The distribution is repaired on the day of the spec',
      why: OPEN_HOLES,
      remedy: 'replace the machines one by one by ones with a newer release of the distribution',
      reference: DISTRIBUTION,
    },
    (cluster) => endedOn(cluster.asOf, distributionLine(cluster)),
  ),
  rule(
    {
      id: 'GW-CLUSTER-012',
      severity: Severity.NOTE,
      title: 'The makers of the distribution repair it for another quarter',
      why: 'Long-term support by others covers fewer packages and comes later; a round over all machines takes weeks',
      remedy: 'replace the machines one by one by ones with a newer release of the distribution',
      reference: DISTRIBUTION,
    },
    (cluster) => endingOn(cluster.asOf, distributionLine(cluster)),
  ),
  rule(
    {
      id: 'GW-CLUSTER-013',
      severity: Severity.NOTE,
      title: 'The catalogue was read within half a year',
      why: 'Releases, advisories and ends of support that were published later are not known to these checks',
      remedy: 'update cdk8s-groundwork and read the findings again',
      reference: 'docs/checks.md',
    },
    ({ asOf }) => {
      const age = asOf === undefined ? 0 : daysBetween(lifeCyclesRead, asOf);
      return age > CATALOGUE_DAYS
        ? [
            {
              message: `the catalogue of this release of the library was read on ${lifeCyclesRead}, ${age} days before ${asOf}`,
            },
          ]
        : [];
    },
  ),
];
