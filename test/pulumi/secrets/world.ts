import { randomBytes, randomInt } from 'node:crypto';
import * as pulumi from '@pulumi/pulumi';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks';
import { newPrivateKey, publicKeyOf } from '../../../lib/cli/authorities';
import { certificateOf, requestOf } from './tls';

/** A provider's machine that takes user-data, as most do. */
export class Server extends pulumi.CustomResource {
  public constructor(name: string, props: Record<string, pulumi.Input<unknown>>) {
    super('test:index:Server', name, props);
  }
}

/** What one registration said. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly protect: boolean;
  /** As it crosses the wire: secrets in their wrapper. */
  readonly inputs: Record<string, any>;
}

/** How Pulumi marks a secret on the wire, and the rest of its special values. */
export const SIGNATURE = '4dabf18193072939515e22adb298388d';
export const SECRET = '1b47061264138c4ac30d75fd1eb44270';

const { registerResource, registerResourceOutputs } = MockMonitor.prototype;
let registrations: Registration[] = [];
/** What components say of themselves when they are done, by URN. */
export const said = new Map<string, unknown>();

MockMonitor.prototype.registerResourceOutputs = function (request, callback) {
  said.set(request.getUrn(), request.getOutputs()?.toJavaScript());
  return registerResourceOutputs.call(this, request, callback);
};

MockMonitor.prototype.registerResource = function (request, callback) {
  registrations.push({
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent().split('::').pop(),
    protect: request.getProtect(),
    inputs: request.getObject().toJavaScript(),
  });
  return registerResource.call(this, request, callback);
};

/** A program's world: what it registers, with providers that make real keys and certificates. */
export async function world(preview = false): Promise<readonly Registration[]> {
  registrations = [];
  said.clear();
  await pulumi.runtime.setMocks(
    {
      newResource: async (args) => ({ id: args.name, state: await stateOf(args, preview) }),
      call: () => ({}),
    },
    'project',
    'stack',
    preview,
  );
  return registrations;
}

/** The value of an Output, and whether it is known and secret. */
export async function look<T>(output: pulumi.Output<T>) {
  const [value, known, secret] = await Promise.all([
    (output as any).promise() as Promise<T>,
    (output as any).isKnown as Promise<boolean>,
    pulumi.isSecret(output),
  ]);
  return { value: known ? value : undefined, known, secret };
}

/**
 * The error of an Output, and whether the language host would print it without a stack. The host prints an
 * error once however many Outputs have it; jest counts each, so the others are listened to.
 */
export async function failureOf(output: pulumi.Output<unknown>, others: unknown[] = []) {
  [output, ...others].filter(pulumi.Output.isInstance).forEach((other: any) => {
    [other.promise(), other.isKnown, other.isSecret, other.allResources()].forEach((part) =>
      (part as Promise<unknown>).catch(() => {}),
    );
  });
  return look(output).then(
    () => 'no error',
    (error) => ({ message: error.message, withoutStack: pulumi.RunError.isInstance(error) }),
  );
}

/** The values of several Outputs. */
export async function valuesOf(
  outputs: Readonly<Record<string, pulumi.Input<string>>>,
): Promise<Record<string, string>> {
  const pairs = Object.entries(outputs).map(async ([name, output]): Promise<[string, string]> => [
    name,
    (await look(pulumi.output(output))).value!,
  ]);
  return Object.fromEntries(await Promise.all(pairs));
}

/** What the providers of @pulumi/tls and @pulumi/random answer. In a preview they know nothing yet. */
async function stateOf(
  { type, inputs }: pulumi.runtime.MockResourceArgs,
  preview: boolean,
): Promise<Record<string, unknown>> {
  const given = revealed(inputs);
  return preview ? given : { ...given, ...(await made(type, given)) };
}

async function made(type: string, given: any): Promise<Record<string, string>> {
  switch (type) {
    case 'tls:index/privateKey:PrivateKey': {
      expect(given).toEqual({ algorithm: 'ECDSA', ecdsaCurve: 'P256' });
      const privateKeyPem = newPrivateKey();
      return { privateKeyPem, publicKeyPem: publicKeyOf(privateKeyPem) };
    }
    case 'tls:index/selfSignedCert:SelfSignedCert':
      return { certPem: await certificateOf(given) };
    case 'tls:index/certRequest:CertRequest':
      return { certRequestPem: await requestOf(given) };
    case 'tls:index/locallySignedCert:LocallySignedCert':
      return { certPem: await certificateOf(given) };
    case 'random:index/randomPassword:RandomPassword': {
      const letters = [
        given.lower ? 'abcdefghijklmnopqrstuvwxyz' : '',
        given.upper ? 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' : '',
        given.numeric ? '0123456789' : '',
        given.special ? '!@#$%&*()-_=+[]{}<>:?' : '',
      ].join('');
      return {
        result: Array.from({ length: given.length }, () => letters[randomInt(letters.length)]).join(
          '',
        ),
      };
    }
    case 'random:index/randomBytes:RandomBytes': {
      const bytes = randomBytes(given.length);
      return { hex: bytes.toString('hex'), base64: bytes.toString('base64') };
    }
    default:
      return {};
  }
}

/** Inputs without the wrappers of secrets. */
function revealed(value: any): any {
  if (Array.isArray(value)) {
    return value.map(revealed);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return value[SIGNATURE] === SECRET
    ? revealed(value.value)
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealed(item)]));
}
