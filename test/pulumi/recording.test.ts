import { createPrivateKey, X509Certificate } from 'node:crypto';
import * as kubernetes from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';
import * as tls from '@pulumi/tls';
import { recordPulumi } from '../../lib/testing/pulumi';

class Team extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super('test:index:Team', name, {}, opts);
    const password = new random.RandomPassword(
      `${name}-password`,
      { length: 20 },
      { parent: this },
    );
    const namespace = new kubernetes.core.v1.Namespace(
      name,
      { metadata: { name } },
      { parent: this, protect: true },
    );
    const metadata = { name: 'access', namespace: namespace.metadata.name };
    new kubernetes.core.v1.Secret(
      `${name}-secret`,
      { metadata, stringData: { password: password.result, user: name } },
      { parent: this, customTimeouts: { create: '2m' }, ignoreChanges: ['metadata'] },
    );
    new kubernetes.core.v1.ConfigMap(`${name}-config`, { metadata, data: { user: name } });
    this.registerOutputs({ user: name, password: password.result });
  }
}

class Settings extends pulumi.CustomResource {
  constructor(name: string, inputs: pulumi.Inputs) {
    super('test:index:Settings', name, inputs);
  }
}

// Loading Pulumi takes long on a busy machine.
jest.setTimeout(120_000);

describe('recordPulumi', () => {
  test('returns what was registered: inputs, secrets, dependencies and options', async () => {
    const recording = await recordPulumi(() => new Team('blue'), { stack: 'lab' });
    expect(recording.result).toBeInstanceOf(Team);
    const secret = recording.find('Secret', 'access', 'blue');
    const namespace = recording.find('Namespace', 'blue');
    const [password] = recording.ofType('random:index/randomPassword:RandomPassword');
    expect(secret).toMatchObject({
      urn: 'urn:pulumi:lab::project::test:index:Team$kubernetes:core/v1:Secret::blue-secret',
      type: 'kubernetes:core/v1:Secret',
      name: 'blue-secret',
      parent: 'urn:pulumi:lab::project::test:index:Team::blue',
      custom: true,
      inputs: { stringData: { password: expect.stringMatching(/^.{20}$/), user: 'blue' } },
      secrets: ['stringData'],
      unknown: [],
      dependencies: expect.arrayContaining([namespace.urn, password!.urn]),
      options: { customTimeouts: { create: '2m' }, ignoreChanges: ['metadata'] },
    });
    expect(namespace.options.protect).toBe(true);
    expect(recording.comesAfter(secret, namespace)).toBe(true);
    expect(recording.comesAfter(namespace, secret)).toBe(false);
    const [team] = recording.ofType('test:index:Team');
    expect(team).toMatchObject({ custom: false, outputs: { user: 'blue' } });
    expect(team!.secretOutputs).toEqual(['password']);
  });

  test('says which objects there are when the one that is looked for is not', async () => {
    const recording = await recordPulumi(() => new Team('blue'));
    expect(() => recording.find('Secret', 'access')).toThrow(
      '0 objects are Secret access; there are blue/access of that kind',
    );
    expect(() => recording.find('DaemonSet', 'x', 'y')).toThrow(
      '0 objects are DaemonSet y/x; there is none of that kind',
    );
  });

  test('finds a resource by its name, and says which types have it when it is not the only one', async () => {
    const recording = await recordPulumi(() => new Team('blue'));
    expect(recording.named('blue-config').type).toBe('kubernetes:core/v1:ConfigMap');
    expect(recording.named('blue', 'test:index:Team').custom).toBe(false);
    const both = 'there are kubernetes:core/v1:Namespace, test:index:Team of that name';
    expect(() => recording.named('blue')).toThrow(`2 resources are blue; ${both}`);
    expect(() => recording.named('blue', 'a:b:C')).toThrow(`0 resources are a:b:C blue; ${both}`);
    expect(() => recording.named('red')).toThrow('0 resources are red; there is none of that name');
  });

  test('the same resource has the same secrets in every recording, another one has others', async () => {
    const password = async (name: string, length: number) => {
      const { result } = await recordPulumi(() => {
        const made = new random.RandomPassword(name, { length });
        return new Promise<string>((resolve) => void made.result.apply(resolve));
      });
      return result;
    };
    const first = await password('p', 20);
    expect(await password('p', 20)).toBe(first);
    expect(await password('q', 20)).not.toBe(first);
    expect((await password('p', 24)).slice(0, 20)).not.toBe(first);
  });

  test('a first preview knows inputs, and nothing that a provider says', async () => {
    const recording = await recordPulumi(
      () => {
        const { id, length, result } = new random.RandomPassword('p', { length: 20 });
        new Settings('s', { of: id, length, result });
      },
      { preview: true },
    );
    const { unknown, inputs } = recording.named('s');
    expect(unknown).toEqual(['of', 'result']);
    expect(inputs.length).toBe(20);
  });

  test('mocks that have no answer leave it to the others', async () => {
    const recording = await recordPulumi(
      () => {
        const password = new random.RandomPassword('p', { length: 20 });
        const team = new kubernetes.core.v1.Namespace('n');
        new kubernetes.core.v1.Secret('s', {
          stringData: { password: password.result, id: team.id },
        });
      },
      {
        mocks: {
          newResource: ({ type, inputs }) =>
            type.startsWith('kubernetes:') ? { id: 'mine', state: inputs } : undefined,
        },
      },
    );
    expect(recording.named('s').inputs.stringData).toEqual({
      password: expect.stringMatching(/^.{20}$/),
      id: 'mine',
    });
  });

  test('finds a secret in clear, in base64 and in what a component gives away', async () => {
    const value = 'correct horse';
    const leaking = (data: (secret: pulumi.Output<string>) => pulumi.Input<string>) =>
      recordPulumi(() => {
        const { result } = new random.RandomPassword('p', { length: 13 });
        // What is made from a known text is not secret: this is how secrets get lost.
        const lost = pulumi.output(value);
        new kubernetes.core.v1.ConfigMap('kept', { data: { kept: pulumi.secret(lost) } });
        new kubernetes.core.v1.ConfigMap('leaking', { data: { data: data(lost) } });
        return result;
      });
    const clear = await leaking((secret) => pulumi.interpolate`password=${secret}`);
    expect(() => clear.expectNoPlaintext([value])).toThrow(
      'a secret stands in clear in kubernetes:core/v1:ConfigMap leaking',
    );
    const encoded = await leaking((secret) =>
      secret.apply((text) => Buffer.from(`password=${text};`).toString('base64')),
    );
    expect(() => encoded.expectNoPlaintext([value])).toThrow(
      'a secret stands in clear in kubernetes:core/v1:ConfigMap leaking',
    );
    const kept = await leaking((secret) => pulumi.secret(secret));
    kept.expectNoPlaintext([value]);
    expect(() => kept.expectNoPlaintext(['short'])).toThrow(
      'secretValues must have at least six characters, 1 have less: they would be found everywhere',
    );
  });

  test.each(['RSA', 'ECDSA', 'ED25519'])(
    'a public key does not give its %s key away',
    async (algorithm) => {
      const program = (show: (key: tls.PrivateKey) => pulumi.Input<string>) =>
        recordPulumi(() => {
          const key = new tls.PrivateKey('key', { algorithm });
          new Settings('shown', { it: pulumi.unsecret(pulumi.output(show(key))) });
        });
      (await program(({ publicKeyPem }) => publicKeyPem)).expectNoPlaintext();
      for (const show of ['privateKeyPem', 'privateKeyPemPkcs8'] as const) {
        const leaking = await program((key) => key[show]);
        expect(() => leaking.expectNoPlaintext()).toThrow('Settings shown');
      }
    },
  );

  test('looks by default for what the mocks of @pulumi/random made', async () => {
    const recording = await recordPulumi(() => {
      const { result } = new random.RandomPassword('p', { length: 20 });
      new kubernetes.core.v1.ConfigMap('leaking', { data: { it: pulumi.unsecret(result) } });
    });
    expect(() => recording.expectNoPlaintext()).toThrow('ConfigMap leaking');
  });

  test('looks for nothing only with an error', async () => {
    const recording = await recordPulumi(() => undefined);
    expect(() => recording.expectNoPlaintext()).toThrow(
      'secretValues must have at least one value, got none; the default mocks made none here, so name what is secret',
    );
  });

  test('@pulumi/tls answers with certificates that belong to their keys', async () => {
    const recording = await recordPulumi(() => {
      const authority = new tls.PrivateKey('ca', { algorithm: 'ECDSA', ecdsaCurve: 'P256' });
      const certificate = new tls.SelfSignedCert('ca', {
        privateKeyPem: authority.privateKeyPem,
        subject: { commonName: 'authority' },
        isCaCertificate: true,
        allowedUses: ['cert_signing'],
        validityPeriodHours: 24,
      });
      const key = new tls.PrivateKey('server', { algorithm: 'ECDSA', ecdsaCurve: 'P256' });
      const { certRequestPem } = new tls.CertRequest('server', {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: 'server' },
        dnsNames: ['server.example'],
        ipAddresses: ['10.0.0.1'],
      });
      const signed = new tls.LocallySignedCert('server', {
        certRequestPem,
        caCertPem: certificate.certPem,
        caPrivateKeyPem: authority.privateKeyPem,
        allowedUses: ['server_auth'],
        validityPeriodHours: 1,
      });
      new kubernetes.core.v1.Secret('all', {
        stringData: { ca: certificate.certPem, crt: signed.certPem, key: key.privateKeyPem },
      });
    });
    const { ca, crt, key } = recording.ofType('kubernetes:core/v1:Secret')[0]!.inputs.stringData;
    const certificate = new X509Certificate(crt);
    expect(certificate.verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.subjectAltName).toBe('DNS:server.example, IP Address:10.0.0.1');
    expect(new X509Certificate(ca)).toMatchObject({ ca: true, subject: 'CN=authority' });
    recording.expectNoPlaintext();
  });

  test('takes mocks, configuration and preview from the test', async () => {
    const recording = await recordPulumi(
      async () => {
        const config = new pulumi.Config('app');
        new kubernetes.core.v1.ConfigMap('c', {
          data: { token: config.requireSecret('token'), preview: `${pulumi.runtime.isDryRun()}` },
        });
        const one = new random.RandomBytes('r', { length: 4 });
        return pulumi.output(one.hex);
      },
      {
        preview: true,
        config: { 'app:token': 'from the configuration' },
        secretConfig: ['app:token'],
        mocks: {
          newResource: ({ name, inputs }) => ({ id: name, state: { ...inputs, hex: 'ff' } }),
        },
      },
    );
    const [object] = recording.ofType('kubernetes:core/v1:ConfigMap');
    expect(object!.inputs.data).toEqual({ token: 'from the configuration', preview: 'true' });
    expect(object!.secrets).toEqual(['data.token']);
    expect(await new Promise((resolve) => recording.result.apply(resolve))).toBe('ff');
  });

  test('what the program throws reaches the test', async () => {
    await expect(
      recordPulumi(() => {
        throw new Error('not like this');
      }),
    ).rejects.toThrow('not like this');
  });
});
