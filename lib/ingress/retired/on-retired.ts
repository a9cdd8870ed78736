import type { Cluster, RuleViolation } from '../../cluster';
import type { Settings } from '../settings';
import type { RetiredChoices } from './choices';

/** What the rules of this controller read of it. */
export interface RetiredSummary {
  readonly choices: RetiredChoices;
}

type Check = (
  retired: { readonly settings: Settings; readonly choices: RetiredChoices },
  cluster: Cluster,
) => RuleViolation[];

/** Runs a check on ingress-nginx at the edge; only its own construct registers rules that ask here. */
export function onRetired(check: Check) {
  return (cluster: Cluster): RuleViolation[] => {
    const edge = cluster._summary('ingress');
    const controller = edge?.controller as RetiredSummary | undefined;
    return controller === undefined
      ? []
      : check({ settings: edge!.own as Settings, choices: controller.choices }, cluster);
  };
}
