import { Severity } from '../../cluster';
import type { AuditFinding, MigrationTarget } from './finding';
import type { Manifest } from './objects';

/** The parts of a finding that differ from check to check. */
export interface Draft {
  readonly id: number;
  readonly severity: Severity;
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
  readonly reference: string;
  readonly targets: readonly MigrationTarget[];
}

/** A finding about an object. */
export function finding(object: Manifest, { id, targets, ...rest }: Draft): AuditFinding {
  return {
    id: `GW-AUDIT-${String(id).padStart(3, '0')}`,
    object: object.title,
    targets: [...targets],
    ...rest,
  };
}

/** A value on one line, as long as it can be read. */
export function quoted(value: string): string {
  const line = JSON.stringify(value);
  return line.length <= 60 ? line : `${line.slice(0, 56)}…"`;
}

/** The worst first, as people read them. */
export const SEVERITIES: readonly Severity[] = [Severity.ERROR, Severity.WARNING, Severity.NOTE];
