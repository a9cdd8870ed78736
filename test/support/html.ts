import { parse, type HTMLElement } from 'node-html-parser';

/** A page taken apart. */
export function parsePage(html: string): HTMLElement {
  return parse(html, { blockTextElements: { script: true, style: true } });
}

/** The rows of the table with this caption, as text; the first of them names the columns. */
export function tableRows(page: HTMLElement, caption: string): string[][] {
  const found = page
    .querySelectorAll('table')
    .filter((table) => table.querySelector('caption')?.text === caption);
  if (found.length !== 1) {
    const all = page.querySelectorAll('caption').map(({ text }) => text);
    throw new Error(`${found.length} tables are called ${caption}; there are ${all.join(' | ')}`);
  }
  return found[0]!
    .querySelectorAll('tr')
    .map((row) => row.querySelectorAll('th,td').map(({ text }) => text));
}

/** The chapter or part with this anchor. */
export function partOf(page: HTMLElement, id: string): HTMLElement {
  const part = page.getElementById(id);
  if (part === null) {
    throw new Error(`no part ${id}`);
  }
  return part;
}
