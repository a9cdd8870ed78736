/**
 * HTML that may be written as it is. Only `markup` makes it, and escapes everything else: no other way
 * leads onto the page.
 */
export class Markup {
  /** @param source HTML in which all foreign text is escaped */
  public constructor(public readonly source: string) {}
}

/** What `markup` takes between its pieces; numbers and text are escaped, `undefined` is nothing. */
export type Insert = Markup | string | number | undefined | readonly Insert[];

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// What HTML does not know as characters: controls but for tab and line feed, lone halves of surrogate
// pairs, and code points that are set aside. A parser would drop or change them.
const NO_CHARACTERS =
  // eslint-disable-next-line no-control-regex
  /[\0-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text as it stands in HTML, between tags and in quoted attributes alike. */
export function escape(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(NO_CHARACTERS, '\ufffd')
    .replace(/[&<>"']/g, (character) => REFERENCES[character]!);
}

/**
 * A template of HTML: its own text is taken as it is, everything put into it is escaped. It does not
 * have the usual name of such a function, which formatters of code take as leave to add space.
 */
export function markup(pieces: TemplateStringsArray, ...inserts: Insert[]): Markup {
  const source = pieces.reduce(
    (written, piece, index) => written + sourceOf(inserts[index - 1]) + piece,
  );
  return new Markup(source);
}

function sourceOf(insert: Insert): string {
  if (insert === undefined) {
    return '';
  }
  if (insert instanceof Markup) {
    return insert.source;
  }
  return Array.isArray(insert)
    ? insert.map((one: Insert) => sourceOf(one)).join('')
    : escape(String(insert));
}
