import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../lib/cli/run';

/**
 * Makes the secrets of a cluster and seals its rendered files, by the commands that a person runs. Gives
 * back the folder with the result; whoever asks removes it.
 */
export async function seal(files: Readonly<Record<string, string>>): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'groundwork-seal-'));
  const [dist, secrets, out] = ['dist', 'secrets.json', 'sealed'].map((name) => join(work, name));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dist!, path)), { recursive: true });
    writeFileSync(join(dist!, path), content);
  }
  try {
    await command('secrets', 'new', '--out', secrets!);
    await command('seal', dist!, '--secrets', secrets!, '--out', out!);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  }
  return out!;
}

async function command(...words: string[]): Promise<void> {
  const said: string[] = [];
  const listen = (line: string) => said.push(line);
  const code = await run(words, { out: listen, error: listen, now: () => new Date() });
  if (code !== 0) {
    throw new Error(`${words[0]} ended with ${code}: ${said.join('\n')}`);
  }
}
