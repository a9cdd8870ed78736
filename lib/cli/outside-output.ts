import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { mustBe } from './failure';

/** What GroundworkApp leaves in the folder that it writes to. */
const LIST = '.groundwork-files';

/**
 * Refuses a place inside of a folder that synth writes to: its content is shown around and committed,
 * whatever git ignores here.
 *
 * @param what the option, as it was typed
 * @param path where it would be written
 * @param outdir a folder that is known to be one, for output that was written by other means
 */
export function refuseInsideOutput(what: string, path: string, outdir?: string): void {
  const known = outdir === undefined ? undefined : resolve(outdir);
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (folder === known || existsSync(join(folder, LIST))) {
      throw mustBe(
        what,
        'outside of every output folder of synth',
        `a place inside of ${folder}`,
        'choose one beside it; what synth writes holds no secret',
      );
    }
    if (dirname(folder) === folder) {
      return;
    }
  }
}
