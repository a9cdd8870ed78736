import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { apiGaps, Assembly } from './support/api-gaps';
import { snippetErrors } from './support/snippets';

jest.setTimeout(120_000);

const root = resolve(__dirname, '..');

test('every public name says what it is and what its default is', () => {
  expect(apiGaps(freshAssembly())).toEqual([]);
});

test('every example in a docstring compiles', () => {
  const examples = Object.values(freshAssembly().types ?? {}).flatMap(({ name, docs }) =>
    docs?.example === undefined ? [] : [{ file: name, line: 1, code: docs.example }],
  );
  expect(examples).not.toHaveLength(0);
  expect(snippetErrors(examples)).toEqual([]);
});

/** The assembly of these very sources; an older one would prove nothing. */
function freshAssembly(): Assembly {
  const file = join(root, '.jsii');
  const sources = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => statSync(join(root, 'lib', name)).mtimeMs);
  if (!existsSync(file) || statSync(file).mtimeMs < Math.max(...sources)) {
    throw new Error('.jsii is missing or older than lib/; run `npm run compile` first');
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

describe('the rules', () => {
  const summary = { docs: { summary: 'What it is.' } };
  const gaps = (type: object, more: object = {}) =>
    apiGaps({ name: 'p', types: { 'p.Thing': type, ...more } } as unknown as Assembly);
  const construct = (parameters: object[], more: object = {}) => ({
    ...{ kind: 'class', name: 'Thing', base: 'constructs.Construct', ...summary },
    initializer: { parameters },
    ...more,
  });
  const scopeAndId = [
    { name: 'scope', type: { fqn: 'constructs.Construct' } },
    { name: 'id', type: { primitive: 'string' } },
  ];
  const props = (fqn: string) => ({ name: 'props', type: { fqn } });

  test('a type, a property, a method and an enum member need a summary', () => {
    expect(gaps({ kind: 'class', name: 'Thing', methods: [{ name: 'run' }] })).toEqual([
      'Thing: no summary',
      'Thing.run: no summary',
    ]);
    expect(
      gaps({ kind: 'interface', name: 'Thing', properties: [{ name: 'size' }], ...summary }),
    ).toEqual(['Thing.size: no summary']);
    expect(gaps({ kind: 'enum', name: 'Thing', members: [{ name: 'A' }], ...summary })).toEqual([
      'Thing.A: no summary',
    ]);
  });

  test('an override is documented where it was declared', () => {
    const methods = [{ name: 'synth', overrides: 'cdk8s.App' }];
    expect(gaps({ kind: 'class', name: 'Thing', methods, ...summary })).toEqual([]);
  });

  test('an optional property of a struct needs a default', () => {
    const properties = [
      { name: 'size', optional: true, ...summary },
      { name: 'name', ...summary },
      { name: 'depth', optional: true, docs: { summary: 'Depth.', default: '3' } },
    ];
    const type = { kind: 'interface', name: 'Thing', datatype: true, properties, ...summary };
    expect(gaps(type)).toEqual(['Thing.size: optional without @default']);
  });

  test('the third parameter of a construct is its own props', () => {
    expect(gaps(construct([...scopeAndId, props('p.ThingProps')]))).toEqual([]);
    expect(gaps(construct([...scopeAndId, props('p.OtherProps')]))).toEqual([
      'Thing: constructor parameter 3 is not ThingProps',
    ]);
    expect(gaps(construct(scopeAndId))).toHaveLength(1);
  });

  test('a construct is found through its parents; an App takes its props first', () => {
    const parent = construct([], { name: 'Parent', abstract: true, base: 'cdk8s.Chart' });
    const child = construct(scopeAndId, { base: 'p.Parent' });
    expect(gaps(child, { 'p.Parent': parent })).toHaveLength(1);
    expect(gaps(construct([props('p.ThingProps')], { base: 'cdk8s.App' }))).toEqual([]);
  });
});
