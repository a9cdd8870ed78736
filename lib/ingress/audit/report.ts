import { SEVERITIES } from './draft';
import { TARGETS, type AuditFinding, type MigrationTarget } from './finding';

/** The findings for people: what is to be done, the worst first, and how much of it. */
export function reportOf(
  findings: readonly AuditFinding[],
  targets: readonly MigrationTarget[] = TARGETS,
): string {
  return [
    ...findings.map(line),
    ...(findings.length === 0 ? [] : ['']),
    summary(findings, targets),
  ].join('\n');
}

function line({ severity, id, object, field, message, remedy, targets }: AuditFinding): string {
  return `${severity.padEnd(7)} ${id} [${object}] ${field}: ${message}; ${remedy} (${targets.join(', ')})`;
}

function summary(findings: readonly AuditFinding[], targets: readonly MigrationTarget[]): string {
  return targets
    .map((target) => {
      const counts = SEVERITIES.map((severity) => {
        const number = findings.filter(
          (found) => found.severity === severity && found.targets.includes(target),
        ).length;
        return `${number} ${severity}${number === 1 ? '' : 's'}`;
      });
      return `${target}: ${counts.join(', ')}`;
    })
    .join('\n');
}
