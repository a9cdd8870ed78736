import { dirname, join } from 'node:path';
import { authorityHash, day, expiries, problemsOf } from '../../node/sealing/check';
import type { Secrets } from '../../node/sealing/secrets';
import { newAdministrator, newAuthority, newPrivateKey, publicKeyOf } from '../authorities';
import type { Command, Option } from '../command';
import { deliveryCommand, quoted } from '../delivery';
import { Failure, mustBe } from '../failure';
import { refuseInsideGit } from '../outside-git';
import { refuseInsideOutput } from '../outside-output';
import { bootstrapToken, certificateKey, encryptionKey } from '../random-values';
import { createSecretsFile, readSecretsFile, replaceSecretsFile } from '../secrets-file';

const secretsOption: Option = {
  type: 'string',
  value: 'file',
  required: true,
  help: 'the file that secrets new wrote',
};

/** Makes all secrets of a cluster. */
export const secretsNew: Command = {
  name: 'secrets new',
  summary: 'make authorities, keys and tokens for a cluster',
  positionals: [],
  options: {
    out: {
      type: 'string',
      value: 'file',
      required: true,
      help: 'where to write them: a new file, outside of git or ignored by it',
    },
  },
  async run(args, { out, now }) {
    const path = args.text('out');
    refuseInsideOutput(`--out ${path}`, path);
    refuseInsideGit(`--out ${path}`, [path]);
    const secrets = await newSecrets(now());
    createSecretsFile(path, secrets);
    out(
      `wrote ${path}: keep it as long as the cluster lives, and a copy where only you can read it`,
    );
    out(`caCertHashes: ${authorityHash(secrets)}`);
    out(
      `next: cdk8s-groundwork seal dist --secrets ${quoted(path)} --out ${quoted(besides(path))}`,
    );
  },
};

/** Looks whether everything fits together and is still valid. */
export const secretsCheck: Command = {
  name: 'secrets check',
  summary: 'look whether secrets are whole, fit together and are still valid',
  positionals: [],
  options: { secrets: secretsOption },
  run(args, { out, now }) {
    const path = args.text('secrets');
    const secrets = readSecretsFile(path);
    refuseProblems(path, secrets, now());
    expiries(secrets).forEach(({ what, until }) => out(`${what.padEnd(24)} until ${day(until)}`));
    out(`caCertHashes: ${authorityHash(secrets)}`);
  },
};

/** Renews what is short-lived. */
export const secretsRenew: Command = {
  name: 'secrets renew',
  summary:
    'make a new bootstrap token, certificate key and administrator, and keep the authorities',
  positionals: [],
  options: { secrets: secretsOption },
  async run(args, { out, now }) {
    const path = args.text('secrets');
    refuseInsideGit(`--secrets ${path}`, [path]);
    const { files } = readSecretsFile(path);
    const authority = { certificate: files['pki/ca.crt'] ?? '', key: files['pki/ca.key'] ?? '' };
    if (authority.certificate === '' || authority.key === '') {
      throw mustBe(`--secrets ${path}`, 'whole', 'a file without pki/ca', 'name the right file');
    }
    const renewed: Secrets = {
      files: {
        'encryption-key': encryptionKey(),
        ...files,
        'bootstrap-token': bootstrapToken(),
        'certificate-key': certificateKey(),
      },
      admin: await newAdministrator(authority, now()),
    };
    refuseProblems(path, renewed, now());
    replaceSecretsFile(path, renewed);
    out(`renewed bootstrap-token, certificate-key and the certificate of admin.conf in ${path}`);
    out('next: seal again, and let one control plane know, or nobody can join with them:');
    out(`  ${deliveryCommand('<sealed>', '<host>', '<address>')}`);
    out('  and on that machine: sudo /usr/local/lib/groundwork/bootstrap --only admit');
  },
};

/** A place for what is sealed: where the secrets may lie it may lie as well. */
function besides(path: string): string {
  return join(dirname(path), 'sealed');
}

/** Stops when kubeadm or the API server would stumble. */
export function refuseProblems(path: string, secrets: Secrets, now: Date): void {
  const problems = problemsOf(secrets, now);
  if (problems.length > 0) {
    const remedy = problems.every(({ renewable }) => renewable)
      ? `cdk8s-groundwork secrets renew --secrets ${path}`
      : 'take the file from a backup; for a cluster that does not exist yet make a new one';
    throw new Failure(
      `secrets in ${path} do not hold:\n  ${problems.map(({ text }) => text).join('\n  ')}\n${remedy}`,
    );
  }
}

/** Everything that one cluster needs. */
export async function newSecrets(now: Date): Promise<Secrets> {
  // kubeadm's own names.
  const ca = await newAuthority('kubernetes', now);
  const etcd = await newAuthority('etcd-ca', now);
  const frontProxy = await newAuthority('front-proxy-ca', now);
  const account = newPrivateKey();
  return {
    files: {
      'bootstrap-token': bootstrapToken(),
      'certificate-key': certificateKey(),
      'encryption-key': encryptionKey(),
      'pki/ca.crt': ca.certificate,
      'pki/ca.key': ca.key,
      'pki/etcd/ca.crt': etcd.certificate,
      'pki/etcd/ca.key': etcd.key,
      'pki/front-proxy-ca.crt': frontProxy.certificate,
      'pki/front-proxy-ca.key': frontProxy.key,
      'pki/sa.key': account,
      'pki/sa.pub': publicKeyOf(account),
    },
    admin: await newAdministrator(ca, now),
  };
}
