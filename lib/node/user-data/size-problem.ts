import type { Machine, Problem } from '../../cluster';
import type { MachineFile } from '../machine-file';

interface Excess {
  /** What the platform takes. */
  readonly limit: number;
  /** What the compressed user-data has. */
  readonly bytes: number;
  readonly keysBySsh: boolean;
}

/** User-data that does not fit even compressed, with what takes the room. */
export function sizeProblem(
  machine: Machine,
  files: readonly MachineFile[],
  { limit, bytes, keysBySsh }: Excess,
): Problem {
  const keys = keysBySsh ? '' : ', set keysBySsh';
  return {
    prop: 'userDataLimit',
    allowed: `at least the ${bytes} bytes that the user-data of ${machine.name} has, compressed and with its secrets`,
    got: `${limit} bytes`,
    remedy: `raise it where the platform allows${keys}, or deliver files/ by other means; bytes by file, not compressed:${sizeTable(files)}`,
  };
}

function sizeTable(files: readonly MachineFile[]): string {
  return files
    .map((file): [number, string] => [Buffer.byteLength(file.content), file.path])
    .sort(([a, pathA], [b, pathB]) => b - a || (pathA < pathB ? -1 : 1))
    .map(([size, path]) => `\n  ${String(size).padStart(7)}  ${path}`)
    .join('');
}
