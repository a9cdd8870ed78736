import { clearLine, cursorTo } from 'node:readline';
import { createInterface } from 'node:readline/promises';
import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from './command';

/** For terminals that do not say how wide they are. */
const COLUMNS = 80;

/** The person before standard error and standard input, where both are a terminal. */
export function terminal(): Terminal | undefined {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) {
    return undefined;
  }
  return {
    show: (line) => {
      cursorTo(stderr, 0);
      clearLine(stderr, 0);
      // What a cluster says may hold anything; a line that wraps could not be written over.
      stderr.write(stripVTControlCharacters(line).slice(0, (stderr.columns || COLUMNS) - 1));
    },
    ask: async (question, ended) => {
      const lines = createInterface({ input: stdin, output: stderr });
      const stopped = new AbortController();
      lines.once('SIGINT', () => stopped.abort());
      lines.once('close', () => stopped.abort());
      try {
        const signal = AbortSignal.any([stopped.signal, ended ?? []].flat());
        const answer = await lines.question(`${question} [y/N] `, { signal });
        return /^y(es)?$/i.test(answer.trim());
      } catch {
        stderr.write('\n');
        return false;
      } finally {
        lines.close();
      }
    },
  };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Tells of the first signal to end; a second one ends us as if nobody listened. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of SIGNALS) {
    process.once(signal, () => controller.abort());
  }
  return controller.signal;
}
