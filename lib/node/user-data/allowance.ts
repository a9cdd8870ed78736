import { createHash } from 'node:crypto';
import type { SecretRow } from '../secrets';
import { compress } from './form';
import { withSecrets, type SecretFile } from './secret-entries';

/**
 * Room that is kept for what synth does not know yet: stand-ins of the size and the density of real
 * secrets, put in and measured, never rendered.
 */
export function sealedSizes(plain: string, rows: readonly SecretRow[]) {
  const sealed = withSecrets(plain, rows.map(standIn)) ?? plain;
  const bytes = Buffer.byteLength(sealed);
  return {
    plain: bytes,
    compressed: () => Buffer.byteLength(compress(sealed)),
    /** As if what is put in did not compress at all, with base64, its line ends and some room. */
    atMost: (packed: string) =>
      Buffer.byteLength(packed) + Math.ceil((bytes - Buffer.byteLength(plain)) * 1.4) + 64,
  };
}

/** Bytes of DER: an ECDSA P-256 authority with kubeadm's names and usages, and its keys. */
const DER = {
  'PEM certificate': 400,
  'PEM private key': 121,
  'PEM public key': 91,
};
const LABELS: Record<string, string> = {
  'PEM certificate': 'CERTIFICATE',
  'PEM private key': 'EC PRIVATE KEY',
  'PEM public key': 'PUBLIC KEY',
};

function standIn({ path, format }: SecretRow): SecretFile {
  const label = LABELS[format];
  if (label === undefined) {
    return { path, content: `${noise(path, lengthOf(format))}\n` };
  }
  const size = DER[format as keyof typeof DER];
  const lines = noise(path, Math.ceil(size / 3) * 4).match(/.{1,64}/g)!;
  return {
    path,
    content: `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`,
  };
}

/** As hard to compress as a key, and the same each time. */
function noise(seed: string, length: number): string {
  let text = '';
  for (let n = 0; text.length < length; n += 1) {
    text += createHash('sha256').update(`${seed} ${n}`).digest('base64').slice(0, 42);
  }
  return text.slice(0, length);
}

/** How long a text is that matches one of the manifest's patterns: character classes, counts, letters. */
function lengthOf(format: string): number {
  return [...format.matchAll(/(?:\[[^\]]+\]|\\?.)(?:\{(\d+)\})?/g)]
    .map(([, count]) => Number(count ?? 1))
    .reduce((sum, count) => sum + count, 0);
}
