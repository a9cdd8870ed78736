import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { guardScript } from '../../lib/etcd/guard-script';
import { tempDir } from '../support/temp-app';

const MANIFEST = 'etc/kubernetes/manifests/etcd.yaml';
const DONE = 'var/lib/groundwork/done';
const DATA = 'var/lib/etcd/data/member/snap/db';
const WAL = 'var/lib/etcdwal/wal/0.wal';

/** Runs the guard in a folder of its own that holds the given files. */
function guard(hasWalDisk: boolean, files: readonly string[]) {
  const root = tempDir();
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  const { status, stderr } = spawnSync('sh', ['-c', guardScript(hasWalDisk, { root })], {
    encoding: 'utf8',
  });
  return {
    status,
    stderr: stderr.replaceAll(root, ''),
    has: (file: string) => existsSync(join(root, file)),
  };
}

test('a member that lost its data does not start an empty etcd', () => {
  expect(guard(false, [MANIFEST, DONE])).toMatchObject({
    status: 1,
    stderr:
      '/var/lib/etcd/data/member does not exist, and this machine was an etcd member: put the disk back, or remove this member from etcd on another control plane and run kubeadm reset; to start without etcd, move /etc/kubernetes/manifests/etcd.yaml away\n',
  });
});

test('nor does one that lost its log', () => {
  const lost = guard(true, [MANIFEST, DONE, DATA]);
  expect(lost.status).toBe(1);
  expect(lost.stderr).toMatch(/^\/var\/lib\/etcdwal\/wal does not exist/);
});

test.each<[string, boolean, string[]]>([
  ['has its data', false, [MANIFEST, DONE, DATA]],
  ['has its data and its log', true, [MANIFEST, DONE, DATA, WAL]],
  ['is just becoming a member', true, [MANIFEST]],
  ['was reset', false, [DONE]],
  ['is new', true, []],
])('a machine that %s starts', (_what, hasWalDisk, files) => {
  expect(guard(hasWalDisk, files)).toMatchObject({ status: 0, stderr: '' });
});

test('the log of a member that was reset is laid aside, once and again', () => {
  const reset = guard(true, [DONE, WAL, 'var/lib/etcdwal/wal.old/older.wal']);
  expect(reset).toMatchObject({ status: 0, stderr: '' });
  expect(reset.has('var/lib/etcdwal/wal')).toBe(false);
  expect(reset.has('var/lib/etcdwal/wal.old/0.wal')).toBe(true);
  expect(reset.has('var/lib/etcdwal/wal.old/older.wal')).toBe(false);
});

test.each<[string, string[]]>([
  ['an etcd that somebody keeps from starting', [DONE, DATA, WAL]],
  ['a member whose data is missing', [MANIFEST, WAL]],
])('the log of %s stays', (_what, files) => {
  expect(guard(true, files).has(WAL)).toBe(true);
});
