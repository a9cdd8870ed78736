/** What the objects of one controller are called, and what its pods are selected by. */
export interface Identity {
  /** Name of the ServiceAccount, workload, Service and roles. */
  readonly name: string;
  readonly namespace: string;
  /** Immutable in a workload, hence the least there is. */
  readonly selector: Readonly<Record<string, string>>;
}
