import { chmodSync, cpSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Machine, Underlay, type NodeBootstrapOptions } from '../../lib';
import { osloMachine } from '../support/oslo';
import { tempDir } from '../support/temp-app';
import { oslo, unpacked } from './support';
import { ready, type Trial } from './trial';

/** The folder files of one machine, as somebody copies it: modes are lost on the way. */
function copy(machine: string, options: NodeBootstrapOptions = {}, mtu = 1500): string {
  const root = tempDir();
  const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
  const { node, cluster, files } = oslo(
    {
      machines: [osloMachine(1), osloMachine(2), osloMachine(3), worker],
      underlay: Underlay.flatL2({ mtu }),
    },
    options,
  );
  cluster.ledger.requireUnit('probe.service', {
    by: node,
    why: 'test',
    content: '[Service]\nExecStart=/bin/true\n',
  });
  const prefix = `nodes/${machine}/files`;
  for (const [path, content] of Object.entries(files())) {
    if (path.startsWith(`${prefix}/`)) {
      const target = join(root, path.slice(prefix.length));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, content);
      chmodSync(target, 0o600);
    }
  }
  return root;
}

/** A finished node whose modes are those of cloud-init. */
function running(machine = 'cp-1'): Trial {
  const trial = ready(machine);
  expect(trial.run().code).toBe(0);
  for (const line of trial.read('/etc/groundwork/files.list').split('\n').slice(1, -1)) {
    const [mode, path] = line.split(' ') as [string, string];
    chmodSync(join(trial.root, path), parseInt(mode, 8));
  }
  // The trial's archives and its fstab are not those of the spec.
  rmSync(join(trial.root, 'calls'));
  trial.stub('stat', 'case "$*" in *cgroup*) echo cgroup2fs ;; *) exec /usr/bin/stat "$@" ;; esac');
  trial.stub('systemctl', 'exit 0');
  return trial;
}
const lines = (output: string) =>
  output.split('\n').filter((line) => /^\[files\]| -> |new content|WARNING/.test(line));
const update = (trial: Trial, from: string) => trial.run('--only', 'config', '--from', from);

test('the list names every file of the machine with its mode, and itself', () => {
  const files = oslo().files();
  const list = unpacked(files, 'cp-1', '/etc/groundwork/files.list').split('\n').slice(1, -1);
  const prefix = 'nodes/cp-1/files';
  const paths = Object.keys(files).filter((path) => path.startsWith(`${prefix}/`));
  expect(list.map((line) => line.split(' ')[1])).toEqual(
    paths.map((path) => path.slice(prefix.length)).sort(),
  );
  expect(list).toContain('0755 /usr/local/lib/groundwork/bootstrap');
  expect(list).toContain('0644 /etc/groundwork/files.list');
});

test('what is new arrives with its mode and is applied; the second time nothing changes', () => {
  const trial = running();
  const from = copy('cp-1', {
    ntpServers: ['ntp.example.no'],
    kernel: { overrides: { 'vm.max_map_count': '2097152' } },
  });
  cpSync(
    join(trial.root, 'etc/groundwork/archives.list'),
    join(from, 'etc/groundwork/archives.list'),
  );
  // As a newer release brings it.
  const script = join(from, 'usr/local/lib/groundwork/bootstrap');
  cpSync(join(trial.root, 'usr/local/lib/groundwork/bootstrap'), script);
  writeFileSync(script, `${trial.read('/usr/local/lib/groundwork/bootstrap')}say 'the new one'\n`);
  const first = update(trial, from);
  expect(first.code).toBe(0);
  expect(lines(first.output)).toEqual([
    '[files] new: /etc/chrony/conf.d/60-groundwork.conf',
    '[files] changed: /etc/groundwork/files.list',
    '[files] changed: /etc/groundwork/machine.env',
    '[files] changed: /etc/sysctl.d/zz-groundwork.conf',
    '[files] new: /etc/systemd/timesyncd.conf.d/60-groundwork.conf',
    '[files] changed: /usr/local/lib/groundwork/bootstrap',
    '[config] sysctl vm.max_map_count: 1048576 -> 2097152',
    '[config] /etc/systemd/timesyncd.conf.d/60-groundwork.conf: new content, systemctl try-restart systemd-timesyncd.service',
    '[config] /etc/chrony/conf.d/60-groundwork.conf: new content, systemctl try-restart chrony.service',
  ]);
  expect(first.output).toContain('the new one');
  expect(trial.calls).toContain('systemctl try-restart systemd-timesyncd.service');
  const mode = (path: string) => statSync(join(trial.root, path)).mode.toString(8).slice(-3);
  expect(mode('usr/local/lib/groundwork/bootstrap')).toBe('755');
  expect(mode('etc/sysctl.d/zz-groundwork.conf')).toBe('644');
  expect(trial.read('/var/lib/groundwork/status')).toBe('done\n');
  // Each line once, in the log as on the terminal.
  expect(
    trial.read('/var/log/groundwork.log').match(/max_map_count: 1048576 -> 2097152/g),
  ).toHaveLength(1);

  rmSync(join(trial.root, 'calls'));
  const second = update(trial, from);
  expect(second.code).toBe(0);
  expect(lines(second.output)).toEqual([]);
  expect(trial.calls.filter((call) => /systemctl (try-|restart)/.test(call))).toEqual([]);
});

test('containerd restarts when its file changed and is understood, kubelet when its unit did', () => {
  const trial = running('w-1');
  trial.write('/etc/containerd/config.toml', 'version = 3\n');
  trial.write('/etc/systemd/system/kubelet.service.d/20-x.conf', '[Service]\n');
  expect(trial.run('--only', 'config').code).toBe(0);
  expect(trial.calls.filter((call) => /systemctl (try-|restart)/.test(call))).toEqual([
    'systemctl try-restart containerd.service',
    'systemctl try-restart kubelet.service',
  ]);
  trial.write('/etc/containerd/config.toml', 'version = 9\n');
  trial.stub('containerd', 'echo SystemdCgroup = false');
  rmSync(join(trial.root, 'calls'));
  expect(trial.run('--only', 'config').code).toBe(1);
  expect(trial.calls).not.toContain('systemctl try-restart containerd.service');
});

test.each(['not-found', 'masked'])(
  'a service that is %s is not restarted, and stops nobody',
  (state) => {
    const trial = ready('cp-1');
    // As systemd answers for a unit that does not exist.
    trial.stub(
      'systemctl',
      `case "$*" in "show --property=LoadState --value systemd-networkd.service") echo ${state} ;; *"restart systemd-networkd.service") exit 5 ;; esac`,
    );
    const { code, output } = trial.run();
    expect([code, output]).toEqual([0, expect.anything()]);
    expect(output).toContain(
      '[config] /etc/systemd/networkd.conf.d/60-groundwork.conf: new content, and nobody here who reads it',
    );
    expect(trial.calls).not.toContain('systemctl try-restart systemd-networkd.service');
  },
);

test('kube-vip is exchanged when it is another one, and left alone when not', () => {
  const trial = running();
  const placed = () => trial.read('/etc/kubernetes/manifests/kube-vip.manifest');
  const before = placed();
  expect(trial.run('--only', 'config').code).toBe(0);
  expect(placed()).toBe(before);
  const changed = `${trial.read('/etc/groundwork/kube-vip.manifest')}# another one\n`;
  trial.write('/etc/groundwork/kube-vip.manifest', changed);
  expect(trial.run('--only', 'config').code).toBe(0);
  expect(placed()).toBe(changed);
});

test('packages that somebody holds back are there', () => {
  const trial = running();
  trial.stub(
    'dpkg-query',
    'case "$3" in *db:Status-Status*) echo installed ;; *) echo hold ok installed ;; esac',
  );
  expect(trial.run('--only', 'config').code).toBe(0);
  expect(trial.calls.filter((call) => call.startsWith('apt-get'))).toEqual([]);
});

test('a file that the spec no longer has is named and stays', () => {
  const trial = running();
  const list = trial.read('/etc/groundwork/files.list');
  trial.write('/etc/groundwork/files.list', `${list}0644 /etc/old.conf\n`);
  trial.write('/etc/old.conf', 'old\n');
  const { output } = update(trial, copy('cp-1'));
  expect(output).toContain(
    '[files] WARNING: /etc/old.conf is not in the spec any more; remove it when nobody needs it',
  );
  expect(trial.read('/etc/old.conf')).toBe('old\n');
});

describe('what is refused, with nothing changed', () => {
  const refused = (change: (from: string) => void, machine = 'cp-1') => {
    const trial = running();
    const hosts = trial.read('/etc/hosts');
    const from = copy(machine, { ntpServers: ['ntp.example.no'] });
    change(from);
    const { code, output } = update(trial, from);
    expect(code).toBe(1);
    expect(trial.read('/etc/hosts')).toBe(hosts);
    expect(trial.has('/etc/systemd/timesyncd.conf.d/60-groundwork.conf')).toBe(false);
    // The node is as well as before.
    expect(trial.read('/var/lib/groundwork/status')).toBe('done\n');
    return output.replaceAll(from, 'DIR');
  };

  test('another folder', () => {
    expect(refused((from) => rmSync(join(from, 'etc/groundwork/files.list')))).toContain(
      'DIR has no /etc/groundwork/files.list: give the folder files of this machine',
    );
  });

  test('the files of another machine', () => {
    expect(refused(() => undefined, 'cp-2')).toContain('DIR is for cp-2, this machine is cp-1');
  });

  test('half a copy', () => {
    expect(refused((from) => rmSync(join(from, 'etc/hosts')))).toContain(
      'DIR is not whole: /etc/hosts is missing',
    );
  });

  test('a secret', () => {
    const list = (from: string) => join(from, 'etc/groundwork/files.list');
    expect(
      refused((from) => writeFileSync(list(from), '0600 /etc/groundwork/secrets/pki/ca.key\n')),
    ).toContain('/etc/groundwork/secrets/pki/ca.key is not for this list');
  });
});
