import type { Block, Inline, List, Part, PathStep, Piece, Table } from '../document';
import { fileBlocks, pageAnchor } from '../pages';
import { markup, type Markup } from './markup';
import { slot } from './slots';

/** Blocks as HTML; headings of their parts begin at a level. */
export function blocksHtml(blocks: readonly Block[], level: number): Markup[] {
  return blocks.map((block) => blockHtml(block, level));
}

/** One line as HTML. */
export function inlineHtml(inline: Inline): Markup[] {
  const pieces: readonly Piece[] = Array.isArray(inline) ? inline : [inline];
  return pieces.map(pieceHtml);
}

function pieceHtml(piece: Piece): Markup {
  if (typeof piece === 'string') {
    return markup`${piece}`;
  }
  if ('code' in piece) {
    return markup`<code>${piece.code}</code>`;
  }
  if ('strong' in piece) {
    return markup`<strong>${piece.strong}</strong>`;
  }
  if ('badge' in piece) {
    return markup`<span class="badge ${piece.tone}">${piece.badge}</span>`;
  }
  return isSafe(piece.href)
    ? markup`<a href="${piece.href}">${piece.text}</a>`
    : markup`${piece.text}`;
}

/** Only places on the page and on the web are links: never a script, whoever wrote the text. */
function isSafe(href: string): boolean {
  return /^(https:\/\/|#|[a-z0-9][a-z0-9.-]*$)/i.test(href);
}

function blockHtml(block: Block, level: number): Markup {
  switch (block.kind) {
    case 'text':
      return markup`<p>${inlineHtml(block.text)}</p>
`;
    case 'list':
      return listHtml(block, level);
    case 'code':
      return markup`<pre tabindex="0"><code>${block.text}</code></pre>
`;
    case 'table':
      return tableHtml(block);
    case 'figure':
      return markup`<figure>
<div class="scroll">${block.draw()}</div>
<figcaption>${block.caption}</figcaption>
</figure>
`;
    case 'chart':
      return markup`<div class="scroll" tabindex="0" role="region" aria-label="${block.table.caption}">
${block.draw()}</div>
`;
    case 'finding':
      return markup`<article${anchor(block.id)} class="finding tone-${block.tone}">
<h${level}>${inlineHtml(block.title)}</h${level}>
${blocksHtml(block.blocks, level)}</article>
`;
    case 'path':
      return markup`<h${level}>${block.title}</h${level}>
<ol class="path">
${block.steps.map(stepHtml)}</ol>
`;
    case 'part':
      return partHtml(block, level);
    case 'slot':
      return slot(block.name);
    case 'file':
      return partHtml(
        {
          kind: 'part',
          title: block.name,
          id: pageAnchor(block.name),
          closed: true,
          blocks: fileBlocks(block),
        },
        level,
      );
  }
}

function listHtml({ items, start }: List, level: number): Markup {
  const written = items.map(
    ({ text, below = [] }) => markup`<li>${inlineHtml(text)}${blocksHtml(below, level)}</li>
`,
  );
  if (start === undefined) {
    return markup`<ul>
${written}</ul>
`;
  }
  return markup`<ol${start === 1 ? undefined : markup` start="${start}"`}>
${written}</ol>
`;
}

function stepHtml({ what, note }: PathStep): Markup {
  return markup`<li><b>${inlineHtml(what)}</b> <span>${inlineHtml(note)}</span></li>
`;
}

function partHtml({ title, id, closed, blocks }: Part, level: number): Markup {
  const below = blocksHtml(blocks, Math.min(level + 1, 6));
  if (closed) {
    return markup`<details${anchor(id)}><summary><h${level}>${title}</h${level}></summary>
${below}</details>
`;
  }
  return markup`<section${anchor(id)}>
<h${level}>${title}</h${level}>
${below}</section>
`;
}

function anchor(id: string | undefined): Markup | undefined {
  return id === undefined ? undefined : markup` id="${id}"`;
}

/** Columns are named again in front of each cell where a phone stands the cells of a row below each other. */
function tableHtml({ caption, columns, rows, rowHeads, grid }: Table): Markup {
  const names = columns.map((name, index) => markup`--c${index + 1}:'${cssText(name)}';`);
  // Two columns need no names there: the first says what the second is.
  const look = grid
    ? markup` class="grid"`
    : columns.length === 2
      ? markup` class="pair"`
      : markup` style="${names}"`;
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
<table${look}>
<caption>${caption}</caption>
<thead><tr>${columns.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${rows.map((cells) => rowHtml(cells, rowHeads ?? false))}</tbody>
</table>
</div>
`;
}

function rowHtml(cells: readonly Inline[], head: boolean): Markup {
  const written = cells.map((cell, index) =>
    head && index === 0
      ? markup`<th scope="row">${inlineHtml(cell)}</th>`
      : markup`<td>${inlineHtml(cell)}</td>`,
  );
  return markup`<tr>${written}</tr>
`;
}

/** Inside of quotes in a style: nothing that could end the text or the declaration. */
function cssText(text: string): string {
  return text.replace(/['"\\\n;{}<>]/g, ' ');
}
