import {
  createPrivateKey,
  createPublicKey,
  X509Certificate,
  createHash,
  type KeyObject,
} from 'node:crypto';
import type { Secrets, SecretTexts } from './secrets';
import { valueFormats } from '../secrets';

/** Certificate and key that belong together. */
const PAIRS = ['pki/ca', 'pki/etcd/ca', 'pki/front-proxy-ca'];

/** What the patterns say, for people. */
const VALUES: Readonly<Record<keyof typeof valueFormats, string>> = {
  'bootstrap-token': 'six and sixteen of a-z and 0-9',
  'certificate-key': '32 bytes in hexadecimal',
  'encryption-key': '32 bytes in base64',
};

/** Something that kubeadm or the API server would stumble over. */
export interface Problem {
  /** One sentence, without any secret. */
  readonly text: string;
  /** Whether `secrets renew` makes anew, or adds, what is wrong. */
  readonly renewable: boolean;
}

/** How long something is still good, for people. */
export interface Expiry {
  readonly what: string;
  readonly until: Date;
}

/** Everything that kubeadm or the API server would stumble over. */
export function problemsOf(secrets: Secrets, now: Date): Problem[] {
  return [...problemsOfFiles(secrets.files, now), ...problemsOfAdmin(secrets, now)];
}

/**
 * The same for what machines hold.
 *
 * @param holds whether a machine is to have what has this path; all by default
 */
export function problemsOfFiles(
  files: SecretTexts,
  now: Date,
  holds: (path: string) => boolean = () => true,
): Problem[] {
  const problems = Object.entries(valueFormats)
    .filter(([path]) => holds(path))
    .flatMap(([path, format]) =>
      // An encryption key is never replaced: what it encrypted could not be read any more.
      all(
        path !== 'encryption-key' || files[path] === undefined,
        valueProblems(path, format, files),
      ),
    );
  for (const pair of PAIRS.filter((name) => holds(`${name}.crt`))) {
    const certificateText = files[`${pair}.crt`];
    problems.push(
      ...all(
        false,
        holds(`${pair}.key`)
          ? pairProblems(pair, certificateText, files[`${pair}.key`], now)
          : certificateProblems(pair, certificateText, now),
      ),
      ...all(false, authorityProblems(`${pair}.crt`, certificateText)),
    );
  }
  return holds('pki/sa.key') ? [...problems, ...all(false, accountProblems(files))] : problems;
}

/** The same for the administrator. */
export function problemsOfAdmin({ files, admin }: Secrets, now: Date): Problem[] {
  return all(true, [
    ...pairProblems('admin', admin.certificate, admin.key, now),
    ...adminProblems(files['pki/ca.crt'], admin.certificate),
  ]);
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

function all(renewable: boolean, texts: readonly string[]): Problem[] {
  return texts.map((text) => ({ text, renewable }));
}

function valueProblems(path: string, format: string, files: SecretTexts): string[] {
  const form = VALUES[path as keyof typeof VALUES];
  return new RegExp(`^${format}$`).test(files[path] ?? '') ? [] : [`${path} must be ${form}`];
}

function pairProblems(
  name: string,
  crt: string | undefined,
  key: string | undefined,
  now: Date,
): string[] {
  const parsed = certificate(crt);
  const secret = privateKey(key);
  if (parsed !== undefined && secret === undefined) {
    return [`${name}.key must be an RSA or ECDSA private key in PEM`];
  }
  const strangers =
    parsed === undefined || parsed.checkPrivateKey(secret!)
      ? []
      : [`${name}.crt and ${name}.key must belong together`];
  return [...strangers, ...certificateProblems(name, crt, now)];
}

function certificateProblems(name: string, crt: string | undefined, now: Date): string[] {
  const parsed = certificate(crt);
  if (parsed === undefined) {
    return [`${name}.crt must be a certificate in PEM`];
  }
  const problems: string[] = [];
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

function accountProblems(files: SecretTexts): string[] {
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
