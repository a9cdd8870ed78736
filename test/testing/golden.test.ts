import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expectGoldenTree, leaksIn, readTree, writeTree } from '../../lib/testing';
import { tempDir } from '../support/temp-app';

const numbered = (count: number, change: Record<number, string> = {}) =>
  [...Array(count).keys()].map((n) => change[n + 1] ?? `line ${n + 1}`).join('\n');

/** What the comparison says, with the folder's name taken out. */
function said(kept: Record<string, string>, written: Record<string, string>, options = {}): string {
  const folder = tempDir();
  writeTree(folder, kept);
  try {
    expectGoldenTree(written, folder, { update: false, ...options });
  } catch (error) {
    return (error as Error).message.replaceAll(folder, 'FOLDER');
  }
  return 'the same';
}

test('the same bytes are the same, from memory and from a folder', () => {
  const tree = { 'a.yaml': 'a: 1\n', 'nodes/cp-1/user-data': 'b\n' };
  const [written, kept] = [tempDir(), tempDir()];
  writeTree(written, tree);
  writeTree(kept, tree);
  expectGoldenTree(written, kept, { update: false });
  expectGoldenTree(tree, kept, { update: false });
  expect(readTree(written)).toEqual(tree);
});

test('files that differ, are new, or were not written', () => {
  const kept = { 'a.yaml': numbered(5), 'b/gone': 'x', same: 's' };
  const written = { 'a.yaml': numbered(5, { 3: 'mtu: 1400' }), 'c/new': 'x', same: 's' };
  expect(said(kept, written)).toBe(
    [
      '3 files are not as in FOLDER (- kept, + written); if that is meant, run again with UPDATE_GOLDEN=1',
      '  a.yaml:',
      '    line 3:',
      '    - line 3',
      '    + mtu: 1400',
      '  b/gone: was not written',
      '  c/new: is new',
    ].join('\n'),
  );
});

test('lines that are gone and lines that came, the first places of them', () => {
  const kept = numbered(60);
  const written = numbered(60, { 10: 'x', 20: 'line 20\nnew', 30: 'y', 40: 'z' }).replace(
    'line 25\n',
    '',
  );
  expect(said({ f: kept }, { f: written })).toContain(
    [
      '1 file is not as in FOLDER (- kept, + written); if that is meant, run again with UPDATE_GOLDEN=1',
      ...['  f:', '    line 10:', '    - line 10', '    + x', '    line 21:', '    + new'],
      ...['    line 25:', '    - line 25', '    and more below'],
    ].join('\n'),
  );
});

test('long differences are cut', () => {
  const twelve = Object.fromEntries([...Array(12).keys()].map((n) => [`f${n + 10}`, 'a']));
  expect(said({}, twelve)).toMatch(
    /^12 files are .*\n {2}f10: is new\n[^]*f19: is new\n {2}and 2 more files$/,
  );
  const text = said({ f: 'a' }, { f: `${'b'.repeat(300)}\n${numbered(20)}` });
  expect(text).toContain(`\n    + ${'b'.repeat(200)}…\n`);
  expect(text).toMatch(/\+ line 5\n {4}\+ and 15 more lines$/);
});

test('only the files that are kept count', () => {
  const only = (path: string) => path !== 'index.html';
  expect(said({ a: '1' }, { a: '1', 'index.html': 'new' }, { only })).toBe('the same');
  expect(said({ a: '1', 'index.html': 'old' }, { a: '1' }, { only })).toBe('the same');
});

test('line ends that git has changed are named, in which lines would look alike', () => {
  const [unix, windows] = ['a: 1\nb: 2\n', 'a: 1\r\nb: 2\r\n'];
  expect(said({ f: windows }, { f: unix })).toMatch(
    /\n {2}f: has other line ends, \\r\\n where it is kept; keep git from changing them, with -text for/,
  );
  expect(said({ f: unix }, { f: windows })).toContain('\\r\\n where it was written;');
  expect(said({ f: windows }, { f: unix.replace('2', '3') })).toContain('\n    + b: 3');
});

test('a tree that is its own measure is refused', () => {
  const folder = tempDir();
  writeTree(folder, { a: '1' });
  expect(() => expectGoldenTree(folder, join(folder, '.'), { update: false })).toThrow(
    new Error(`written must be another folder than ${join(folder, '.')}, where the tree is kept`),
  );
});

test('nothing at all is not the same as a tree that is nowhere', () => {
  expect(said({}, {})).toBe('nothing was written that could be compared with FOLDER');
});

describe('an update', () => {
  afterEach(() => {
    delete process.env.UPDATE_GOLDEN;
  });

  test.each(['option', 'environment'])('by %s replaces what is kept', (way) => {
    const folder = join(tempDir(), 'kept');
    writeTree(folder, { old: 'x' });
    if (way === 'environment') {
      process.env.UPDATE_GOLDEN = '1';
      expectGoldenTree({ 'a/b': 'new' }, folder);
    } else {
      expectGoldenTree({ 'a/b': 'new' }, folder, { update: true });
    }
    expect(readTree(folder)).toEqual({ 'a/b': 'new' });
  });

  // In a folder of their own, so that nothing is lost when this goes wrong.
  test.each(['project', 'test'])('removes no %s', (what) => {
    const folder = tempDir();
    const held = join(folder, 'test/own.test.ts');
    writeTree(folder, { 'test/own.test.ts': 'x' });
    const { testPath } = expect.getState();
    const cwd = jest.spyOn(process, 'cwd').mockReturnValue(what === 'project' ? folder : '/');
    expect.setState({ testPath: what === 'test' ? held : testPath });
    try {
      for (const tree of what === 'test' ? [join(folder, 'test'), folder] : [folder]) {
        expect(() => expectGoldenTree({ a: '1' }, tree, { update: true })).toThrow(
          new Error(
            `an update would remove everything in ${tree}, and ${what === 'test' ? held : folder} with it; keep the tree in a folder of its own`,
          ),
        );
      }
      expectGoldenTree({ a: '1' }, join(folder, 'test/own'), { update: true });
    } finally {
      cwd.mockRestore();
      expect.setState({ testPath });
    }
    expect(readTree(folder)).toEqual({ 'test/own.test.ts': 'x', 'test/own/a': '1' });
  });

  test('keeps no secret, unless it is asked to', () => {
    const folder = join(tempDir(), 'kept');
    const token = ['a1b2c3', '0123456789abcdef'].join('.');
    const tree = { 'nodes/w-1/user-data': `a\ntoken: ${token}\n` };
    expect(leaksIn(tree)).toEqual(['nodes/w-1/user-data:2: a bootstrap token']);
    expect(() => expectGoldenTree(tree, folder, { update: true })).toThrow(
      new Error('1 secret is in what was written:\n  nodes/w-1/user-data:2: a bootstrap token'),
    );
    expect(existsSync(folder)).toBe(false);
    expectGoldenTree(tree, folder, { update: true, refuseLeaks: false });
    expect(readTree(folder)).toEqual(tree);
  });
});
