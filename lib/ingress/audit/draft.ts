import { TARGETS, type AuditFinding, type MigrationTarget } from './finding';
import type { Manifest } from './objects';
import { Severity } from '../../cluster';

/** What to do: the same everywhere, or something for each target. */
export type Remedy = string | ((target: MigrationTarget) => string);

/** A finding before it is known which targets are asked for. */
export interface Draft {
  readonly id: number;
  readonly severity: Severity;
  readonly field: string;
  readonly message: string;
  readonly remedy: Remedy;
  readonly reference: string;
  readonly targets: readonly MigrationTarget[];
}

/** A draft and the object it is about. */
export interface Found extends Draft {
  readonly object: Manifest;
}

/** A draft with its object. */
export function finding(object: Manifest, draft: Draft): Found {
  return { ...draft, object };
}

/** A finding for the targets that are asked for; none when it concerns others only. */
export function settled(
  { object, id, remedy, ...rest }: Found,
  asked: readonly MigrationTarget[],
): AuditFinding[] {
  const targets = TARGETS.filter((one) => asked.includes(one) && rest.targets.includes(one));
  return targets.length === 0
    ? []
    : [
        {
          ...rest,
          id: `GW-AUDIT-${String(id).padStart(3, '0')}`,
          object: object.title,
          remedy: typeof remedy === 'string' ? remedy : byTarget(targets, remedy),
          targets,
        },
      ];
}

/** One part for targets that are told the same; no names where all are. */
function byTarget(
  targets: readonly MigrationTarget[],
  remedy: (target: MigrationTarget) => string,
): string {
  const told = [...new Set(targets.map(remedy))];
  const who = (text: string) => targets.filter((target) => remedy(target) === text).join(', ');
  return told.length === 1 ? told[0] : told.map((text) => `${who(text)}: ${text}`).join('; ');
}

/** A value on one line, as long as it can be read. */
export function quoted(value: string): string {
  const line = JSON.stringify(value);
  return line.length <= 60 ? line : `${line.slice(0, 56)}…"`;
}

/** The worst first, as people read them. */
export const SEVERITIES: readonly Severity[] = [Severity.ERROR, Severity.WARNING, Severity.NOTE];
