import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unpack } from '../../lib/node/user-data/form';
import { exampleNames, examplesRoot } from '../support/examples';
import { tempDir } from '../support/temp-app';
import { readTree } from '../../lib/testing/tree';
import { run, withTools } from './programs';

// Real programs judge what machines of every example get. Of files that are the same on several machines
// one is looked at.

/** Files of all examples whose path on the machine matches, by example, machine and path. */
function filesOf(pattern: RegExp): Array<[string, string]> {
  const seen = new Set<string>();
  return trees.flatMap(({ name, files }) =>
    Object.entries(files)
      .map(([path, text]): [string, string, string] => {
        const [, machine, onMachine] = /^nodes\/([^/]+)\/(.*)$/.exec(path) ?? [];
        return [`${name}/${machine}`, onMachine ?? '', text];
      })
      .filter(([, path, text]) => {
        const fresh = pattern.test(path) && !seen.has(`${path}\n${text}`);
        seen.add(`${path}\n${text}`);
        return fresh;
      })
      .map(([where, path, text]): [string, string] => [`${where}/${path}`, text]),
  );
}

const trees = exampleNames.map((name) => ({
  name,
  files: readTree(join(examplesRoot, name, 'expected')),
}));

/** Writes the files below a folder of their own, and gives back where they are. */
function written(files: ReadonlyArray<[string, string]>): string[] {
  const root = tempDir();
  return files.map(([path, text]) => {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    return target;
  });
}

withTools(['cloud-init'], 'accepts the user-data of every machine of every example', () => {
  const all = filesOf(/^user-data$/);
  expect(all.length).toBeGreaterThan(10);
  const plain = all.map(([path, text]): [string, string] => [path, unpack(text)!]);
  for (const file of written(plain)) {
    expect([file, run('cloud-init', ['schema', '-c', file]).status]).toEqual([file, 0]);
  }
});

withTools(['shellcheck'], 'finds nothing in any script of any example', () => {
  const scripts = filesOf(/^files\//).filter(([, text]) => /^#!\/bin\/(ba)?sh\n/.test(text));
  expect(scripts.length).toBeGreaterThan(4);
  // Where comments are left out, so are those that say which files and functions are known elsewhere.
  const known = '--exclude=SC1091,SC2317';
  expect(run('shellcheck', [known, ...written(scripts)])).toMatchObject({ status: 0, output: '' });
});

withTools(['systemd-analyze'], 'finds nothing in any unit of any example', () => {
  const units = filesOf(/^files\/etc\/systemd\/system\/[^/]+\.(service|mount|timer)$/);
  expect(units.length).toBeGreaterThan(10);
  const names = new Set(units.map(([path]) => path.split('/').at(-1)!));
  for (const file of written(units)) {
    const { output } = run('systemd-analyze', [
      ...['verify', '--man=no', '--recursive-errors=no', file],
    ]);
    // Programs and units that come with packages, archives or other files are on the machine only.
    const complaints = output
      .split('\n')
      .filter((line) => [...names].some((name) => line.includes(name)))
      .filter((line) => !/is not executable: No such file|Unit \S+ not found|not-found/.test(line));
    expect([file, complaints]).toEqual([file, []]);
  }
});

withTools(['nft'], 'takes the host firewall of every example that has one', () => {
  const rules = filesOf(/^files\/etc\/groundwork\/firewall\.nft$/);
  expect(rules.length).toBeGreaterThan(0);
  for (const file of written(rules)) {
    expect([file, run('nft', ['-c', '-f', file])]).toMatchObject([file, { status: 0, output: '' }]);
  }
});

withTools(['haproxy'], 'takes the way to the API of every example that has one', () => {
  const configs = filesOf(/^files\/etc\/haproxy\/haproxy\.cfg$/);
  expect(configs.length).toBeGreaterThan(0);
  for (const file of written(configs)) {
    expect([file, run('haproxy', ['-c', '-f', file]).status]).toEqual([file, 0]);
  }
});

withTools(['sysctl'], 'reads every kernel parameter of every example', () => {
  for (const file of written(filesOf(/^files\/etc\/sysctl\.d\/zz-groundwork\.conf$/))) {
    const { output } = run('sysctl', ['--dry-run', '-p', file]);
    // Keys of modules, tunnels and NICs that this machine does not have cannot be looked at here.
    const unknown = output
      .split('\n')
      .filter((line) => /^sysctl: /.test(line))
      .filter((line) => !/net\/(netfilter|bridge|ipv[46]\/(conf|vs))\//.test(line));
    expect([file, unknown]).toEqual([file, []]);
  }
});

withTools(['modprobe'], 'understands every option of every example', () => {
  for (const file of written(filesOf(/^files\/etc\/modprobe\.d\/60-groundwork\.conf$/))) {
    const { status, output } = run('modprobe', ['-C', file, '-c']);
    expect([file, status, /libkmod: .*ignoring/i.test(output)]).toEqual([file, 0, false]);
  }
});
