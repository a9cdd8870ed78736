import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { authorityHash, day, expiries } from '../../node/sealing/check';
import type { MachineSource, SealedMachine } from '../../node/sealing/machine';
import type { Manifest } from '../../node/sealing/manifest';
import type { Secrets } from '../../node/sealing/secrets';
import type { Command, Surroundings } from '../command';
import { deliveryCommand } from '../delivery';
import { mustBe } from '../failure';
import { refuseInsideGit } from '../outside-git';
import { refuseInsideOutput } from '../outside-output';
import { seal } from '../seal';
import { refuseForeign, writeSealed } from '../sealed-folder';
import { readSecretsFile } from '../secrets-file';
import { readManifest } from '../secrets-manifest';
import { refuseProblems } from './secrets';

/** Merges secrets into what the machines boot with. */
export const sealCommand: Command = {
  name: 'seal',
  summary: 'put secrets into the user-data of every machine, and write admin.conf',
  positionals: ['outdir'],
  options: {
    secrets: {
      type: 'string',
      value: 'file',
      required: true,
      help: 'the file that secrets new wrote',
    },
    out: {
      type: 'string',
      value: 'folder',
      required: true,
      help: 'where to write: outside of git or ignored by it; an earlier result is replaced',
    },
    'keys-by-ssh': {
      type: 'boolean',
      help: 'leave long-lived private keys out of user-data, and say how to bring them by SSH',
    },
  },
  run(args, around) {
    const outdir = args.positionals[0]!;
    const path = args.text('secrets');
    // Beside the folder things are written in between, so its name must not end in a slash.
    const target = args.text('out').replace(/(?<=.)\/+$/, '');
    refuseInsideOutput(`--out ${target}`, target, outdir);
    const manifest = readManifest(outdir);
    const secrets = readSecretsFile(path);
    refuseProblems(path, secrets, around.now());
    const { files, machines } = seal({
      manifest,
      machines: sourcesOf(outdir, manifest),
      secrets,
      keysBySsh: args.flag('keys-by-ssh'),
    });
    refuseInsideGit(
      `--out ${target}`,
      Object.keys(files).map((file) => join(target, file)),
    );
    refuseForeign(target, manifest.cluster);
    writeSealed(target, manifest.cluster, files);
    report(around, { outdir, target, manifest, secrets, machines });
  },
};

function sourcesOf(outdir: string, manifest: Manifest): Map<string, MachineSource> {
  const read = (name: string, file: string): string | undefined => {
    const path = join(outdir, 'nodes', name, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  return new Map(
    [...manifest.machines.keys()].map((name) => {
      const userData = read(name, 'user-data');
      const metaData = read(name, 'meta-data');
      if (userData === undefined || metaData === undefined) {
        throw mustBe(
          join(outdir, 'nodes', name),
          'a folder with user-data and meta-data',
          'nothing of the kind',
          'render the cluster again',
        );
      }
      const networkConfig = read(name, 'network-config');
      return [
        name,
        { userData, metaData, ...(networkConfig === undefined ? {} : { networkConfig }) },
      ];
    }),
  );
}

interface Done {
  readonly outdir: string;
  readonly target: string;
  readonly manifest: Manifest;
  readonly secrets: Secrets;
  readonly machines: readonly SealedMachine[];
}

function report({ out }: Surroundings, done: Done): void {
  const { outdir, target, manifest, secrets, machines } = done;
  const width = Math.max(...machines.map(({ name }) => name.length));
  out(`sealed ${machines.length} machines of ${manifest.cluster} into ${target}/`);
  for (const { name, bytes, compressed, inUserData } of machines) {
    const of = manifest.limit === undefined ? '' : ` of ${manifest.limit}`;
    out(
      `  ${name.padEnd(width)}  user-data ${bytes}${of} bytes${compressed ? ', compressed' : ''}, ${inUserData.length} secrets`,
    );
  }
  const until = expiries(secrets).find(({ what }) => what === 'admin.conf')!.until;
  out(`admin.conf: ${manifest.endpoint}, valid until ${day(until)}`);
  out(`caCertHashes: ${authorityHash(secrets)}`);
  out(
    `next: boot each machine with ${target}/<host>/user-data, then KUBECONFIG=${target}/admin.conf ${outdir}/apply.sh`,
  );
  const waiting = machines.filter(({ bySsh }) => bySsh.length > 0);
  if (waiting.length > 0) {
    out('keys stay out of user-data; these machines wait for them after they have booted:');
    waiting.forEach(({ name }) =>
      out(`  ${deliveryCommand(target, name, manifest.machines.get(name)!)}`),
    );
  }
}
