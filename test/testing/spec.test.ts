import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import '../../lib/testing/jest';
import { GitOps, NvmeControlPlane, Severity, type IRule } from '../../lib';
import {
  inTemporaryFolder,
  ObjectSet,
  readTree,
  renderSpec,
  synthInFolder,
} from '../../lib/testing';
import { osloPlane } from '../control-plane/oslo-plane';
import { projectRoot } from '../support/markdown';
import { osloCluster } from '../support/oslo';
import { tempDir } from '../support/temp-app';

const quiet = () => jest.spyOn(process.stderr, 'write').mockReturnValue(true);

describe('a rendered spec', () => {
  const oslo = renderSpec((app) => osloPlane(app));

  test('has what was built, its cluster, objects, files and findings', () => {
    expect(oslo.result).toBeInstanceOf(NvmeControlPlane);
    expect(oslo.cluster.clusterName).toBe('oslo');
    expect(oslo.objects.find('DaemonSet', 'kube-proxy', 'kube-system').kind).toBe('DaemonSet');
    expect(oslo.files.machines).toEqual(['cp-1', 'cp-2', 'cp-3']);
    const config = oslo.files.of('cp-1').find('/etc/containerd/config.toml').toml();
    expect(config.version).toBe(4);
    expect(Object.keys(oslo.tree)).toContain('report/findings.txt');
    expect(oslo).toHaveFinding('GW-PROXY-001');
    expect(oslo).toHaveObject({
      kind: 'Installation',
      spec: { calicoNetwork: { linuxDataplane: 'Iptables' } },
    });
  });

  test('has the bytes that are written, of which a folder is left to nobody', () => {
    const spy = quiet();
    let folder = '';
    const written = synthInFolder(osloPlane, (outdir) => {
      folder = outdir;
      return readTree(outdir);
    });
    spy.mockRestore();
    const { '.groundwork-files': list, ...rest } = written;
    expect(rest).toEqual(oslo.tree);
    expect(list!.split('\n')).toContain('apply.sh');
    expect(existsSync(folder)).toBe(false);
  });

  test('with an error has its findings and objects, and no tree', () => {
    const rule: IRule = {
      ...{ id: 'GW-OWN-001', severity: Severity.ERROR, title: 'a', why: 'b', remedy: 'do it' },
      reference: 'https://example.org',
      check: () => [{ message: 'it is wrong' }],
    };
    const wrong = renderSpec((app) => osloCluster(app).addRule(rule));
    expect(wrong).toHaveFinding('GW-OWN-001', { severity: 'error' });
    expect(wrong.objects.all).toEqual([]);
    expect(() => wrong.files).toThrow('GW-OWN-001 [oslo] it is wrong; do it');
  });

  test('has what an engine of GitOps is given, when the app has one', () => {
    const props = { gitops: GitOps.flux({ path: 'clusters/oslo' }) };
    const { tree } = renderSpec(osloPlane, props);
    expect(ObjectSet.fromTree(tree).ofKind('Kustomization').length).toBeGreaterThan(5);
    const spy = quiet();
    const { '.groundwork-files': list, ...rest } = synthInFolder(osloPlane, readTree, props);
    spy.mockRestore();
    expect(list).not.toBe('');
    expect(rest).toEqual(tree);
  });

  test('of several clusters is asked for one', () => {
    const two = renderSpec((app) => [osloCluster(app), osloCluster(new Chart(app, 'other'))]);
    expect(() => two.findings()).toThrow(
      new Error('the spec has several clusters, oslo, other/oslo; render each by itself'),
    );
  });

  test('without a cluster has none', () => {
    const empty = renderSpec(() => 7);
    expect(empty.result).toBe(7);
    expect(empty.tree).toEqual({});
    expect(() => empty.findings()).toThrow(
      new Error('the spec has no Cluster; build one, or NvmeControlPlane, which has one'),
    );
  });
});

describe('inTemporaryFolder', () => {
  test('gives what the function returns, after which the folder is gone', async () => {
    expect(existsSync(inTemporaryFolder((folder) => folder))).toBe(false);
    const promise = inTemporaryFolder(async (folder) => {
      await new Promise(setImmediate);
      expect(existsSync(folder)).toBe(true);
      return folder;
    });
    expect(existsSync(await promise)).toBe(false);
  });

  test('removes it as well when the function fails, at once or later', async () => {
    const seen: string[] = [];
    const fail = (folder: string): never => {
      seen.push(folder);
      throw new Error('no');
    };
    expect(() => inTemporaryFolder(fail)).toThrow('no');
    await expect(inTemporaryFolder(async (folder) => fail(folder))).rejects.toThrow('no');
    expect(seen.map((folder) => existsSync(folder))).toEqual([false, false]);
  });
});

// Run by jest in a process of its own, with a folder of its own for what is temporary.
const FAILING = `
require('cdk8s-groundwork/testing/jest');
const { inTemporaryFolder, temporaryFolder } = require('cdk8s-groundwork/testing');
const { writeFileSync } = require('node:fs');
test('passes', () => writeFileSync(temporaryFolder() + '/a', ''));
test('fails', () => { temporaryFolder(); throw new Error('on purpose'); });
test('fails inside', () => inTemporaryFolder(() => expect(1).toBe(2)));
test('never ends', () => inTemporaryFolder(() => new Promise(() => undefined)), 50);
`;
const UNHOOKED = `
const { temporaryFolder } = require('cdk8s-groundwork/testing');
test('throws', () => expect(temporaryFolder).toThrow(/^nothing would remove the folder; import /));
`;

test('no folder is left by tests that fail or never end', () => {
  const folder = tempDir();
  const temporary = tempDir();
  writeFileSync(join(folder, 'failing.test.js'), FAILING);
  writeFileSync(join(folder, 'unhooked.test.js'), UNHOOKED);
  // Without the rest of the library, which takes time to load.
  const sources = {
    '^cdk8s-groundwork/testing$': 'folders',
    '^cdk8s-groundwork/testing/jest$': 'jest',
  };
  const config = {
    rootDir: folder,
    transform: {
      '\\.ts$': [
        require.resolve('ts-jest'),
        { tsconfig: join(projectRoot, 'test/tsconfig.json'), diagnostics: false },
      ],
    },
    moduleNameMapper: Object.fromEntries(
      Object.entries(sources).map(([name, file]) => [name, join(projectRoot, 'lib/testing', file)]),
    ),
  };
  const args = ['--ci', '--json', '-i', '--cacheDirectory', join(folder, 'cache')];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(projectRoot, 'node_modules/jest/bin/jest.js'),
      ...args,
      '--config',
      JSON.stringify(config),
    ],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, TMPDIR: temporary } },
  );
  expect(stdout).not.toBe('');
  const results = JSON.parse(stdout).testResults.flatMap((file: any) => file.assertionResults);
  const outcome = results.map(({ title, status }: any) => `${title}: ${status}`).sort();
  expect({ outcome, stderr }).toMatchObject({
    outcome: [
      'fails inside: failed',
      'fails: failed',
      'never ends: failed',
      'passes: passed',
      'throws: passed',
    ],
  });
  expect(readdirSync(temporary).filter((name) => name.startsWith('groundwork-'))).toEqual([]);
}, 120_000);
