import { Fit, Loss } from '../../../lib/ingress/audit/annotation-row';
import { annotationTable } from '../../../lib/ingress/audit/annotations';
import { TARGETS } from '../../../lib/ingress/audit/finding';
import { IngressAudit } from '../../../lib/ingress';
import { GATEWAY, ingressOf, lines, NIC, rules, short, TRAEFIK } from './support';

const plain = rules('a.example', { '/': 'Prefix' });
const one = (name: string, value: string) => ingressOf('a', { [name]: value }, plain);
const audit = (name: string, value: string) =>
  IngressAudit.auditIngress([one(name, value)]).findings;

/** A value of the form that ingress-nginx reads, and that does something. */
function valueFor(name: string): string {
  return /timeout|tries|number|limit-|weight|depth|code|max-age|-size$/.test(name)
    ? '7'
    : 'true-ish';
}

const switches =
  /^(use-regex|ssl-redirect|force-ssl-redirect|ssl-passthrough|enable-cors|canary|service-upstream|from-to-www-redirect)$/;

test.each([...annotationTable.values()].map((row) => [row.name, row] as const))(
  '%s: each target is told once, as badly as it is',
  (name, row) => {
    const value = switches.test(name) ? 'true' : valueFor(name);
    const findings = audit(name, value).filter(({ id }) => /00[1-8]$/.test(id));
    const told = findings.flatMap(({ targets }) => targets);
    expect([...told].sort()).toEqual(TARGETS.filter((t) => row[t].fit !== Fit.SAME).sort());
    for (const { severity, targets, remedy } of findings) {
      for (const target of targets) {
        const { fit, by } = row[target];
        expect(remedy).toContain(by);
        if (!name.endsWith('-snippet')) {
          expect(severity).toBe(
            fit === Fit.IDLE
              ? 'note'
              : (fit === Fit.NONE && row.loss !== Loss.TUNING) ||
                  (fit !== Fit.DIFFERS && row.loss === Loss.PROTECTION)
                ? 'error'
                : 'warning',
          );
        }
      }
    }
  },
);

test.each(
  [...annotationTable.values()].flatMap(({ name, idle = [] }) => idle.map((v) => [name, v])),
)('%s: %s does nothing, today or afterwards', (name, value) => {
  expect(audit(name, value)).toEqual([]);
});

test('the texts', () => {
  expect(lines([one('auth-url', 'http://auth.example/check')])).toEqual([
    'error   GW-AUDIT-005 [Ingress shop/a] auth-url: "http://auth.example/check" is ignored; something else has to say it; a Policy with externalAuth named in nginx.org/policies, and a controller with custom resources (nic)',
    'error   GW-AUDIT-006 [Ingress shop/a] auth-url: "http://auth.example/check" cannot be said there; there is no external authentication; put it into the application or a proxy beside it (gateway)',
  ]);
  expect(lines([one('proxy-body-size', '20m')])).toEqual([
    'warning GW-AUDIT-004 [Ingress shop/a] proxy-body-size: "20m" is ignored under this name; nginx.org/client-max-body-size (nic)',
    'warning GW-AUDIT-005 [Ingress shop/a] proxy-body-size: "20m" is ignored; something else has to say it; a ClientSettingsPolicy with body.maxSize (gateway)',
  ]);
  expect(lines([one('preserve-trailing-slash', 'true')])).toEqual([
    'note    GW-AUDIT-007 [Ingress shop/a] preserve-trailing-slash: "true" is not needed there; it keeps them (nic, gateway, traefik)',
  ]);
  expect(lines([one('limit-rps', '5')], [TRAEFIK])).toEqual([
    'warning GW-AUDIT-008 [Ingress shop/a] limit-rps: "5" works, and not in every case as before; it answers 429 instead of 503, after another kind of burst (traefik)',
  ]);
  expect(lines([one('default-backend', 'x')])).toEqual([
    'error   GW-AUDIT-006 [Ingress shop/a] default-backend: "x" cannot be said there; nothing takes over when the Service has no endpoints (nic, gateway)',
  ]);
});

test('snippets are errors everywhere, and each target is told its own way', () => {
  expect(lines([one('configuration-snippet', 'more_set_headers "X: y";\nreturn 204;')])).toEqual([
    'error   GW-AUDIT-001 [Ingress shop/a] configuration-snippet: "more_set_headers \\"X: y\\";\\nreturn 204;" is ignored; something else has to say it; nic: a typed option of the edge where there is one: snippets in an Ingress are off; gateway: a SnippetsFilter, where the Gateway allows snippets; traefik: a middleware: snippets in an Ingress are off (nic, gateway, traefik)',
  ]);
});

test.each([
  ['rewrite-target', '/x;\n}'],
  ['auth-url', 'http://x/#;}\nload_module x;'],
  ['permanent-redirect', 'https://x/{y}'],
])('%s: a value that ends a directive', (name, value) => {
  expect(short([one(name, value)])[0]).toBe(`002 error ${name} nic,gateway,traefik`);
});

test.each([
  ['server-alias', '~^v\\d{3}\\.example$'],
  ['canary-by-header-pattern', 'a{2}'],
  ['configuration-snippet', 'return 204;'],
])('%s: braces and semicolons belong there', (name, value) => {
  expect(short([one(name, value)]).filter((line) => line.startsWith('002'))).toEqual([]);
});

test('values that ingress-nginx throws away', () => {
  expect(lines([one('proxy-read-timeout', '120s')], [TRAEFIK])).toEqual([
    'warning GW-AUDIT-009 [Ingress shop/a] proxy-read-timeout: "120s" is not of the form that ingress-nginx reads, so its default holds today; decide which of the two is meant, and move that one (traefik)',
  ]);
  expect(short([one('proxy-read-timeout', '120')], [TRAEFIK])).toEqual([]);
  expect(short([one('proxy-body-size', '8 MB')], [TRAEFIK])).toEqual([
    '009 warning proxy-body-size traefik',
  ]);
  expect(short([one('use-regex', 'yes')], [TRAEFIK])).toEqual(['009 warning use-regex traefik']);
});

test('unknown annotations, and those of others', () => {
  expect(lines([one('proxy-body-sise', '8m')])).toEqual([
    'warning GW-AUDIT-003 [Ingress shop/a] proxy-body-sise: proxy-body-sise is no annotation of ingress-nginx 1.15, so it does nothing today; correct its name, or delete it (nic, gateway, traefik)',
  ]);
  const others = { 'external-dns.alpha.kubernetes.io/target': 'x', 'nginx.org/lb-method': 'y' };
  expect(short([ingressOf('a', others, plain)])).toEqual([]);
});

test('protocols that nobody else speaks', () => {
  expect(short([one('backend-protocol', 'FCGI')])).toEqual([
    '006 error backend-protocol nic,gateway,traefik',
  ]);
  expect(short([one('backend-protocol', 'GRPC')], [NIC, GATEWAY])).toEqual([
    '004 warning backend-protocol nic',
    '005 warning backend-protocol gateway',
  ]);
});
