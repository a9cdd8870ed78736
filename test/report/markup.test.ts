import fc from 'fast-check';
import { escape, markup, Markup } from '../../lib/report/html/markup';
import { style } from '../../lib/report/html/style';
import { parsePage } from '../support/html';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</code></pre></details>',
  '<!-- ',
  ']]>',
  '&lt;b&gt; &amp; &#x3c;',
  '${process.env.HOME} `id` $(id)',
  '\u202etxt.exe\u202c',
  'a\0b\x1bc',
  '\ud800 alone',
  'line\r\nline\rline',
];

const anything = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }));

/** What HTML can hold of a text. */
function expected(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n');
  return [...lines]
    .map((character) => {
      const code = character.codePointAt(0)!;
      const isControl = (code < 32 && code !== 9 && code !== 10) || (code >= 127 && code < 160);
      const isNone =
        (code >= 0xd800 && code < 0xe000) ||
        (code >= 0xfdd0 && code <= 0xfdef) ||
        (code >= 0xfffe && code <= 0xffff);
      return isControl || isNone ? '\ufffd' : character;
    })
    .join('');
}

test('whatever is put between tags or into an attribute comes out as it was, and makes no element', () => {
  fc.assert(
    fc.property(anything, anything, (inside, attribute) => {
      const page = parsePage(markup`<p title="${attribute}">${inside}</p>`.source);
      const elements = page.querySelectorAll('*');
      expect(elements.map(({ rawTagName }) => rawTagName)).toEqual(['p']);
      expect(elements[0]!.attributes).toEqual({ title: expected(attribute) });
      expect(elements[0]!.text).toBe(expected(inside));
    }),
    { numRuns: 500 },
  );
});

test('no character that could begin or end markup is left', () => {
  fc.assert(
    fc.property(anything, (text) => {
      expect(escape(text)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
    }),
  );
});

test('lists are joined, nothing is nothing, and markup is not escaped twice', () => {
  const inner = markup`<b>${'<'}</b>`;
  expect(markup`<p>${[inner, '&', 1, undefined, [inner]]}</p>`.source).toBe(
    '<p><b>&lt;</b>&amp;1<b>&lt;</b></p>',
  );
  expect(markup`${new Markup('<hr>')}`.source).toBe('<hr>');
});

describe('colours', () => {
  const [light, dark] = style.split('prefers-color-scheme:dark');
  const colours = (part: string) =>
    Object.fromEntries(
      [...part.matchAll(/--([a-z-]+):(#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!]),
    );
  const pairs = [
    ...['ink', 'soft', 'link', 'good', 'note', 'warn', 'bad'].map((name) => [name, 'ground']),
    ...['ink', 'soft'].flatMap((name) => [
      [name, 'raised'],
      [name, 'code'],
    ]),
    ...['good', 'note', 'warn', 'bad'].map((name) => [name, `${name}-g`]),
  ];

  test.each([
    ['light', light!],
    ['dark', dark!],
  ])('every text on its ground has a contrast of 4.5 to 1, %s', (_, part) => {
    const of = colours(part);
    const weak = pairs
      .map(
        ([text, ground]) => [`${text} on ${ground}`, contrast(of[text!]!, of[ground!]!)] as const,
      )
      .filter(([, ratio]) => !(ratio >= 4.5));
    expect(weak).toEqual([]);
  });
});

/** WCAG 2, relative luminance. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [r, g, b] = [1, 3, 5]
      .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (a! + 0.05) / (b! + 0.05);
}
