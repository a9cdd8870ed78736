import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Fit,
  Loss,
  NO_EQUIVALENT,
  type AnnotationRow,
  type Verdict,
} from '../../../lib/ingress/audit/annotation-row';
import { annotationTable } from '../../../lib/ingress/audit/annotations';
import { MigrationTarget, TARGETS } from '../../../lib/ingress/audit/finding';
import { projectRoot } from '../../support/markdown';

const page = join(projectRoot, 'docs', 'migrate-from-ingress-nginx.md');
const BEGIN = '<!-- annotations -->\n';
const END = '<!-- /annotations -->\n';

const WORDS: Record<Fit, string> = {
  [Fit.SAME]: 'as it is',
  [Fit.DIFFERS]: 'differs',
  [Fit.NAME]: 'name',
  [Fit.OBJECT]: 'more',
  [Fit.NONE]: 'no',
  [Fit.IDLE]: 'delete',
};

function cell({ fit, by }: Verdict, loss: Loss): string {
  const bad =
    (fit === Fit.NONE && loss !== Loss.TUNING) ||
    (loss === Loss.PROTECTION && [Fit.NAME, Fit.OBJECT, Fit.NONE].includes(fit));
  const word = bad ? `**${WORDS[fit]}**` : WORDS[fit];
  return by === '' || by === NO_EQUIVALENT
    ? word
    : `${word}: ${by.replace(/\|/g, '\\|').replace(/<(\w+)>/g, '`<$1>`')}`;
}

function table(): string {
  const line = (row: AnnotationRow) =>
    `| \`${row.name}\` | ${TARGETS.map((target) => cell(row[target], row.loss)).join(' | ')} |`;
  const rows = [...annotationTable.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    `| annotation | ${TARGETS.join(' | ')} |`,
    '| --- | --- | --- | --- |',
    ...rows.map(line),
    '',
  ].join('\n');
}

test('the table of the page is the table of the audit', () => {
  const text = readFileSync(page, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const [, after] = rest.split(END);
  const written = `${before}${BEGIN}\n${table()}\n${END}${after}`;
  if (process.env.UPDATE_GOLDEN === '1') {
    writeFileSync(page, written);
  }
  expect(readFileSync(page, 'utf8')).toBe(written);
});

test('the page names every target', () => {
  const text = readFileSync(page, 'utf8');
  for (const target of Object.values(MigrationTarget)) {
    expect(text).toContain(`| \`${target}\` |`);
  }
});
