import type { Token, Tokens } from 'marked';
import type { Block, ListItem, Part, Piece } from './document';

/** A page that a construct wrote. */
export interface Page {
  readonly name: string;
  readonly text: string;
}

/** The anchor of such a page, and what the anchors of its chapters begin with. */
export function pageAnchor(name: string): string {
  return `page-${slug(name.replace(/\.md$/, '').replace(/\./g, '-'))}`;
}

/**
 * A page as blocks of ours: what is shown of it goes the same way as all other text, and HTML in it is
 * text, too.
 */
export function fileBlocks(page: Page): Block[] {
  return page.name.endsWith('.md')
    ? new Reader(pageAnchor(page.name)).blocks(page.text)
    : [{ kind: 'code', text: page.text.trimEnd() }];
}

class Reader {
  public constructor(private readonly anchor: string) {}

  /** Chapters become parts; what stands before the first of them, and the page's own title, does not. */
  public blocks(text: string): Block[] {
    const opening: Block[] = [];
    const parts: Array<Part & { readonly blocks: Block[] }> = [];
    const seen = new Map<string, number>();
    for (const token of marked().lexer(text)) {
      if (token.type === 'heading' && (token as Tokens.Heading).depth > 1) {
        const title = plain(token);
        const anchor = `${this.anchor}-${slug(title)}`;
        const before = seen.get(anchor) ?? 0;
        seen.set(anchor, before + 1);
        const id = before === 0 ? anchor : `${anchor}-${before}`;
        parts.push({ kind: 'part', title, id, blocks: [] });
      } else {
        (parts[parts.length - 1]?.blocks ?? opening).push(...this.block(token));
      }
    }
    return [...opening, ...parts];
  }

  private block(token: Token): Block[] {
    switch (token.type) {
      case 'space':
      case 'hr':
      case 'heading':
        return [];
      case 'code':
        return [{ kind: 'code', text: (token as Tokens.Code).text }];
      case 'list': {
        const { items, ordered, start } = token as Tokens.List;
        const first = ordered ? { start: Number(start) } : {};
        return [{ kind: 'list', items: items.map((item) => this.item(item)), ...first }];
      }
      case 'table': {
        const { header, rows } = token as Tokens.Table;
        const columns = header.map((cell) => cell.text);
        const cells = rows.map((row) => row.map((cell) => this.inline(cell.tokens)));
        return [{ kind: 'table', caption: columns.join(', '), columns, rows: cells }];
      }
      default:
        return [{ kind: 'text', text: this.inline(inside(token) ?? [token]) }];
    }
  }

  private item({ tokens }: Tokens.ListItem): ListItem {
    const [first, ...rest] = tokens;
    return {
      text: first === undefined ? [] : this.inline(inside(first) ?? [first]),
      below: rest.flatMap((token) => this.block(token)),
    };
  }

  private inline(tokens: readonly Token[]): readonly Piece[] {
    return tokens.flatMap((token): readonly Piece[] => {
      switch (token.type) {
        case 'codespan':
          return [{ code: plain(token) }];
        case 'strong':
        case 'em':
          return [{ strong: plain(token) }];
        case 'link':
          return [this.link(token as Tokens.Link)];
        case 'br':
          return [' '];
        default: {
          const tokensInside = inside(token);
          return tokensInside === undefined ? [plain(token)] : this.inline(tokensInside);
        }
      }
    });
  }

  private link({ href, text }: Tokens.Link): Piece {
    return { text, href: href.startsWith('#') ? `#${this.anchor}-${href.slice(1)}` : href };
  }
}

/** As GitHub makes anchors of headings. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number} _-]/gu, '')
    .replace(/ /g, '-');
}

function inside(token: Token): Token[] | undefined {
  return 'tokens' in token ? token.tokens : undefined;
}

function plain(token: Token): string {
  return 'text' in token && typeof token.text === 'string' ? token.text : token.raw;
}

/** Loaded only when a page is read: no other path needs it. */
function marked() {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- import() would make every caller wait
  return require('marked') as typeof import('marked');
}
