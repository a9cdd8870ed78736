import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  admit,
  bringSecrets,
  syncFiles,
  waitForNode,
} from '../../../lib/pulumi/stack/remote-scripts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'groundwork-remote-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: string, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
  chmodSync(join(root, path), mode);
}

/** A program on the machine's PATH. */
const program = (name: string, lines: string) =>
  put(`bin/${name}`, `#!/bin/bash\n${lines}\n`, 0o755);

/** Runs a script as SSH does: on standard input. */
function run(script: string) {
  if (!existsSync(join(root, 'bin/sleep'))) {
    program('sleep', `echo "sleep $1" >> ${root}/calls`);
  }
  program('hostname', 'echo cp-1');
  const { status, stdout, stderr } = spawnSync('bash', ['-s'], {
    input: script,
    encoding: 'utf8',
    env: { PATH: `${root}/bin:${process.env.PATH}`, TMPDIR: root },
  });
  return { status, stdout, stderr };
}

const calls = () =>
  existsSync(join(root, 'calls'))
    ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n')
    : [];
const isNode = () => put('var/lib/groundwork/done', '');

describe('waiting for a node', () => {
  test('ends when the bootstrap is done', () => {
    isNode();
    expect(run(waitForNode(60, root))).toEqual({
      status: 0,
      stdout: 'the bootstrap of cp-1 is done\n',
      stderr: '',
    });
  });

  test('goes on while it works, and while what failed may pass', () => {
    put(
      'var/lib/groundwork/status',
      'failed: sealed: not sealed; this may pass: the unit tries again every minute\n',
    );
    program(
      'sleep',
      `echo x >> ${root}/calls; [ "$(wc -l < ${root}/calls)" -lt 3 ] || touch ${root}/var/lib/groundwork/done`,
    );
    expect(run(waitForNode(60, root)).status).toBe(0);
    expect(calls()).toHaveLength(3);
  });

  test('ends at once where a person is needed, with the words of the machine', () => {
    put('var/lib/groundwork/status', 'failed: machine: PRE-003 2 cores\n');
    expect(run(waitForNode(60, root))).toEqual({
      status: 1,
      stdout: '',
      stderr: 'cp-1 says: failed: machine: PRE-003 2 cores\n',
    });
    expect(calls()).toEqual([]);
  });

  test('ends when cloud-init failed before it, and never waits for one that does not run', () => {
    program('cloud-init', `echo "$*" >> ${root}/calls; echo 'status: error'; exit 1`);
    expect(run(waitForNode(60, root)).stderr).toBe(
      'cp-1 says: failed: cloud-init ended with an error before the bootstrap began, see cloud-init status --long\n',
    );
    expect(calls()).toEqual(['status']);
  });

  test('ends when time is up, with what is going on there', () => {
    put('var/lib/groundwork/status', 'running: images\n');
    expect(run(waitForNode(0, root)).stderr).toBe(
      'cp-1 is not a node after 0 seconds, /var/lib/groundwork/status says: running: images\n',
    );
    rmSync(join(root, 'var'), { recursive: true });
    expect(run(waitForNode(0, root)).stderr).toBe(
      'cp-1 is not a node after 0 seconds, /var/lib/groundwork/status says: nothing: the bootstrap did not start, see cloud-init status --long\n',
    );
  });
});

describe('bringing files', () => {
  const files = {
    '/etc/sysctl.d/zz-groundwork.conf': '# $HOME `id` \\\\ EOF\nnet.ipv4.ip_forward = 1\n',
    '/etc/empty': '',
    '/etc/END': 'END_OF_FILE\nEND_OF_FILE_\nlast\n',
  };

  test('every byte arrives, and the bootstrap of the machine takes them from there', () => {
    isNode();
    put(
      'usr/local/lib/groundwork/bootstrap',
      `#!/bin/bash\necho "bootstrap $1 $2 $3" >> ${root}/calls\ncp -r "$4" ${root}/taken\nstat -c %a "$4" >> ${root}/calls\n`,
      0o755,
    );
    expect(run(syncFiles(files, 60, false, root))).toMatchObject({ status: 0, stderr: '' });
    expect(calls()).toEqual(['bootstrap --only config --from', '700']);
    for (const [path, content] of Object.entries(files)) {
      expect(readFileSync(join(root, 'taken', path), 'utf8')).toBe(content);
    }
    // The copy is gone.
    expect(spawnSync('ls', [root], { encoding: 'utf8' }).stdout).not.toContain('tmp.');
  });

  test('a bootstrap that is at work is waited for; one that fails is an error', () => {
    isNode();
    const bootstrap = (codes: string) =>
      put(
        'usr/local/lib/groundwork/bootstrap',
        `#!/bin/bash\necho run >> ${root}/calls\ncodes=(${codes})\nexit "\${codes[$(grep -c run ${root}/calls) - 1]}"\n`,
        0o755,
      );
    bootstrap('75 75 0');
    expect(run(syncFiles(files, 60, false, root)).status).toBe(0);
    expect(calls()).toEqual(['run', 'sleep 10', 'run', 'sleep 10', 'run']);
    rmSync(join(root, 'calls'));
    bootstrap('1');
    expect(run(syncFiles(files, 60, false, root)).status).toBe(1);
    rmSync(join(root, 'calls'));
    bootstrap('75');
    expect(run(syncFiles(files, 0, false, root)).status).toBe(75);
  });

  test('a control plane is done when its own API server is ready', () => {
    isNode();
    put('etc/groundwork/machine.env', "LOCAL_API_URL='https://10.20.0.11:6443'\n");
    put('usr/local/lib/groundwork/bootstrap', '#!/bin/bash\n', 0o755);
    program('kubectl', `echo "$*" >> ${root}/calls; [ "$(grep -c readyz ${root}/calls)" -ge 2 ]`);
    expect(run(syncFiles({}, 60, true, root)).status).toBe(0);
    const question = `--kubeconfig ${root}/etc/kubernetes/admin.conf --server https://10.20.0.11:6443 get --raw /readyz`;
    expect(calls()).toEqual([question, 'sleep 5', question]);
    program('kubectl', 'exit 1');
    expect(run(syncFiles({}, 0, true, root))).toMatchObject({
      status: 1,
      stderr: 'the API server of cp-1 is not ready after its files changed\n',
    });
  });
});

describe('bringing secrets', () => {
  test('they are for root alone', () => {
    expect(run(bringSecrets({ 'pki/ca.key': 'KEY\n', 'bootstrap-token': 'abc' }, root))).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    const at = (path: string) => join(root, 'etc/groundwork/secrets', path);
    expect(readFileSync(at('pki/ca.key'), 'utf8')).toBe('KEY\n');
    // What a shell reads with $(< file) has no line end of its own.
    expect(readFileSync(at('bootstrap-token'), 'utf8')).toBe('abc\n');
    expect(
      [at('pki/ca.key'), at('pki')].map((path) => (statSync(path).mode % 0o1000).toString(8)),
    ).toEqual(['600', '700']);
  });

  test('machines are admitted after the secrets are there', () => {
    isNode();
    put(
      'usr/local/lib/groundwork/bootstrap',
      `#!/bin/bash\necho "$* $(cat ${root}/etc/groundwork/secrets/bootstrap-token)" >> ${root}/calls\n`,
      0o755,
    );
    const script = admit(['cp-1', 'w-1'], { 'bootstrap-token': 'abc' }, 60, root);
    expect(script.split('\n')[0]).toBe('# For cp-1, w-1.');
    expect(run(script).status).toBe(0);
    expect(calls()).toEqual(['--only admit abc']);
  });
});
