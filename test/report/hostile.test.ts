import fc from 'fast-check';
import { Severity } from '../../lib';
import { reportHtml, reportMarkdown } from '../../lib/report';
import { parsePage, partOf } from '../support/html';
import { osloCluster } from '../support/oslo';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; } </style><svg onload=alert(1)>",
  '[x](javascript:alert(1))',
  '<a href="javascript:alert(1)">x</a>',
  '| a | b |\n| --- | --- |\n| <b>1</b> | 2 |',
  '```\n</code></pre><script>x</script>\n```',
  '# <h1>\n\n## </section><main>\n\n- <li>',
];

const anything = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ minLength: 1 }));

/** A cluster in which every text that somebody may write is this one. */
function saying(words: string) {
  const cluster = osloCluster();
  const record = { id: 'MY-001', title: words, why: words, remedy: words, reference: words };
  cluster.addRule({ ...record, severity: Severity.WARNING, check: () => [{ message: words }] });
  cluster.acknowledge('MY-001', `because ${words}`);
  const decision = { path: words, key: words, value: words, upstream: words };
  cluster.recordDecisions([{ ...decision, why: words, source: words }]);
  cluster._addReport('oslo', 'own.md', () => words);
  cluster._addReport('oslo', 'own.manifest', () => words);
  return cluster;
}

test('text that somebody wrote runs nothing, loads nothing and links to no script', () => {
  fc.assert(
    fc.property(anything, (words) => {
      const page = parsePage(reportHtml(saying(words)));
      const active = page.querySelectorAll(
        'script, img, iframe, object, embed, form, base, svg[onload]',
      );
      expect(active).toEqual([]);
      const attributes = page
        .querySelectorAll('*')
        .flatMap((one) => Object.entries(one.attributes));
      expect(attributes.filter(([key]) => key.startsWith('on'))).toEqual([]);
      const links = attributes.filter(([key]) => key === 'href').map(([, target]) => target);
      expect(
        links.filter((target) => /^\s*(javascript|vbscript|data:(?!,$))/i.test(target)),
      ).toEqual([]);
      expect(page.querySelectorAll('main')).toHaveLength(1);
      const ids = page.querySelectorAll('[id]').map(({ id }) => id);
      expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

test('it is all there to be read', () => {
  const words = '<b>5 & "6"</b>';
  const page = parsePage(reportHtml(saying(words)));
  expect(
    partOf(page, 'finding-MY-001')
      .querySelectorAll('p')
      .map(({ text }) => text),
  ).toEqual([`${words}.`, `What to do: ${words}.`, `Accepted: because ${words}.`, `See ${words}`]);
  const row = partOf(page, 'decisions')
    .querySelectorAll('td')
    .map(({ text }) => text);
  expect(row).toEqual([words, words, words, words, words]);
  expect(partOf(page, 'page-own').text).toContain(words);
});

test('Markdown has it as text, too', () => {
  expect(reportMarkdown(saying('<b>5</b> `<i>`'))).toContain('\n\n\\<b>5\\</b> `<i>`.\n\n');
});

test('a table of Markdown keeps its rows whatever is in them', () => {
  const text = reportMarkdown(saying('a | b\nc'));
  const tables = text.split('\n\n').filter((block) => block.startsWith('| '));
  expect(tables.length).toBeGreaterThan(5);
  for (const rows of tables.map((block) => block.split('\n'))) {
    const widths = rows.map((row) => row.match(/(?<!\\)\|/g)!.length);
    expect(new Set(widths).size).toBe(1);
  }
});
