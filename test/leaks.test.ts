import { createHash, generateKeyPairSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { findLeaks } from '../lib/testing';

const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const encryptedPem = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' })
  .toString();
const publicPem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();
const base64 = (text: string) => Buffer.from(text).toString('base64');
const indent = (text: string) => text.replace(/^/gm, '    ');
const wrap = (text: string) => text.replace(/(.{64})/g, '$1\n');
const zipped = (text: string) => gzipSync(text).toString('base64');
const hex = createHash('sha256').update('x').digest('hex');
// Put together here, so that this file itself has no token in it.
const token = ['a1b2c3', '0123456789abcdef'].join('.');
const lettersOnly = ['abcdef', 'ghijklmnopqrstuv'].join('.');

const jwtPart = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const webToken = [jwtPart({ alg: 'RS256' }), jwtPart({ sub: 'system' }), 'c2lnbmF0dXJlLi4u'].join(
  '.',
);

const planted: Array<[string, string, string]> = [
  ['private key', pem, 'f:1: a private key'],
  ['old RSA header', pem.replace(/PRIVATE/g, 'RSA PRIVATE'), 'f:1: a private key'],
  ['indented private key', `#cloud-config\nx: |\n${indent(pem)}`, 'f:3: a private key'],
  ['private key in JSON', JSON.stringify({ key: pem }), 'f:1: a private key'],
  ['private key in base64', `key: ${base64(pem)}`, 'f:1: a private key in base64'],
  [
    'private key in wrapped base64',
    `key: |\n${indent(wrap(base64(pem)))}`,
    'f:2: a private key in base64',
  ],
  ['shifted base64', `key: ${base64(`\n${pem}`)}`, 'f:1: a private key in base64'],
  ['encrypted private key', encryptedPem, 'f:1: a private key'],
  [
    'PGP private key',
    pem
      .replace(/PRIVATE KEY/g, 'PGP PRIVATE KEY BLOCK')
      .replace('-----\n', '-----\nVersion: 1\n\n'),
    'f:1: a private key',
  ],
  ['web token', `token: ${webToken}`, 'f:1: a JSON Web Token'],
  ['password in a URL', `url https://me:${'hunter2'}@mirror.no/x`, 'f:1: a password in a URL'],
  ['token', `token: ${token}`, 'f:1: a bootstrap token'],
  ['token in quotes', `"${token}"`, 'f:1: a bootstrap token'],
  ['token as an argument', `kubeadm join --token=${token} x`, 'f:1: a bootstrap token'],
  ['token at the end of a sentence', `It is ${token}.\nNext`, 'f:1: a bootstrap token'],
  ['token without digits', `token: ${lettersOnly}`, 'f:1: a bootstrap token'],
  [
    'certificate key',
    `a: b\ncertificateKey: "${hex}"`,
    'f:2: 64 hexadecimal digits outside a digest field',
  ],
  ['hashed password', `password-hash: ${hex}`, 'f:1: 64 hexadecimal digits outside a digest field'],
  [
    'hex in a sentence',
    `${hex} is the key of cp-1`,
    'f:1: 64 hexadecimal digits outside a digest field',
  ],
  ['Secret', 'apiVersion: v1\nkind: Secret\nstringData:\n  a: b\n', 'f:2: a Secret with data'],
  ['Secret, data first', 'data:\n  a: Yg==\nkind: Secret\n', 'f:3: a Secret with data'],
  [
    'second document',
    'kind: ConfigMap\n---\nkind: "Secret"\ndata: {a: Yg==}\n',
    'f:3: a Secret with data',
  ],
  [
    'Secret in a List',
    'items:\n  - kind: Secret\n    metadata: {}\n    data:\n      a: Yg==\n',
    'f:2: a Secret with data',
  ],
  [
    'Secret as a later key of a list item',
    'items:\n- data:\n    a: Yg==\n  kind: Secret\n',
    'f:4: a Secret with data',
  ],
  [
    'Secret embedded in user-data',
    'content: |\n    apiVersion: v1\n    kind: Secret\n    data:\n        a: Yg==\n',
    'f:3: a Secret with data',
  ],
  ['Secret in JSON', '{"kind":"Secret","data":{"a":"Yg=="}}', 'f:1: a Secret with data'],
  [
    'private key in gzip',
    `key: ${zipped(`a\n${pem}`)}`,
    'f:1: a private key in line 2 of compressed content',
  ],
  [
    'token in wrapped gzip',
    `--part\n\n${zipped(`token: ${token}\n`).replace(/(.{20})/g, '$1\n')}\n--part--\n`,
    'f:3: a bootstrap token in line 1 of compressed content',
  ],
  [
    'Secret in pretty JSON',
    JSON.stringify({ apiVersion: 'v1', kind: 'Secret', data: { a: 'Yg==' } }, null, 2),
    'f:3: a Secret with data',
  ],
];

const zippedText = zipped('a: b\n'.repeat(99));

const benign: Array<[string, string]> = [
  ['a public key', publicPem],
  ['a public key in base64', base64(publicPem)],
  ['a private key header alone', '-----BEGIN PRIVATE KEY-----\n<sealed later>\n'],
  ['an image digest', `image: example.org/a/b:v1@sha256:${hex}`],
  ['a CA certificate hash', `caCertHashes: ["sha256:${hex}"]`],
  ['a sha256 field', `"sha256": "${hex}"`],
  ['a shell variable', `KUBELET_SHA256='${hex}'`],
  ['a checksum annotation', `  checksum/config: ${hex}`],
  ['a config hash', `  groundwork/config-hash: ${hex}`],
  ['a checksum table', `# sums\n${hex}  kubelet\n${hex} *bin/kubeadm\n`],
  ['a sha512', `${hex}${hex}`],
  ['a host name', 'api.abcdef.internalnetworks.example'],
  ['a host name of two labels', 'server: oslooo.internalnetworks'],
  ['a file name with more dots', 'config.0123456789abcdef.txt'],
  ['a token-like middle', 'x-a1b2c3.0123456789abcdef-y'],
  ['compressed text', zippedText],
  ['damaged gzip', zippedText.replace(/^(.{30})..../, '$1////')],
  ['a sysctl', 'kernel.unprivileged_bpf_disabled = 1'],
  ['a Secret without data', 'kind: Secret\nmetadata:\n  name: a\ndata: {}\nstringData:\n'],
  ['a reference to a Secret', 'secretRef:\n  kind: Secret\n  name: a\ndata:\n  a: b\n'],
  ['a ConfigMap after a Secret', 'kind: Secret\n---\nkind: ConfigMap\ndata:\n  a: b\n'],
  ['another item of the list', '- kind: Secret\n  name: a\n- kind: ConfigMap\n  data: {a: b}\n'],
];

describe('findLeaks', () => {
  test.each(planted)('finds: %s', (_, text, finding) => {
    expect(findLeaks('f', text)).toEqual([finding]);
  });

  test.each(benign)('is silent about: %s', (_, text) => {
    expect(findLeaks('f', text)).toEqual([]);
  });

  test('lists every leak in the order of the lines and never shows it', () => {
    const leaks = findLeaks('nodes/cp-1/user-data', `${token}\n${hex} key\n${pem}`);
    expect(leaks).toEqual([
      'nodes/cp-1/user-data:1: a bootstrap token',
      'nodes/cp-1/user-data:2: 64 hexadecimal digits outside a digest field',
      'nodes/cp-1/user-data:3: a private key',
    ]);
  });

  test('finds a token wherever it stands among other words', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
    const part = (length: number) =>
      fc.string({
        unit: fc.constantFrom(...alphabet),
        minLength: length,
        maxLength: length,
      });
    fc.assert(
      fc.property(word, part(6), part(16), word, (before, id, secret, after) => {
        const text = `token ${before} ${id}.${secret} ${after}`;
        expect(findLeaks('f', text)).toEqual(['f:1: a bootstrap token']);
      }),
    );
  });
});
