/** One thing that must have come true on the cluster before the next phase is applied. */
export interface Wait {
  /** `kind/name`, as kubectl takes it. */
  readonly resource: string;
  readonly namespace?: string;
  /** What `kubectl wait --for=` takes; the resource is first waited for to exist. */
  readonly condition: string;
  /** Longest wait in minutes, for existence and condition each. */
  readonly minutes: number;
}
