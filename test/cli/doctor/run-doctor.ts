import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Surroundings } from '../../../lib/cli/command';
import { run } from '../../../lib/cli/run';
import type { DoctorReport } from '../../../lib/cluster';
import { NOW } from '../cli';
import type { FakeCluster } from './fake-kubectl';
import { fakeKubectl } from './lab';

/** Words of a run that is over soon. */
export const QUICK = ['--yes', '--only', 'facts,df-probe'];

/** One call of the command before a fake cluster. */
export async function doctor(
  root: string,
  cluster: FakeCluster | undefined,
  words: readonly string[] = [],
  more: Partial<Surroundings> = {},
) {
  const kubectl = cluster && fakeKubectl(root, cluster);
  const out: string[] = [];
  const error: string[] = [];
  const code = await run(
    [
      ...['doctor', join(root, 'dist'), '--out', join(root, 'run')],
      ...(kubectl === undefined ? [] : ['--kubectl', kubectl.program]),
      ...words,
    ],
    { out: (line) => out.push(line), error: (line) => error.push(line), now: () => NOW, ...more },
  );
  const file = (name: string) => readFileSync(join(root, 'run', name), 'utf8');
  return {
    ...{ code, out: out.join('\n'), error: error.join('\n'), file },
    words: kubectl?.words() ?? [],
    report: () => JSON.parse(file('doctor.json')) as DoctorReport,
  };
}
