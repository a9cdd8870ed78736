import { join } from 'node:path';
import { GroundworkApp, type GroundworkAppProps, type NvmeControlPlaneProps } from '../../lib';
import type { Plan } from '../../lib/cli/diff/plan';
import { readOutput } from '../../lib/cli/diff/output';
import { planBetween } from '../../lib/cli/diff/plan';
import { osloPlane } from '../control-plane/oslo-plane';
import { tempDir } from '../support/temp-app';
import { writeTree } from '../../lib/testing/tree';

export type Files = Record<string, string>;

/** What synth writes of the flagship, with any prop changed. */
export function rendered(
  changes: Partial<NvmeControlPlaneProps> = {},
  props: GroundworkAppProps = {},
): Files {
  const app = new GroundworkApp({ outdir: tempDir(), ...props });
  osloPlane(app, changes);
  return app.files();
}

/** Two output folders side by side. */
export function twoFolders(before: Files, after: Files): [string, string] {
  const root = tempDir();
  return [writeTree(join(root, 'old'), before), writeTree(join(root, 'new'), after)];
}

/** What the command finds between two outputs. */
export function planOf(before: Files, after: Files): Plan {
  const [old, now] = twoFolders(before, after).map(readOutput);
  return planBetween(old!, now!);
}

/** Every value that differs, with its effect: `rollout DaemonSet kube-system/kube-proxy spec.…`. */
export function told({ changes }: Plan): string[] {
  return changes.flatMap(({ effect, subject, fields }) =>
    fields.map(({ path }) => [effect, subject, path].filter((part) => part !== '').join(' ')),
  );
}

/** A copy with one file edited; an edit that changes nothing is a fault of the test. */
export function edited(files: Files, file: string, from: string | RegExp, to: string): Files {
  const text = files[file]!.replace(from, to);
  if (text === files[file]) {
    throw new Error(`${file} does not contain ${from}`);
  }
  return { ...files, [file]: text };
}
