import { celEnv, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { retired } from './render';

const env = celEnv({ funcs: strings });

function toCel(value: any): any {
  if (Array.isArray(value)) {
    return value.map(toCel);
  }
  return typeof value === 'object' && value !== null
    ? new Map(Object.entries(value).map(([name, child]) => [name, toCel(child)]))
    : value;
}

const { spec } = retired().objects.find('ValidatingAdmissionPolicy');

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

const ingress = (paths: string[], annotations?: Record<string, string>, className = 'nginx') => ({
  metadata: { name: 'shop', ...(annotations === undefined ? {} : { annotations }) },
  spec: {
    ingressClassName: className,
    rules: [{ host: 'shop.example.no', http: { paths: paths.map((path) => ({ path })) } }],
  },
});
const ours = (name: string, value: string) => ({ [`nginx.ingress.kubernetes.io/${name}`]: value });

test.each([
  ['plain paths', ingress(['/', '/api/v1', '/a-b_c.d~e'])],
  [
    'a regular expression',
    ingress(['/something(/|$)(.*)', '/[a-z]+\\.php$'], ours('use-regex', 'true')),
  ],
  ['ordinary annotations', ingress(['/'], ours('rewrite-target', '/$2'))],
  ['braces of others', ingress(['/'], { 'example.no/json': '{"a":1}\n' })],
  ['no rules', { metadata: {}, spec: { ingressClassName: 'nginx' } }],
  [
    'a rule without paths',
    { metadata: {}, spec: { ingressClassName: 'nginx', rules: [{ host: 'x' }] } },
  ],
  [
    'a path left out',
    { metadata: {}, spec: { ingressClassName: 'nginx', rules: [{ http: { paths: [{}] } }] } },
  ],
  ['another class', ingress(['/a{b}'], ours('server-snippet', 'x'), 'other')],
  ['no class', { metadata: {}, spec: { rules: [{ http: { paths: [{ path: '/{' }] } }] } }],
])('lets in %s', (_what, object) => {
  expect(refusal(object)).toBeUndefined();
});

const PATHS =
  'paths must be without blanks, line breaks, braces, semicolons, quotes and #; for regular expressions with braces turn admissionPolicy of the edge off';
const ANNOTATIONS =
  'annotations of nginx.ingress.kubernetes.io/ must be without line breaks, braces and semicolons';
const SNIPPETS =
  'snippets are refused: they are code in the edge; ask for an option of the edge instead';

test.each([
  ...['/a b', '/a\n', '/a\tb', '/{x', '/x}', '/a;b', '/a"b', "/a'b", '/#'].map(
    (path) => [JSON.stringify(path), ingress(['/', path]), PATHS] as const,
  ),
  ...['x;', '{', '}', 'a\nb', 'a\rb'].map(
    (value) =>
      [JSON.stringify(value), ingress(['/'], ours('auth-realm', value)), ANNOTATIONS] as const,
  ),
  ['a snippet', ingress(['/'], ours('configuration-snippet', 'deny all')), SNIPPETS] as const,
  [
    'the annotation of old',
    {
      metadata: {
        annotations: { 'kubernetes.io/ingress.class': 'nginx', ...ours('auth-snippet', 'x') },
      },
      spec: {},
    },
    SNIPPETS,
  ] as const,
])('refuses %s', (_what, object, message) => {
  expect(refusal(object)).toBe(message);
});

test('it is about the class that is served, in force, and can be left out', () => {
  const named = retired({}, { ingressClassName: 'public' });
  expect(
    named.objects.find('ValidatingAdmissionPolicy').spec.matchConditions[0].expression,
  ).toContain('object.spec.ingressClassName == "public"');
  expect(named.objects.find('ValidatingAdmissionPolicyBinding').spec).toEqual({
    policyName: named.objects.find('ValidatingAdmissionPolicy').metadata.name,
    validationActions: ['Deny'],
  });
  const kinds = retired({ admissionPolicy: false }).objects.all.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind.startsWith('ValidatingAdmission'))).toEqual([]);
});
