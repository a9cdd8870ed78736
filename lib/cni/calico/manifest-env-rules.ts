import { calicoRule } from './calico-rule';
import type { CalicoChoices } from './choices';
import { remarksOn } from './manifest-env';
import { Severity, type Cluster, type IRule, type RuleViolation } from '../../cluster';

const VARIABLES = 'https://docs.tigera.io/calico/latest/reference/configure-calico-node';

/** What became of the variables of a calico.yaml. */
export const manifestEnvRules: IRule[] = [
  calicoRule(
    {
      id: 'GW-CNI-043',
      severity: Severity.ERROR,
      title: 'The variables of the calico.yaml describe this cluster',
      why: 'They come from a cluster with other networks, or the facts are wrong: pods and Services would get addresses that nobody routes',
      remedy: 'correct the facts of the Cluster, or the variable',
      reference: VARIABLES,
    },
    said(Severity.ERROR),
  ),
  calicoRule(
    {
      id: 'GW-CNI-044',
      severity: Severity.WARNING,
      title: 'The variables of the calico.yaml mean here what they did there',
      why: 'A variable that did nothing, or something else, now takes effect: packets change although the configuration looks the same',
      remedy: 'decide which of both is wanted, and say it with the option',
      reference: 'https://docs.tigera.io/calico/latest/networking/configuring/mtu',
    },
    said(Severity.WARNING),
  ),
  calicoRule(
    {
      id: 'GW-CNI-045',
      severity: Severity.NOTE,
      title: 'The variables of the calico.yaml take effect',
      why: 'The operator decides some of them, and others are known to nobody',
      remedy: 'remove it',
      reference: VARIABLES,
    },
    said(Severity.NOTE),
  ),
];

function said(wanted: Severity) {
  return (cluster: Cluster, calico: CalicoChoices): RuleViolation[] =>
    remarksOn(calico.options.manifestEnv ?? {})
      .filter(({ severity }) => severity === wanted)
      .flatMap(({ say }) => say(cluster, calico));
}
