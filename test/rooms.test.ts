import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..');

// A folder that is no room of the table in .projenrc.ts could import anything unseen.
test('every folder of lib is a room with an import rule', () => {
  const { rules } = JSON.parse(
    readFileSync(join(root, '.eslintrc.json'), 'utf8').replace(/^\/\/.*$/m, ''),
  );
  const [, { zones }] = rules['import/no-restricted-paths'];
  const guarded = zones.map(({ target }: { target: string }) => target.replace('./lib/', ''));
  expect(guarded).toEqual(expect.arrayContaining(readdirSync(join(root, 'lib'))));
});
