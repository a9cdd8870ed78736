/** One thing that must have come true on the cluster before the next phase is applied. */
export interface Wait {
  /** `kind/name`, as kubectl takes it. */
  readonly resource: string;
  /** Where it is; absent for what belongs to the whole cluster. */
  readonly namespace?: string;
  /** Type of the condition in its status that must be True. */
  readonly condition: string;
  /** Longest wait in minutes. */
  readonly minutes: number;
  /** Whether nothing of the next phase can be applied before; then nobody may leave the wait out. */
  readonly needed?: boolean;
  /**
   * `kind/name` of the object that the condition reports on. Only what the condition says of the newest
   * generation of it counts: of an older one it says True long before anything has happened.
   */
  readonly follows?: string;
  /**
   * Type of the condition in which the followed object says the same of itself, for those who can only
   * look at objects that they apply.
   */
  readonly followedCondition?: string;
  /** API group that is answered only when it has come true. */
  readonly serves?: string;
}
