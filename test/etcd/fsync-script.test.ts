import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FsyncGate } from '../../lib/etcd';
import { fsyncScript } from '../../lib/etcd/fsync-script';
import { fsyncTuning } from '../../lib/etcd/tuning';
import { tempDir } from '../support/temp-app';

// What fio 3.33 printed for the job of the script: on a tmpfs, and on a disk that others wrote to.
const FIXTURES = join(__dirname, '../fixtures/fio');
const recorded = (name: string) => readFileSync(join(FIXTURES, `${name}.json`), 'utf8');
const FAST = recorded('tmpfs');
const SLOW = recorded('shared-disk');

type Mode = FsyncGate.STOP | FsyncGate.WARN;

/** A machine on which fio prints what the test says. */
class Lab {
  public readonly root = tempDir();
  public readonly kept = join(this.root, 'var/lib/groundwork/fsync-gate');

  public constructor(
    private readonly mode: Mode,
    fio: string | undefined = FAST,
  ) {
    this.write('answer', fio ?? '');
    this.fio('cp "$LAB/answer" "$result"');
  }

  public fio(body: string): this {
    const read =
      'for word; do case "$word" in --output=*) result=${word#--output=} ;; --directory=*) dir=${word#--directory=} ;; esac; done';
    this.write('bin/fio', `#!/bin/sh\n${read}\necho "$*" >>"$LAB/calls"\n${body}\n`);
    chmodSync(join(this.root, 'bin/fio'), 0o755);
    return this;
  }

  public write(relative: string, content: string): this {
    mkdirSync(dirname(join(this.root, relative)), { recursive: true });
    writeFileSync(join(this.root, relative), content);
    return this;
  }

  public run(...args: string[]) {
    const tuning = fsyncTuning(this.mode);
    const script = fsyncScript(
      {
        mode: this.mode,
        dir: '/var/lib/etcd',
        member: '/var/lib/etcd/data/member',
        job: tuning.get('job'),
        warnNs: tuning.get('warnNs'),
        stopNs: tuning.get('stopNs'),
      },
      { root: this.root },
    );
    this.write('script', script);
    const { status, stdout, stderr } = spawnSync('sh', [join(this.root, 'script'), ...args], {
      encoding: 'utf8',
      env: { PATH: `${join(this.root, 'bin')}:/usr/bin:/bin`, LAB: this.root },
    });
    return { status, said: stdout.replaceAll(this.root, '').trim(), stderr };
  }

  public get verdict(): string | undefined {
    return existsSync(this.kept)
      ? readFileSync(this.kept, 'utf8').replaceAll(this.root, '').trim()
      : undefined;
  }

  public get calls(): string[] {
    const file = join(this.root, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }
}

/** The slow recording with another 99th percentile; only that figure may decide. */
const withP99 = (ns: number) => SLOW.replace(/("99\.000000" : )18219008/, `$1${ns}`);

const PASS = 'PASS fsync of etcd in /var/lib/etcd: 99 of 100 take less than';
const WARN = 'WARN fsync of etcd in /var/lib/etcd: 99 of 100 take less than';
const FAIL = 'FAIL fsync of etcd in /var/lib/etcd: 99 of 100 take less than';

describe('the verdict', () => {
  test.each<[string, string, string, number, string]>([
    ['a tmpfs', FAST, 'PASS', 0, `${PASS} 0.000 ms, under 1 ms`],
    [
      'a disk that is shared',
      SLOW,
      'FAIL',
      1,
      `${FAIL} 18.219 ms, etcd needs 10 ms: leaders would change under load; give it a disk with power-loss protection that nobody shares, or set fsyncGate of EtcdOnNvme to WARN`,
    ],
    ['just under 1 ms', withP99(999_999), 'PASS', 0, `${PASS} 0.999 ms, under 1 ms`],
    [
      '1 ms',
      withP99(1_000_000),
      'WARN',
      0,
      `${WARN} 1.000 ms: enough for etcd (10 ms), not what an NVMe disk with power-loss protection does (1 ms)`,
    ],
    [
      'just under 10 ms',
      withP99(9_999_999),
      'WARN',
      0,
      `${WARN} 9.999 ms: enough for etcd (10 ms), not what an NVMe disk with power-loss protection does (1 ms)`,
    ],
    ['10 ms', withP99(10_000_000), 'FAIL', 1, `${FAIL} 10.000 ms, etcd needs 10 ms`],
    ['seven seconds', withP99(7_400_000_000), 'FAIL', 1, `${FAIL} 7400.000 ms, etcd needs 10 ms`],
  ])('%s', (_what, json, word, status, line) => {
    const lab = new Lab(FsyncGate.STOP).write('result.json', json);
    const judged = lab.run('--judge', join(lab.root, 'result.json'));
    expect(judged).toMatchObject({ status, stderr: '' });
    expect(judged.said.startsWith(line)).toBe(true);
    expect(judged.said.split('\n')).toHaveLength(1);
    expect(judged.said.split(' ')[0]).toBe(word);
    // somebody else's measurement is not this machine's
    expect(lab.verdict).toBeUndefined();

    const lenient = new Lab(FsyncGate.WARN).write('result.json', json);
    const passed = lenient.run('--judge', join(lenient.root, 'result.json'));
    expect(passed.status).toBe(0);
    expect(passed.said.split(' ')[0]).toBe(word === 'FAIL' ? 'WARN' : word);
  });

  test.each([
    ['nothing', ''],
    ['no latency', FAST.replaceAll('"99.000000"', '"98.000000"')],
    ['a percentile of something else alone', FAST.replace('"sync" : {', '"other" : {')],
    ['words instead of numbers', FAST.replace(/"99\.000000" : \d+/g, '"99.000000" : nan')],
  ])('%s is not measured, and that stops as well', (_what, json) => {
    const lab = new Lab(FsyncGate.STOP, json);
    const outcome = lab.run();
    expect(outcome.status).toBe(1);
    expect(outcome.said).toContain('FAIL fsync of etcd in /var/lib/etcd: not measured');
    const lenient = new Lab(FsyncGate.WARN, json).run();
    expect(lenient.status).toBe(0);
    expect(lenient.said).toContain('WARN fsync of etcd in /var/lib/etcd: not measured');
  });

  test('messages of fio before the JSON do no harm', () => {
    expect(new Lab(FsyncGate.STOP, `fio: a note\nnote: another\n${FAST}`).run().status).toBe(0);
  });
});

describe('a run', () => {
  test('measures in a directory of its own, keeps the verdict and nothing else', () => {
    const lab = new Lab(FsyncGate.STOP).fio(
      '[ -d "$dir" ] && : >"$dir/etcd.0.0" && cp "$LAB/answer" "$result"',
    );
    const outcome = lab.run();
    expect(outcome).toEqual({ status: 0, said: `${PASS} 0.000 ms, under 1 ms`, stderr: '' });
    expect(lab.verdict).toBe(outcome.said);
    const etcd = join(lab.root, 'var/lib/etcd');
    expect(readdirSync(etcd)).toEqual([]);
    // kubeadm makes it like this where there is no disk
    expect(statSync(etcd).mode.toString(8).slice(-3)).toBe('700');
    expect(lab.calls).toHaveLength(1);
    expect(lab.calls[0]).toMatch(
      /^--name=etcd --directory=\S+\/var\/lib\/etcd\/\.fsync\.\w{6} --rw=write --ioengine=sync --fdatasync=1 --bs=2300 --size=22m --runtime=20 --percentile_list=50:99:99\.9 --output-format=json --output=\S+\/result$/,
    );
  });

  test('that fails leaves its verdict', () => {
    const lab = new Lab(FsyncGate.STOP, SLOW);
    expect(lab.run().status).toBe(1);
    expect(lab.verdict).toMatch(/^FAIL .* 18\.219 ms/);
    expect(readdirSync(join(lab.root, 'var/lib/etcd'))).toEqual([]);
  });

  test('clears up what a power cut left', () => {
    const lab = new Lab(FsyncGate.STOP).write('var/lib/etcd/.fsync.abc123/etcd.0.0', 'x');
    expect(lab.run().status).toBe(0);
    expect(readdirSync(join(lab.root, 'var/lib/etcd'))).toEqual([]);
  });

  test('without fio, or with one that fails, is no measurement', () => {
    const no = { status: 1, said: expect.stringContaining('not measured') };
    expect(new Lab(FsyncGate.STOP).fio('exit 127').run()).toMatchObject(no);
    // also when it says something before it breaks off
    const broken = new Lab(FsyncGate.STOP).fio('cp "$LAB/answer" "$result"; exit 1');
    expect(broken.run()).toMatchObject(no);
  });

  test('beside a member is only made when a person asks for it', () => {
    const lab = new Lab(FsyncGate.STOP, SLOW).write('var/lib/etcd/data/member/snap/db', '');
    expect(lab.run()).toMatchObject({
      status: 0,
      said: expect.stringContaining('nothing is measured'),
    });
    expect(lab.calls).toEqual([]);
    expect(lab.verdict).toBeUndefined();
    expect(lab.run('--again').status).toBe(1);
    expect(lab.calls).toHaveLength(1);
    expect(lab.verdict).toMatch(/^FAIL /);
  });

  test('with another word says how it is used', () => {
    const lab = new Lab(FsyncGate.STOP);
    expect(lab.run('--force')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('usage'),
    });
    expect(lab.calls).toEqual([]);
  });
});
