import { randomBytes, randomInt } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A bootstrap token as kubeadm wants it: six characters that name it, sixteen that are secret. */
export function bootstrapToken(): string {
  return `${letters(6)}.${letters(16)}`;
}

/** What kubeadm encrypts the uploaded certificates with: 32 bytes in hexadecimal. */
export function certificateKey(): string {
  return randomBytes(32).toString('hex');
}

/** What Secrets are encrypted with in etcd: 32 bytes in base64. */
export function encryptionKey(): string {
  return randomBytes(32).toString('base64');
}

function letters(count: number): string {
  return Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
