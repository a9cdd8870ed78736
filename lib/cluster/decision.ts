/** One value that we chose: what it is, what upstream would have taken, and why ours is better here. */
export interface Decision {
  /** Path of the construct that decided. */
  readonly path: string;
  /** The setting, in upstream's own words. */
  readonly key: string;
  /** The value in this output. */
  readonly value: string;
  /** What upstream takes when nobody says anything. */
  readonly upstream: string;
  /** Why this value. */
  readonly why: string;
  /** Where the default and the reason were read. */
  readonly source: string;
}
