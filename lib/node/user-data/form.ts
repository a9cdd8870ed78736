/*
 * The forms user-data can take. Plain is a cloud-config that a person can read. Compressed is a MIME
 * text with the gzipped cloud-config as its only part, which cloud-init unpacks by itself; it is text,
 * so it passes where a platform takes no binary data.
 */

const BOUNDARY = 'groundwork';
const HEAD = [
  'MIME-Version: 1.0',
  `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
  '',
  `--${BOUNDARY}`,
  'MIME-Version: 1.0',
  'Content-Type: application/gzip',
  'Content-Transfer-Encoding: base64',
  '',
  '',
].join('\n');
const TAIL = `\n--${BOUNDARY}--\n`;
/** As long as a line of a mail may be: each line end counts against the limit. */
const COLUMNS = 996;

/** The compressed form of a cloud-config. The same bytes everywhere: Node's own zlib is not the same in each version. */
export function compress(text: string): string {
  const packed = Buffer.from(library().gzip(Buffer.from(text), { level: 9 }));
  const lines = packed.toString('base64').match(new RegExp(`.{1,${COLUMNS}}`, 'g')) ?? [];
  return `${HEAD}${lines.join('\n')}${TAIL}`;
}

/** The cloud-config in either form, or undefined when the text is neither. */
export function unpack(text: string): string | undefined {
  if (text.startsWith('#cloud-config\n')) {
    return text;
  }
  if (!text.startsWith(HEAD) || !text.endsWith(TAIL)) {
    return undefined;
  }
  try {
    const packed = Buffer.from(text.slice(HEAD.length, -TAIL.length), 'base64');
    const plain = Buffer.from(library().ungzip(packed)).toString('utf8');
    return plain.startsWith('#cloud-config\n') ? plain : undefined;
  } catch {
    return undefined;
  }
}

/** Plain where it fits into the limit, else compressed, whether that fits or not. */
export function fitted(plain: string, limit: number | undefined): string {
  return limit === undefined || Buffer.byteLength(plain) <= limit ? plain : compress(plain);
}

/** Loaded where it is needed: most clusters have no limit. */
function library() {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() would make every caller wait
  return require('pako') as typeof import('pako');
}
