import type { Finding } from '../cluster';

/** Every finding as JSON, one a line, with the fields of `Finding`; empty without findings. */
export function findingLines(findings: readonly Finding[]): string {
  return findings.map((finding) => `${JSON.stringify(finding)}\n`).join('');
}

/**
 * The same in the format that code hosts show beside a change (SARIF 2.1.0). A finding is about a construct,
 * not about a line of source, so it points to its entry in findings.txt, which is two lines long.
 */
export function findingsSarif(findings: readonly Finding[]): string {
  const references = new Map(findings.map(({ id, reference }) => [id, reference]));
  const ids = [...references.keys()].sort();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'cdk8s-groundwork',
            informationUri: 'https://github.com/cdk8s-groundwork/cdk8s-groundwork',
            rules: ids.map((id) => ({ id, ...help(references.get(id)!) })),
          },
        },
        results: findings.map((finding, index) => ({
          ruleId: finding.id,
          ruleIndex: ids.indexOf(finding.id),
          // SARIF calls its levels what we call our severities.
          level: finding.severity,
          message: { text: `${finding.message}; ${finding.remedy}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: 'report/findings.txt' },
                region: { startLine: 2 * index + 1 },
              },
              logicalLocations: [{ fullyQualifiedName: finding.path }],
            },
          ],
          ...(finding.acknowledged === undefined
            ? {}
            : { suppressions: [{ kind: 'external', justification: finding.acknowledged }] }),
        })),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

/** Pages of the library's own documentation have no address that a program could open. */
function help(reference: string): { helpUri?: string } {
  return reference.startsWith('https://') ? { helpUri: reference } : {};
}
