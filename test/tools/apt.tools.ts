import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { BinarySource } from '../../lib';
import { oslo, unpacked } from '../node/support';
import { tempDir } from '../support/temp-app';

// The real apt reads our repository file, key and preferences, with a root of its own: two repositories are
// made here, one like the community's and one like a distribution's, and it says what it would install.
const TOOLS = ['apt-get', 'dpkg-deb', 'gpg'];
const absent = TOOLS.filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
const required = process.env.GROUNDWORK_REQUIRE_TOOLS === '1';
if (absent.length > 0 && !required) {
  process.stderr.write(
    `skipped, ${absent.join(', ')} not installed: packages of Kubernetes by apt\n`,
  );
}
const suite = absent.length > 0 && !required ? describe.skip : describe;
const execute = promisify(execFile);

interface Repository {
  readonly folder: string;
  readonly key: string;
}

/** A flat repository of empty packages, signed by a key of its own. */
async function repository(
  base: string,
  packages: ReadonlyArray<[string, string]>,
): Promise<Repository> {
  const folder = mkdtempSync(join(base, 'repository-'));
  const home = mkdtempSync(join(base, 'gpg-'));
  const gpg = (...args: string[]) =>
    execute('gpg', [
      '--homedir',
      home,
      '--batch',
      '--yes',
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
      ...args,
    ]);
  await gpg('--quick-generate-key', 'test', 'rsa2048', 'sign', 'never');
  const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
  let index = '';
  for (const [name, version] of packages) {
    const tree = mkdtempSync(join(base, 'package-'));
    const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: t <t@example.no>\nDescription: t\n`;
    mkdirSync(join(tree, 'DEBIAN'));
    writeFileSync(join(tree, 'DEBIAN/control'), control);
    const file = `${name}_${version}_all.deb`;
    await execute('dpkg-deb', ['--build', tree, join(folder, file)]);
    const size = readFileSync(join(folder, file)).length;
    index += `${control}Filename: ${file}\nSize: ${size}\nSHA256: ${hash(join(folder, file))}\n\n`;
  }
  writeFileSync(join(folder, 'Packages'), index);
  writeFileSync(
    join(folder, 'Release'),
    `Origin: t\nDate: ${new Date().toUTCString()}\nSHA256:\n ${hash(join(folder, 'Packages'))} ${index.length} Packages\n`,
  );
  await gpg('--clearsign', '--output', join(folder, 'InRelease'), join(folder, 'Release'));
  const { stdout } = await gpg('--armor', '--export', 'test');
  return { folder, key: stdout };
}

suite('apt', () => {
  const versions = ['1.36.3-1.1', '1.36.4-1.1', '1.36.5-1.1'];
  let community: Repository;
  let distribution: Repository;
  let server: Server;
  let url: string;
  // What one test makes is removed after it; the repositories stay for all.
  let base: string;

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'groundwork-apt-'));
    community = await repository(base, [
      ...['kubelet', 'kubeadm', 'kubectl'].flatMap((name) =>
        versions.map((version): [string, string] => [name, version]),
      ),
      ['cri-tools', '1.36.0-1.1'],
      ['kubernetes-cni', '1.9.1-1.1'],
    ]);
    distribution = await repository(base, [
      ['kubelet', '9.9'],
      ['cri-tools', '9.9'],
      ['kubernetes-cni', '9.9'],
      ['containerd', '1.6.20'],
      ['runc', '1.1.5'],
      ['socat', '1.7'],
    ]);
    server = createServer((request, response) => {
      try {
        response.end(readFileSync(join(community.folder, request.url!)));
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  afterAll(async () => {
    await new Promise((done) => server.close(done));
    rmSync(base, { recursive: true });
  });

  /** apt in a folder, with the files that a machine gets; only the folder of the key is another. */
  async function machine(key = community.key) {
    const root = tempDir();
    const files = oslo({}, { binaries: BinarySource.apt({ key, repository: url }) }).files();
    const put = (path: string, content: string) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    };
    for (const path of [
      '/etc/apt/keyrings/groundwork-kubernetes.asc',
      '/etc/apt/sources.list.d/groundwork-kubernetes.sources',
      '/etc/apt/preferences.d/60-groundwork',
    ]) {
      put(
        path,
        unpacked(files, 'cp-1', path).replace('/etc/apt/keyrings', `${root}/etc/apt/keyrings`),
      );
    }
    put('/etc/apt/sources.list', `deb [trusted=yes] file:${distribution.folder} ./\n`);
    put('/var/lib/dpkg/status', '');
    ['var/lib/apt/lists/partial', 'var/cache/apt/archives/partial', 'etc/apt/apt.conf.d'].forEach(
      (folder) => mkdirSync(join(root, folder), { recursive: true }),
    );
    const options = {
      Dir: root,
      'Dir::State::status': join(root, 'var/lib/dpkg/status'),
      'Acquire::http::Proxy': 'DIRECT',
      'APT::Sandbox::User': 'root',
    };
    const flags = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    const apt = async (...args: string[]) => {
      const done = execute('apt-get', [...flags, ...args], {
        env: { ...process.env, APT_CONFIG: '/dev/null', LC_ALL: 'C' },
      });
      return done.then(
        ({ stdout }) => stdout,
        (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
      );
    };
    await apt('update');
    return async (...names: string[]) => {
      const said = await apt('-s', '--no-install-recommends', 'install', ...names);
      const installed = [...said.matchAll(/^Inst (\S+) \((\S+)/gm)].map(([, n, v]) => `${n} ${v}`);
      return installed.length > 0 ? installed.sort() : said.replace(/\s+/g, ' ');
    };
  }

  test('installs the version of the spec, and the rest from the repository', async () => {
    const install = await machine();
    const list = unpacked(
      oslo({}, { binaries: BinarySource.apt({ key: community.key }) }).files(),
      'cp-1',
      '/etc/groundwork/kubernetes-packages.list',
    );
    const names = list
      .split('\n')
      .slice(1, -1)
      .map((line) => line.replace(' ', '='));
    expect(await install(...names)).toEqual([
      'cri-tools 1.36.0-1.1',
      'kubeadm 1.36.4-1.1',
      'kubectl 1.36.4-1.1',
      'kubelet 1.36.4-1.1',
      'kubernetes-cni 1.9.1-1.1',
    ]);
    // Even when nobody says which.
    expect(await install('kubelet')).toEqual(['kubelet 1.36.4-1.1']);
  });

  test('installs no runtime of the distribution, and anything else', async () => {
    const install = await machine();
    expect(await install('containerd')).toMatch(/has no installation candidate/);
    expect(await install('runc')).toMatch(/has no installation candidate/);
    expect(await install('socat')).toEqual(['socat 1.7']);
  });

  test('takes nothing from the repository by another key', async () => {
    const install = await machine(distribution.key);
    expect(await install('kubelet')).toMatch(/has no installation candidate|Unable to locate/);
  });
});
