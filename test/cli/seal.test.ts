import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Size } from 'cdk8s';
import { parse } from 'yaml';
import { readManifest } from '../../lib/cli/secrets-manifest';
import { ApiEndpoint } from '../../lib';
import { findLeaks, leaksIn } from '../../lib/testing';
import { readTree, writeTree } from '../../lib/testing/tree';
import { cli, rendered, workplace } from './cli';

const SECRETS = '/etc/groundwork/secrets/';
const KEYS = [
  'encryption-key',
  'pki/ca.key',
  'pki/etcd/ca.key',
  'pki/front-proxy-ca.key',
  'pki/sa.key',
];
const JOIN = ['bootstrap-token', 'pki/ca.crt', 'certificate-key', 'encryption-key'];
const FOUND = [
  'pki/ca.key',
  'pki/etcd/ca.crt',
  'pki/etcd/ca.key',
  'pki/front-proxy-ca.crt',
  'pki/front-proxy-ca.key',
  'pki/sa.key',
  'pki/sa.pub',
];
const WANTED: Record<string, string[]> = {
  'cp-1': [...JOIN, ...FOUND],
  'cp-2': JOIN,
  'cp-3': JOIN,
  'w-1': ['bootstrap-token', 'pki/ca.crt'],
};

const secretsIn = (cloudConfig: any): Record<string, any> =>
  Object.fromEntries(
    cloudConfig.write_files
      .filter(({ path }: any) => path.startsWith(SECRETS))
      .map((file: any) => [file.path.slice(SECRETS.length), file]),
  );

/** The cloud-config in a MIME text, by other means than the library's own. */
function unpacked(text: string): string {
  const body = /\nContent-Transfer-Encoding: base64\n\n([A-Za-z0-9+/=\n]+)\n--groundwork--\n$/.exec(
    text,
  );
  return gunzipSync(Buffer.from(body![1]!, 'base64')).toString('utf8');
}

describe('seal', () => {
  test('gives each machine its secrets, and only those, and leaves the rest of user-data as it was', async () => {
    const { at, seal } = await workplace();
    expect(await seal()).toMatchObject({ code: 0, error: '' });
    const { files } = JSON.parse(readFileSync(at('secrets.json'), 'utf8'));
    for (const [machine, wanted] of Object.entries(WANTED)) {
      const before = parse(readFileSync(join(at('dist'), 'nodes', machine, 'user-data'), 'utf8'));
      const after = parse(readFileSync(join(at('sealed'), machine, 'user-data'), 'utf8'));
      const secrets = secretsIn(after);
      expect(Object.keys(secrets)).toEqual(wanted);
      for (const [path, file] of Object.entries(secrets)) {
        expect(file).toEqual({
          path: SECRETS + path,
          owner: 'root:root',
          permissions: '0600',
          content: `${files[path].trimEnd()}\n`,
        });
      }
      expect(after.write_files.slice(wanted.length)).toEqual(before.write_files);
      expect({ ...after, write_files: [] }).toEqual({ ...before, write_files: [] });
    }
    const dist = readTree(join(at('dist'), 'nodes'));
    expect(leaksIn(dist)).toEqual([]);
  });

  test('writes what a machine without cloud-init needs as files, and everything for its owner only', async () => {
    const { at, seal } = await workplace();
    await seal();
    for (const [machine, wanted] of Object.entries(WANTED)) {
      const tree = readTree(join(at('sealed'), machine, 'secrets'));
      expect(Object.keys(tree).sort()).toEqual([...wanted].sort());
    }
    expect(Object.keys(readTree(at('sealed'))).filter((p) => !p.includes('/secrets/'))).toEqual([
      '.groundwork-sealed',
      'admin.conf',
      'cp-1/meta-data',
      'cp-1/network-config',
      'cp-1/user-data',
      'cp-2/meta-data',
      'cp-2/user-data',
      'cp-3/meta-data',
      'cp-3/user-data',
      'w-1/meta-data',
      'w-1/user-data',
    ]);
    expect(readFileSync(join(at('sealed'), 'cp-1/network-config'), 'utf8')).toBe(
      readFileSync(join(at('dist'), 'nodes/cp-1/network-config'), 'utf8'),
    );
    const modes = (readdirSync(at('sealed'), { recursive: true }) as string[]).map((name) =>
      statSync(join(at('sealed'), name)).mode.toString(8),
    );
    expect(new Set(modes)).toEqual(new Set(['40700', '100600']));
    expect(statSync(at('sealed')).mode.toString(8)).toBe('40700');
  });

  test('another instance-id than before, and the same one for the same content', async () => {
    const { at, seal } = await workplace();
    const id = (folder: string) => parse(readFileSync(join(at(folder), 'cp-2/meta-data'), 'utf8'));
    await seal();
    const text = readFileSync(join(at('sealed'), 'cp-2/user-data'), 'utf8');
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
    expect(id('sealed')).toEqual({
      'instance-id': `oslo-cp-2-${hash}`,
      'local-hostname': 'cp-2',
    });
    await cli(['secrets', 'renew', '--secrets', at('secrets.json')]);
    await seal();
    expect(id('sealed')['instance-id']).not.toBe(`oslo-cp-2-${hash}`);
  });

  test('twice gives the same bytes, and takes away what is no longer there', async () => {
    const { at, seal } = await workplace();
    const first = await seal();
    const before = readTree(at('sealed'));
    expect(await seal()).toEqual(first);
    expect(readTree(at('sealed'))).toEqual(before);
    const manifest = join(at('dist'), 'nodes/secrets.manifest');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/^w-1 .*\n/m, ''));
    expect((await seal()).code).toBe(0);
    expect(Object.keys(readTree(at('sealed'))).filter((p) => p.startsWith('w-1'))).toEqual([]);
    expect(readdirSync(at('')).sort()).toEqual(['dist', 'sealed', 'secrets.json']);
  });

  test('admin.conf is a kubeconfig for the endpoint, with the administrator of the secrets', async () => {
    const { at, seal } = await workplace();
    await seal();
    const { files, admin } = JSON.parse(readFileSync(at('secrets.json'), 'utf8'));
    const config = parse(readFileSync(join(at('sealed'), 'admin.conf'), 'utf8'));
    const plain = (text: string) => Buffer.from(text, 'base64').toString();
    expect(config['current-context']).toBe('kubernetes-admin@oslo');
    const { context } = config.contexts.find((c: any) => c.name === config['current-context']);
    const { cluster } = config.clusters.find((c: any) => c.name === context.cluster);
    const { user } = config.users.find((c: any) => c.name === context.user);
    expect(cluster.server).toBe('https://api.oslo.example:6443');
    expect(plain(cluster['certificate-authority-data'])).toBe(files['pki/ca.crt']);
    expect(plain(user['client-certificate-data'])).toBe(admin.certificate);
    expect(plain(user['client-key-data'])).toBe(admin.key);
  });

  test('says what it did and what comes next, and shows no secret', async () => {
    const { at, seal } = await workplace();
    const { out } = await seal();
    expect(out.split('\n').map((line) => line.replace(/(?<= )\d{5}(?= )/, 'N'))).toEqual([
      `sealed 4 machines of oslo into ${at('sealed')}/`,
      '  cp-1  user-data N bytes, 11 secrets',
      '  cp-2  user-data N bytes, 4 secrets',
      '  cp-3  user-data N bytes, 4 secrets',
      '  w-1   user-data N bytes, 2 secrets',
      'admin.conf: https://api.oslo.example:6443, valid until 2027-11-27',
      expect.stringMatching(/^caCertHashes: sha256:[0-9a-f]{64}$/),
      `next: boot each machine with ${at('sealed')}/<host>/user-data, then KUBECONFIG=${at('sealed')}/admin.conf ${at('dist')}/apply.sh`,
    ]);
    expect(findLeaks('out', out)).toEqual([]);
  });
});

describe('keys by SSH', () => {
  const command = (folder: string, n: number) =>
    `  tar -C ${folder}/cp-${n}/secrets -cf - . | ssh 10.20.0.1${n} 'sudo mkdir -p /etc/groundwork/secrets && sudo tar -C /etc/groundwork/secrets --no-same-owner -xf -'`;

  test.each([
    ['as the person who seals says', {}, ['--keys-by-ssh']],
    ['as the spec says', { keysBySsh: true }, []],
  ])('stay out of user-data %s', async (_, options, flags) => {
    const { at, seal } = await workplace(options);
    const { code, out } = await seal(...flags);
    expect(code).toBe(0);
    const text = readFileSync(join(at('sealed'), 'cp-1/user-data'), 'utf8');
    expect(Object.keys(secretsIn(parse(text)))).toEqual(
      WANTED['cp-1']!.filter((path) => !KEYS.includes(path)),
    );
    expect(text).not.toContain('PRIVATE KEY-----\n      ');
    expect(out.split('\n').slice(-4)).toEqual([
      'keys stay out of user-data; these machines wait for them after they have booted:',
      ...[1, 2, 3].map((n) => command(at('sealed'), n)),
    ]);
  });

  test('the command brings every secret, with permissions that the first step corrects', async () => {
    const { at, seal } = await workplace({ keysBySsh: true });
    await seal();
    const tree = readTree(join(at('sealed'), 'cp-1/secrets'));
    expect(Object.keys(tree).sort()).toEqual([...WANTED['cp-1']!].sort());
  });
});

describe('a limit', () => {
  // Between a sealed worker and a sealed control plane.
  const LIMIT = Math.ceil(Buffer.byteLength(rendered()['nodes/w-1/user-data']!) / 1024) + 2;

  test('compresses what does not fit, and says so', async () => {
    const { at, seal } = await workplace({ userDataLimit: Size.kibibytes(LIMIT) });
    const { code, out } = await seal();
    expect(code).toBe(0);
    const text = readFileSync(join(at('sealed'), 'cp-1/user-data'), 'utf8');
    expect(Object.keys(secretsIn(parse(unpacked(text))))).toEqual(WANTED['cp-1']);
    expect(out).toContain(
      `cp-1  user-data ${Buffer.byteLength(text)} of ${LIMIT * 1024} bytes, compressed, 11 secrets`,
    );
    const worker = readFileSync(join(at('sealed'), 'w-1/user-data'), 'utf8');
    expect(worker.startsWith('#cloud-config\n')).toBe(true);
    expect(findLeaks('user-data', text)).not.toEqual([]);
  });

  test('that even the compressed form exceeds is refused with a table, and nothing is written', async () => {
    const { at, seal } = await workplace();
    const manifest = join(at('dist'), 'nodes/secrets.manifest');
    writeFileSync(
      manifest,
      readFileSync(manifest, 'utf8').replace(/(user-data-limit +)none/, '$120000'),
    );
    const { code, error } = await seal();
    expect(code).toBe(1);
    const lines = error.split('\n').map((line) => line.replace(/^ +\d+/, ' N'));
    expect(lines.slice(0, 4)).toEqual([
      'cdk8s-groundwork: sealed user-data must be at most 20000 bytes, got more for cp-1, cp-2, cp-3, w-1; leave keys out with --keys-by-ssh, or raise userDataLimit where the platform allows; bytes:',
      ' N  cp-1, compressed, of which secrets before compression:',
      ' N    bootstrap-token',
      ' N    pki/ca.crt',
    ]);
    expect((await seal('--keys-by-ssh')).error).toContain(
      '; raise userDataLimit where the platform allows; bytes:',
    );
    expect(existsSync(at('sealed'))).toBe(false);
  });
});

describe('what seal refuses, and then writes nothing', () => {
  type Place = Awaited<ReturnType<typeof workplace>>;
  const edit = (path: string, change: (text: string) => string) =>
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  const cases: Array<[string, (place: Place) => void, (place: Place) => string]> = [
    [
      'an output folder without a manifest',
      ({ at }) => rmSync(join(at('dist'), 'nodes/secrets.manifest')),
      ({ at }) =>
        `output folder ${at('dist')} must be one that holds nodes/secrets.manifest, got none; render the cluster first, or name the folder it was rendered to`,
    ],
    [
      'a manifest of another form',
      ({ at }) => writeFileSync(join(at('dist'), 'nodes/secrets.manifest'), 'path  mode\n'),
      ({ at }) =>
        `${at('dist')}/nodes/secrets.manifest must be as this release of cdk8s-groundwork writes it, got something else; render the cluster again with the same release`,
    ],
    [
      'a machine without its folder',
      ({ at }) => rmSync(join(at('dist'), 'nodes/cp-2'), { recursive: true }),
      ({ at }) =>
        `${at('dist')}/nodes/cp-2 must be a folder with user-data and meta-data, got nothing of the kind; render the cluster again`,
    ],
    [
      'user-data that somebody rewrote',
      ({ at }) =>
        edit(join(at('dist'), 'nodes/cp-2/user-data'), (t) => t.replace('\nwrite_files:\n', '\n')),
      () =>
        'nodes/cp-2/user-data must be as synth wrote it, got something else; render the cluster again',
    ],
    [
      'meta-data without an id',
      ({ at }) => writeFileSync(join(at('dist'), 'nodes/cp-3/meta-data'), 'x: 1\n'),
      () =>
        'nodes/cp-3/meta-data must be as synth wrote it, got something else; render the cluster again',
    ],
    [
      'a secret that the file does not have, and one of another form',
      ({ at }) =>
        edit(
          join(at('dist'), 'nodes/secrets.manifest'),
          (t) =>
            `${t}s3-key  0600  cp-1  user-data  [A-Z]{20}\nencryption-key  0600  cp-1  user-data|ssh  [0-9]{9}\n`,
        ),
      () =>
        'secret s3-key must be in the secrets file, got nothing; secrets renew adds what a newer release knows, anything else goes below "files" by hand\nsecret encryption-key must match [0-9]{9}, got another form; correct it in the secrets file',
    ],
    [
      'a target that holds something else',
      ({ at }) => writeTree(at('sealed'), { 'notes.txt': 'mine' }),
      ({ at }) =>
        `--out ${at('sealed')} must be a folder that does not exist yet, or an earlier result of seal, got one that holds notes.txt; choose another folder, or move what is in it`,
    ],
    [
      'a target with a link that leads nowhere',
      ({ at }) => {
        mkdirSync(at('sealed'));
        symlinkSync('/no/such', join(at('sealed'), 'mine'));
      },
      ({ at }) =>
        `--out ${at('sealed')} must be a folder that does not exist yet, or an earlier result of seal, got one that holds mine; choose another folder, or move what is in it`,
    ],
    [
      'a target that is a file',
      ({ at }) => writeFileSync(at('sealed'), ''),
      ({ at }) =>
        `--out ${at('sealed')} must be a folder that does not exist yet, or an earlier result of seal, got a file; choose another folder, or move what is in it`,
    ],
    [
      "another cluster's result",
      ({ at }) =>
        writeTree(at('sealed'), { '.groundwork-sealed': 'bergen\nadmin.conf\n', 'admin.conf': '' }),
      ({ at }) =>
        `--out ${at('sealed')} must be a folder of cluster oslo, got one of bergen; choose another folder for each cluster`,
    ],
    [
      'what an interrupted run left',
      ({ at }) => mkdirSync(`${at('sealed')}.sealing`),
      ({ at }) =>
        `${at('sealed')}.sealing must be absent, got a folder that another run, or an interrupted one, put there; it holds secrets: when no other seal is running, remove it`,
    ],
  ];

  test.each(cases)('%s', async (_, prepare, message) => {
    const place = await workplace();
    prepare(place);
    const before = readTree(place.root);
    expect(await place.seal()).toEqual({
      code: 1,
      out: '',
      error: `cdk8s-groundwork: ${message(place)}`,
    });
    expect(readTree(place.root)).toEqual(before);
  });

  test('a target inside of the output of synth', async () => {
    const { at } = await workplace();
    const inside = join(at('dist'), 'sealed');
    const { error } = await cli([
      'seal',
      at('dist'),
      '--secrets',
      at('secrets.json'),
      '--out',
      inside,
    ]);
    expect(error).toBe(
      `cdk8s-groundwork: --out ${inside} must be outside of every output folder of synth, got a place inside of ${at('dist')}; choose one beside it; what synth writes holds no secret`,
    );
    expect(existsSync(inside)).toBe(false);
  });

  test('a target in a git work tree of which any file is not ignored', async () => {
    const { at, seal, root } = await workplace();

    execFileSync('git', ['-C', root, 'init', '-q']);
    writeFileSync(at('.gitignore'), '*.conf\n');
    expect((await seal()).error).toContain(
      `--out ${at('sealed')} must be outside of every git work tree, or ignored by it, got ${at('sealed')}/cp-1/user-data inside ${root}`,
    );
    expect(existsSync(at('sealed'))).toBe(false);
    writeFileSync(at('.gitignore'), '/sealed/\n');
    expect((await seal()).code).toBe(0);
    expect((await seal()).code).toBe(0);
  });

  test('secrets that have expired', async () => {
    const { at } = await workplace();
    const { code, error } = await cli(
      ['seal', at('dist'), '--secrets', at('secrets.json'), '--out', at('sealed')],
      new Date('2028-01-01T00:00:00Z'),
    );
    expect(code).toBe(1);
    expect(error).toContain('admin.crt must not have expired, it did on 2027-11-27');
  });
});

test('a target that cannot be replaced stays as it was', async () => {
  const { at, seal } = await workplace();
  await seal();
  const before = readTree(at('sealed'));
  const fs = jest.requireActual('node:fs');
  const real = fs.renameSync;
  const spy = jest.spyOn(fs, 'renameSync').mockImplementation(((from: string, to: string) => {
    if (String(from).endsWith('.sealing')) {
      throw new Error('no space left');
    }
    return real(from, to);
  }) as any);
  try {
    expect((await seal()).error).toBe(
      `cdk8s-groundwork: --out ${at('sealed')} must be a folder that can be written to, got no space left; nothing was changed`,
    );
  } finally {
    spy.mockRestore();
  }
  expect(readTree(at('sealed'))).toEqual(before);
  expect(readdirSync(at('')).sort()).toEqual(['dist', 'sealed', 'secrets.json']);
});

test('the manifest is read as it was meant', async () => {
  const { at } = await workplace(
    { userDataLimit: Size.kibibytes(48), keysBySsh: true },
    { endpoint: ApiEndpoint.external({ address: '10.20.0.9', port: 8443 }) },
  );
  const manifest = readManifest(at('dist'));
  expect(manifest).toMatchObject({
    cluster: 'oslo',
    endpoint: 'https://10.20.0.9:8443',
    limit: 49152,
    machines: new Map([
      ['cp-1', '10.20.0.11'],
      ['cp-2', '10.20.0.12'],
      ['cp-3', '10.20.0.13'],
      ['w-1', '10.20.0.21'],
    ]),
  });
  expect(manifest.rows.find(({ path }) => path === 'pki/ca.key')).toEqual({
    path: 'pki/ca.key',
    machines: ['cp-1'],
    delivery: 'ssh',
    format: 'PEM private key',
  });
  cpSync(at('dist'), at('copy'), { recursive: true });
  expect(readManifest(at('copy'))).toEqual(manifest);
});
