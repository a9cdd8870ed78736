/** One table of a ruleset. */
export interface NftTable {
  /** By name. */
  readonly sets: Record<string, NftSet>;
  /** By name. */
  readonly chains: Record<string, NftChain>;
}

/** One set of a table. */
export interface NftSet {
  /** For example `ipv4_addr`; absent where it is given by `typeof`. */
  readonly type?: string;
  readonly flags: readonly string[];
  readonly elements: readonly string[];
}

/** One chain of a table. */
export interface NftChain {
  /** For example `filter hook input priority filter`; absent where nothing but other chains calls it. */
  readonly type?: string;
  /** What becomes of a packet that no rule decides on: `accept` or `drop`. */
  readonly policy?: string;
  /** In their order, each on one line with single spaces, without comments. */
  readonly rules: readonly string[];
}

/** A statement, or a block with statements. */
interface Part {
  readonly words: string;
  readonly inside?: readonly Part[];
}

/**
 * The tables of a ruleset as `nft -f` reads it, `family table` → what is in it. Statements outside of
 * tables, such as `flush ruleset`, are left out; a table that is opened twice has what both say.
 */
export function parseNft(text: string): Record<string, NftTable> {
  const reader = new Reader(tokens(text));
  const tables: Record<string, NftTable> = {};
  for (const { words, inside } of reader.parts(0)) {
    const [, name] = /^(?:add |create )?table (.+)$/.exec(words) ?? [];
    if (name !== undefined && inside !== undefined) {
      const full = name.includes(' ') ? name : `ip ${name}`;
      fill((tables[full] ??= { sets: {}, chains: {} }), inside);
    }
  }
  return tables;
}

function fill({ sets, chains }: NftTable, parts: readonly Part[]): void {
  for (const { words, inside = [] } of parts) {
    const [kind, name = ''] = words.split(' ');
    const said = inside.map((part) => part.words);
    const after = (word: string) => {
      const found = said.find((line) => line.startsWith(`${word} `));
      return found?.slice(word.length + 1);
    };
    if (kind === 'set' || kind === 'map') {
      const elements = /^= \{ ?(.*?),? ?\}$/.exec(after('elements') ?? '')?.[1];
      sets[name] = { type: after('type'), flags: list(after('flags')), elements: list(elements) };
    } else if (kind === 'chain') {
      const rules = said.filter((line) => !/^(type|policy|comment) /.test(line));
      const before = chains[name];
      chains[name] = {
        type: after('type') ?? before?.type,
        policy: after('policy') ?? before?.policy,
        rules: [...(before?.rules ?? []), ...rules],
      };
    }
  }
}

function list(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split(/, ?/);
}

/** Words, quoted texts, `{`, `}`, `;` and line ends; comments and continued lines are gone. */
function tokens(text: string): string[] {
  return (
    text
      .replace(/\\\n/g, ' ')
      .match(/"[^"\n]*"|#[^\n]*|[{};\n]|[^\s{};#"]+/g)
      ?.filter((token) => !token.startsWith('#')) ?? []
  );
}

/** Outside of tables a `{` opens a table or stands in a statement; in a table it opens what is in it. */
const OPENS = [/^(?:add |create )?table /, /./];

class Reader {
  private at = 0;

  constructor(private readonly all: readonly string[]) {}

  /**
   * Everything up to the end, or to the `}` of the block that was opened.
   *
   * @param depth how many blocks are open
   */
  parts(depth: number): Part[] {
    const found: Part[] = [];
    let words: string[] = [];
    const end = () => {
      if (words.length > 0) {
        found.push({ words: words.join(' ').replace(/ ,/g, ',') });
      }
      words = [];
    };
    while (this.at < this.all.length) {
      const token = this.all[this.at++]!;
      if (token === '{' && OPENS[depth]?.test(words.join(' '))) {
        found.push({ words: words.join(' '), inside: this.parts(depth + 1) });
        words = [];
      } else if (token === '{') {
        words.push(this.anonymousSet());
      } else if (token === '}') {
        if (depth === 0) {
          throw new Error('a } closes nothing');
        }
        end();
        return found;
      } else if (token === ';' || token === '\n') {
        end();
      } else {
        words.push(token);
      }
    }
    end();
    if (depth > 0) {
      throw new Error('a { is not closed');
    }
    return found;
  }

  /** A set inside of a statement, over as many lines as it has. */
  private anonymousSet(): string {
    const words: string[] = [];
    while (this.at < this.all.length) {
      const token = this.all[this.at++]!;
      if (token === '}') {
        return `{ ${words.join(' ').replace(/ ,/g, ',')} }`;
      }
      words.push(...(token === '{' ? [this.anonymousSet()] : token === '\n' ? [] : [token]));
    }
    throw new Error('a { is not closed');
  }
}
