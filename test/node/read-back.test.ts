import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parameter, ready, type Trial } from './trial';

// After the parameters are set, the machine's kernel and its other files are asked.
const status = (trial: Trial) => trial.read('/var/lib/groundwork/status');
const config = (trial: Trial) => trial.run('--only', 'config');

test('keys that are not there name the module they belong to', () => {
  const trial = ready('cp-1');
  trial.absent = /nf_conntrack_udp/;
  expect(config(trial).code).toBe(1);
  expect(status(trial)).toBe(
    'failed: config: sysctl net.netfilter.nf_conntrack_udp_timeout: wanted 30, got nothing, the module nf_conntrack is not loaded; ' +
      'net.netfilter.nf_conntrack_udp_timeout_stream: wanted 120, got nothing, the module nf_conntrack is not loaded\n',
  );
});

test('a key that no module brings is just not there', () => {
  const trial = ready('cp-1');
  trial.absent = /vm\.max_map_count/;
  expect(config(trial).code).toBe(1);
  expect(status(trial)).toBe(
    'failed: config: sysctl vm.max_map_count: wanted 1048576, got nothing\n',
  );
});

describe('files that are read after ours', () => {
  test.each([
    ['/etc/sysctl.d/zzz.conf', 'net.ipv4.ip_forward=0', '0'],
    ['/usr/lib/sysctl.d/zzz.conf', '  -net/ipv4/ip_forward = 0 ', '0'],
    ['/run/sysctl.d/zzz.conf', 'vm.swappiness=1\nnet.ipv4.ip_forward\t=\t2', '2'],
  ])('%s: %j stops the machine and is named', (path, content, value) => {
    const trial = ready('cp-1');
    trial.write(path, `${content}\n`);
    expect(config(trial).code).toBe(1);
    expect(status(trial)).toBe(
      `failed: config: sysctl net.ipv4.ip_forward: wanted 1, ${path} says ${value} and is read after ours; take it out of there\n`,
    );
  });

  test.each([
    // read before ours
    ['/etc/sysctl.d/99-sysctl.conf', 'net.ipv4.ip_forward=0'],
    ['/etc/sysctl.d/sysctl.conf', 'net.ipv4.ip_forward=0'],
    ['/usr/lib/sysctl.d/50-default.conf', 'net.ipv4.ip_forward=0'],
    // says the same, something else, or nothing at all
    ['/etc/sysctl.d/zzz.conf', 'net.ipv4.ip_forward=1'],
    ['/etc/sysctl.d/zzz.conf', 'vm.swappiness=1'],
    ['/etc/sysctl.d/zzz.conf', '#net.ipv4.ip_forward=0'],
    ['/etc/sysctl.conf', ''],
    // a pattern does not count where a name is given
    ['/etc/sysctl.d/zzz.conf', 'net.ipv4.*=0'],
  ])('%s: %j is no quarrel', (path, content) => {
    const trial = ready('cp-1');
    trial.write(path, `${content}\n`);
    expect(config(trial).output).not.toContain('FAILED');
  });
});

test('/etc/sysctl.conf is read by nobody at boot: a warning, and the machine goes on', () => {
  const trial = ready('cp-1');
  trial.write('/etc/sysctl.conf', '# theirs\nnet.ipv4.ip_forward = 0\n');
  const { output } = config(trial);
  expect(output).not.toContain('FAILED');
  expect(output).toContain(
    'WARNING sysctl net.ipv4.ip_forward: wanted 1, /etc/sysctl.conf says 0 and is read after ours by sysctl --system; take it out of there',
  );
});

test('a file that somebody masked is read by nobody', () => {
  const trial = ready('cp-1');
  trial.write('/usr/lib/sysctl.d/zzz.conf', 'net.ipv4.ip_forward=0\n');
  mkdirSync(join(trial.root, 'etc/sysctl.d'), { recursive: true });
  symlinkSync('/dev/null', join(trial.root, 'etc/sysctl.d/zzz.conf'));
  expect(config(trial).output).not.toContain('FAILED');
});

test('a value of several numbers is the same with tabs', () => {
  const trial = ready('cp-1');
  const file = '/etc/sysctl.d/zz-groundwork.conf';
  trial.write(file, `${trial.read(file)}net.ipv4.tcp_rmem = 4096 131072 16777216\n`);
  trial.write(parameter('net.ipv4.tcp_rmem'), '4096\t131072\t16777216\n');
  trial.write('/etc/sysctl.d/zzz.conf', 'net.ipv4.tcp_rmem = 4096  131072\t16777216\n');
  const { code, output } = config(trial);
  expect(output).not.toMatch(/tcp_rmem|FAILED/);
  expect(code).toBe(0);
});

test('a key for several interfaces has all their values', () => {
  const trial = ready('cp-1');
  const file = '/etc/sysctl.d/zz-groundwork.conf';
  trial.write(file, `${trial.read(file)}net.ipv4.conf.*.rp_filter = 0\n`);
  trial.write(parameter('net.ipv4.conf.all.rp_filter'), '0\n');
  trial.write(parameter('net.ipv4.conf.eno1.rp_filter'), '2\n');
  trial.absent = /\*/;
  expect(config(trial).code).toBe(1);
  expect(status(trial)).toBe(
    'failed: config: sysctl net.ipv4.conf.*.rp_filter: wanted 0, got 0 / 2\n',
  );
});

test('parameters are set by one call, and modules loaded by one', () => {
  const trial = ready('cp-1');
  expect(config(trial).code).toBe(0);
  const calls = (name: string) => trial.calls.filter((call) => call.startsWith(`${name} `));
  expect(calls('sysctl')).toHaveLength(1);
  expect(calls('modprobe')).toHaveLength(1);
  expect(config(trial).code).toBe(0);
  expect(calls('sysctl').concat(calls('modprobe'))).toHaveLength(2);
});
