import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../support/temp-app';
import { oslo } from './support';
import { KEY, ready, TOKEN, Trial } from './trial';

const STEPS = [
  'sealed',
  'machine',
  'config',
  'swap',
  'time',
  'packages',
  'units',
  'archives',
  'containerd',
  'images',
  'wait',
  'kubeadm',
  'post',
];

test('the script is valid bash', () => {
  const file = join(tempDir(), 'bootstrap');
  writeFileSync(file, oslo().files()['nodes/cp-1/files/usr/local/lib/groundwork/bootstrap']!);
  expect(spawnSync('bash', ['-n', file], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});

test('the script is the same on every machine', () => {
  const files = oslo().files();
  const scripts = ['cp-1', 'cp-2', 'cp-3'].map(
    (name) => files[`nodes/${name}/files/usr/local/lib/groundwork/bootstrap`],
  );
  expect(new Set(scripts).size).toBe(1);
});

describe('a machine without its secrets', () => {
  test('stops at the first step, says so, and has changed nothing', () => {
    const trial = new Trial('cp-2');
    const { code, output } = trial.run();
    expect(code).toBe(1);
    expect(output).toContain(
      '[sealed] FAILED: not sealed: bootstrap-token pki/ca.crt certificate-key not below /etc/groundwork/secrets',
    );
    expect(trial.read('/var/lib/groundwork/status')).toMatch(/^failed: sealed: not sealed: /);
    expect(trial.calls).toEqual([]);
    expect(trial.has('/var/lib/groundwork/done')).toBe(false);
  });

  test('takes a placeholder for no secret', () => {
    const trial = ready('cp-2');
    trial.write('/etc/groundwork/secrets/bootstrap-token', '@BOOTSTRAP_TOKEN@\n');
    expect(trial.run().code).toBe(1);
    expect(trial.read('/var/lib/groundwork/status')).toBe(
      'failed: sealed: not sealed: bootstrap-token is not a bootstrap token\n',
    );
  });
});

describe('the first control plane', () => {
  test('goes through all steps to a finished init', () => {
    const trial = ready('cp-1');
    // kubeadm init writes these; the pod must be there before, with the credentials that exist first
    trial.stub(
      'kubeadm',
      `
      if [ "$1" = init ]; then
        cp "$TRIAL/etc/kubernetes/manifests/kube-vip.manifest" "$TRIAL/at-init"
        cp "$TRIAL/run/groundwork/kubeadm.conf" "$TRIAL/conf-at-init"
        stat -c %a "$TRIAL/run/groundwork/kubeadm.conf"
      fi`,
    );
    const { code, output } = trial.run();
    expect(output).not.toContain('FAILED');
    expect(code).toBe(0);
    expect(trial.read('/var/lib/groundwork/status')).toBe('done\n');
    expect(readdirSync(join(trial.root, 'var/lib/groundwork/steps')).sort()).toEqual(
      STEPS.map((step, n) => `${String(n + 1).padStart(2, '0')}-${step}`),
    );
    expect(trial.calls).toEqual(
      expect.arrayContaining([
        'swapoff -a',
        'systemctl mask swap.target',
        'systemctl enable probe.service',
        'systemctl start probe.service',
        `kubeadm config images pull --config ${trial.root}/etc/groundwork/images.conf`,
        `kubeadm init --config ${trial.root}/run/groundwork/kubeadm.conf --upload-certs`,
      ]),
    );
    expect(trial.read('/etc/fstab')).toBe(
      'UUID=1 / ext4 defaults 0 1\n# groundwork: /dev/sda2 none swap sw 0 0\n',
    );
    expect(trial.read('/at-init')).toContain('/etc/kubernetes/super-admin.conf');
    expect(trial.read('/etc/kubernetes/manifests/kube-vip.manifest')).toContain(
      'path: /etc/kubernetes/admin.conf',
    );
    expect(trial.read('/usr/local/bin/kubelet')).toBe('kubelet\n');
    expect(trial.read('/usr/local/sbin/runc')).toBe('runc\n');
    expect(trial.read('/etc/kubernetes/pki/etcd/ca.key')).toBe('etcd/ca.key\n');
    // the secrets reach kubeadm, and what held them is gone
    const config = trial.read('/conf-at-init');
    expect(config).toContain(`token: "${TOKEN}"`);
    expect(config).toContain(`certificateKey: "${KEY}"`);
    expect(config).not.toContain('@');
    expect(trial.has('/run/groundwork/kubeadm.conf')).toBe(false);
    expect(trial.calls.join('\n')).not.toContain(TOKEN);
    expect(trial.calls.join('\n')).not.toContain(KEY);
    expect(trial.read('/var/log/groundwork.log')).toContain('[post] done');
  });

  test('goes on after a failed step where it stopped', () => {
    const trial = ready('cp-1');
    trial.stub('kubeadm', '[ "$1" != init ]');
    expect(trial.run().code).toBe(1);
    expect(trial.read('/var/lib/groundwork/status')).toMatch(
      /^failed: kubeadm: line \d+: kubeadm init --config/,
    );
    expect(trial.run('--list').output).toBe(
      STEPS.map(
        (step) => `${['kubeadm', 'post'].includes(step) ? 'to do' : 'done '}    ${step}\n`,
      ).join(''),
    );
    rmSync(join(trial.root, 'calls'));
    trial.stub('kubeadm', 'exit 0');
    expect(trial.run().code).toBe(0);
    expect(trial.calls).not.toContain('swapoff -a');
    expect(trial.read('/var/lib/groundwork/status')).toBe('done\n');
  });

  test('does not init twice, and does not take half an init for a whole one', () => {
    const trial = ready('cp-1');
    trial.write('/etc/kubernetes/kubelet.conf', '');
    expect(trial.run().code).toBe(1);
    expect(trial.read('/var/lib/groundwork/status')).toMatch(
      /^failed: kubeadm: an earlier kubeadm run stopped half-way/,
    );
    trial.write('/registered', '');
    trial.write('/etc/kubernetes/admin.conf', '');
    expect(trial.run().code).toBe(0);
    expect(trial.calls.filter((call) => call.startsWith('kubeadm init'))).toEqual([]);
  });

  test('never overwrites an authority that is there already', () => {
    const trial = ready('cp-1');
    trial.write('/etc/kubernetes/pki/ca.crt', 'another\n');
    expect(trial.run().code).toBe(1);
    expect(trial.read('/var/lib/groundwork/status')).toContain(
      'pki/ca.crt exists and is not the delivered one',
    );
    expect(trial.read('/etc/kubernetes/pki/ca.crt')).toBe('another\n');
  });
});

describe('machines that join', () => {
  test('a control plane waits for the one before it, joins, and only then runs kube-vip', () => {
    const trial = ready('cp-2');
    trial.stub('kubeadm', '[ ! -e "$TRIAL/etc/kubernetes/manifests/kube-vip.manifest" ]');
    expect(trial.run().code).toBe(0);
    expect(trial.calls.find((call) => call.includes('/readyz'))).toMatch(
      /--cacert \S+\/pki\/ca\.crt https:\/\/10\.20\.0\.11:6443\/readyz$/,
    );
    expect(trial.calls).toContain(
      `kubeadm config images pull --config ${trial.root}/etc/groundwork/images.conf`,
    );
    expect(trial.calls).toContain(
      `kubeadm join --config ${trial.root}/run/groundwork/kubeadm.conf`,
    );
    expect(trial.read('/etc/kubernetes/manifests/kube-vip.manifest')).toContain(
      'path: /etc/kubernetes/admin.conf',
    );
    expect(trial.has('/etc/kubernetes/pki')).toBe(false);
  });

  test('gives up after half an hour and names the machine it waited for', () => {
    const trial = ready('cp-2');
    trial.stub('curl', trial.read('/stubs/curl').replace('printf ok', 'exit 28'));
    // a clock that runs ten minutes at every look
    trial.stub(
      'date',
      'n=$(cat "$TRIAL/clock" 2>/dev/null || echo 0); echo $((n + 600)) | tee "$TRIAL/clock"',
    );
    expect(trial.run().code).toBe(1);
    expect(trial.read('/var/lib/groundwork/status')).toBe(
      'failed: wait: cp-1 did not become ready within 30 minutes (https://10.20.0.11:6443/readyz); ' +
        'look at /var/lib/groundwork/status there\n',
    );
    expect(trial.calls.some((call) => call.startsWith('kubeadm join'))).toBe(false);
  });

  test('a worker waits for the endpoint and needs neither images nor kube-vip', () => {
    const trial = ready('w-1');
    rmSync(join(trial.root, 'etc/groundwork/secrets/certificate-key'));
    expect(trial.run().code).toBe(0);
    expect(trial.calls.some((call) => call.endsWith('https://api.oslo.example:6443/readyz'))).toBe(
      true,
    );
    expect(trial.calls.filter((call) => call.startsWith('kubeadm'))).toEqual([
      `kubeadm join --config ${trial.root}/run/groundwork/kubeadm.conf`,
    ]);
    expect(trial.has('/etc/kubernetes/manifests')).toBe(false);
  });
});

describe('what is found on the way', () => {
  test('a kernel parameter that does not take its value is named with both values', () => {
    const trial = ready('cp-1');
    trial.stub(
      'sysctl',
      `
      mkdir -p "$TRIAL/keys"
      case "$1" in
        -n) [ "$2" = vm.panic_on_oom ] && echo 0 && exit; cat "$TRIAL/keys/$2" 2>/dev/null || echo 0 ;;
        -q) case "$3" in kernel.panic=*) ;; *) printf '%s\\n' "\${3#*=}" > "$TRIAL/keys/\${3%%=*}" ;; esac ;;
      esac`,
    );
    expect(trial.run().code).toBe(1);
    expect(trial.read('/var/lib/groundwork/status')).toBe(
      'failed: config: sysctl kernel.panic: wanted 10, got 0; \n',
    );
  });

  test('an archive with another checksum is not installed', () => {
    const trial = ready('cp-1');
    trial.write('/served/kubelet', 'something else\n');
    expect(trial.run().code).toBe(1);
    expect(trial.read('/var/lib/groundwork/status')).toMatch(
      /^failed: archives: the checksum of https:\/\/dl\.k8s\.io\/release\/v1\.36\.4\/bin\/linux\/amd64\/kubelet is not sha256:[0-9a-f]{64}$/m,
    );
    expect(trial.has('/usr/local/bin/kubelet')).toBe(false);
  });

  test('a containerd that ignores its configuration is noticed', () => {
    const trial = ready('cp-1');
    trial.stub('containerd', "echo 'SystemdCgroup = false'");
    expect(trial.run().code).toBe(1);
    expect(trial.read('/var/lib/groundwork/status')).toMatch(
      /^failed: containerd: containerd does not take SystemdCgroup/,
    );
  });

  test('a unit that does not start stops everything before kubeadm', () => {
    const trial = ready('cp-1');
    trial.stub('systemctl', '[ "$*" != "start probe.service" ]');
    expect(trial.run().code).toBe(1);
    expect(trial.read('/var/lib/groundwork/status')).toBe(
      'failed: units: unit probe.service does not start\n',
    );
    expect(trial.calls.some((call) => call.startsWith('kubeadm'))).toBe(false);
  });
});

test('--only config applies again, says what changed, and keeps the status', () => {
  const trial = ready('cp-1');
  expect(trial.run().code).toBe(0);
  trial.write('/keys/kernel.panic', '0\n');
  trial.write('/sys/module/nf_conntrack/parameters/hashsize', '1024\n');
  const { code, output } = trial.run('--only', 'config');
  expect(code).toBe(0);
  expect(output.split('\n').filter((line) => line.includes(' -> '))).toEqual([
    '[config] module option nf_conntrack hashsize: 1024 -> 65536',
    '[config] sysctl kernel.panic: 0 -> 10',
  ]);
  expect(output).not.toContain('new content');
  expect(trial.read('/var/lib/groundwork/status')).toBe('done\n');
  expect(trial.run('--only', 'kubeadm').code).toBe(1);
});
