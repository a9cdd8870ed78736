import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PKI_FILES } from '../../lib/etcd/backup/script';
import { render } from '../etcd/backup';
import { tempDir } from '../support/temp-app';
import { etcdPrograms, EtcdLab, resticProgram } from './etcd-programs';

// What the three containers of the backup run, with real programs: a snapshot of a real member, its check,
// and restic with a repository in a folder. Only addresses and folders are put in the place of the pod's.

const etcd = etcdPrograms();
const restic = resticProgram();
if (etcd === undefined || restic === undefined) {
  process.stderr.write(
    'skipped, no etcdutl, or no restic 0.17.1: unpack etcd-server, etcd-client and restic of Debian 13\n',
  );
}
const withPrograms = etcd === undefined || restic === undefined ? test.skip : test;
const CLIENT = 'http://127.0.0.1:21979';

withPrograms(
  'a snapshot is taken, checked, encrypted, sent, thinned out and brought back',
  async () => {
    const dir = tempDir();
    const { pod, script } = render();
    const keys = PKI_FILES.map((name) => `etc/kubernetes/pki/${name}`);
    for (const name of [
      ...keys,
      'snapshot/x',
      'secrets/access-key-id',
      'secrets/secret-access-key',
    ]) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), `${name}\n`);
    }
    // As an editor leaves it: with a line break at its end.
    writeFileSync(join(dir, 'secrets/repository-password'), 'word\n');
    const local = (text: string) =>
      text.replace(/(^|[\s"'=])(\/(etc|snapshot|secrets)\b)/gm, `$1${dir}$2`);
    const env = {
      PATH: `${restic}:${etcd}:${process.env.PATH}`,
      RESTIC_REPOSITORY: join(dir, 'repository'),
      RESTIC_PASSWORD_FILE: join(dir, 'secrets/repository-password'),
      RESTIC_CACHE_DIR: join(dir, 'cache'),
      RESTIC_PROGRESS_FPS: '0.01',
    };
    const run = (command: string[], more: Record<string, string> = {}) => {
      const { status, stdout, stderr } = spawnSync(command[0]!, command.slice(1), {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...env, ...more },
      });
      return { status, output: `${stdout}${stderr}` };
    };
    const upload = (more?: Record<string, string>) => run(['/bin/sh', '-c', local(script)], more);
    const count = () => JSON.parse(run(['restic', 'snapshots', '--json']).output).length;
    const lab = new EtcdLab(etcd!);
    const member = {
      name: 'cp-1',
      client: CLIENT,
      peer: 'http://127.0.0.1:21980',
      dataDir: join(dir, 'data'),
    };
    try {
      lab.start(member, [member]);
      await lab.healthy([member]);
      lab.shell(`etcdctl --endpoints=${CLIENT} put before yes`);
      // Without TLS here; everything else is as in the pod.
      const [snapshot, verify] = pod.initContainers.map(({ command }: any) =>
        command
          .filter((word: string) => !/^--(cacert|cert|key)=/.test(word))
          .map((word: string) => local(word).replace('https://127.0.0.1:2379', CLIENT)),
      );
      expect(run(snapshot)).toMatchObject({ status: 0 });
      expect(run(verify)).toMatchObject({ status: 0, output: expect.stringContaining('REVISION') });
      const file = join(dir, 'snapshot/etcd.db');
      const saved = readFileSync(file);

      expect(upload()).toMatchObject({ status: 0 });
      expect(count()).toBe(1);
      // Nothing of it is readable without the password.
      expect(run(['grep', '-rq', 'BEGIN\\|pki/ca.key', env.RESTIC_REPOSITORY]).status).toBe(1);
      expect(upload()).toMatchObject({ status: 0 });
      expect(count()).toBe(2);

      // A wrong password starts nothing new, and a key that is gone is no success.
      const wrong = join(dir, 'wrong');
      writeFileSync(wrong, 'another');
      expect(upload({ RESTIC_PASSWORD_FILE: wrong }).status).toBe(12);
      rmSync(join(dir, 'etc/kubernetes/pki/sa.key'));
      expect(upload()).toMatchObject({
        status: 1,
        output: expect.stringContaining('pki/sa.key is not there'),
      });
      expect(count()).toBe(2);

      const target = join(dir, 'restore');
      const restore = 'restore latest --host oslo --tag etcd --target'.split(' ');
      expect(run(['restic', ...restore, target])).toMatchObject({ status: 0 });
      expect(readFileSync(join(target, file)).equals(saved)).toBe(true);
      expect(keys.filter((name) => !existsSync(join(target, dir, name)))).toEqual([]);

      // What the checks are for: a file that is no database, one that was cut, one that changed within.
      writeFileSync(file, 'not a database');
      expect(run(verify).status).not.toBe(0);
      writeFileSync(file, saved.subarray(0, saved.length / 2));
      expect(upload()).toMatchObject({
        status: 1,
        output: expect.stringContaining('the snapshot is damaged'),
      });
      const changed = Buffer.from(saved);
      changed.fill('x', changed.length - 1000, changed.length - 900);
      writeFileSync(file, changed);
      expect(upload().output).toContain('the snapshot is damaged');
      expect(count()).toBe(2);
    } finally {
      await lab.stopAll();
    }
  },
  120_000,
);
