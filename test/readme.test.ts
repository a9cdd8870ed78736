import { codeBlocks, markdownFiles } from './support/markdown';
import { snippetErrors } from './support/snippets';

jest.setTimeout(120_000);

test('every TypeScript block of README.md and docs/ compiles', () => {
  const blocks = markdownFiles().flatMap(codeBlocks);
  expect(blocks.filter(({ file }) => file === 'README.md')).not.toHaveLength(0);
  expect(snippetErrors(blocks)).toEqual([]);
});

describe('the check', () => {
  const block = (code: string) => ({ file: 'page.md', line: 10, code });
  const errors = (code: string) => snippetErrors([block(code)]);

  test('names the page and its line', () => {
    expect(errors("import { App } from 'cdk8s';\n\nconst app: string = new App();\n")).toEqual([
      "page.md:12: Type 'App' is not assignable to type 'string'.",
    ]);
  });

  test('knows the names of the package and no others', () => {
    expect(errors("import { NoSuchThing } from 'cdk8s-groundwork';\n")).toEqual([
      expect.stringContaining("no exported member 'NoSuchThing'"),
    ]);
    expect(
      errors("import { findLeaks } from 'cdk8s-groundwork/testing';\nfindLeaks(1, '');\n"),
    ).toEqual([expect.stringContaining('page.md:11: Argument of type')]);
  });

  test('gives a fragment its surroundings and keeps its lines', () => {
    expect(errors('// fragment\nchart.node.addDependency(cluster);\n')).toEqual([]);
    expect(
      errors("// fragment\nimport { Duration } from 'cdk8s';\nDuration.seconds('1');\n"),
    ).toEqual([expect.stringContaining('page.md:12: Argument of type')]);
  });
});
