import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Size } from 'cdk8s';
import { parse } from 'yaml';
import { unpack } from '../../lib/node/user-data/form';
import { cli, workplace } from '../cli/cli';
import { ready } from '../node/trial';
import { tempDir } from '../support/temp-app';
import { readTree } from '../../lib/testing/tree';
import { run, withTools } from './programs';

// Real programs judge what the command line makes.

/** Fresh secrets as files of a folder. */
async function unpackedSecrets() {
  const root = tempDir();
  const file = join(root, 'secrets.json');
  const { out } = await cli(['secrets', 'new', '--out', file], new Date());
  const { files, admin } = JSON.parse(readFileSync(file, 'utf8'));
  const all = { ...files, 'admin.crt': admin.certificate, 'admin.key': admin.key };
  for (const [path, content] of Object.entries<string>(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return { root, out, at: (path: string) => join(root, path) };
}

withTools(['openssl'], 'openssl verifies the authorities and what they have signed', async () => {
  const { at } = await unpackedSecrets();
  for (const name of ['pki/ca', 'pki/etcd/ca', 'pki/front-proxy-ca']) {
    const crt = at(`${name}.crt`);
    expect(run('openssl', ['verify', '-x509_strict', '-CAfile', crt, crt])).toMatchObject({
      status: 0,
    });
    const { output } = run('openssl', ['x509', '-noout', '-text', '-in', crt]);
    expect(output).toMatch(/Basic Constraints: critical\s+CA:TRUE/);
    expect(output).toMatch(
      /Key Usage: critical\s+Digital Signature, Key Encipherment, Certificate Sign\n/,
    );
    expect(output).toContain('ASN1 OID: prime256v1');
    expect(output).toContain('ecdsa-with-SHA256');
  }
  const verify = ['verify', '-purpose', 'sslclient', '-CAfile', at('pki/ca.crt')];
  expect(run('openssl', [...verify, at('admin.crt')])).toMatchObject({ status: 0 });
  expect(run('openssl', [...verify, at('pki/etcd/ca.crt')]).status).not.toBe(0);
  // As kubeadm does it on the machine: a leaf for the API server from our authority.
  const csr = ['-newkey', 'rsa:2048', '-nodes', '-keyout', at('leaf.key'), '-out', at('leaf.csr')];
  run('openssl', ['req', '-new', '-subj', '/CN=kube-apiserver', ...csr]);
  const sign = [
    '-CA',
    at('pki/ca.crt'),
    '-CAkey',
    at('pki/ca.key'),
    '-CAcreateserial',
    '-days',
    '9',
  ];
  run('openssl', ['x509', '-req', '-in', at('leaf.csr'), '-out', at('leaf.crt'), ...sign]);
  expect(run('openssl', ['verify', '-CAfile', at('pki/ca.crt'), at('leaf.crt')])).toMatchObject({
    status: 0,
  });
});

withTools(['openssl'], 'openssl computes the hash that the command line prints', async () => {
  const { at, out } = await unpackedSecrets();
  const pipe = `openssl x509 -pubkey -noout -in ${at('pki/ca.crt')} | openssl pkey -pubin -outform der | openssl dgst -sha256 -r`;
  const [hash] = run('sh', ['-c', pipe]).output.split(' ');
  expect(out).toContain(`caCertHashes: sha256:${hash}\n`);
});

withTools(
  ['openssl'],
  'the first steps of the entry script pass with generated secrets, and a real openssl',
  async () => {
    const { at } = await workplace();
    await cli(['secrets', 'new', '--out', at('now.json')], new Date());
    const sealNow = ['--secrets', at('now.json'), '--out', at('sealed')];
    expect((await cli(['seal', at('dist'), ...sealNow], new Date())).code).toBe(0);
    for (const machine of ['cp-1', 'cp-2', 'w-1']) {
      const trial = ready(machine);
      rmSync(join(trial.root, 'etc/groundwork/secrets'), { recursive: true });
      for (const [path, content] of Object.entries(
        readTree(join(at('sealed'), machine, 'secrets')),
      )) {
        trial.write(`/etc/groundwork/secrets/${path}`, content);
      }
      rmSync(join(trial.root, 'stubs/openssl'));
      const { code, output } = trial.run();
      expect({ machine, code, output: code === 0 ? '' : output }).toEqual({
        machine,
        code: 0,
        output: '',
      });
    }
  },
);

withTools(
  ['openssl'],
  'a machine whose secrets are of two seals stops in front of kubeadm',
  async () => {
    const one = await unpackedSecrets();
    const other = await unpackedSecrets();
    const trial = ready('cp-1');
    for (const path of Object.keys(readTree(one.at('pki')))) {
      const from = path.startsWith('etcd/ca.key') ? other : one;
      trial.write(
        `/etc/groundwork/secrets/pki/${path}`,
        readFileSync(from.at(`pki/${path}`), 'utf8'),
      );
    }
    rmSync(join(trial.root, 'stubs/openssl'));
    expect(trial.run().code).not.toBe(0);
    expect(trial.read('/var/lib/groundwork/status')).toContain(
      'pki/etcd/ca.crt and pki/etcd/ca.key do not belong together',
    );
  },
);

const UNPACK = `
import json, sys
from cloudinit import helpers, handlers
from cloudinit.user_data import UserDataProcessor
paths = helpers.Paths({})
processor = UserDataProcessor(paths)
message = processor.process(open(sys.argv[1]).read())
parts = []
for part in message.walk():
    if part.is_multipart():
        continue
    payload = part.get_payload(decode=True)
    parts.append([part.get_content_type(), payload.decode()])
print(json.dumps(parts))
`;

withTools(
  ['cloud-init'],
  'cloud-init unpacks the compressed form to what the plain one says',
  async () => {
    const { at, seal } = await workplace({ userDataLimit: Size.kibibytes(40) });
    expect((await seal()).code).toBe(0);
    const script = at('unpack.py');
    writeFileSync(script, UNPACK);
    for (const file of [
      'dist/nodes/cp-1/user-data',
      'sealed/cp-1/user-data',
      'sealed/w-1/user-data',
    ]) {
      const text = readFileSync(at(file), 'utf8');
      expect(text.startsWith('MIME-Version: 1.0\n')).toBe(true);
      const { status, output } = run('/usr/bin/python3', [script, at(file)]);
      expect({ status, output: status === 0 ? '' : output }).toEqual({ status: 0, output: '' });
      expect(JSON.parse(output)).toEqual([['text/cloud-config', unpack(text)]]);
      writeFileSync(at('inner'), unpack(text)!);
      expect(run('cloud-init', ['schema', '-c', at('inner')])).toMatchObject({ status: 0 });
    }
  },
);

withTools(
  ['cloud-init'],
  'cloud-init writes the secrets where the entry script looks for them',
  async () => {
    const { at, seal } = await workplace();
    await seal();
    const text = readFileSync(at('sealed/cp-1/user-data'), 'utf8');
    const root = at('machine');
    const files = parse(text).write_files.filter((f: any) =>
      f.path.startsWith('/etc/groundwork/secrets/'),
    );
    const script = at('write.py');
    writeFileSync(
      script,
      `import json, sys\nfrom cloudinit.config import cc_write_files\ncc_write_files.write_files("test", json.load(open(sys.argv[1])), "root:root")\n`,
    );
    const owned = files.map((f: any) => ({ ...f, path: root + f.path, owner: 'root:root' }));
    writeFileSync(at('files.json'), JSON.stringify(owned));
    const { status, output } = run('/usr/bin/python3', [script, at('files.json')]);
    expect({ status, output: status === 0 ? '' : output }).toEqual({ status: 0, output: '' });
    expect(readTree(join(root, 'etc/groundwork/secrets'))).toEqual(
      readTree(at('sealed/cp-1/secrets')),
    );
    expect(run('find', [root, '-type', 'f', '!', '-perm', '600']).output).toBe('');
  },
);
