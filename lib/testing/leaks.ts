import { constants, gunzipSync } from 'node:zlib';

/**
 * Looks for secret material in a generated file. Nothing that is rendered may contain any, so a
 * test that walks every output and expects no finding is the promise in executable form.
 *
 * Found are:
 * - the body of a PEM or PGP private key, in clear text, as a JSON string or base64 encoded;
 * - a JSON Web Token, as service accounts have it, and a password inside a URL;
 * - a kubeadm bootstrap token, `[a-z0-9]{6}.[a-z0-9]{16}`, standing alone. Without any digit it
 *   counts only in a line that speaks of a token, because host and file names look the same;
 * - 64 hexadecimal digits, the form of a kubeadm certificate key, outside a digest field. Digest
 *   fields are `sha256:<hex>`, the value of a key that names a sha256, checksum, digest or hash
 *   (and no password, secret, token or key), and a line of a checksum table: the digits, two
 *   spaces or ` *`, one file name;
 * - a Kubernetes Secret with `data` or `stringData`, in YAML or JSON, also when it is embedded in
 *   another file;
 * - any of these inside gzip in base64, as compressed user-data has it.
 *
 * @param path the name that the findings carry
 * @param text the content of the file
 * @returns one line per finding, `path:line: what`, without the secret itself
 */
export function findLeaks(path: string, text: string): string[] {
  return [...leaksOf(text), ...compressedLeaks(text)]
    .map(({ index, what }) => ({ line: lineAt(text, index), what }))
    .sort((a, b) => a.line - b.line || (a.what < b.what ? -1 : 1))
    .map(({ line, what }) => `${path}:${line}: ${what}`);
}

interface Leak {
  readonly index: number;
  readonly what: string;
}

function leaksOf(text: string): Leak[] {
  return [
    ...privateKeys(text),
    ...bootstrapTokens(text),
    ...hexKeys(text),
    ...webTokens(text),
    ...urlPasswords(text),
    ...secretObjects(text),
  ];
}

// The first bytes of gzip, and all lines of base64 that follow.
const GZIP = /(?<![A-Za-z0-9+/])H4sI[A-Za-z0-9+/]{16,}(?:\s+[A-Za-z0-9+/=]+)*={0,2}/g;

/** What is in a gzipped part, at the line where the part begins and the line inside of it. */
function compressedLeaks(text: string): Leak[] {
  return matches(text, GZIP).flatMap(({ 0: packed, index }) => {
    const inner = unpacked(packed);
    return leaksOf(inner).map((leak) => ({
      index,
      what: `${leak.what} in line ${lineAt(inner, leak.index)} of compressed content`,
    }));
  });
}

/** As much of it as there is: words may follow that look like base64 too. */
function unpacked(base64: string): string {
  try {
    return gunzipSync(Buffer.from(base64, 'base64'), {
      finishFlush: constants.Z_SYNC_FLUSH,
    }).toString('utf8');
  } catch {
    return '';
  }
}

// The header alone may stand in a comment or a placeholder; a key has digits after it. A line
// break is a real one or, inside a JSON string, the two characters \n.
const PEM_KEY =
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr])*(?:[A-Za-z-]+: [^\n\\]*(?:\s|\\[nr])+)*[A-Za-z0-9+/=]{16}/g;
// Base64 of any length worth a key, with the lines that follow when the encoder wrapped them.
const BASE64 = /[A-Za-z0-9+/]{64,}(?:\s+[A-Za-z0-9+/=]{40,})*/g;

function privateKeys(text: string): Leak[] {
  const what = 'a private key';
  const plain = matches(text, PEM_KEY).map(({ index }) => ({ index, what }));
  const encoded = matches(text, BASE64)
    .filter((match) => Buffer.from(match[0], 'base64').toString('latin1').search(PEM_KEY) >= 0)
    .map(({ index }) => ({ index, what: `${what} in base64` }));
  return [...plain, ...encoded];
}

// A full stop after the token is tolerated only where it ends a sentence.
const BOOTSTRAP_TOKEN = /(?<![\w.-])[a-z0-9]{6}\.[a-z0-9]{16}(?![\w-]|\.[\w-])/g;

function bootstrapTokens(text: string): Leak[] {
  return matches(text, BOOTSTRAP_TOKEN)
    .filter((match) => /\d/.test(match[0]) || /token/i.test(lineOf(text, match.index)))
    .map(({ index }) => ({ index, what: 'a bootstrap token' }));
}

const HEX_64 = /(?<![0-9A-Za-z])[0-9A-Fa-f]{64}(?![0-9A-Za-z])/g;
const CHECKSUM_LINE = /^\s*[0-9A-Fa-f]{64}(?: {2}| \*)[\w@%+=:,./-]+\s*$/;
const KEY_BEFORE_VALUE = /([\w./-]+)["']?\s*[:=]\s*["']?$/;

function hexKeys(text: string): Leak[] {
  return matches(text, HEX_64)
    .filter((match) => !isDigest(text, match.index))
    .map(({ index }) => ({ index, what: '64 hexadecimal digits outside a digest field' }));
}

function isDigest(text: string, index: number): boolean {
  const line = lineOf(text, index);
  if (CHECKSUM_LINE.test(line)) {
    return true;
  }
  const before = text.slice(text.lastIndexOf('\n', index - 1) + 1, index);
  if (before.endsWith('sha256:')) {
    return true;
  }
  const key = KEY_BEFORE_VALUE.exec(before)?.[1] ?? '';
  return /sha256|checksum|digest|hash/i.test(key) && !/passw|secret|token|key/i.test(key);
}

const WEB_TOKEN = /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g;

function webTokens(text: string): Leak[] {
  return matches(text, WEB_TOKEN).map(({ index }) => ({ index, what: 'a JSON Web Token' }));
}

const URL_PASSWORD = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@'"]+:[^\s/@'"]+@/gi;

function urlPasswords(text: string): Leak[] {
  return matches(text, URL_PASSWORD).map(({ index }) => ({ index, what: 'a password in a URL' }));
}

const SECRET_KIND =
  /^([ \t]*(?:- +)*)(["']?)kind\2:[ \t]*["']?Secret["']?[ \t]*,?[ \t]*(?:#.*)?$/gm;
const INLINE_SECRET = /["']?kind["']?\s*:\s*["']?Secret\b/;
const INLINE_DATA = /["']?\b(?:stringData|data)["']?\s*:\s*\{\s*[^\s}]/;

function secretObjects(text: string): Leak[] {
  const what = 'a Secret with data';
  const block = matches(text, SECRET_KIND)
    .filter((match) => hasData(text, match.index, match[1].length))
    .map(({ index }) => ({ index, what }));
  const inline = matches(text, /^.*$/gm)
    .filter((match) => INLINE_SECRET.test(match[0]) && INLINE_DATA.test(match[0]))
    .map(({ index }) => ({ index, what }));
  return [...block, ...inline];
}

/** Whether the mapping whose `kind` stands at this place and column has a filled data field. */
function hasData(text: string, index: number, column: number): boolean {
  const lines = text.split('\n');
  const kindLine = lineAt(text, index) - 1;
  let first = kindLine;
  while (first > 0 && !opensMapping(lines[first], column) && inMapping(lines[first - 1], column)) {
    first -= 1;
  }
  let last = kindLine;
  while (last + 1 < lines.length && continuesMapping(lines[last + 1], column)) {
    last += 1;
  }
  return lines.slice(first, last + 1).some((line, offset, mapping) => {
    const field = /^["']?(?:data|stringData)["']?:[ \t]*(.*)$/.exec(line.slice(column));
    if (!field || !/^[\s-]*$/.test(line.slice(0, column))) {
      return false;
    }
    const value = field[1].replace(/#.*$/, '').trim();
    const next = mapping[offset + 1] ?? '';
    return ['', '{'].includes(value)
      ? indentation(next) > column && !next.trim().startsWith('}')
      : !/^(\{\s*\}|null|~),?$/.test(value);
  });
}

/** A list item, `- kind: …`, whose first key stands at the column. */
function opensMapping(line: string, column: number): boolean {
  return /^\s*(?:- +)+$/.test(line.slice(0, column));
}

function continuesMapping(line: string, column: number): boolean {
  return !/^\s*(---|\.\.\.)\s*$/.test(line) && (line.trim() === '' || indentation(line) >= column);
}

function inMapping(line: string, column: number): boolean {
  return continuesMapping(line, column) || opensMapping(line, column);
}

function indentation(line: string): number {
  return line.length - line.trimStart().length;
}

function matches(text: string, pattern: RegExp): RegExpExecArray[] {
  return [...text.matchAll(pattern)] as RegExpExecArray[];
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function lineOf(text: string, index: number): string {
  const end = text.indexOf('\n', index);
  return text.slice(text.lastIndexOf('\n', index - 1) + 1, end < 0 ? undefined : end);
}
