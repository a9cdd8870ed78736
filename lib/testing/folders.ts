import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Folders that do not outlive what they are for.

const made = new Set<string>();
let removedByHook = false;

function make(): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork-'));
  made.add(folder);
  return folder;
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  made.delete(folder);
}

/**
 * Gives a new folder to a function and removes it when the function, or the promise that it returns,
 * has come to its end, well or not.
 *
 * @param use what is done with the folder
 */
export function inTemporaryFolder<R>(use: (folder: string) => R): R {
  const folder = make();
  let result: R;
  try {
    result = use(folder);
  } catch (error) {
    remove(folder);
    throw error;
  }
  if (typeof (result as { then?: unknown } | undefined)?.then === 'function') {
    return Promise.resolve(result).finally(() => remove(folder)) as R;
  }
  remove(folder);
  return result;
}

/**
 * A new folder that is gone after the test. `cdk8s-groundwork/testing/jest` sees to that, or
 * `removeFoldersAfter(afterEach)`; throws without.
 */
export function temporaryFolder(): string {
  if (!removedByHook) {
    throw new Error(
      "nothing would remove the folder; import 'cdk8s-groundwork/testing/jest', " +
        'call removeFoldersAfter(afterEach), or use inTemporaryFolder',
    );
  }
  return make();
}

/**
 * Has a test framework remove all temporary folders after each test, also those of a test that ran out
 * of time.
 *
 * @param hook the framework's `afterEach`
 */
export function removeFoldersAfter(hook: (run: () => void) => void): void {
  hook(() => made.forEach(remove));
  removedByHook = true;
}
