import type { Finding } from './finding';

/** A finding on one line, as errors and warnings are printed. */
export function findingLine(finding: Finding): string {
  const note = finding.acknowledged === undefined ? '' : ` (acknowledged: ${finding.acknowledged})`;
  return `${finding.id} [${finding.path}] ${finding.message}; ${finding.remedy}${note}`;
}
