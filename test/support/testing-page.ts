import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, STRICT } from './consumer';
import { codeBlocks, projectRoot } from './markdown';

const JEST = join(projectRoot, 'node_modules/jest/bin/jest.js');
const CONFIG = JSON.stringify({ testMatch: ['**/*.test.js'], transform: {} });

/** The complete programs of docs/testing.md as test files of a consumer, compiled; their names. */
export function writeTestingPage(consumer: string): { plain: string; pulumi: string } {
  const programs = codeBlocks('docs/testing.md').filter(
    ({ code }) => !code.startsWith('// fragment'),
  );
  if (programs.length !== 2 || !programs[1]!.code.includes('recordPulumi')) {
    throw new Error(
      'docs/testing.md must have two complete programs, the second with recordPulumi',
    );
  }
  mkdirSync(join(consumer, 'node_modules/@types'), { recursive: true });
  const types = 'node_modules/@types/jest';
  symlinkSync(join(projectRoot, types), join(consumer, types));
  programs.forEach(({ code }, index) => writeFileSync(join(consumer, `${index}.test.ts`), code));
  return { plain: '0.test', pulumi: '1.test' };
}

/** Compiles one of them as the strictest consumer does. */
export function compileTest(consumer: string, name: string): void {
  run(consumer, 'npx', '--no-install', 'tsc', ...STRICT, '--types', 'node,jest', `${name}.ts`);
}

/** Runs one of them with our jest; throws with all that it prints when a test fails. */
export function runTest(consumer: string, name: string): void {
  run(consumer, process.execPath, ...words(consumer, name), '--ci');
}

/** The same, and keeps what it compares with the next time. */
export function keepTest(consumer: string, name: string): void {
  run(consumer, 'env', 'UPDATE_GOLDEN=1', process.execPath, ...words(consumer, name), '--ci=false');
}

function words(consumer: string, name: string): string[] {
  return [JEST, '--rootDir', consumer, '--config', CONFIG, `${name}.js`];
}

/** Changes a file of a consumer. */
export function replaceIn(consumer: string, file: string, from: string, to: string): void {
  const path = join(consumer, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) {
    throw new Error(`${file} has no ${from}`);
  }
  writeFileSync(path, text.replace(from, to));
}
