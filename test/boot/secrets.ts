import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must } from './programs';

// Secrets of one cluster, as an operator makes them: authorities and keys by openssl, for the rows of
// nodes/secrets.manifest.

/** Content of each secret by its path in the manifest. */
export type Secrets = ReadonlyMap<string, string>;

interface Row {
  readonly path: string;
  readonly mode: string;
  readonly machines: readonly string[];
}

/** Makes what the manifest lists. */
export function makeSecrets(manifest: string): Secrets {
  const made = new Map<string, string>();
  const work = mkdtempSync(join(tmpdir(), 'groundwork-secrets-'));
  try {
    for (const { path } of rowsOf(manifest)) {
      if (!made.has(path)) {
        Object.entries(makeSecret(path, work)).forEach(([name, value]) => made.set(name, value));
      }
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return made;
}

/** What one machine must hold below /etc/groundwork/secrets. */
export function secretFiles(manifest: string, secrets: Secrets, machine: string) {
  return rowsOf(manifest)
    .filter(({ machines }) => machines.includes('*') || machines.includes(machine))
    .map(({ path, mode }) => ({ path, mode, content: secrets.get(path)! }));
}

function rowsOf(manifest: string): Row[] {
  const [, ...rows] = manifest.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return rows.map((line) => {
    const [path, mode, machines] = line.split(/\s{2,}/);
    return { path: path!, mode: mode!, machines: machines!.split(',') };
  });
}

function makeSecret(path: string, work: string): Record<string, string> {
  const authority = /^(pki\/(?:.*\/)?[a-z-]*ca)\.(?:crt|key)$/.exec(path)?.[1];
  const out = (name: string) => join(work, name);
  const text = (name: string) => readFileSync(out(name), 'utf8');
  if (authority !== undefined) {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const subject = ['-subj', `/CN=${authority.replace(/\//g, '-')}`, '-days', '3650'];
    const files = ['-keyout', out('ca.key'), '-out', out('ca.crt')];
    must('openssl', ['req', '-x509', ...curve, ...subject, ...files]);
    return { [`${authority}.crt`]: text('ca.crt'), [`${authority}.key`]: text('ca.key') };
  }
  switch (path) {
    case 'pki/sa.key':
    case 'pki/sa.pub':
      must('openssl', ['genrsa', '-out', out('sa.key'), '2048']);
      must('openssl', ['pkey', '-in', out('sa.key'), '-pubout', '-out', out('sa.pub')]);
      return { 'pki/sa.key': text('sa.key'), 'pki/sa.pub': text('sa.pub') };
    case 'bootstrap-token':
      return { [path]: `${randomBytes(3).toString('hex')}.${randomBytes(8).toString('hex')}\n` };
    case 'certificate-key':
      return { [path]: `${randomBytes(32).toString('hex')}\n` };
    case 'encryption-key':
      return { [path]: `${randomBytes(32).toString('base64')}\n` };
    default:
      throw new Error(`nobody makes the secret ${path}: teach it here`);
  }
}
