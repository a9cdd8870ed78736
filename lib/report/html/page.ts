import type { Block, Inline, Section } from '../document';
import { blocksHtml, inlineHtml } from './blocks';
import { markup, Markup } from './markup';
import { style } from './style';

/** What the page is about, above its first chapter. */
export interface Head {
  readonly title: string;
  readonly subtitle: string;
  readonly chips: readonly Inline[];
  /** Chapters that a phone shows a way to from everywhere, by short names. */
  readonly quick: ReadonlyArray<{ readonly id: string; readonly title: string }>;
  readonly footer: string;
}

/** One file that needs nothing else: no script, no font, no picture from anywhere. */
export function pageHtml(head: Head, sections: readonly Section[]): string {
  const contents = contentsHtml(sections);
  const quick = head.quick.filter(({ id }) => sections.some((section) => section.id === id));
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${head.title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">To the text</a>
<header>
<h1>${head.title}</h1>
<p class="lead">${head.subtitle}</p>
<ul class="chips">${head.chips.map((chip) => markup`<li>${inlineHtml(chip)}</li>`)}</ul>
</header>
<nav class="quick" aria-label="Most wanted">${quick.map(linkTo)}</nav>
<div class="body">
<nav class="toc wide" aria-label="Contents">${contents}</nav>
<main id="main">
<details class="toc small"><summary>Contents</summary>
<nav aria-label="Contents">${contents}</nav>
</details>
${sections.map(sectionHtml)}<footer>${head.footer}</footer>
</main>
</div>
</body>
</html>
`.source;
}

function sectionHtml({ id, title, lead, blocks }: Section): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
<p class="lead">${lead}</p>
${blocksHtml(blocks, 3)}</section>
`;
}

/** Chapters, and below them the parts that can be linked to. */
function contentsHtml(sections: readonly Section[]): Markup {
  const items = sections.map(({ id, title, blocks }) => {
    const parts = blocks.flatMap(anchored).map((part) => markup`<li>${linkTo(part)}</li>`);
    const below = parts.length === 0 ? undefined : markup`<ul>${parts}</ul>`;
    return markup`<li>${linkTo({ id, title })}${below}</li>
`;
  });
  return markup`<ul>
${items}</ul>
`;
}

function anchored(block: Block): Array<{ id: string; title: string }> {
  return block.kind === 'part' && block.id !== undefined
    ? [{ id: block.id, title: block.title }]
    : [];
}

function linkTo({ id, title }: { id: string; title: string }): Markup {
  return markup`<a href="#${id}">${title}</a>`;
}
