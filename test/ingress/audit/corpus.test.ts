import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { IngressAudit, MigrationTarget, type AuditFinding } from '../../../lib/ingress';
import { GATEWAY, ingressOf, NIC, objects, rules, short, TRAEFIK } from './support';

const folder = resolve(__dirname, '../../fixtures/ingress-nginx');
const corpus = readdirSync(folder).flatMap((file) =>
  objects(readFileSync(join(folder, file), 'utf8')),
);

/** Findings about one object: id and severity. */
function about(object: string, target: MigrationTarget): string[] {
  return IngressAudit.auditIngress(corpus, { targets: [target] })
    .findings.filter((finding) => finding.object === object)
    .map(({ id, severity, field }) => `${id.slice(-3)} ${severity} ${field}`);
}

test('a shop whose host belongs to several teams', () => {
  expect(about('Ingress shop/frontend', NIC)).toEqual(
    [
      '020 error host shop.example.no',
      '004 warning affinity',
      '004 warning proxy-body-size',
      '004 warning session-cookie-max-age',
      '004 warning session-cookie-name',
      '011 warning spec.rules[0]',
      '010 warning spec.rules[0]',
      '041 warning cert-manager.io/cluster-issuer',
    ].sort((a, b) => order(a, b)),
  );
  expect(about('Ingress shop/frontend', TRAEFIK)).toEqual(['011 warning spec.rules[0]']);
  expect(about('Ingress shop-api/api', NIC)).toEqual([
    '004 error limit-rps',
    '005 error cors-allow-origin',
    '020 error host shop.example.no',
    '004 warning rewrite-target',
    '005 warning enable-cors',
  ]);
  expect(about('Ingress shop-api/api', TRAEFIK)).toEqual([
    '008 warning enable-cors',
    '008 warning limit-rps',
  ]);
});

function order(a: string, b: string): number {
  const rank = (line: string) => `${line.includes('error') ? 0 : 1}${line}`;
  return rank(a) < rank(b) ? -1 : 1;
}

test('a back office that would stand open', () => {
  const errors = (target: MigrationTarget) =>
    about('Ingress shop/back-office', target).filter((line) => line.includes(' error '));
  expect(errors(NIC)).toEqual([
    '001 error configuration-snippet',
    '005 error auth-signin',
    '005 error auth-url',
    '005 error whitelist-source-range',
    '026 error spec.tls[0].secretName',
  ]);
  expect(errors(GATEWAY)).toEqual([
    '001 error configuration-snippet',
    '005 error whitelist-source-range',
    '006 error auth-signin',
    '006 error auth-url',
    '026 error spec.tls[0].secretName',
  ]);
  expect(errors(TRAEFIK)).toEqual([
    '001 error configuration-snippet',
    '026 error spec.tls[0].secretName',
  ]);
});

test('a platform: canary, passthrough, the class and the ConfigMap', () => {
  expect(about('Ingress monitoring/grafana-canary', NIC)).toEqual([
    '006 error canary',
    '006 error canary-weight',
  ]);
  expect(about('Ingress registry/registry', GATEWAY)).toEqual([
    '005 warning backend-protocol',
    '005 warning ssl-passthrough',
    '024 warning spec.rules[0].host',
  ]);
  expect(about('IngressClass nginx', NIC)).toEqual(['032 warning spec.controller']);
  expect(about('ConfigMap ingress-nginx/nginx-configuration', NIC)).toEqual([
    '055 error proxy-real-ip-cidr',
    '053 warning proxy-body-size',
    '053 warning proxy-read-timeout',
    '053 warning use-forwarded-headers',
    '054 warning proxy-read-timeout',
  ]);
});

test('the sums stand at the end', () => {
  const audit = IngressAudit.auditIngress(corpus);
  const count = (target: MigrationTarget, severity: string) =>
    audit.findings.filter((f) => f.targets.includes(target) && f.severity === severity).length;
  expect(audit.hasErrors).toBe(true);
  expect(audit.report().split('\n\n')[1].split('\n')).toEqual(
    [NIC, GATEWAY, TRAEFIK].map(
      (target) =>
        `${target}: ${count(target, 'error')} errors, ${count(target, 'warning')} warnings, ${count(target, 'note')} notes`,
    ),
  );
  const nothing = IngressAudit.auditIngress([], { targets: [NIC] });
  expect(nothing.report()).toBe('nic: 0 errors, 0 warnings, 0 notes');
  expect(nothing.hasErrors).toBe(false);
});

test('what is asked for one target is what is said of it among all', () => {
  const all = IngressAudit.auditIngress(corpus).findings;
  const key = ({ id, object, field, severity }: AuditFinding) => [id, object, field, severity];
  for (const target of [NIC, GATEWAY, TRAEFIK]) {
    const alone = IngressAudit.auditIngress(corpus, { targets: [target] }).findings;
    expect(alone.map(key)).toEqual(all.filter((f) => f.targets.includes(target)).map(key));
    expect(alone.every(({ targets }) => targets.join() === target)).toBe(true);
  }
});

// Shapes that are nearly right go deeper than what is random alone.
const value = fc.oneof(fc.anything(), fc.string(), fc.constantFrom('true', '/$9', '60s', '*'));
const annotations = fc.dictionary(
  fc.oneof(
    fc.string(),
    fc
      .constantFrom('use-regex', 'rewrite-target', 'canary', 'affinity', '__proto__', 'x-snippet')
      .map((name) => `nginx.ingress.kubernetes.io/${name}`),
  ),
  value,
);
const path = fc.oneof(
  fc.anything(),
  fc.record({ path: value, pathType: value, backend: value }, { requiredKeys: [] }),
);
const rule = fc.oneof(
  fc.anything(),
  fc.record({ host: value, http: fc.record({ paths: fc.array(path) }) }, { requiredKeys: [] }),
);
const object = fc.record(
  {
    apiVersion: value,
    kind: fc.oneof(
      value,
      fc.constantFrom('Ingress', 'IngressClass', 'ConfigMap', 'Issuer', 'List'),
    ),
    metadata: fc.oneof(
      value,
      fc.record({ name: value, namespace: value, annotations, labels: annotations }),
    ),
    spec: fc.oneof(
      value,
      fc.record({ rules: fc.array(rule), tls: value, defaultBackend: value }, { requiredKeys: [] }),
    ),
    data: fc.oneof(value, fc.dictionary(fc.string(), value)),
    items: value,
  },
  { requiredKeys: [] },
);

test('it never throws, and says the same again', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.anything(), object)), (given) => {
      const first = IngressAudit.auditIngress(given);
      expect(first.report()).toBe(IngressAudit.auditIngress(given).report());
      for (const finding of first.findings) {
        expect(finding.id).toMatch(/^GW-AUDIT-\d{3}$/);
        expect(finding.targets).not.toEqual([]);
        expect(Object.values(finding)).not.toContain('');
      }
    }),
    { numRuns: 300 },
  );
});

test('the order of the objects does not matter', () => {
  const regex = ['x', 'y'].map((name) =>
    ingressOf(name, { 'use-regex': 'true' }, rules('shop.example.no', { '/twice': 'Prefix' })),
  );
  const all = [...corpus.flatMap((one) => one.items ?? [one]), ...regex];
  const report = IngressAudit.auditIngress(all).report();
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (given) => {
      expect(IngressAudit.auditIngress(given).report()).toBe(report);
    }),
    { numRuns: 50 },
  );
});

test('an Ingress that every target serves as it is has no finding', () => {
  const quiet = objects(`
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a, namespace: b}
spec:
  ingressClassName: nginx
  tls: [{hosts: [a.example], secretName: a}]
  rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}]
`);
  expect(short(quiet)).toEqual([]);
});
