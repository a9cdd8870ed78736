/** What a measured value means beside the intended one, worst last but for UNKNOWN. */
export enum VerdictLevel {
  /** As the spec says. */
  PASS = 'pass',
  /** Worth knowing; nothing is wrong. */
  INFO = 'info',
  /** Works now, and is on its way to trouble. */
  WARN = 'warn',
  /** Not as the spec says, or hurting already. */
  FAIL = 'fail',
  /** Nothing can be said: it was not measured, or not in a way that proves anything. */
  UNKNOWN = 'unknown',
}

/** One thing that was measured, beside what the spec says of it. */
export interface Measurement {
  /** Stable id of the check, `DOC-<AREA>-<WHAT>`. */
  readonly check: string;
  /** A machine, or a pair of them as `a→b`. */
  readonly subject: string;
  /** What was measured, for people. */
  readonly value: string;
  /** What the spec or a threshold wants, for people. */
  readonly intended: string;
  readonly level: VerdictLevel;
  /** One sentence with both of them. */
  readonly message: string;
  /** What to do; absent where nothing is to be done. */
  readonly remedy?: string;
  /** The finding of the review that speaks of the same thing. */
  readonly findingId?: string;
  /** The step of the runbook that goes deeper. */
  readonly runbook?: string;
  /** The measured value as a number, where it is one, and its unit. */
  readonly number?: number;
  readonly unit?: string;
}

/** One value for every pair; `null` where none was measured. */
export interface Matrix {
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly values: ReadonlyArray<ReadonlyArray<number | null>>;
  readonly level: ReadonlyArray<readonly VerdictLevel[]>;
}

/** How many samples lie in each bucket, from the smallest up; a count belongs to its bucket alone. */
export interface Histogram {
  readonly title: string;
  readonly unit: string;
  readonly buckets: ReadonlyArray<{ readonly upTo: string; readonly count: number }>;
}

/** All that a run of the doctor says about one cluster. */
export interface DoctorReport {
  readonly cluster: string;
  readonly measurements: readonly Measurement[];
  readonly matrices: readonly Matrix[];
  readonly histograms: readonly Histogram[];
}
