import type { Cluster } from './cluster';

/** How bad a finding is. */
export enum Severity {
  /** The output would be wrong; nothing is written. */
  ERROR = 'error',
  /** It works, with a risk that somebody should know of; can be acknowledged. */
  WARNING = 'warning',
  /** Good to know. */
  NOTE = 'note',
}

/** One thing the review found. */
export interface Finding {
  /** Stable id, `GW-<ROOM>-<number>`. */
  readonly id: string;
  /** How bad it is. */
  readonly severity: Severity;
  /** Path of the construct it is about. */
  readonly path: string;
  /** What was found, with the values of this cluster. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Where to read more. */
  readonly reference: string;
  /**
   * Why somebody decided to live with it.
   *
   * @default - not acknowledged
   */
  readonly acknowledged?: string;
}

/** One place where a rule does not hold. */
export interface RuleViolation {
  /** What was found, with the values of this cluster. */
  readonly message: string;
  /**
   * Path of the construct it is about.
   *
   * @default - the construct that registered the rule
   */
  readonly path?: string;
  /**
   * What to do about it.
   *
   * @default - the rule's own remedy
   */
  readonly remedy?: string;
}

/**
 * A check across layers. It lives with the construct that would break and is evaluated by the
 * cluster at synth, when all constructs have said what they are.
 */
export interface IRule {
  /** Stable id, `GW-<ROOM>-<number>`. */
  readonly id: string;
  /** How bad a violation is. */
  readonly severity: Severity;
  /** What must hold, in one line. */
  readonly title: string;
  /** What breaks otherwise. */
  readonly why: string;
  /** What to do about a violation. */
  readonly remedy: string;
  /** Where to read more. */
  readonly reference: string;
  /**
   * The places where the rule does not hold; none when all is well.
   *
   * @param cluster facts, ledger and summaries; a rule reads nothing else
   */
  check(cluster: Cluster): RuleViolation[];
}
