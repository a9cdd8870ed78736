import { Fit, Loss, type AnnotationRow } from './annotation-row';
import { annotationTable, PREFIX } from './annotations';
import { finding, quoted, type Draft, type Found } from './draft';
import { READ_IN, TARGETS, type MigrationTarget } from './finding';
import type { Ingress } from './objects';
import { isIgnoredValue } from './values';
import { Severity } from '../../cluster';

const SNIPPET = /-snippet$/;
/** Annotations whose value is a regular expression, where braces are no sign of anything. */
const PATTERNS = [
  'canary-by-header-pattern',
  'server-alias',
  'auth-tls-match-cn',
  'rewrite-target',
];

/** What becomes of each annotation. */
export function annotationFindings(ingress: Ingress): Found[] {
  return Object.entries(ingress.annotations)
    .filter(([key]) => key.startsWith(PREFIX))
    .flatMap(([key, value]) => {
      const name = key.slice(PREFIX.length);
      const row = annotationTable.get(name);
      const drafts = [
        ...injected(name, value),
        ...ignored(name, value),
        ...(row === undefined ? [unknown(name)] : verdicts(row, value)),
      ];
      return drafts.map((draft) => finding(ingress, { ...draft, field: name }));
    });
}

type Part = Omit<Draft, 'field'>;

function injected(name: string, value: string): Part[] {
  const suspicious = PATTERNS.includes(name) ? /[\n\r;]/ : /[\n\r;{}]/;
  return SNIPPET.test(name) || !suspicious.test(value)
    ? []
    : [
        {
          id: 2,
          severity: Severity.ERROR,
          message: `${quoted(value)} has what ends a directive of nginx`,
          remedy:
            'find out who wrote it: this is how configuration is injected into a controller; delete it',
          reference: 'CVE-2025-1097, CVE-2026-4342',
          targets: TARGETS,
        },
      ];
}

function ignored(name: string, value: string): Part[] {
  return isIgnoredValue(name, value)
    ? [
        {
          id: 9,
          severity: Severity.WARNING,
          message: `${quoted(value)} is not of the form that ingress-nginx reads, so its default holds today`,
          remedy: 'decide which of the two is meant, and move that one',
          reference: READ_IN.annotations,
          targets: TARGETS,
        },
      ]
    : [];
}

function unknown(name: string): Part {
  return {
    id: 3,
    severity: Severity.WARNING,
    message: `${name} is no annotation of ingress-nginx 1.15, so it does nothing today`,
    remedy: 'correct its name, or delete it',
    reference: READ_IN.annotations,
    targets: TARGETS,
  };
}

/** The targets that make the same of it, in one finding each. */
function verdicts(row: AnnotationRow, value: string): Part[] {
  if (row.idle?.includes(value)) {
    return [];
  }
  const fitOf = (target: MigrationTarget) =>
    row.name === 'backend-protocol' && /^(FCGI|AUTO_HTTP)$/i.test(value)
      ? { fit: Fit.NONE, by: `${value} does not exist` }
      : row[target];
  return (Object.keys(TELL) as Array<keyof typeof TELL>).flatMap((fit) => {
    const targets = TARGETS.filter((target) => fitOf(target).fit === fit);
    return targets.length === 0
      ? []
      : [
          {
            id: SNIPPET.test(row.name) ? 1 : TELL[fit].id,
            severity: severityOf(row, fit),
            message: `${quoted(value)} ${TELL[fit].message}`,
            remedy: (target) => fitOf(target).by,
            reference: READ_IN.annotations,
            targets,
          },
        ];
  });
}

const TELL = {
  [Fit.NAME]: { id: 4, message: 'is ignored under this name' },
  [Fit.OBJECT]: { id: 5, message: 'is ignored; something else has to say it' },
  [Fit.NONE]: { id: 6, message: 'cannot be said there' },
  [Fit.IDLE]: { id: 7, message: 'is not needed there' },
  [Fit.DIFFERS]: { id: 8, message: 'works, and not in every case as before' },
} as const;

function severityOf({ name, loss }: AnnotationRow, fit: Fit): Severity {
  if (fit === Fit.IDLE) {
    return Severity.NOTE;
  }
  const lost = fit === Fit.NONE && loss !== Loss.TUNING;
  const open = loss === Loss.PROTECTION && fit !== Fit.DIFFERS;
  return lost || open || SNIPPET.test(name) ? Severity.ERROR : Severity.WARNING;
}
