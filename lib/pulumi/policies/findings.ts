import { Severity, type Cluster, type Finding } from '../../cluster';

/**
 * A finding as plain data. A component that registers a cluster takes them as its input `findings`, so
 * they stand in the state and a policy pack, which is a process of its own, sees them.
 */
export interface FindingRow {
  /** Stable id, `GW-<ROOM>-<number>`. */
  readonly id: string;
  /** `error`, `warning` or `note`. */
  readonly severity: string;
  /** Path of the construct it is about. */
  readonly path: string;
  /** What was found. */
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

/**
 * The findings of a cluster as plain data: errors first, each severity by id and path, so that the same
 * spec gives the same rows. None of them holds a secret.
 *
 * @param cluster the cluster; without one there are no findings
 */
export function findingsOf(cluster: Cluster | undefined): FindingRow[] {
  return (cluster?.findings() ?? []).map((finding) => ({ ...finding }));
}

/** The rows among the inputs of a resource; what does not look like one is somebody else's. */
export function findingRows(props: Record<string, any>): Finding[] {
  const rows: unknown = props.findings;
  return Array.isArray(rows) ? rows.filter(isRow) : [];
}

const SEVERITIES: readonly unknown[] = Object.values(Severity);

function isRow(row: any): row is Finding {
  return (
    typeof row?.id === 'string' &&
    typeof row.message === 'string' &&
    SEVERITIES.includes(row.severity)
  );
}
