import { gunzipSync } from 'node:zlib';

// Looking for a secret whose value is known, in whatever form something carries it.

/** The secret itself, and every line of it where a text around it indents lines; also inside base64. */
function spellings(secret: string): string[] {
  const lines = secret.split('\n').filter((line) => line.length >= 12 && !line.startsWith('-----'));
  const clear = secret.trim().includes('\n') ? lines : [secret];
  return clear.flatMap((text) => [text, ...[0, 1, 2].map((offset) => base64At(text, offset))]);
}

/** Base64 of the text at this offset of a larger one, without the characters that its neighbours decide. */
function base64At(text: string, offset: number): string {
  const padded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
  const digits = padded.replace(/=+$/, '');
  return digits.slice(offset === 0 ? 0 : 4, digits.length === padded.length ? undefined : -1);
}

// The first bytes of gzip in base64, and what follows of it.
const GZIP = /H4sI[A-Za-z0-9+/]{16,}={0,2}/g;

function unpacked(text: string): string[] {
  return [...text.matchAll(GZIP)].map(([packed]) => {
    try {
      return gunzipSync(Buffer.from(packed, 'base64')).toString('latin1');
    } catch {
      return '';
    }
  });
}

/**
 * A function that tells whether a text holds one of the secrets: in clear, in base64, or in gzip in base64.
 *
 * @param secrets values; of those with several lines every line counts
 */
export function searcherFor(secrets: readonly string[]): (text: string) => boolean {
  // A short piece of base64 may stand anywhere by chance.
  const wanted = secrets.flatMap(spellings).filter((spelling) => spelling.length >= 6);
  return (text) =>
    [text, ...unpacked(text)].some((part) => wanted.some((spelling) => part.includes(spelling)));
}
