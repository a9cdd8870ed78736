import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EtcdFilesystem, FsyncGate } from '../../lib/etcd';
import { fsyncScript } from '../../lib/etcd/fsync-script';
import { diskTuning, fsyncTuning } from '../../lib/etcd/tuning';
import { tempDir } from '../support/temp-app';
import { run, withTools } from './programs';

// The measuring script with a real fio: on a tmpfs, and on an etcd disk as we make and mount it. How
// fast this computer is does not matter; what the script says of it must be what fio measured.
const MIB = 1024 ** 2;

/** The percentile where fio's own documentation has it, read by a JSON parser. */
function percentile(file: string): number {
  const text = readFileSync(file, 'utf8');
  const { jobs } = JSON.parse(text.slice(text.indexOf('{')));
  expect(jobs).toHaveLength(1);
  expect(jobs[0]['job options']).toMatchObject({ fdatasync: '1', bs: '2300', ioengine: 'sync' });
  return jobs[0].sync.lat_ns.percentile['99.000000'];
}

function word(ns: number, mode: FsyncGate): string {
  if (ns < 1e6) {
    return 'PASS';
  }
  return ns < 1e7 || mode === FsyncGate.WARN ? 'WARN' : 'FAIL';
}

/** Runs the script below a folder; fio is the real one, cut short, and its result is kept for us. */
function measure(root: string, mode: FsyncGate.STOP | FsyncGate.WARN) {
  const tuning = fsyncTuning(mode);
  const script = fsyncScript(
    {
      mode,
      dir: '/var/lib/etcd',
      member: '/var/lib/etcd/data/member',
      job: tuning.get('job'),
      warnNs: tuning.get('warnNs'),
      stopNs: tuning.get('stopNs'),
    },
    { root },
  );
  const bin = tempDir();
  writeFileSync(
    join(bin, 'fio'),
    `#!/bin/sh
/usr/bin/fio "$@" --runtime=3 || exit $?
for word; do case "$word" in --output=*) cp "\${word#--output=}" "${bin}/result" ;; esac; done
`,
    { mode: 0o755 },
  );
  const file = join(bin, 'verify-etcd-fsync');
  writeFileSync(file, script);
  const { status, output } = run('env', [`PATH=${bin}:/usr/bin:/bin`, 'sh', file]);
  return { status, output, ns: percentile(join(bin, 'result')) };
}

function check(root: string): void {
  for (const mode of [FsyncGate.STOP, FsyncGate.WARN] as const) {
    const { status, output, ns } = measure(root, mode);
    const verdict = word(ns, mode);
    const ms = `${Math.trunc(ns / 1e6)}.${String(Math.trunc((ns % 1e6) / 1e3)).padStart(3, '0')} ms`;
    expect(output.trim().split('\n').at(-1)).toMatch(
      new RegExp(
        `^${verdict} fsync of etcd in ${root}/var/lib/etcd: 99 of 100 take less than ${ms}`,
      ),
    );
    expect(status).toBe(verdict === 'FAIL' ? 1 : 0);
    expect(readFileSync(join(root, 'var/lib/groundwork/fsync-gate'), 'utf8')).toContain(ms);
    expect(readdirSync(join(root, 'var/lib/etcd')).filter((f) => f !== 'lost+found')).toEqual([]);
  }
}

withTools(['fio', 'mount', 'umount'], 'a tmpfs is judged by what fio measured', () => {
  const root = tempDir();
  mkdirSync(join(root, 'var/lib/etcd'), { recursive: true });
  const point = join(root, 'var/lib/etcd');
  try {
    expect(run('mount', ['-t', 'tmpfs', 'tmpfs', point])).toMatchObject({ status: 0 });
    check(root);
  } finally {
    run('umount', [point]);
  }
});

for (const filesystem of Object.values(EtcdFilesystem)) {
  withTools(
    ['fio', 'losetup', `mkfs.${filesystem}`, 'mount', 'umount'],
    `an ${filesystem} as we make and mount it is judged by what fio measured`,
    () => {
      const root = tempDir();
      const image = join(tempDir(), 'disk.img');
      const point = join(root, 'var/lib/etcd');
      mkdirSync(point, { recursive: true });
      writeFileSync(image, '');
      truncateSync(image, 400 * MIB);
      const tuning = diskTuning(filesystem);
      const made = run(`mkfs.${filesystem}`, [...tuning.get('mkfs').split(' '), image]);
      expect(made).toMatchObject({ status: 0 });
      try {
        const options = `loop,${tuning.get('options')}`;
        const mounted = run('mount', ['-t', filesystem, '-o', options, image, point]);
        expect(mounted).toMatchObject({ status: 0 });
        check(root);
      } finally {
        run('umount', [point]);
      }
    },
  );
}

withTools(['fio', 'mount', 'umount'], 'a disk that is full is not measured, and that stops', () => {
  const root = tempDir();
  const point = join(root, 'var/lib/etcd');
  mkdirSync(point, { recursive: true });
  try {
    run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', point]);
    const tuning = fsyncTuning(FsyncGate.STOP);
    const script = fsyncScript(
      {
        mode: FsyncGate.STOP,
        dir: '/var/lib/etcd',
        member: '/var/lib/etcd/data/member',
        job: tuning.get('job'),
        warnNs: tuning.get('warnNs'),
        stopNs: tuning.get('stopNs'),
      },
      { root },
    );
    const file = join(root, 'script');
    writeFileSync(file, script);
    expect(run('sh', [file])).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^FAIL fsync of etcd in \S+: not measured/m),
    });
    expect(readdirSync(point)).toEqual([]);
  } finally {
    run('umount', [point]);
  }
});
