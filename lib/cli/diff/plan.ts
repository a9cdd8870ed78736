import { changesBetween } from './classify';
import { changedDecisions, withDecision, type ChangedDecision } from './decided';
import { Effect, EFFECTS, Stage, type Change } from './effect';
import type { Output } from './output';
import { stepsOf, type Step } from './steps';

/** What lies between two outputs, and how to get from one to the other. */
export interface Plan {
  /** The worst of all effects. */
  readonly effect: Effect;
  /** How many changes have which effect; effects without one are absent. */
  readonly counts: Readonly<Partial<Record<Effect, number>>>;
  /** In the order in which they are carried out. */
  readonly changes: readonly Change[];
  readonly steps: readonly Step[];
  /** Decisions that changed, each with its reason. */
  readonly decisions: readonly ChangedDecision[];
}

const STAGES = Object.values(Stage);

/** Compares two outputs of synth. */
export function planBetween(before: Output, after: Output): Plan {
  const decisions = changedDecisions(before, after);
  const changes = changesBetween(before, after)
    .map((change) => withDecision(change, decisions))
    .sort(byOrder);
  const counts: Partial<Record<Effect, number>> = {};
  for (const effect of EFFECTS) {
    const { length } = changes.filter((change) => change.effect === effect);
    if (length > 0) {
      counts[effect] = length;
    }
  }
  return {
    effect: [...EFFECTS].reverse().find((effect) => effect in counts) ?? Effect.NOTHING,
    counts,
    changes,
    steps: stepsOf(changes, before, after),
    decisions,
  };
}

function byOrder(a: Change, b: Change): number {
  const rank = (change: Change) => [
    STAGES.indexOf(change.stage),
    Number.parseInt(change.phase ?? '99', 10),
    -EFFECTS.indexOf(change.effect),
  ];
  const [left, right] = [rank(a), rank(b)];
  const at = left.findIndex((one, n) => one !== right[n]);
  return at >= 0 ? left[at]! - right[at]! : a.subject < b.subject ? -1 : 1;
}
