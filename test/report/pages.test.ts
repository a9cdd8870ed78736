import { fileBlocks, pageAnchor } from '../../lib/report/pages';

const blocks = (text: string, name = 'own-page.md') => fileBlocks({ name, text });

test('chapters are parts with anchors as GitHub makes them, and links lead to those', () => {
  expect(pageAnchor('etcd.md')).toBe('page-etcd');
  expect(
    blocks('# Title\n\nSee [it](#replace-a-disk-or-two).\n\n## Replace a disk, or two\n\nDo `it`.'),
  ).toEqual([
    {
      kind: 'text',
      text: ['See ', { href: '#page-own-page-replace-a-disk-or-two', text: 'it' }, '.'],
    },
    {
      kind: 'part',
      title: 'Replace a disk, or two',
      id: 'page-own-page-replace-a-disk-or-two',
      blocks: [{ kind: 'text', text: ['Do ', { code: 'it' }, '.'] }],
    },
  ]);
});

test('anchors are there once: of headings with the same words, and of pages with the same stem', () => {
  const ids = blocks('## Look\n\n## Mend\n\n## Look\n\n## Look').map((block) =>
    'id' in block ? block.id : undefined,
  );
  expect(ids).toEqual(['look', 'mend', 'look-1', 'look-2'].map((id) => `page-own-page-${id}`));
  expect(pageAnchor('own.manifest')).toBe('page-own-manifest');
});

test('lists keep their numbers, and what is below an item', () => {
  expect(blocks('3. one\n4. two:\n   - `a`\n   - **b**')).toEqual([
    {
      kind: 'list',
      start: 3,
      items: [
        { text: ['one'], below: [] },
        {
          text: ['two:'],
          below: [
            {
              kind: 'list',
              items: [
                { text: [{ code: 'a' }], below: [] },
                { text: [{ strong: 'b' }], below: [] },
              ],
            },
          ],
        },
      ],
    },
  ]);
});

test('tables are tables, commands are commands, HTML is text', () => {
  expect(
    blocks('| a | b |\n| --- | --- |\n| `1` | 2 |\n\n```sh\nls <x>\n```\n\n<b>bold</b>\n'),
  ).toEqual([
    { kind: 'table', caption: 'a, b', columns: ['a', 'b'], rows: [[[{ code: '1' }], ['2']]] },
    { kind: 'code', text: 'ls <x>' },
    { kind: 'text', text: ['<b>', 'bold', '</b>'] },
  ]);
});

test('what is no Markdown is shown as it is', () => {
  expect(blocks('kind: Job\n', 'own.manifest')).toEqual([{ kind: 'code', text: 'kind: Job' }]);
});
