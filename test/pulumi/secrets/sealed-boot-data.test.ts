import { createHash, randomBytes } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { App, Size } from 'cdk8s';
import {
  BootstrapTokens,
  ClusterPki,
  kubeconfigOf,
  sealedBootData,
  type ClusterSecrets,
} from 'cdk8s-groundwork/pulumi';
import { Machine, NvmeControlPlane, type NodeBootstrapOptions } from '../../../lib';
import { newSecrets } from '../../../lib/cli/commands/secrets';
import { seal } from '../../../lib/cli/seal';
import { parseManifest } from '../../../lib/node/sealing/manifest';
import type { Secrets } from '../../../lib/node/sealing/secrets';
import { osloMachine, osloProps } from '../../support/oslo';
import { failureOf, look, valuesOf, world } from './world';

// Loading Pulumi takes long on a busy machine.
jest.setTimeout(120_000);

const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
/** The flagship with a worker; its files are rendered once. */
const control = (nodes: NodeBootstrapOptions = {}) => {
  const first = osloMachine(1, { gateway: '10.20.0.1', dnsServers: ['10.20.0.2'] });
  const machines = [first, osloMachine(2), osloMachine(3), worker];
  const { cni, kubeProxyMode, ...facts } = osloProps({ machines });
  const { cluster, nodes: machinesOf } = new NvmeControlPlane(new App(), 'oslo', {
    ...facts,
    nodes,
  });
  let files: Record<string, string> | undefined;
  return { cluster, nodeFiles: () => (files ??= machinesOf.nodeFiles()) };
};
type Control = ReturnType<typeof control>;

const plain = control();
const apart = control({ keysBySsh: true });
const KEYS = [
  'encryption-key',
  'pki/ca.key',
  'pki/etcd/ca.key',
  'pki/front-proxy-ca.key',
  'pki/sa.key',
];

/** As `seal` would write it for the same spec and the same secrets. */
function byCommandLine(from: Control, secrets: Secrets) {
  const files = from.nodeFiles();
  const manifest = parseManifest(files['nodes/secrets.manifest']!)!;
  const machines = new Map(
    [...manifest.machines.keys()].map((name) => [
      name,
      {
        userData: files[`nodes/${name}/user-data`]!,
        metaData: files[`nodes/${name}/meta-data`]!,
        networkConfig: files[`nodes/${name}/network-config`],
      },
    ]),
  );
  return seal({ manifest, machines, secrets, keysBySsh: false }).files;
}

let brought: Secrets;
beforeAll(async () => {
  brought = await newSecrets(new Date());
});
beforeEach(() => world());

const without = (path: string): ClusterSecrets => {
  const { [path]: _, ...files } = brought.files;
  return { ...brought, files };
};
const withFile = (path: string, content: string): ClusterSecrets => ({
  ...brought,
  files: { ...brought.files, [path]: content },
});
/** The error of one machine's user-data. */
const failure = async (sealed: ReturnType<typeof sealedBootData>, name: string) =>
  failureOf(
    sealed.get(name)!.userData,
    [...sealed.values()].flatMap((data) => [
      ...Object.values(data),
      ...Object.values(data.secretFiles),
    ]),
  );

describe('boot data', () => {
  test.each([
    ['as it is by default', plain],
    ['with keys by SSH', apart],
    ['compressed', control({ userDataLimit: Size.kibibytes(48) })],
  ])('is byte for byte what the command line seals, %s', async (_, from) => {
    const wanted = byCommandLine(from, brought);
    const sealed = sealedBootData(from, brought);
    const got: Record<string, string> = {
      'admin.conf': (await look(kubeconfigOf(from, brought))).value!,
    };
    for (const [name, data] of sealed) {
      const { userData, metaData } = await valuesOf({
        userData: data.userData,
        metaData: data.metaData,
      });
      got[`${name}/user-data`] = userData!;
      got[`${name}/meta-data`] = metaData!;
      if (data.networkConfig !== undefined) {
        got[`${name}/network-config`] = data.networkConfig;
      }
      for (const [path, content] of Object.entries(await valuesOf(data.secretFiles))) {
        got[`${name}/secrets/${path}`] = content;
      }
    }
    expect(Object.keys(got).sort()).toEqual(Object.keys(wanted).sort());
    for (const path of Object.keys(wanted)) {
      expect([path, got[path] === wanted[path]]).toEqual([path, true]);
    }
  });

  test('is secret where it holds secrets, also when a program brings plain strings', async () => {
    for (const [, data] of sealedBootData(apart, brought)) {
      const secret = async (output: pulumi.Output<string>) => (await look(output)).secret;
      expect(await secret(data.userData)).toBe(true);
      expect(await secret(data.userDataSha256)).toBe(false);
      expect(await secret(data.metaData)).toBe(false);
      for (const file of Object.values({ ...data.secretFiles, ...data.filesBySsh })) {
        expect(await secret(file)).toBe(true);
      }
    }
    expect((await look(kubeconfigOf(plain, brought))).secret).toBe(true);
  });

  test('long-lived keys stay out of user-data with keysBySsh, and are handed over besides', async () => {
    const bySsh = (from: Control) =>
      [...sealedBootData(from, brought)].map(([name, { filesBySsh }]) => [
        name,
        Object.keys(filesBySsh),
      ]);
    expect(bySsh(apart)).toEqual([
      ['cp-1', KEYS],
      ['cp-2', ['encryption-key']],
      ['cp-3', ['encryption-key']],
      ['w-1', []],
    ]);
    expect(bySsh(plain).flatMap(([, files]) => files)).toEqual([]);
    const cp1 = sealedBootData(apart, brought).get('cp-1')!;
    const { value } = await look(cp1.userData);
    for (const content of Object.values(await valuesOf(cp1.filesBySsh))) {
      expect(value).not.toContain(content.split('\n').find((line) => !line.startsWith('-'))!);
    }
  });

  test('has a hash that only another configuration changes', async () => {
    const hashes = async (from: Control, secrets: ClusterSecrets) =>
      valuesOf(
        Object.fromEntries(
          [...sealedBootData(from, secrets)].map(([name, data]) => [name, data.userDataSha256]),
        ),
      );
    const first = await hashes(plain, brought);
    const written = plain.nodeFiles()['nodes/cp-1/user-data']!;
    expect(first['cp-1']).toBe(createHash('sha256').update(written).digest('hex'));
    const others = await newSecrets(new Date());
    expect(await hashes(plain, others)).toEqual(first);
    const changed = await hashes(control({ ntpServers: ['ntp.oslo.example'] }), brought);
    for (const [name, hash] of Object.entries(changed)) {
      expect(hash).not.toBe(first[name]);
    }
  });

  test('is made of what the components generate', async () => {
    const pki = new ClusterPki('oslo');
    const tokens = new BootstrapTokens('oslo');
    const secrets = { files: { ...pki.files, ...tokens.files }, admin: pki.admin };
    const files = await valuesOf(secrets.files);
    const { certificate, key } = await valuesOf(secrets.admin);
    const wanted = byCommandLine(plain, {
      files,
      admin: { certificate: certificate!, key: key! },
    });
    for (const [name, { userData }] of sealedBootData(plain, secrets)) {
      expect((await look(userData)).value).toBe(wanted[`${name}/user-data`]);
    }
    expect((await look(kubeconfigOf(plain, secrets))).value).toBe(wanted['admin.conf']);
  });

  test('is unknown in the first preview, all but what is plain', async () => {
    await world(true);
    const pki = new ClusterPki('oslo');
    const tokens = new BootstrapTokens('oslo');
    const secrets = { files: { ...pki.files, ...tokens.files }, admin: pki.admin };
    const data = sealedBootData(plain, secrets).get('cp-1')!;
    expect(await look(data.userData)).toEqual({ value: undefined, known: false, secret: true });
    expect(await look(data.userDataSha256)).toMatchObject({ known: true, secret: false });
    expect(data.networkConfig).toContain('10.20.0.1');
  });
});

describe('refused', () => {
  test('at once: what is not there', () => {
    const secrets = without('pki/etcd/ca.key');
    const remedy = 'ClusterPki and BootstrapTokens make all of them';
    expect(() => sealedBootData(plain, secrets)).toThrow(
      new pulumi.RunError(`secret pki/etcd/ca.key must be in files, got nothing; ${remedy}`),
    );
    expect(() => sealedBootData(plain, { files: {}, admin: brought.admin })).toThrow(
      `secret bootstrap-token must be in files, got nothing; ${remedy}\nsecret pki/ca.crt must`,
    );
  });

  test('at once: user-data that will not fit with secrets of the usual size', () => {
    expect(() => sealedBootData(control({ userDataLimit: Size.kibibytes(16) }), brought)).toThrow(
      /^\[oslo\/nodes\] userDataLimit must be at least the \d+ bytes that the user-data of cp-1 has, compressed and with its secrets, got 16384 bytes; /,
    );
  });

  const rest =
    '\ncorrect what the program brings along; ClusterPki and BootstrapTokens make all of them';
  test.each([
    ['w-1', 'bootstrap-token', 'abc.def', 'bootstrap-token must be six and sixteen of a-z and 0-9'],
    ['w-1', 'pki/ca.crt', 'none', 'pki/ca.crt must be a certificate in PEM'],
    ['cp-2', 'certificate-key', 'f00', 'certificate-key must be 32 bytes in hexadecimal'],
    ['cp-3', 'encryption-key', 'f00', 'encryption-key must be 32 bytes in base64'],
    [
      'cp-1',
      'pki/sa.pub',
      '-----BEGIN PUBLIC KEY-----\n',
      'pki/sa.key and pki/sa.pub must be a private and a public key in PEM',
    ],
    ['cp-1', 'pki/etcd/ca.key', '', 'pki/etcd/ca.key must be an RSA or ECDSA private key in PEM'],
  ])('when the values are known: for %s a wrong %s', async (name, path, content, text) => {
    const sealed = sealedBootData(plain, withFile(path, content));
    expect(await failure(sealed, name)).toEqual({
      message: `secrets of ${name} in oslo do not hold:\n  ${text}${rest}`,
      withoutStack: true,
    });
  });

  test('when the values are known: keys of another authority, and only where they go', async () => {
    const sealed = sealedBootData(plain, withFile('pki/ca.key', brought.files['pki/etcd/ca.key']!));
    expect(await failure(sealed, 'cp-1')).toMatchObject({
      message: expect.stringContaining('\n  pki/ca.crt and pki/ca.key must belong together\n'),
    });
    expect(await failure(sealed, 'cp-2')).toBe('no error');
  });

  test('when the values are known: more than the platform takes', async () => {
    // The estimate knows the usual size only. Text beside the certificate is no mistake.
    const text = randomBytes(15_000).toString('base64');
    const large = withFile('pki/ca.crt', `${brought.files['pki/ca.crt']!}${text}\n`);
    const error = async (nodes: NodeBootstrapOptions) =>
      failure(
        sealedBootData(control({ userDataLimit: Size.kibibytes(36), ...nodes }), large),
        'cp-2',
      );
    const raise = 'raise userDataLimit where the platform allows';
    const start = 'sealed user-data must be at most 36864 bytes, got more for cp-2; ';
    expect(await error({})).toEqual({
      message: expect.stringMatching(
        new RegExp(
          `^${start}leave keys out with keysBySsh, or ${raise}; bytes:\n +\\d+  cp-2, compressed, of which secrets before compression:\n +\\d+    bootstrap-token\n`,
        ),
      ),
      withoutStack: true,
    });
    expect(await error({ keysBySsh: true })).toMatchObject({
      message: expect.stringContaining(`${start}${raise}; bytes:\n`),
    });
  });

  test('an administrator of another authority, and one that is not there', async () => {
    const others = await newSecrets(new Date());
    const strange = { ...brought, admin: others.admin };
    const head = 'secrets of the administrator of oslo do not hold:\n  ';
    expect(await failureOf(kubeconfigOf(plain, strange))).toEqual({
      message: `${head}the certificate of admin.conf must be signed by pki/ca.key${rest}`,
      withoutStack: true,
    });
    const broken = withFile('pki/ca.crt', 'none');
    expect(await failureOf(kubeconfigOf(plain, broken))).toMatchObject({
      message: `${head}pki/ca.crt must be a certificate in PEM${rest}`,
    });
    expect(() => kubeconfigOf(plain, without('pki/ca.crt'))).toThrow(
      new pulumi.RunError(
        'secret pki/ca.crt must be in files, got nothing; ClusterPki and BootstrapTokens make all of them',
      ),
    );
  });
});
