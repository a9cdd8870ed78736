import { findingLine, type Cluster, type Decision, type Finding } from '../cluster';
import { cell, plain } from './markdown';

/** The explain page: every decision with its default, its reason and its source. */
export function explainMarkdown(cluster: Cluster): string {
  const byPath = new Map<string, Decision[]>();
  for (const decision of cluster.decisions()) {
    byPath.set(decision.path, [...(byPath.get(decision.path) ?? []), decision]);
  }
  const sections = [...byPath].map(([path, decisions]) => section(path, decisions));
  return [
    `# Why ${cluster.clusterName} is configured as it is`,
    '',
    'Every value below was chosen by the library or by the spec. What stands in no row here is a',
    'fact of the spec, or the shape that upstream requires.',
    '',
    ...sections,
  ].join('\n');
}

/** The same as lines of JSON, for programs. */
export function explainLines(cluster: Cluster): string {
  return cluster
    .decisions()
    .map((decision) => `${JSON.stringify(decision)}\n`)
    .join('');
}

/** Every finding, one a line, with what kind it is. */
export function findingsText(findings: readonly Finding[]): string {
  return findings.length === 0
    ? 'no findings\n'
    : findings.map((f) => `${findingEntry(f)}\n`).join('');
}

/** One finding for people: severity, the sentence, and where to read more; two lines, whatever is in it. */
function findingEntry(finding: Finding): string {
  const said = [`${finding.severity}: ${findingLine(finding)}`, `  see ${finding.reference}`];
  return said.map((line) => line.replace(/\s*[\r\n]+\s*/g, ' ')).join('\n');
}

function section(path: string, decisions: readonly Decision[]): string {
  const rows = decisions.map(
    ({ key, value, upstream, why, source }) =>
      `| ${[code(key), code(value), ...[upstream, why, source].map(plain)].map(cell).join(' | ')} |`,
  );
  return [
    `## ${path}`,
    '',
    '| setting | value | upstream default | why | source |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

function code(text: string): string {
  return text === '' ? '(empty)' : `\`${text}\``;
}
