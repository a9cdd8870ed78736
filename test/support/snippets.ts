import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { CodeBlock, projectRoot } from './markdown';
import manifest from '../../package.json';

const ROOT = join(projectRoot, 'lib/index.ts');
/** What a block may import besides what is installed: our entries, and the providers of the examples. */
const PUBLIC = {
  ...Object.fromEntries(
    Object.entries(manifest.exports)
      .filter(([, file]) => file.endsWith('.js'))
      .map(([subpath, file]) => [
        join(manifest.name, subpath),
        join(projectRoot, file.replace('/build/', '/lib/').replace(/js$/, 'ts')),
      ]),
  ),
  '@pulumi/hcloud': join(projectRoot, 'examples/pulumi-hcloud/hcloud.ts'),
  '@pulumi/openstack': join(projectRoot, 'examples/pulumi-openstack/openstack/index.ts'),
};
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  module: ts.ModuleKind.Node20,
  target: ts.ScriptTarget.ES2022,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: ['jest', 'node'],
  typeRoots: [join(projectRoot, 'node_modules/@types')],
  paths: Object.fromEntries(Object.entries(PUBLIC).map(([name, file]) => [name, [file]])),
};

/**
 * What the compiler says about the blocks, as `file:line: message` with the line of the page. A
 * block is a complete program, unless its first line is `// fragment`: then it sees `app`,
 * `chart`, `cluster` and every public name without importing them.
 */
export function snippetErrors(blocks: CodeBlock[]): string[] {
  const dir = join(projectRoot, 'node_modules/.cache', `snippets-${process.pid}`);
  mkdirSync(dir, { recursive: true });
  try {
    const written = new Map(
      blocks.map((block, index) => {
        const file = join(dir, `${index}.ts`);
        const source = isFragment(block) ? wrap(block.code) : { text: block.code, shift: 0 };
        writeFileSync(file, source.text);
        return [file, { block, shift: source.shift }];
      }),
    );
    const program = ts.createProgram([...written.keys()], OPTIONS);
    return [...written].flatMap(([file, { block, shift }]) => {
      const source = program.getSourceFile(file)!;
      const found = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ];
      return found.map(({ start, messageText }) => {
        const line = block.line + source.getLineAndCharacterOfPosition(start ?? 0).line - shift;
        return `${block.file}:${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
      });
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** What may stand at the top of a module only. */
const TOP = /^(import|declare const) [^]*?;$/gm;

function isFragment({ code }: CodeBlock): boolean {
  return code.startsWith('// fragment');
}

/** The fragment inside a function; its own imports and declarations go to the top, where they have to stand. */
function wrap(code: string): { text: string; shift: number } {
  const own = code.match(TOP) ?? [];
  const imports = own.filter((line) => line.startsWith('import'));
  const imported = new Set(imports.join(' ').match(/\w+/g));
  const names = (all: string[]) => all.filter((name) => !imported.has(name)).join(', ');
  const head = [
    ...own.map((line) => line.replace(/\s*\n\s*/g, ' ')),
    `import { ${names(['App', 'Chart', 'Duration', 'Size'])} } from 'cdk8s';`,
    `import { ${names(publicNames())} } from 'cdk8s-groundwork';`,
    'declare const app: App;',
    'declare const chart: Chart;',
    'declare const cluster: Cluster;',
    'export async function fragment() {',
  ];
  const body = code.replace(TOP, (text) => text.replace(/[^\n]/g, ''));
  return { text: `${head.join('\n')}\n${body}}\n`, shift: head.length };
}

let exported: string[] | undefined;

function publicNames(): string[] {
  if (!exported) {
    const program = ts.createProgram([ROOT], OPTIONS);
    const checker = program.getTypeChecker();
    const source = program.getSourceFile(ROOT)!;
    const module = checker.getSymbolAtLocation(source);
    exported = module ? checker.getExportsOfModule(module).map(({ name }) => name) : [];
  }
  return exported;
}
