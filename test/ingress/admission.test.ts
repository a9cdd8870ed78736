import { celEnv, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { NginxController } from '../../lib/ingress';
import { edge } from './edge';

const env = celEnv({ funcs: strings });
const { spec } = edge().objects.find('ValidatingAdmissionPolicy');

function toCel(value: any): any {
  return typeof value === 'object' && value !== null
    ? new Map(Object.entries(value).map(([name, child]) => [name, toCel(child)]))
    : value;
}

/** The message that an API server refuses this Ingress with; undefined when it is let in. */
function refusal(ingress: object): string | undefined {
  const object = toCel(ingress);
  const holds = (expression: string) => {
    const verdict = plan(env, parse(expression))({ object });
    expect([expression, typeof verdict]).toEqual([expression, 'boolean']);
    return verdict as boolean;
  };
  if (!spec.matchConditions.every((c: any) => holds(c.expression))) {
    return undefined;
  }
  return spec.validations.find((v: any) => !holds(v.expression))?.message;
}

const ingress = (annotations?: Record<string, string>, ingressClassName = 'nginx') => ({
  metadata: { name: 'shop', ...(annotations === undefined ? {} : { annotations }) },
  spec: { ingressClassName },
});

test.each<[string, object]>([
  ['no annotations', ingress()],
  ['no class', { metadata: { annotations: { 'nginx.org/lb-method': 'x;' } }, spec: {} }],
  ['another class', ingress({ 'nginx.org/lb-method': 'x;' }, 'other')],
  ['braces of others', ingress({ 'example.no/json': '{"a":1};\n' })],
  [
    'ordinary ones',
    ingress({ 'nginx.org/proxy-read-timeout': '2m 30s', 'nginx.org/hsts': 'true' }),
  ],
  ['a variable', ingress({ 'nginx.org/limit-req-key': '${binary_remote_addr}$http_x' })],
  [
    'rewrites',
    ingress({
      'nginx.org/rewrites': 'serviceName=tea rewrite=/;serviceName=coffee rewrite=/beans/',
    }),
  ],
  [
    'sticky cookies',
    ingress({ 'nginx.com/sticky-cookie-services': 'serviceName=a id expires=1h;serviceName=b id' }),
  ],
  [
    'headers',
    ingress({ 'nginx.org/add-header': "Content-Security-Policy: default-src 'self'; img-src *" }),
  ],
])('lets in %s', (_what, object) => {
  expect(refusal(object)).toBeUndefined();
});

const ANNOTATIONS =
  'annotations of nginx.org/ and nginx.com/ must be without line breaks, braces and semicolons; only ${variables}, lists and headers may have them';
const SNIPPETS =
  'snippets are refused: they are code in the edge; ask for an option of the edge instead';

test.each<[Record<string, string>, string]>([
  ...['60s;alias /', '{', '}', 'a\nb', 'a\rb', '${a b}', '${}', '$ {a}', '${a};'].map(
    (value): [Record<string, string>, string] => [
      { 'nginx.org/limit-req-zone-size': value },
      ANNOTATIONS,
    ],
  ),
  [{ 'nginx.com/health-checks': 'true; }' }, ANNOTATIONS],
  [{ 'nginx.org/rewrites': 'serviceName=tea rewrite=/ }' }, ANNOTATIONS],
  [{ 'nginx.org/sticky-cookie-services': 'serviceName=tea id\n' }, ANNOTATIONS],
  [{ 'nginx.org/server-snippets': 'deny all' }, SNIPPETS],
  [{ 'nginx.org/location-snippets': '' }, SNIPPETS],
])('refuses %j', (annotations, message) => {
  expect(refusal(ingress(annotations))).toBe(message);
  const old = { ...annotations, 'kubernetes.io/ingress.class': 'nginx' };
  expect(refusal({ metadata: { annotations: old }, spec: {} })).toBe(message);
});

test('it is about the class that is served, in force, and can be left out', () => {
  const { objects } = edge({ ingressClassName: 'public' });
  expect(objects.find('ValidatingAdmissionPolicy').spec.matchConditions[0].expression).toContain(
    'object.spec.ingressClassName == "public"',
  );
  expect(objects.find('ValidatingAdmissionPolicyBinding').spec).toEqual({
    policyName: objects.find('ValidatingAdmissionPolicy').metadata.name,
    validationActions: ['Deny'],
  });
  const off = edge({
    controller: NginxController.nginxIngressController({ admissionPolicy: false }),
  });
  expect(off.objects.all.filter(({ kind }) => kind.startsWith('ValidatingAdmission'))).toEqual([]);
  const keys = off.cluster.decisions().map(({ key }) => key);
  expect(keys.filter((key) => key.startsWith('ValidatingAdmission'))).toEqual([]);
});
