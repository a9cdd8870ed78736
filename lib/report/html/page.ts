import type { Block, Inline, Section } from '../document';
import { blocksHtml, inlineHtml } from './blocks';
import { markup, Markup } from './markup';
import { slot } from './slots';
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

/**
 * One file that needs nothing else: no script, no font, no picture from anywhere. Slots for what is
 * measured later come after the first chapter.
 */
export function pageHtml(head: Head, sections: readonly Section[]): string {
  const contents = markup`<ul>
${withSlot(sections.map(contentsEntry), 'contents')}</ul>
`;
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
<ul class="chips">${slot('chips')}${head.chips.map((chip) => markup`<li>${inlineHtml(chip)}</li>`)}</ul>
</header>
<nav class="quick" aria-label="Most wanted">${withSlot(head.quick.map(linkTo), 'quick')}</nav>
<div class="body">
<nav class="toc wide" aria-label="Contents">${contents}</nav>
<main id="main">
<details class="toc small"><summary>Contents</summary>
<nav aria-label="Contents">${contents}</nav>
</details>
${withSlot(sections.map(sectionHtml), 'chapter')}<footer>${head.footer}${slot('footer')}</footer>
</main>
</div>
</body>
</html>
`.source;
}

function withSlot([first, ...rest]: readonly Markup[], name: string): Markup {
  return markup`${first}${slot(name)}${rest}`;
}

/** A chapter. */
export function sectionHtml({ id, title, lead, blocks }: Section): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
<p class="lead">${lead}</p>
${blocksHtml(blocks, 3)}</section>
`;
}

/** A chapter in the table of contents, and below it the parts that can be linked to. */
export function contentsEntry({ id, title, blocks }: Section): Markup {
  const parts = blocks.flatMap(anchored).map((part) => markup`<li>${linkTo(part)}</li>`);
  const below = parts.length === 0 ? undefined : markup`<ul>${parts}</ul>`;
  return markup`<li>${linkTo({ id, title })}${below}</li>
`;
}

function anchored(block: Block): Array<{ id: string; title: string }> {
  return block.kind === 'part' && block.id !== undefined
    ? [{ id: block.id, title: block.title }]
    : [];
}

/** A way to a chapter or a part. */
export function linkTo({ id, title }: { id: string; title: string }): Markup {
  return markup`<a href="#${id}">${title}</a>`;
}
