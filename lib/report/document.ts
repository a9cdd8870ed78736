import type { Markup } from './html/markup';

/** A piece of a line: plain text, something to type or to find, or a way to somewhere. */
export type Piece =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  | { readonly href: string; readonly text: string }
  | { readonly badge: string; readonly tone: Tone };

/** What stands on one line, or in one cell. */
export type Inline = Piece | readonly Piece[];

/** How a badge or a cell looks; each also says it in words. */
export type Tone = 'good' | 'note' | 'warn' | 'bad' | 'mute';

/** What a section is made of; HTML and Markdown are written from the same blocks. */
export type Block =
  | { readonly kind: 'text'; readonly text: Inline }
  | List
  | { readonly kind: 'code'; readonly text: string }
  | Table
  /** A drawing; what it shows stands in the tables beside it, which is all that Markdown has. */
  | { readonly kind: 'figure'; readonly caption: string; readonly draw: () => Markup }
  /** Stations one after the other. */
  | { readonly kind: 'path'; readonly title: string; readonly steps: readonly PathStep[] }
  /** A part with a heading; on the page it may be closed at first. */
  | Part
  /** Something that stands by itself, marked with how bad it is. */
  | {
      readonly kind: 'finding';
      readonly title: Inline;
      readonly id?: string;
      readonly tone: Tone;
      readonly blocks: readonly Block[];
    }
  /** A chart that is a table, or a drawing with its numbers in it; Markdown has the numbers otherwise. */
  | { readonly kind: 'chart'; readonly draw: () => Markup; readonly table: Table }
  /** A place for what is measured later; nothing in Markdown. */
  | { readonly kind: 'slot'; readonly name: string }
  /** A page that a construct wrote: taken into the page, a link in Markdown. */
  | { readonly kind: 'file'; readonly name: string; readonly text: string };

export interface List {
  readonly kind: 'list';
  readonly items: readonly ListItem[];
  /** The number of the first item; absent where items have none. */
  readonly start?: number;
}

export interface ListItem {
  readonly text: Inline;
  readonly below?: readonly Block[];
}

export interface Table {
  readonly kind: 'table';
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Inline[])[];
  /** Whether the first cell of a row names what the others speak of. */
  readonly rowHeads?: boolean;
  /** Whether its columns only make sense side by side, so that a phone scrolls it. */
  readonly grid?: boolean;
}

export interface PathStep {
  readonly what: Inline;
  readonly note: Inline;
}

export interface Part {
  readonly kind: 'part';
  readonly title: string;
  readonly id?: string;
  readonly closed?: boolean;
  readonly blocks: readonly Block[];
}

/** One chapter. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** One sentence on what the chapter answers. */
  readonly lead: string;
  readonly blocks: readonly Block[];
}

export function text(...pieces: Piece[]): Block {
  return { kind: 'text', text: pieces };
}

export function code(value: string): Piece {
  return { code: value };
}

/** A sentence as rooms write it: what stands between backquotes is something to type or to find. */
export function prose(words: string): Piece[] {
  return words
    .split(/`([^`]+)`/)
    .map((piece, index) => (index % 2 === 0 ? piece : { code: piece }))
    .filter((piece) => piece !== '');
}

export function commands(...lines: string[]): Block {
  return { kind: 'code', text: lines.join('\n') };
}

export function list(...items: Inline[]): Block {
  return { kind: 'list', items: items.map((item) => ({ text: item })) };
}

/** A table, or nothing when it has no row. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly Inline[])[],
  options: Pick<Table, 'rowHeads' | 'grid'> = {},
): Block[] {
  return rows.length === 0 ? [] : [{ kind: 'table', caption, columns, rows, ...options }];
}

/** `a, b and 12 more`: names of machines on one line, however many there are. */
export function someOf(names: readonly string[], most = 4): string {
  return names.length <= most + 1
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** `1,048,576`. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** `3 machines`, `1 machine`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
