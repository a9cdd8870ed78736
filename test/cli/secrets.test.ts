import { execFileSync } from 'node:child_process';
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
} from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, createServer, type ConnectionOptions } from 'node:tls';
import { findLeaks } from '../../lib/testing';
import { tempDir } from '../support/temp-app';
import { writeTree } from '../../lib/testing/tree';
import { cli, NOW } from './cli';

const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const write = (path: string, value: object) => writeFileSync(path, JSON.stringify(value));

async function fresh(): Promise<string> {
  const file = join(tempDir(), 'secrets.json');
  expect(await cli(['secrets', 'new', '--out', file])).toMatchObject({ code: 0, error: '' });
  return file;
}

describe('secrets new', () => {
  test('authorities as kubeadm makes its own: names, usages, ten years, and keys that it reads', async () => {
    const { files, admin } = read(await fresh());
    const names = {
      'pki/ca': 'kubernetes',
      'pki/etcd/ca': 'etcd-ca',
      'pki/front-proxy-ca': 'front-proxy-ca',
    };
    for (const [pair, name] of Object.entries(names)) {
      const certificate = new X509Certificate(files[`${pair}.crt`]);
      const key = createPrivateKey(files[`${pair}.key`]);
      expect(files[`${pair}.key`]).toMatch(/^-----BEGIN EC PRIVATE KEY-----\n/);
      expect(certificate.subject).toBe(`CN=${name}`);
      expect(certificate.subjectAltName).toBe(`DNS:${name}`);
      expect(certificate.ca).toBe(true);
      expect(certificate.checkPrivateKey(key)).toBe(true);
      expect(certificate.verify(createPublicKey(key))).toBe(true);
      expect(new Date(certificate.validFrom)).toEqual(new Date('2026-11-27T11:55:00Z'));
      expect(new Date(certificate.validTo)).toEqual(new Date('2036-11-24T11:55:00Z'));
    }
    const own = new X509Certificate(admin.certificate);
    expect(own.subject).toBe('O=kubeadm:cluster-admins\nCN=kubernetes-admin');
    expect(own.ca).toBe(false);
    expect(own.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(own.verify(new X509Certificate(files['pki/ca.crt']).publicKey)).toBe(true);
    expect(own.checkIssued(new X509Certificate(files['pki/ca.crt']))).toBe(true);
    expect(new Date(own.validTo)).toEqual(new Date('2027-11-27T11:55:00Z'));
    expect(createPublicKey(files['pki/sa.key']).export({ type: 'spki', format: 'pem' })).toBe(
      files['pki/sa.pub'],
    );
    expect(files['bootstrap-token']).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
    expect(files['certificate-key']).toMatch(/^[0-9a-f]{64}$/);
    expect(Buffer.from(files['encryption-key'], 'base64')).toHaveLength(32);
  });

  test('is different each time, readable by its owner only, and never shown', async () => {
    const [one, other] = [await fresh(), await fresh()];
    expect(statSync(one).mode.toString(8)).toBe('100600');
    const [first, second] = [read(one), read(other)];
    for (const path of Object.keys(first.files)) {
      expect(first.files[path]).not.toBe(second.files[path]);
    }
    const shown = await cli(['secrets', 'new', '--out', join(tempDir(), 'new', 's.json')]);
    expect(findLeaks('shown', shown.out + shown.error)).toEqual([]);
    expect(shown.out).toMatch(/^caCertHashes: sha256:[0-9a-f]{64}$/m);
    expect(shown.out).toMatch(/^next: .* --secrets (.*)\/new\/s\.json --out \1\/new\/sealed$/m);
  });

  test('a TLS server of the authority is trusted, and knows the administrator', async () => {
    const file = join(tempDir(), 'now.json');
    await cli(['secrets', 'new', '--out', file], new Date());
    const { files, admin } = read(file);
    const ca = files['pki/ca.crt'];
    const server = createServer(
      { cert: ca, key: files['pki/ca.key'], ca, requestCert: true, rejectUnauthorized: true },
      (socket) => socket.end(String(socket.getPeerCertificate().subject.O)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const ask = (options: ConnectionOptions) =>
      new Promise<string>((resolve, reject) => {
        let text = '';
        connect({ port, host: '127.0.0.1', servername: 'kubernetes', ca, ...options })
          .on('data', (data) => (text += data))
          .on('end', () => resolve(text))
          .on('error', reject);
      });
    const own = { cert: admin.certificate, key: admin.key };
    const other = read(await fresh());
    try {
      expect(await ask(own)).toBe('kubeadm:cluster-admins');
      await expect(ask({ ...own, ca: other.files['pki/ca.crt'] })).rejects.toThrow(
        'self-signed certificate',
      );
      // With TLS 1.3 the client learns of a refusal only when the connection ends without a word.
      const stranger = { cert: other.admin.certificate, key: other.admin.key };
      expect(await ask(stranger).catch(() => '')).toBe('');
    } finally {
      server.close();
    }
  });
});

describe('where secrets may lie', () => {
  const git = (folder: string, ...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], { stdio: 'pipe' });

  test('not in a git work tree, unless the path is ignored', async () => {
    const tree = tempDir();
    git(tree, 'init', '-q');
    const file = join(tree, 'deep', 'secrets.json');
    expect(await cli(['secrets', 'new', '--out', file])).toEqual({
      code: 1,
      out: '',
      error: `cdk8s-groundwork: --out ${file} must be outside of every git work tree, or ignored by it, got ${file} inside ${tree}; choose a folder outside of it, or have git ignore the path first`,
    });
    expect(existsSync(file)).toBe(false);
    writeFileSync(join(tree, '.gitignore'), '/deep/\n');
    expect((await cli(['secrets', 'new', '--out', file])).code).toBe(0);
  });

  test('an ignored path that is tracked all the same is refused', async () => {
    const tree = writeTree(tempDir(), { 'secrets.json': 'old', '.gitignore': 'secrets.json\n' });
    git(tree, 'init', '-q');
    git(tree, 'add', '-f', 'secrets.json');
    execFileSync('rm', [join(tree, 'secrets.json')]);
    const refused = await cli(['secrets', 'new', '--out', join(tree, 'secrets.json')]);
    expect(refused.error).toContain('outside of every git work tree');
  });

  test('without git on the machine, a work tree is known by its .git', async () => {
    const tree = tempDir();
    git(tree, 'init', '-q');
    writeFileSync(join(tree, '.gitignore'), '*\n');
    const path = process.env.PATH;
    process.env.PATH = tempDir();
    try {
      const refused = await cli(['secrets', 'new', '--out', join(tree, 's.json')]);
      expect(refused.error).toBe(
        `cdk8s-groundwork: --out ${join(tree, 's.json')} must be outside of every git work tree, or ignored by it, got ${join(tree, 's.json')} inside ${tree}; choose a folder outside of it; git itself could not be asked`,
      );
      const free = join(tempDir(), 's.json');
      expect((await cli(['secrets', 'new', '--out', free])).code).toBe(0);
    } finally {
      process.env.PATH = path;
    }
  });

  test('not in the output of synth, and not over another file', async () => {
    const dist = writeTree(tempDir(), { '.groundwork-files': 'apply.sh\n' });
    const inside = join(dist, 'nodes', 's.json');
    expect((await cli(['secrets', 'new', '--out', inside])).error).toBe(
      `cdk8s-groundwork: --out ${inside} must be outside of every output folder of synth, got a place inside of ${dist}; choose one beside it; what synth writes holds no secret`,
    );
    const file = await fresh();
    const before = readFileSync(file, 'utf8');
    expect(await cli(['secrets', 'new', '--out', file])).toEqual({
      code: 1,
      out: '',
      error: `cdk8s-groundwork: --out ${file} must be a file that does not exist yet, got one; authorities are made once for a cluster; for a new token use secrets renew`,
    });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

const ED25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });

describe('secrets check', () => {
  test('says until when, and the hash that machines are held to', async () => {
    const file = await fresh();
    const key = new X509Certificate(read(file).files['pki/ca.crt']).publicKey;
    const hash = createHash('sha256').update(key.export({ type: 'spki', format: 'der' }));
    expect(await cli(['secrets', 'check', '--secrets', file])).toEqual({
      code: 0,
      error: '',
      out: [
        'pki/ca.crt               until 2036-11-24',
        'pki/etcd/ca.crt          until 2036-11-24',
        'pki/front-proxy-ca.crt   until 2036-11-24',
        'admin.conf               until 2027-11-27',
        `caCertHashes: sha256:${hash.digest('hex')}`,
      ].join('\n'),
    });
  });

  const broken: Array<[string, (value: any, other: any) => void, string[], 'renew' | 'backup']> = [
    [
      'a token of another form',
      (v) => (v.files['bootstrap-token'] = 'a.b'),
      ['bootstrap-token must be six and sixteen of a-z and 0-9'],
      'renew',
    ],
    [
      'no certificate key',
      (v) => delete v.files['certificate-key'],
      ['certificate-key must be 32 bytes in hexadecimal'],
      'renew',
    ],
    [
      'a short encryption key',
      (v) => (v.files['encryption-key'] = 'AAAA'),
      ['encryption-key must be 32 bytes in base64'],
      'backup',
    ],
    [
      'no encryption key',
      (v) => delete v.files['encryption-key'],
      ['encryption-key must be 32 bytes in base64'],
      'renew',
    ],
    [
      'an authority and an administrator that are both wrong',
      (v, o) => Object.assign(v, { admin: o.admin, files: { ...v.files, 'pki/etcd/ca.crt': 'x' } }),
      [
        'pki/etcd/ca.crt must be a certificate in PEM',
        'the certificate of admin.conf must be signed by pki/ca.key',
      ],
      'backup',
    ],
    [
      'text for a certificate',
      (v) => (v.files['pki/etcd/ca.crt'] = 'x'),
      ['pki/etcd/ca.crt must be a certificate in PEM'],
      'backup',
    ],
    [
      'the key of another authority',
      (v) => (v.files['pki/etcd/ca.key'] = v.files['pki/ca.key']),
      ['pki/etcd/ca.crt and pki/etcd/ca.key must belong together'],
      'backup',
    ],
    [
      'a key that kubeadm does not read',
      (v) => (v.files['pki/ca.key'] = ED25519),
      ['pki/ca.key must be an RSA or ECDSA private key in PEM'],
      'backup',
    ],
    [
      'another public key',
      (v, o) => (v.files['pki/sa.pub'] = o.files['pki/sa.pub']),
      ['pki/sa.key and pki/sa.pub must belong together'],
      'backup',
    ],
    [
      'no authority',
      (v) =>
        Object.assign(v.files, { 'pki/ca.crt': v.admin.certificate, 'pki/ca.key': v.admin.key }),
      [
        'pki/ca.crt must be the certificate of an authority',
        'the certificate of admin.conf must be signed by pki/ca.key',
      ],
      'backup',
    ],
    [
      'an administrator of another cluster',
      (v, o) => (v.admin = o.admin),
      ['the certificate of admin.conf must be signed by pki/ca.key'],
      'renew',
    ],
  ];
  test.each(broken)('finds %s', async (_, change, expected, remedy) => {
    const [file, other] = [await fresh(), await fresh()];
    const value = read(file);
    change(value, read(other));
    write(file, value);
    const { code, error } = await cli(['secrets', 'check', '--secrets', file]);
    expect(code).toBe(1);
    expect(error).toBe(
      `cdk8s-groundwork: secrets in ${file} do not hold:\n  ${expected.join('\n  ')}\n${
        remedy === 'renew'
          ? `cdk8s-groundwork secrets renew --secrets ${file}`
          : 'take the file from a backup; for a cluster that does not exist yet make a new one'
      }`,
    );
    expect(findLeaks('error', error)).toEqual([]);
    // What is said to help does.
    const renewed = await cli(['secrets', 'renew', '--secrets', file]);
    expect(renewed.code).toBe(remedy === 'renew' ? 0 : 1);
  });

  test('finds what has expired, and names the way out', async () => {
    const file = await fresh();
    const check = (date: string) => cli(['secrets', 'check', '--secrets', file], new Date(date));
    expect((await check('2027-12-24T00:00:00Z')).error).toBe(
      `cdk8s-groundwork: secrets in ${file} do not hold:\n  admin.crt must not have expired, it did on 2027-11-27\ncdk8s-groundwork secrets renew --secrets ${file}`,
    );
    expect((await check('2026-11-27T11:00:00Z')).error).toContain(
      'pki/ca.crt must be valid by now, it is from 2026-11-27 on',
    );
  });

  test('a file that others can read, another file, and none', async () => {
    const file = await fresh();
    const check = async () => (await cli(['secrets', 'check', '--secrets', file])).error;
    chmodSync(file, 0o640);
    expect(await check()).toBe(
      `cdk8s-groundwork: permissions of ${file} must be 0600, got 0640; chmod 600 ${file}, and ask yourself who may have read it`,
    );
    chmodSync(file, 0o600);
    for (const text of [
      '{',
      '[]',
      '{"format":"cdk8s-groundwork secrets 1"}',
      '{"files":{},"admin":{}}',
    ]) {
      writeFileSync(file, text);
      expect(await check()).toBe(
        `cdk8s-groundwork: --secrets ${file} must be a file that secrets new wrote, got another one; name the right file`,
      );
    }
    expect((await cli(['secrets', 'check', '--secrets', '/no/such'])).error).toBe(
      'cdk8s-groundwork: --secrets /no/such must be a file, got nothing; make one with cdk8s-groundwork secrets new --out /no/such',
    );
  });
});

test('secrets renew makes token, certificate key and administrator anew, and adds what an older file lacks', async () => {
  const file = await fresh();
  const before = read(file);
  const { 'encryption-key': _, ...older } = before.files;
  write(file, { ...before, files: older });
  const later = new Date(NOW.getTime() + 400 * 24 * 3600 * 1000);
  const renewed = await cli(['secrets', 'renew', '--secrets', file], later);
  expect(renewed).toMatchObject({ code: 0, error: '' });
  expect(findLeaks('shown', renewed.out)).toEqual([]);
  const after = read(file);
  const changed = Object.keys(after.files).filter(
    (path) => after.files[path] !== before.files[path],
  );
  expect(changed).toEqual(['bootstrap-token', 'certificate-key', 'encryption-key']);
  expect(after.admin.certificate).not.toBe(before.admin.certificate);
  expect((await cli(['secrets', 'check', '--secrets', file], later)).code).toBe(0);
  expect(statSync(file).mode.toString(8)).toBe('100600');
  expect(readdirSync(join(file, '..'))).toEqual(['secrets.json']);
  // An encryption key that is in use stays: what it encrypted could not be read any more.
  await cli(['secrets', 'renew', '--secrets', file], later);
  expect(read(file).files['encryption-key']).toBe(after.files['encryption-key']);
});

test("authorities of one's own take the place of ours, and renew makes their administrator", async () => {
  const [file, other] = [await fresh(), await fresh()];
  const value = read(file);
  for (const path of ['pki/ca.crt', 'pki/ca.key']) {
    value.files[path] = read(other).files[path];
  }
  write(file, value);
  expect((await cli(['secrets', 'renew', '--secrets', file])).code).toBe(0);
  expect((await cli(['secrets', 'check', '--secrets', file])).code).toBe(0);
  const issuer = new X509Certificate(value.files['pki/ca.crt']);
  expect(new X509Certificate(read(file).admin.certificate).verify(issuer.publicKey)).toBe(true);
});

test('secrets renew changes nothing when it cannot finish', async () => {
  const file = await fresh();
  writeFileSync(`${file}.new`, 'left behind');
  const before = readFileSync(file, 'utf8');
  expect(await cli(['secrets', 'renew', '--secrets', file])).toMatchObject({
    code: 1,
    error: `cdk8s-groundwork: ${file}.new must be absent, got a file that an interrupted run left behind; look at ${file}; when it is whole, remove the other`,
  });
  expect(readFileSync(file, 'utf8')).toBe(before);
});

describe('the command line', () => {
  test('what the system refuses is one sentence', async () => {
    const folder = tempDir();
    chmodSync(folder, 0o700);
    expect(await cli(['secrets', 'check', '--secrets', folder])).toEqual({
      code: 1,
      out: '',
      error: 'cdk8s-groundwork: EISDIR: illegal operation on a directory, read',
    });
  });

  const wrong: Array<[string, string]> = [
    ['', ''],
    [
      'bogus',
      'command must be one of secrets new, seal, secrets check, secrets renew, audit-ingress, diff, doctor, got bogus; see --help',
    ],
    [
      'secrets',
      'command must be one of secrets new, seal, secrets check, secrets renew, audit-ingress, diff, doctor, got secrets; see --help',
    ],
    [
      'secrets new',
      '--out of secrets new must be given, got nothing; see cdk8s-groundwork secrets new --help',
    ],
    [
      'secrets new x --out y',
      'arguments of secrets new must be no arguments, got x; see cdk8s-groundwork secrets new --help',
    ],
    [
      'seal --secrets a --out b',
      'arguments of seal must be <outdir>, got nothing; see cdk8s-groundwork seal --help',
    ],
    ['seal dist --secret a', "Unknown option '--secret'; see cdk8s-groundwork seal --help"],
    [
      'seal dist --keys-by-ssh=yes',
      "Option '--keys-by-ssh' does not take an argument; see cdk8s-groundwork seal --help",
    ],
  ];
  test.each(wrong)('cdk8s-groundwork %s', async (line, message) => {
    const { code, error } = await cli(line.split(' ').filter((word) => word !== ''));
    expect(code).toBe(2);
    expect(error).toBe(message && `cdk8s-groundwork: ${message}`);
  });

  test.each(['--help', 'help', 'seal --help', 'secrets new -h'])(
    '%s is an answer',
    async (line) => {
      const { code, out } = await cli(line.split(' '));
      expect(code).toBe(0);
      expect(out).toMatch(/^usage: cdk8s-groundwork /);
    },
  );
});
