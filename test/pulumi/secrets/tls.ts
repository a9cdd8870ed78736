import 'reflect-metadata';
import { createPrivateKey, createPublicKey, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR = 60 * 60 * 1000;

const KEY_USAGES: Record<string, x509.KeyUsageFlags> = {
  digital_signature: x509.KeyUsageFlags.digitalSignature,
  key_encipherment: x509.KeyUsageFlags.keyEncipherment,
  cert_signing: x509.KeyUsageFlags.keyCertSign,
};
const EXTENDED_USAGES: Record<string, string> = { client_auth: x509.ExtendedKeyUsage.clientAuth };

/**
 * A certificate as the provider of @pulumi/tls makes it from these inputs: usages critical, a serial
 * number of 128 bits, valid from now on, an identifier of the key with an authority and where it is asked for.
 */
export async function certificateOf(given: any): Promise<string> {
  const request = given.certRequestPem && new x509.Pkcs10CertificateRequest(given.certRequestPem);
  const issuer = given.caCertPem && new x509.X509Certificate(given.caCertPem);
  const signer = await keysOf(given.caPrivateKeyPem ?? given.privateKeyPem);
  const publicKey = request ? request.publicKey : signer.publicKey;
  const subject = request ? request.subjectName.toJSON() : nameOf(given.subject);
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString('hex'),
    subject,
    issuer: issuer ? issuer.subject : subject,
    notBefore,
    notAfter: new Date(notBefore.getTime() + given.validityPeriodHours * HOUR),
    publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      ...usages(given.allowedUses),
      new x509.BasicConstraintsExtension(given.isCaCertificate ?? false, undefined, true),
      ...(given.isCaCertificate || given.setSubjectKeyId
        ? [await x509.SubjectKeyIdentifierExtension.create(publicKey)]
        : []),
      ...(issuer ? [await x509.AuthorityKeyIdentifierExtension.create(issuer)] : []),
      ...(given.dnsNames
        ? [
            new x509.SubjectAlternativeNameExtension(
              given.dnsNames.map((value: string) => ({ type: 'dns', value })),
            ),
          ]
        : []),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** A request to sign, from the inputs of a CertRequest. */
export async function requestOf({ privateKeyPem, subject }: any): Promise<string> {
  const keys = await keysOf(privateKeyPem);
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: nameOf(subject),
    keys,
    signingAlgorithm: ALGORITHM,
  });
  return `${request.toString('pem')}\n`;
}

function usages(allowed: readonly string[]): x509.Extension[] {
  const unknown = allowed.filter((use) => !(use in KEY_USAGES) && !(use in EXTENDED_USAGES));
  expect(unknown).toEqual([]);
  const flags = allowed.reduce((sum, use) => sum + (KEY_USAGES[use] ?? 0), 0);
  const extended = allowed.flatMap((use) => EXTENDED_USAGES[use] ?? []);
  return [
    new x509.KeyUsagesExtension(flags, true),
    ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
  ];
}

function nameOf({ organization, commonName }: any): x509.JsonName {
  return [...(organization ? [{ O: [organization] }] : []), { CN: [commonName] }];
}

async function keysOf(pem: string) {
  const { subtle } = webcrypto;
  const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(pem).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign']),
    publicKey: await subtle.importKey('spki', spki, ALGORITHM, true, ['verify']),
  };
}
