import { join, resolve } from 'node:path';
import { tempDir } from '../support/temp-app';
import { writeTree } from '../../lib/testing/tree';
import { cli } from './cli';

const fixtures = resolve(__dirname, '../fixtures/ingress-nginx');
const quiet = (name: string) => `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${name}, namespace: b}
spec:
  ingressClassName: nginx
  rules: [{host: ${name}.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}]
`;

test('a folder with errors: the report, and exit code 1', async () => {
  const { code, out, error } = await cli(['audit-ingress', fixtures, '--target', 'traefik']);
  expect(code).toBe(1);
  expect(out).toContain('GW-AUDIT-026 [Ingress shop/back-office] spec.tls[0].secretName');
  expect(out.split('\n').at(-1)).toBe('traefik: 3 errors, 9 warnings, 0 notes');
  expect(error).toBe('cdk8s-groundwork: 3 of 12 findings lose traffic or protection');
});

test('files without errors: exit code 0; several files and folders are one audit', async () => {
  const folder = writeTree(tempDir(), {
    'a.yaml': quiet('a'),
    'deep/er/b.yml': `${quiet('b')}---\n`,
    'deep/notes.txt': '{{{',
  });
  expect(await cli(['audit-ingress', folder])).toEqual({
    code: 0,
    out: ['nic', 'gateway', 'traefik'].map((t) => `${t}: 0 errors, 0 warnings, 0 notes`).join('\n'),
    error: '',
  });
  const same = join(folder, 'a.yaml');
  const twice = await cli(['audit-ingress', folder, same, '--target', 'nic']);
  expect(twice.out).toContain('GW-AUDIT-016');
});

test.each([
  ['a: [', /a\.yaml must be YAML or JSON: .+ at line 1, column 5$/],
  ['a: 1\na: 2\n', /a\.yaml must be YAML or JSON: Map keys must be unique at line 2, column 1$/],
  ['a: *b\n', /a\.yaml must be YAML or JSON: Unresolved alias/],
])('%j is no YAML', async (text, message) => {
  const folder = writeTree(tempDir(), { 'a.yaml': text });
  const { code, out, error } = await cli(['audit-ingress', folder]);
  expect([code, out]).toEqual([1, '']);
  expect(error).toMatch(message);
});

test('wrong words', async () => {
  const empty = tempDir();
  expect(await cli(['audit-ingress'])).toMatchObject({
    code: 2,
    error:
      'cdk8s-groundwork: arguments of audit-ingress must be <file-or-folder>..., got nothing; see cdk8s-groundwork audit-ingress --help',
  });
  expect(await cli(['audit-ingress', empty])).toMatchObject({
    code: 1,
    error: `cdk8s-groundwork: ${empty} must be a folder with .yaml, .yml or .json files, got none; name the right folder`,
  });
  expect(await cli(['audit-ingress', fixtures, '--target', 'apache'])).toMatchObject({
    code: 1,
    error:
      'cdk8s-groundwork: --target must be one of nic, gateway, traefik, got apache; leave it out to see all',
  });
  expect((await cli(['audit-ingress', join(empty, 'x.yaml')])).error).toMatch(/ENOENT.*x\.yaml/);
});
