import { join } from 'node:path';
import { run } from '../../lib/cli/run';
import type { NodeBootstrapOptions } from '../../lib/node';
import { writeTree } from '../../lib/testing/tree';
import { Machine, type ClusterProps } from '../../lib';
import { oslo } from '../node/support';
import { osloMachine } from '../support/oslo';
import { tempDir } from '../support/temp-app';

export const NOW = new Date('2026-11-27T12:00:00Z');

/** Runs one command line, and returns all that a person would see of it. */
export async function cli(words: readonly string[], now = NOW) {
  const out: string[] = [];
  const error: string[] = [];
  const code = await run(words, {
    out: (line) => out.push(line),
    error: (line) => error.push(line),
    now: () => now,
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}

const known = new Map<string, Record<string, string>>();

/** The flagship with a worker, as synth writes it. */
export function rendered(
  options: NodeBootstrapOptions = {},
  changes: Partial<ClusterProps> = {},
): Record<string, string> {
  const plain = Object.keys(options).length + Object.keys(changes).length === 0;
  const files = (plain ? known.get('plain') : undefined) ?? render(options, changes);
  if (plain) {
    known.set('plain', files);
  }
  return files;
}

function render(
  options: NodeBootstrapOptions,
  changes: Partial<ClusterProps>,
): Record<string, string> {
  const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
  const first = osloMachine(1, { gateway: '10.20.0.1', dnsServers: ['10.20.0.2'] });
  const machines = [first, osloMachine(2), osloMachine(3), worker];
  return oslo({ machines, ...changes }, options).files();
}

/** A folder with the output of synth in dist/ and fresh secrets in secrets.json. */
export async function workplace(
  options: NodeBootstrapOptions = {},
  changes: Partial<ClusterProps> = {},
) {
  const root = tempDir();
  const at = (name: string) => join(root, name);
  writeTree(at('dist'), rendered(options, changes));
  const made = await cli(['secrets', 'new', '--out', at('secrets.json')]);
  if (made.code !== 0) {
    throw new Error(made.error);
  }
  const seal = (...more: string[]) =>
    cli(['seal', at('dist'), '--secrets', at('secrets.json'), '--out', at('sealed'), ...more]);
  return { root, at, seal };
}
