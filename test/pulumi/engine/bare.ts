import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleNames, pulumiExampleNames } from '../../support/examples';
import { projectRoot } from '../../support/markdown';

/** What the real `pulumi` needs for examples that make machines, of which there are none. */
export interface PreviewOnly {
  readonly why: string;
  /** Providers whose programs must be there. */
  readonly plugins: readonly string[];
  /** Without which the provider refuses even a preview. */
  readonly config?: Readonly<Record<string, string>>;
}

const MADE = ['command', 'random', 'tls'];

/** Examples that are previewed and not brought up, by name. */
export const PREVIEWED: Readonly<Record<string, PreviewOnly>> = {
  'pulumi-existing-machines': {
    why: 'an update would look for machines in the rack by SSH',
    plugins: MADE,
  },
  'pulumi-hcloud': {
    why: 'an update would rent machines',
    plugins: [...MADE, 'hcloud'],
    config: { 'hcloud:token': '0'.repeat(64) },
  },
  'pulumi-openstack': {
    why: 'an update would make machines in a cloud',
    plugins: [...MADE, 'openstack'],
    config: { 'openstack:authUrl': 'http://127.0.0.1:5000/v3' },
  },
};

/** All others. */
export const UPDATED: readonly string[] = [...exampleNames, ...pulumiExampleNames].filter(
  (name) => PREVIEWED[name] === undefined,
);

/** Makes a folder a project of Pulumi that hosts examples; returns what is in its Pulumi.yaml. */
export function writeProject(folder: string) {
  const project = {
    name: 'groundwork',
    main: join(projectRoot, 'test/pulumi/programs/bare-cluster.ts'),
    runtime: { name: 'nodejs', options: { typescript: true } },
  };
  writeFileSync(join(folder, 'Pulumi.yaml'), JSON.stringify(project));
  return project;
}
