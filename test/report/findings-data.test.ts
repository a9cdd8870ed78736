import { GroundworkApp, Severity, type Finding } from '../../lib';
import { reportFiles } from '../../lib/report';
import { findingsText } from '../../lib/report/explain';
import { findingLines, findingsSarif } from '../../lib/report/findings-data';
import { osloCluster } from '../support/oslo';

const warning: Finding = {
  id: 'GW-X-002',
  severity: Severity.WARNING,
  path: 'oslo/cni',
  message: 'a "quoted" thing\nis so',
  remedy: 'mend it',
  reference: 'https://example.org/a',
};
const note: Finding = {
  id: 'GW-X-001',
  severity: Severity.NOTE,
  path: 'oslo',
  message: 'noted',
  remedy: 'nothing to do',
  reference: 'docs/checks.md',
  acknowledged: 'we know',
};

test('a line of JSON has the fields of a finding, and is one line', () => {
  const lines = findingLines([warning, note]);
  expect(lines.split('\n')).toHaveLength(3);
  expect(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Finding),
  ).toEqual([warning, note]);
  expect(findingLines([])).toBe('');
});

test('SARIF says the same: levels, places, and what was acknowledged as suppressed', () => {
  const log = JSON.parse(findingsSarif([warning, note, { ...warning, path: 'oslo/dns' }]));
  expect(log.version).toBe('2.1.0');
  const [{ tool, results }] = log.runs;
  expect(tool.driver.rules).toEqual([
    { id: 'GW-X-001' },
    { id: 'GW-X-002', helpUri: 'https://example.org/a' },
  ]);
  expect(results[0]).toEqual({
    ruleId: 'GW-X-002',
    ruleIndex: 1,
    level: 'warning',
    message: { text: 'a "quoted" thing\nis so; mend it' },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'report/findings.txt' },
          region: { startLine: 1 },
        },
        logicalLocations: [{ fullyQualifiedName: 'oslo/cni' }],
      },
    ],
  });
  expect(results[1].suppressions).toEqual([{ kind: 'external', justification: 'we know' }]);
  expect(results.map((result: any) => [result.ruleIndex, result.level])).toEqual([
    [1, 'warning'],
    [0, 'note'],
    [1, 'warning'],
  ]);
  expect(JSON.parse(findingsSarif([])).runs).toEqual([
    { tool: { driver: expect.objectContaining({ rules: [] }) }, results: [] },
  ]);
});

test('its lines are those of findings.txt', () => {
  const findings = [{ ...warning, message: 'one' }, note, { ...warning, message: 'two\r\n lines' }];
  findings.unshift({ ...warning, remedy: 'a\nb', reference: 'c\nd' });
  const text = findingsText(findings).split('\n');
  const places = JSON.parse(findingsSarif(findings)).runs[0].results.map(
    ({ locations }: any) => text[locations[0].physicalLocation.region.startLine - 1],
  );
  expect(places).toEqual([
    'warning: GW-X-002 [oslo/cni] a "quoted" thing is so; a b',
    'warning: GW-X-002 [oslo/cni] one; mend it',
    'note: GW-X-001 [oslo] noted; nothing to do (acknowledged: we know)',
    'warning: GW-X-002 [oslo/cni] two lines; mend it',
  ]);
});

test('all three are in the report, none under a name that tools would apply', () => {
  const cluster = osloCluster(new GroundworkApp());
  cluster.addRule({ ...warning, title: '', why: '', check: () => [{ message: 'found' }] });
  const files = new Map(reportFiles(cluster));
  expect(files.get('findings.ndjson')).toBe(
    '{"id":"GW-X-002","severity":"warning","path":"oslo","message":"found","remedy":"mend it","reference":"https://example.org/a"}\n',
  );
  expect(files.get('findings.sarif')).toContain('"ruleId": "GW-X-002"');
});
