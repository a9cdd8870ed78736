import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './support/markdown';

// docs/ingress.md says of each trouble that others had what answers it here.

const page = readFileSync(join(projectRoot, 'docs', 'ingress.md'), 'utf8');
const troubles = page.slice(page.indexOf('## What others ran into'));
const rows = [...troubles.matchAll(/^\| (\d+) \| (.+) \| (.+) \|$/gm)].map(
  ([, number, , answer]) => ({
    number: Number(number),
    answer: answer!,
  }),
);

/** Ids of rules as the sources define them. */
function definedIds(): Set<string> {
  const lib = join(projectRoot, 'lib');
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const ids = files.flatMap((file) => [
    ...readFileSync(join(lib, file), 'utf8').matchAll(/\bid: '(GW-[A-Z]+-\d{3})'/g),
  ]);
  return new Set(ids.map(([, id]) => id!));
}

test('every one of them is there, with an answer', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 23 }, (_, n) => n + 1));
  expect(rows.filter(({ answer }) => answer.trim() === '')).toEqual([]);
});

test('every check that the page names exists', () => {
  const named = new Set(page.match(/GW-[A-Z]+-\d{3}/g));
  expect(named.size).toBeGreaterThan(15);
  const defined = definedIds();
  expect([...named].filter((id) => !defined.has(id))).toEqual([]);
});
