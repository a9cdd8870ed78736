import 'reflect-metadata';
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import * as pulumi from '@pulumi/pulumi';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks';
import {
  newAdministrator,
  newAuthority,
  newPrivateKey,
  publicKeyOf,
} from '../../../lib/cli/authorities';
import { bootstrapToken, certificateKey, encryptionKey } from '../../../lib/cli/random-values';

/** What one registration said. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly parent: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deletedWith: string;
  readonly ignoreChanges: string[];
  readonly timeouts: Readonly<Record<string, string>>;
  /** `name` of the provider, if one was given. */
  readonly provider: string;
  /** Names of what it depends on. */
  readonly dependsOn: string[];
  /** As it crosses the wire: secrets in their wrapper. */
  readonly inputs: Record<string, any>;
}

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

const register = MockMonitor.prototype.registerResource;

/** Secrets of one cluster, real ones. */
export interface Texts {
  readonly files: Record<string, string>;
  readonly admin: { readonly certificate: string; readonly key: string };
}

/** Makes the secrets that providers answer with. */
export async function makeTexts(): Promise<Texts> {
  const now = new Date();
  const files: Record<string, string> = {
    'bootstrap-token': bootstrapToken(),
    'certificate-key': certificateKey(),
    'encryption-key': encryptionKey(),
  };
  const names = {
    'pki/ca': 'kubernetes',
    'pki/etcd/ca': 'etcd-ca',
    'pki/front-proxy-ca': 'front-proxy-ca',
  };
  for (const [path, name] of Object.entries(names)) {
    const pair = await newAuthority(name, now);
    files[`${path}.crt`] = pair.certificate;
    files[`${path}.key`] = pair.key;
  }
  files['pki/sa.key'] = newPrivateKey();
  files['pki/sa.pub'] = publicKeyOf(files['pki/sa.key']);
  const admin = await newAdministrator(
    { certificate: files['pki/ca.crt']!, key: files['pki/ca.key']! },
    now,
  );
  return { files, admin };
}

/** A certificate for a server at this address, signed by the authority of the cluster. */
export async function serverPair({ files }: Texts, address: string) {
  const key = newPrivateKey();
  const { subtle } = webcrypto;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const issuer = new x509.X509Certificate(files['pki/ca.crt']!);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: ['kube-apiserver'] }],
    issuer: issuer.subject,
    publicKey: await subtle.importKey('spki', der(publicKeyOf(key)), algorithm, true, ['verify']),
    signingKey: await subtle.importKey('pkcs8', pkcs8(files['pki/ca.key']!), algorithm, true, [
      'sign',
    ]),
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: address }])],
  });
  return { certificate: certificate.toString('pem'), key };
}

function der(pem: string): Buffer {
  return createPublicKey(pem).export({ type: 'spki', format: 'der' });
}

function pkcs8(pem: string): Buffer {
  return createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
}

/** Every text that must stand inside of a wrapper wherever it crosses the wire. */
export function secretsOf({ files, admin }: Texts): string[] {
  const values = Object.entries(files)
    .filter(([path]) => !/\.(crt|pub)$/.test(path))
    .map(([, text]) => text);
  return [...values, admin.key].flatMap((text) => {
    const lines = text.trim().split('\n');
    return lines.length === 1 ? lines : [lines[1]!, Buffer.from(text).toString('base64')];
  });
}

/** What a program registers, with providers that answer with these secrets. */
export class World {
  public static async with(texts: Texts, preview = false): Promise<World> {
    const world = new World(texts, preview);
    await pulumi.runtime.setMocks(
      {
        newResource: (args) => ({
          id: preview ? undefined : `${args.name}-id`,
          state: world.stateOf(args),
        }),
        call: () => ({}),
      },
      'project',
      'stack',
      preview,
    );
    world.listen();
    return world;
  }

  public readonly registrations: Registration[] = [];
  public readonly warnings: string[] = [];

  private constructor(
    private readonly texts: Texts,
    private readonly preview: boolean,
  ) {}

  /** Everything, when nothing more comes. */
  public async settled(): Promise<Registration[]> {
    let before = -1;
    while (before !== this.registrations.length) {
      before = this.registrations.length;
      for (let turn = 0; turn < 50; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    return this.registrations.filter(({ type }) => type !== 'pulumi:pulumi:Stack');
  }

  /** The one of this name whose type ends like this. */
  public one(name: string, type = ''): Registration {
    const found = this.registrations.filter((r) => r.name === name && r.type.endsWith(type));
    expect(found.map((r) => r.name)).toEqual([name]);
    return found[0]!;
  }

  private listen(): void {
    const { registrations } = this;
    jest.spyOn(MockMonitor.prototype, 'registerResource').mockImplementation(function (
      this: MockMonitor,
      request: any,
      callback,
    ) {
      const last = (urn: string) => urn.split('::').slice(3).join('::');
      const timeouts = request.getCustomtimeouts()?.toObject() ?? {};
      registrations.push({
        type: request.getType(),
        name: request.getName(),
        urn: (this as any).newUrn(request.getParent(), request.getType(), request.getName()),
        parent: last(request.getParent()),
        protect: request.getProtect(),
        retainOnDelete: request.getRetainondelete(),
        deletedWith: last(request.getDeletedwith()),
        ignoreChanges: request.getIgnorechangesList(),
        timeouts,
        provider: last(request.getProvider()).split('::')[0]!,
        dependsOn: request.getDependenciesList().map(last),
        inputs: request.getObject().toJavaScript(),
      });
      return register.call(this, request, callback);
    });
    jest.spyOn(pulumi.log, 'warn').mockImplementation((text) => {
      this.warnings.push(text);
      return Promise.resolve();
    });
  }

  /** What the providers of tls and random answer; in a preview they know nothing yet. */
  private stateOf({
    type,
    name,
    inputs,
  }: pulumi.runtime.MockResourceArgs): Record<string, unknown> {
    const given = revealed(inputs);
    const file = name.split(':')[1] ?? '';
    const { files, admin } = this.texts;
    if (this.preview) {
      return given;
    }
    switch (type.split(':').pop()) {
      case 'PrivateKey': {
        const privateKeyPem = file === 'admin.key' ? admin.key : files[file]!;
        return { ...given, privateKeyPem, publicKeyPem: publicKeyOf(privateKeyPem) };
      }
      case 'SelfSignedCert':
        return { ...given, certPem: files[file] };
      case 'CertRequest':
        return { ...given, certRequestPem: 'request' };
      case 'LocallySignedCert':
        return { ...given, certPem: admin.certificate };
      case 'RandomPassword': {
        const [id, secret] = files['bootstrap-token']!.split('.');
        return { ...given, result: file.endsWith('.id') ? id : secret };
      }
      case 'RandomBytes': {
        const text = files[file]!;
        return { ...given, hex: text, base64: text };
      }
      default:
        return given;
    }
  }
}

/** Inputs without the wrappers of secrets. */
export function revealed(value: any): any {
  return rewritten(value, (inner) => revealed(inner));
}

/** Inputs with nothing left of what is in a wrapper. */
export function redacted(value: any): any {
  return rewritten(value, () => '[secret]');
}

/** Whether this is a wrapper. */
export function isSecret(value: any): boolean {
  return value?.[SIGNATURE] === SECRET;
}

function rewritten(value: any, unwrap: (inner: any) => any): any {
  if (Array.isArray(value)) {
    return value.map((item) => rewritten(item, unwrap));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return isSecret(value)
    ? unwrap(value.value)
    : Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, rewritten(item, unwrap)]),
      );
}
