import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IRule } from '../lib';
import { lifeCycles } from '../lib/catalog';
import { clusterRules, standing } from '../lib/cluster';
import { calicoRules } from '../lib/cni/calico/rules';
import { flannelRules } from '../lib/cni/flannel/rules';
import { gitopsRules } from '../lib/control-plane/gitops/rules';
import { absentRules, dnsRules } from '../lib/dns/rules';
import { doctorRules } from '../lib/doctor/rules';
import { alertsRules } from '../lib/etcd/alerts/rules';
import { backupRules } from '../lib/etcd/backup/rules';
import { etcdRules } from '../lib/etcd/rules';
import { fabricRules } from '../lib/ingress/gateway-fabric/rules';
import { retiredRules } from '../lib/ingress/retired/rules';
import { ingressRules } from '../lib/ingress/rules';
import { traefikRules } from '../lib/ingress/traefik/rules';
import { loadBalancerRules } from '../lib/loadbalancer/rules';
import { nodeRules } from '../lib/node/rules';
import { proxyRules } from '../lib/proxy/rules';
import { storageRules } from '../lib/storage/rules';
import { knownFailures } from './support/known-failures';
import { projectRoot } from './support/markdown';

const rooms: Record<string, IRule[]> = {
  cluster: clusterRules,
  cni: [...calicoRules, ...flannelRules],
  proxy: proxyRules,
  dns: [...dnsRules, ...absentRules],
  ingress: [...ingressRules, ...fabricRules({}), ...retiredRules, ...traefikRules],
  lb: loadBalancerRules,
  etcd: [...etcdRules, ...backupRules, ...alertsRules],
  node: nodeRules,
  storage: storageRules,
  doctor: doctorRules,
  gitops: gitopsRules,
};
const all = Object.values(rooms).flat();

function page(): string {
  const cell = (text: string) => text.replace(/\|/g, '\\|');
  const row = (rule: IRule) =>
    `| ${[rule.id, rule.severity, rule.title, rule.why, rule.remedy, rule.reference].map(cell).join(' | ')} |`;
  const sections = Object.entries(rooms).map(([room, rules]) =>
    [
      `## ${room}`,
      '',
      '| id | severity | what must hold | why | remedy | reference |',
      '| --- | --- | --- | --- | --- | --- |',
      ...[...rules].sort((a, b) => (a.id < b.id ? -1 : 1)).map(row),
      '',
    ].join('\n'),
  );
  return [
    '# Checks',
    '',
    'Every rule that a cluster is held to, generated from the rules themselves by',
    '`npm run test:golden:update`. An error stops the synth. A warning or a note is accepted with',
    "`cluster.acknowledge(id, reason)`. A violation's own remedy may be more exact than the one here.",
    '',
    '## Findings as data',
    '',
    'A synth writes what it found into three files below `report/`, all with the same findings in the same order:',
    'errors first, then warnings, then notes, each by id and path. The same spec gives the same bytes.',
    '',
    '- `findings.txt`, for people.',
    '- `findings.ndjson`, one JSON object a line with the fields of the interface `Finding`, which the package',
    '  exports; no line without findings.',
    '- `findings.sarif`, SARIF 2.1.0, for code hosts that show findings beside a change. What was acknowledged is',
    '  a suppressed result with the reason as its justification.',
    '',
    '| field | what it is |',
    '| --- | --- |',
    '| `id` | stable id of the rule, as in the tables below |',
    '| `severity` | `error`, `warning` or `note` |',
    '| `path` | path of the construct that it is about |',
    '| `message` | what was found, with the values of this cluster |',
    '| `remedy` | what to do about it |',
    '| `reference` | where to read more |',
    '| `acknowledged` | why somebody lives with it; absent where nobody does |',
    '',
    'With an error nothing is written: the errors are in the message of the exception, and',
    '`cluster.findings()` returns them before a synth. What a pipeline should stop at, for example:',
    '',
    '```',
    'jq -e -s \'map(select(.severity == "warning" and .acknowledged == null)) == []\' dist/report/findings.ndjson',
    '```',
    '',
    '## Ends of support',
    '',
    'With `asOf` in the spec, an ISO day, what has ended by then or ends within 90 days becomes a finding; without it',
    'findings speak of releases only, and of a line of containerd that had ended when the table was read. What the',
    'rules go by:',
    '',
    '| what | repaired until | after that | source |',
    '| --- | --- | --- | --- |',
    ...lifeCycles.map(({ component, line }) => {
      const { until, then, source } = standing({ component, line, label: '' });
      return `| ${[`${component} ${line}`, until, then, source].map(cell).join(' | ')} |`;
    }),
    '',
    ...sections,
    '## Known failures',
    '',
    'How machines and their etcd broke in clusters of others, and what catches it here.',
    '',
    '| number | failure | caught by |',
    '| --- | --- | --- |',
    ...knownFailures().map(
      ({ number, title, caughtBy }) => `| ${[number, title, caughtBy].map(cell).join(' | ')} |`,
    ),
    '',
  ].join('\n');
}

test('docs/checks.md says what the rules say', () => {
  const file = join(projectRoot, 'docs', 'checks.md');
  if (process.env.UPDATE_GOLDEN === '1') {
    writeFileSync(file, page());
  }
  expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(page());
});

test('an id belongs to one rule, and names its room', () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  for (const [room, rules] of Object.entries(rooms)) {
    expect(rules.filter(({ id }) => !id.startsWith(`GW-${room.toUpperCase()}-`))).toEqual([]);
  }
});

test('every known failure of machines and of etcd is caught by something that exists', () => {
  const numbers = (room: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${room}${String(n + 1).padStart(2, '0')}`);
  const failures = knownFailures();
  expect(failures.map(({ number }) => number)).toEqual([
    ...numbers('ETCD', 18),
    ...numbers('NODE', 21),
  ]);
  const ids = new Set(all.map(({ id }) => id));
  for (const { number, caughtBy } of failures) {
    expect([number, caughtBy]).toEqual([number, expect.stringMatching(/./)]);
    const named = caughtBy.match(/GW-[A-Z]+-\d{3}/g) ?? [];
    expect(named.filter((id) => !ids.has(id))).toEqual([]);
  }
});
