/** One directive of nginx at the top level of a piece of configuration. */
export interface Statement {
  readonly name: string;
  /** Its parameters, without quotes; empty for those of the directives inside its block. */
  readonly parameters: readonly string[];
}

/** A piece of nginx configuration taken apart, or what is wrong with its form. */
export type Statements = { readonly statements: readonly Statement[] } | { readonly wrong: string };

/** One quoted word, one mark, one comment, or one plain word. */
const TOKEN =
  /\s*(?:#[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([;{}])|((?:\\.|\$\{[^}]*\}|[^\s;{}"'#\\])(?:\\.|\$\{[^}]*\}|[^\s;{}\\])*))/gsy;

/** Reads the directives at the top level; blocks are skipped, but must be closed. */
export function readStatements(text: string): Statements {
  const statements: Statement[] = [];
  let words: string[] = [];
  let depth = 0;
  const end = () => {
    if (depth === 0 && words.length > 0) {
      statements.push({ name: words[0]!, parameters: words.slice(1) });
    }
    const empty = words.length === 0;
    words = [];
    return empty;
  };
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      return { wrong: `nothing nginx can read at "${text.slice(at, at + 20).trim()}"` };
    }
    const [, double, single, mark, plain] = match;
    const word = double ?? single ?? plain;
    if (word !== undefined) {
      words.push(word);
    } else if (mark === ';') {
      if (end()) {
        return { wrong: 'a semicolon without a directive' };
      }
    } else if (mark === '{') {
      if (end()) {
        return { wrong: 'a { without a directive' };
      }
      depth += 1;
    } else if (mark === '}') {
      if (depth === 0 || words.length > 0) {
        return { wrong: depth === 0 ? 'a } without its {' : 'a directive without a semicolon' };
      }
      depth -= 1;
    }
  }
  if (depth > 0) {
    return { wrong: 'a { without its }' };
  }
  return words.length > 0 ? { wrong: 'a directive without a semicolon' } : { statements };
}
