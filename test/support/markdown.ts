import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const projectRoot = resolve(__dirname, '../..');

/** A TypeScript block of a Markdown file. */
export interface CodeBlock {
  /** The file, from the project's root. */
  readonly file: string;
  /** The line of the file on which the code begins. */
  readonly line: number;
  readonly code: string;
}

/** Every ```ts block of a file, in order. */
export function codeBlocks(file: string): CodeBlock[] {
  const text = readFileSync(join(projectRoot, file), 'utf8');
  return [...text.matchAll(/^```ts[^\n]*\n([^]*?)^```\s*$/gm)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length + 1,
    code: match[1],
  }));
}

/** README.md and every page under docs/, as far as they exist. */
export function markdownFiles(): string[] {
  const docs = join(projectRoot, 'docs');
  const pages = existsSync(docs)
    ? readdirSync(docs, { recursive: true, encoding: 'utf8' }).map((page) => join('docs', page))
    : [];
  return ['README.md', ...pages]
    .filter((file) => file.endsWith('.md') && existsSync(join(projectRoot, file)))
    .sort();
}
