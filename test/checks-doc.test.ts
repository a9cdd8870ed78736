import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IRule } from '../lib';
import { clusterRules } from '../lib/cluster';
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
