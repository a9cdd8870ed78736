import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomInt,
  webcrypto,
} from 'node:crypto';
import { mustBe } from './failure';
import type { Pair } from '../node/sealing/secrets';

const DAY = 24 * 60 * 60 * 1000;
// As kubeadm: authorities for ten years, all others for one, dated back for clocks that are late.
const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 365;
const BACKDATE = 5 * 60 * 1000;

/** Only here, because it takes longer to load than everything else of the command line. */
function library() {
  /* eslint-disable @typescript-eslint/no-require-imports */
  // It asks for this one to be there first.
  require('reflect-metadata');
  return require('@peculiar/x509') as typeof import('@peculiar/x509');
  /* eslint-enable @typescript-eslint/no-require-imports */
}

/** A self-signed authority with the names and usages that kubeadm gives its own. */
export async function newAuthority(commonName: string, now: Date): Promise<Pair> {
  const x509 = library();
  const { digitalSignature, keyEncipherment, keyCertSign } = x509.KeyUsageFlags;
  const key = newPrivateKey();
  const keys = await cryptoKeys(key);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [commonName] }],
    ...validity(now, AUTHORITY_DAYS),
    keys,
    signingAlgorithm: algorithmOf(key),
    extensions: [
      new x509.KeyUsagesExtension(digitalSignature + keyEncipherment + keyCertSign, true),
      new x509.BasicConstraintsExtension(true, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: commonName }]),
    ],
  });
  return { certificate: pem(certificate.toString('pem')), key };
}

/** A client certificate of the group that kubeadm makes administrators. */
export async function newAdministrator(authority: Pair, now: Date): Promise<Pair> {
  const x509 = library();
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
  const key = newPrivateKey();
  const issuer = new x509.X509Certificate(authority.certificate);
  const { publicKey } = await cryptoKeys(key);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: [{ O: ['kubeadm:cluster-admins'] }, { CN: ['kubernetes-admin'] }],
    issuer: issuer.subject,
    ...validity(now, LEAF_DAYS),
    publicKey,
    signingKey: (await cryptoKeys(authority.key)).privateKey,
    signingAlgorithm: algorithmOf(authority.key),
    extensions: [
      new x509.KeyUsagesExtension(digitalSignature + keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      new x509.BasicConstraintsExtension(false, undefined, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return { certificate: pem(certificate.toString('pem')), key };
}

/** A key in the form kubeadm itself writes, which every reader of Kubernetes takes. */
export function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'sec1', format: 'pem' }).toString();
}

/** The public half of a private key. */
export function publicKeyOf(key: string): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

async function cryptoKeys(key: string) {
  const { subtle } = webcrypto;
  const algorithm = algorithmOf(key);
  const pkcs8 = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return {
    privateKey: await subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    publicKey: await subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
}

/** An authority that was brought along may have another kind of key than ours. */
function algorithmOf(key: string) {
  const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(key);
  const curve = { prime256v1: 'P-256', secp384r1: 'P-384' }[asymmetricKeyDetails?.namedCurve ?? ''];
  if (asymmetricKeyType === 'rsa') {
    return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  }
  if (curve === undefined) {
    throw mustBe(
      'pki/ca.key',
      'an RSA key or an ECDSA key on P-256 or P-384',
      'another kind',
      'kubeadm would not take it either',
    );
  }
  return { name: 'ECDSA', namedCurve: curve, hash: 'SHA-256' };
}

function validity(now: Date, days: number) {
  const notBefore = new Date(now.getTime() - BACKDATE);
  return { notBefore, notAfter: new Date(notBefore.getTime() + days * DAY) };
}

/** Positive and not zero, in 64 bits as kubeadm's. */
function serial(): string {
  return `${randomInt(0x10, 0x80).toString(16)}${randomBytes(7).toString('hex')}`;
}

function pem(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
