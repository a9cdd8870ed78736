import type { Block, Inline, Part, Piece, Section, Table } from './document';

/** Sections as one page of Markdown. */
export function sectionsMarkdown(title: string, sections: readonly Section[]): string {
  const blocks = sections.flatMap(({ title: name, lead, blocks: below }) => [
    `## ${name}`,
    lead,
    ...blocksMarkdown(below, 3),
  ]);
  return `${[`# ${title}`, ...blocks].join('\n\n')}\n`;
}

function blocksMarkdown(blocks: readonly Block[], level: number): string[] {
  return blocks.flatMap((block) => blockMarkdown(block, level));
}

function blockMarkdown(block: Block, level: number): string[] {
  switch (block.kind) {
    case 'text':
      return [line(block.text)];
    case 'list':
      return [
        block.items
          .map(({ text }, index) => `${bullet(block.start, index)} ${line(text)}`)
          .join('\n'),
      ];
    case 'code':
      return [`\`\`\`sh\n${block.text}\n\`\`\``];
    case 'table':
      return tableMarkdown(block);
    case 'figure':
    case 'slot':
      return [];
    case 'chart':
      return tableMarkdown(block.table);
    case 'finding':
      return [
        `${'#'.repeat(level)} ${line(block.title)}`,
        ...blocksMarkdown(block.blocks, level + 1),
      ];
    case 'path':
      return [
        `${'#'.repeat(level)} ${block.title}`,
        block.steps
          .map(({ what, note }, index) => `${index + 1}. ${line(what)}: ${line(note)}`)
          .join('\n'),
      ];
    case 'part':
      return partMarkdown(block, level);
    case 'file':
      return [`- [${block.name}](${block.name})`];
  }
}

function bullet(start: number | undefined, index: number): string {
  return start === undefined ? '-' : `${start + index}.`;
}

function partMarkdown({ title, blocks }: Part, level: number): string[] {
  return [`${'#'.repeat(level)} ${title}`, ...blocksMarkdown(blocks, level + 1)];
}

function tableMarkdown({ caption, columns, rows }: Table): string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `${caption}:`,
    [
      row(columns.map(cell)),
      row(columns.map(() => '---')),
      ...rows.map((cells) => row(cells.map((one) => cell(line(one))))),
    ].join('\n'),
  ];
}

function line(inline: Inline): string {
  const pieces: readonly Piece[] = Array.isArray(inline) ? inline : [inline];
  return pieces.map(pieceMarkdown).join('');
}

function pieceMarkdown(piece: Piece): string {
  if (typeof piece === 'string') {
    return plain(piece);
  }
  if ('code' in piece) {
    return piece.code === '' ? '(empty)' : `\`${piece.code}\``;
  }
  if ('strong' in piece) {
    return `**${plain(piece.strong)}**`;
  }
  if ('badge' in piece) {
    return piece.badge;
  }
  if (piece.text === piece.href) {
    return `<${piece.href}>`;
  }
  // Anchors are the page's; Markdown makes its own of the headings.
  return piece.href.startsWith('#') ? piece.text : `[${piece.text}](${piece.href})`;
}

/** Words of others are no HTML, which readers of Markdown would take out; what stands between backquotes stays. */
export function plain(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 0 ? part.replace(/</g, '\\<') : part))
    .join('');
}

/** A table cell is one line, and a pipe would end it. */
export function cell(text: string): string {
  return text.replace(/\n+/g, ' ').replace(/\|/g, '\\|').trim();
}
