import type { Cluster, RuleViolation } from '../../cluster';
import type { Settings } from '../settings';
import type { RetiredChoices } from './choices';

/** What the rules of this controller read of it. */
export interface RetiredSummary {
  readonly settings: Settings;
  readonly choices: RetiredChoices;
}

/** Runs a check on ingress-nginx at the edge; only its own construct registers rules that ask here. */
export function onRetired(check: (own: RetiredSummary, cluster: Cluster) => RuleViolation[]) {
  return (cluster: Cluster): RuleViolation[] => {
    const own = cluster._summary('ingress')?.own as RetiredSummary | undefined;
    return own === undefined ? [] : check(own, cluster);
  };
}
