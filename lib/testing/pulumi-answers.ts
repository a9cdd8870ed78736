import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomInt,
  webcrypto,
} from 'node:crypto';
import type { JsonName } from '@peculiar/x509';

// What @pulumi/tls and @pulumi/random answer. Programs parse it (a certificate is asked for its key, a
// kubeconfig is checked), so it is real: keys, certificates that belong to them, random text.

type Inputs = Record<string, any>;

const HOUR = 60 * 60 * 1000;
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Only where it is needed, because it takes longer to load than everything else. */
function library() {
  /* eslint-disable @typescript-eslint/no-require-imports */
  // It asks for this one to be there first.
  require('reflect-metadata');
  return require('@peculiar/x509') as typeof import('@peculiar/x509');
  /* eslint-enable @typescript-eslint/no-require-imports */
}

/** By type: the outputs of a resource besides its inputs. */
const ANSWERS: Record<string, (inputs: Inputs) => Inputs | Promise<Inputs>> = {
  'tls:index/privateKey:PrivateKey': privateKey,
  'tls:index/selfSignedCert:SelfSignedCert': selfSignedCertificate,
  'tls:index/certRequest:CertRequest': certificateRequest,
  'tls:index/locallySignedCert:LocallySignedCert': locallySignedCertificate,
  'random:index/randomPassword:RandomPassword': randomText,
  'random:index/randomString:RandomString': randomText,
  'random:index/randomBytes:RandomBytes': randomOctets,
};

/** The outputs of a resource of @pulumi/tls or @pulumi/random; nothing for any other type. */
export async function answerOf(type: string, inputs: Inputs): Promise<Inputs> {
  return (await ANSWERS[type]?.(inputs)) ?? {};
}

function privateKey({ algorithm, ecdsaCurve, rsaBits }: Inputs): Inputs {
  const curves: Record<string, string> = { P256: 'P-256', P384: 'P-384', P521: 'P-521' };
  const pair =
    algorithm === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: rsaBits ?? 2048 })
      : algorithm === 'ED25519'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve: curves[ecdsaCurve] ?? 'P-256' });
  const pkcs8 = pair.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const types: Record<string, 'pkcs1' | 'sec1'> = { RSA: 'pkcs1', ECDSA: 'sec1' };
  return {
    privateKeyPem: pair.privateKey.export({ type: types[algorithm] ?? 'pkcs8', format: 'pem' }),
    privateKeyPemPkcs8: pkcs8,
    publicKeyPem: pair.publicKey.export({ type: 'spki', format: 'pem' }),
  };
}

async function selfSignedCertificate(inputs: Inputs): Promise<Inputs> {
  const x509 = library();
  const keys = await keysOf(inputs.privateKeyPem);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: nameOf(inputs.subject),
    ...validity(inputs),
    keys,
    signingAlgorithm: ECDSA,
    extensions: [
      ...extensions(inputs),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certPem: pem(certificate) };
}

async function certificateRequest({ privateKeyPem, subject }: Inputs): Promise<Inputs> {
  const request = await library().Pkcs10CertificateRequestGenerator.create({
    name: nameOf(subject),
    keys: await keysOf(privateKeyPem),
    signingAlgorithm: ECDSA,
  });
  return { certRequestPem: pem(request) };
}

async function locallySignedCertificate(inputs: Inputs): Promise<Inputs> {
  const x509 = library();
  const request = new x509.Pkcs10CertificateRequest(inputs.certRequestPem);
  const issuer = new x509.X509Certificate(inputs.caCertPem);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: request.subject,
    issuer: issuer.subject,
    ...validity(inputs),
    publicKey: await request.publicKey.export(),
    signingKey: (await keysOf(inputs.caPrivateKeyPem)).privateKey,
    signingAlgorithm: ECDSA,
    extensions: [...extensions(inputs), await x509.AuthorityKeyIdentifierExtension.create(issuer)],
  });
  return { certPem: pem(certificate) };
}

function extensions({ allowedUses, dnsNames, ipAddresses, isCaCertificate }: Inputs) {
  const x509 = library();
  const { digitalSignature, keyEncipherment, keyCertSign } = x509.KeyUsageFlags;
  const usages: Record<string, number> = {
    digital_signature: digitalSignature,
    key_encipherment: keyEncipherment,
    cert_signing: keyCertSign,
  };
  const purposes: Record<string, string> = {
    client_auth: x509.ExtendedKeyUsage.clientAuth,
    server_auth: x509.ExtendedKeyUsage.serverAuth,
  };
  const uses: string[] = allowedUses ?? [];
  const extended = uses.flatMap((use) => purposes[use] ?? []);
  const names = [
    ...(dnsNames ?? []).map((value: string) => ({ type: 'dns' as const, value })),
    ...(ipAddresses ?? []).map((value: string) => ({ type: 'ip' as const, value })),
  ];
  return [
    new x509.KeyUsagesExtension(
      [...new Set(uses)].reduce((flags, use) => flags + (usages[use] ?? 0), 0),
      true,
    ),
    new x509.BasicConstraintsExtension(isCaCertificate === true, undefined, true),
    ...(extended.length > 0 ? [new x509.ExtendedKeyUsageExtension(extended)] : []),
    ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
  ];
}

async function keysOf(key: string) {
  const { subtle } = webcrypto;
  const pkcs8 = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await subtle.importKey('pkcs8', pkcs8, ECDSA, false, ['sign']),
    publicKey: await subtle.importKey('spki', spki, ECDSA, true, ['verify']),
  };
}

function nameOf({ commonName, organization }: Inputs = {}): JsonName {
  return [
    ...(organization === undefined ? [] : [{ O: [organization] }]),
    ...(commonName === undefined ? [] : [{ CN: [commonName] }]),
  ];
}

function validity({ validityPeriodHours }: Inputs) {
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000);
  return { notBefore, notAfter: new Date(notBefore.getTime() + validityPeriodHours * HOUR) };
}

function serial(): string {
  return `7${randomBytes(7).toString('hex')}`;
}

function pem(made: { toString(format: 'pem'): string }): string {
  return `${made.toString('pem')}\n`;
}

const LETTERS: Record<string, string> = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  numeric: '0123456789',
  special: '!@#$%&*()-_=+[]{}<>:?',
};

function randomText(inputs: Inputs): Inputs {
  const letters = Object.entries(LETTERS)
    .map(([set, members]) => (inputs[set] === false ? '' : members))
    .join('');
  const result = Array.from({ length: inputs.length }, () => letters[randomInt(letters.length)]);
  return { result: result.join('') };
}

function randomOctets({ length }: Inputs): Inputs {
  const bytes = randomBytes(length);
  return { hex: bytes.toString('hex'), base64: bytes.toString('base64') };
}
