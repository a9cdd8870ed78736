import {
  createPrivateKey,
  createPublicKey,
  X509Certificate,
  createHash,
  type KeyObject,
} from 'node:crypto';
import type { Secrets } from './secrets-file';

/** Certificate and key that belong together. */
const PAIRS = ['pki/ca', 'pki/etcd/ca', 'pki/front-proxy-ca'];

/** Patterns of what is no PEM. */
const VALUES: Readonly<Record<string, [RegExp, string]>> = {
  'bootstrap-token': [/^[a-z0-9]{6}\.[a-z0-9]{16}$/, 'six and sixteen of a-z and 0-9'],
  'certificate-key': [/^[0-9a-f]{64}$/, '32 bytes in hexadecimal'],
  'encryption-key': [/^[A-Za-z0-9+/]{43}=$/, '32 bytes in base64'],
};

/** How long something is still good, for people. */
export interface Expiry {
  readonly what: string;
  readonly until: Date;
}

/** Everything that kubeadm or the API server would stumble over, one sentence each, without any secret. */
export function problemsOf({ files, admin }: Secrets, now: Date): string[] {
  const problems: string[] = [];
  for (const [path, [pattern, form]] of Object.entries(VALUES)) {
    if (!pattern.test(files[path] ?? '')) {
      problems.push(`${path} must be ${form}`);
    }
  }
  for (const pair of PAIRS) {
    problems.push(
      ...pairProblems(pair, files[`${pair}.crt`], files[`${pair}.key`], now),
      ...authorityProblems(`${pair}.crt`, files[`${pair}.crt`]),
    );
  }
  problems.push(
    ...accountProblems(files),
    ...pairProblems('admin', admin.certificate, admin.key, now),
    ...adminProblems(files['pki/ca.crt'], admin.certificate),
  );
  return problems;
}

/** When each certificate ends. */
export function expiries({ files, admin }: Secrets): Expiry[] {
  const certificates: Array<[string, string | undefined]> = [
    ...PAIRS.map((pair): [string, string | undefined] => [`${pair}.crt`, files[`${pair}.crt`]]),
    ['admin.conf', admin.certificate],
  ];
  return certificates.map(([what, text]) => ({
    what,
    until: new Date(certificate(text)?.validTo ?? 0),
  }));
}

/** What machines that join hold the authority to: the hash of its public key, as kubeadm writes it. */
export function authorityHash({ files }: Secrets): string {
  const key = certificate(files['pki/ca.crt'])!.publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

function pairProblems(
  name: string,
  crt: string | undefined,
  key: string | undefined,
  now: Date,
): string[] {
  const parsed = certificate(crt);
  const secret = privateKey(key);
  if (parsed === undefined) {
    return [`${name}.crt must be a certificate in PEM`];
  }
  if (secret === undefined) {
    return [`${name}.key must be an RSA or ECDSA private key in PEM`];
  }
  const problems = parsed.checkPrivateKey(secret)
    ? []
    : [`${name}.crt and ${name}.key must belong together`];
  if (now < new Date(parsed.validFrom)) {
    problems.push(`${name}.crt must be valid by now, it is from ${day(parsed.validFrom)} on`);
  }
  if (now > new Date(parsed.validTo)) {
    problems.push(`${name}.crt must not have expired, it did on ${day(parsed.validTo)}`);
  }
  return problems;
}

function authorityProblems(name: string, text: string | undefined): string[] {
  const parsed = certificate(text);
  return parsed === undefined || parsed.ca
    ? []
    : [`${name} must be the certificate of an authority`];
}

function accountProblems(files: Secrets['files']): string[] {
  const secret = privateKey(files['pki/sa.key']);
  const known = publicKey(files['pki/sa.pub']);
  if (secret === undefined || known === undefined) {
    return ['pki/sa.key and pki/sa.pub must be a private and a public key in PEM'];
  }
  return createPublicKey(secret).equals(known)
    ? []
    : ['pki/sa.key and pki/sa.pub must belong together'];
}

function adminProblems(ca: string | undefined, text: string): string[] {
  const authority = certificate(ca);
  const own = certificate(text);
  return authority === undefined || own === undefined || own.verify(authority.publicKey)
    ? []
    : ['the certificate of admin.conf must be signed by pki/ca.key'];
}

function certificate(text = ''): X509Certificate | undefined {
  return attempt(() => new X509Certificate(text));
}

/** kubeadm takes these two kinds only. */
function privateKey(text = ''): KeyObject | undefined {
  const key = attempt(() => createPrivateKey(text));
  return key !== undefined && ['rsa', 'ec'].includes(key.asymmetricKeyType ?? '') ? key : undefined;
}

function publicKey(text = ''): KeyObject | undefined {
  return attempt(() => createPublicKey(text));
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** The ISO day of what a certificate says. */
export function day(date: string | Date): string {
  return new Date(date).toISOString().slice(0, 10);
}
