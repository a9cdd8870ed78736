import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from '../support/temp-app';
import { oslo } from './support';
import { KEY, parameter, ready, TOKEN, Trial } from './trial';

const STEPS = [
  'sealed',
  'machine',
  'config',
  'swap',
  'time',
  'packages',
  'credentials',
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

const status = (trial: Trial) => trial.read('/var/lib/groundwork/status');

describe('a machine without its secrets', () => {
  test('stops at the first step, says so, and has changed nothing', () => {
    const trial = new Trial('cp-2');
    const { code, output } = trial.run();
    expect(code).toBe(75);
    expect(output).toContain(
      '[sealed] FAILED: not sealed: bootstrap-token pki/ca.crt certificate-key encryption-key not below /etc/groundwork/secrets',
    );
    expect(trial.read('/var/lib/groundwork/status')).toMatch(/^failed: sealed: not sealed: /);
    expect(trial.calls).toEqual([]);
    expect(trial.has('/var/lib/groundwork/done')).toBe(false);
  });

  test('takes a placeholder for no secret', () => {
    const trial = ready('cp-2');
    trial.write('/etc/groundwork/secrets/bootstrap-token', '@BOOTSTRAP_TOKEN@\n');
    expect(trial.run().code).toBe(75);
    expect(trial.read('/var/lib/groundwork/status')).toBe(
      'failed: sealed: not sealed: bootstrap-token is not a bootstrap token; this may pass: the unit tries again every minute, by hand run it again\n',
    );
  });
});

describe('the first control plane', () => {
  test('goes through all steps to a finished init', () => {
    const trial = ready('cp-1');
    // the pod must be there before
    trial.extend(
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
        'systemctl --no-reload mask swap.target',
        expect.stringMatching(/^systemctl --no-reload enable .*probe\.service/),
        'systemctl start probe.service',
        `kubeadm config images pull --config ${trial.root}/etc/groundwork/images.conf`,
        `kubeadm init --config ${trial.root}/run/groundwork/kubeadm.conf --upload-certs --skip-token-print --skip-certificate-key-print`,
        expect.stringMatching(/^crictl pull \S+\/kube-vip:v/),
      ]),
    );
    expect(trial.read('/etc/fstab')).toBe(
      'UUID=1 / ext4 defaults 0 1\n# groundwork: /dev/sda2 none swap sw 0 0\n',
    );
    // the everyday pod, and it is never touched again
    expect(trial.read('/at-init')).toContain('path: /etc/kubernetes/admin.conf');
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
    // the trial's kubeadm prints both unless it is told not to
    const log = trial.read('/var/log/groundwork.log');
    expect([TOKEN, KEY].filter((secret) => (output + log).includes(secret))).toEqual([]);
    const mode = statSync(join(trial.root, 'var/log/groundwork.log')).mode.toString(8);
    expect(mode.slice(-3)).toBe('600');
    expect(trial.calls.filter((call) => call.startsWith('sync'))).toHaveLength(STEPS.length);
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
    trial.stub(
      'kubeadm',
      '[ ! -e "$TRIAL/etc/kubernetes/manifests/kube-vip.manifest" ] || [ "$1" != join ]',
    );
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
      '[ "$1" = -d ] && echo 0 && exit; n=$(cat "$TRIAL/clock" 2>/dev/null || echo 0); echo $((n + 600)) | tee "$TRIAL/clock"',
    );
    expect(trial.run().code).toBe(75);
    expect(trial.read('/var/lib/groundwork/status')).toBe(
      'failed: wait: cp-1 did not become ready within 30 minutes (https://10.20.0.11:6443/readyz); ' +
        'look at /var/lib/groundwork/status there; this may pass: the unit tries again every minute, by hand run it again\n',
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
    trial.takesSysctls('kernel.panic');
    expect(trial.run().code).toBe(1);
    expect(trial.read('/var/lib/groundwork/status')).toBe(
      'failed: config: sysctl kernel.panic: wanted 10, got 0\n',
    );
  });

  test('an archive with another checksum is not installed', () => {
    const trial = ready('cp-1');
    trial.write('/served/kubelet', 'something else\n');
    expect(trial.run().code).toBe(75);
    expect(trial.read('/var/lib/groundwork/status')).toMatch(
      /^failed: archives: the checksum of https:\/\/dl\.k8s\.io\/release\/v1\.36\.4\/bin\/linux\/amd64\/kubelet is not sha256:[0-9a-f]{64}; this may pass: the unit tries again/m,
    );
    expect(trial.has('/usr/local/bin/kubelet')).toBe(false);
  });

  test.each([
    ['110.20.0.11/24', 'eno1 110.20.0.11/24'],
    ['10.20.0.110/24', 'eno1 10.20.0.110/24'],
  ])('an address that only contains the right one: %s', (address, shown) => {
    const trial = ready('cp-1');
    trial.stub('ip', `echo 'eno1 UP ${address}'`);
    expect(trial.run().code).toBe(1);
    expect(status(trial)).toBe(
      'failed: machine: PRE-ADDRESS eno1 does not exist or is not the one that carries 10.20.0.11, the address of cp-1 in the spec; ' +
        `this machine has: ${shown} \n`,
    );
  });

  test('a machine of two families is right with both of its addresses only', () => {
    const trial = ready('cp-1');
    const env = trial.read('/etc/groundwork/machine.env');
    const both = env.replace(/^NODE_ADDRESSES=.*$/m, "NODE_ADDRESSES='10.20.0.11 fd00:20::11'");
    expect(both).not.toBe(env);
    trial.write('/etc/groundwork/machine.env', both);
    trial.stub('ip', "echo 'eno1 UP 10.20.0.11/24 fe80::1/64'");
    expect(trial.run().code).toBe(1);
    expect(status(trial)).toBe(
      'failed: machine: PRE-ADDRESS eno1 does not exist or is not the one that carries fd00:20::11, the address of cp-1 in the spec; ' +
        'this machine has: eno1 10.20.0.11/24 eno1 fe80::1/64 \n',
    );
    trial.stub('ip', "echo 'eno1 UP 10.20.0.11/24 fd00:20::11/64 fe80::1/64'");
    expect(trial.run().code).toBe(0);
  });

  test('the right address on another interface, and on a VLAN of the right one', () => {
    const trial = ready('cp-1');
    trial.stub('ip', "echo 'eno2 UP 10.20.0.11/24'");
    expect(trial.run().code).toBe(1);
    trial.stub(
      'ip',
      "printf '%s\\n' 'lo UNKNOWN 127.0.0.1/8' 'eno1@if7 UP fe80::1/64 10.20.0.11/24'",
    );
    expect(trial.run().code).toBe(0);
    const worker = ready('w-1');
    worker.stub('ip', "echo 'ens3 UP 10.20.0.21/24'");
    expect(worker.run().code).toBe(0);
  });

  test.each([
    ['missing', undefined],
    ['empty', ''],
    ['without a server', 'search oslo.example\n'],
  ])('a resolv.conf that is %s', (_what, content) => {
    const trial = ready('cp-1');
    rmSync(join(trial.root, 'run/systemd/resolve/resolv.conf'));
    if (content !== undefined) {
      trial.write('/run/systemd/resolve/resolv.conf', content);
    }
    expect(trial.run().code).toBe(1);
    expect(status(trial)).toBe(
      'failed: machine: PRE-RESOLVER /run/systemd/resolve/resolv.conf names no name server, and pods would get it; ' +
        'install and enable systemd-resolved, which writes it\n',
    );
  });

  test('an expired authority, one that is not valid yet, and a clock that may be wrong', () => {
    const trial = ready('w-1');
    trial.write('/expired', '');
    expect(trial.run().code).toBe(75);
    expect(status(trial)).toContain('failed: credentials: pki/ca.crt has expired by the clock of');
    rmSync(join(trial.root, 'expired'));
    trial.stub('openssl', "echo 'notBefore=Jan  1 00:00:00 2099 GMT'");
    expect(trial.run().code).toBe(75);
    expect(status(trial)).toContain('pki/ca.crt is valid from Jan  1 00:00:00 2099 GMT on');
    expect(trial.calls.some((call) => call.startsWith('kubeadm'))).toBe(false);
  });

  test.each(['ca.crt', 'etcd/ca.crt', 'front-proxy-ca.crt', 'sa.pub'])(
    'a %s that does not belong to its key',
    (file) => {
      const trial = ready('cp-1');
      const key = file.replace(/\.\w+$/, '.key');
      trial.stub(
        'openssl',
        trial
          .read('/stubs/openssl')
          .replace('file=${file#', `[[ $file != */pki/${key} ]] || echo another; file=\${file#`),
      );
      expect(trial.run().code).toBe(75);
      expect(status(trial)).toContain(`pki/${file} and pki/${key} do not belong together`);
      expect(trial.has('/etc/kubernetes/pki')).toBe(false);
    },
  );

  test('packages: an interrupted dpkg goes on first, and files of ours stay', () => {
    const trial = ready('cp-1');
    trial.stub('dpkg-query', "printf 'half-configured'");
    trial.stub('dpkg', '[ "$1" != --audit ] || echo broken');
    expect(trial.run().code).toBe(0);
    const calls = trial.calls.filter((call) => /^(dpkg|apt-get) /.test(call));
    expect(calls).toEqual([
      'dpkg --audit',
      'dpkg --force-confdef --force-confold --configure -a',
      expect.stringMatching(/^apt-get .* update$/),
      expect.stringMatching(/^apt-get .*--force-confdef .*--force-confold .*install .*\bsocat\b/),
    ]);
  });

  test('a registry that fails for a while, and one that fails for good', () => {
    const trial = ready('cp-1');
    trial.stub(
      'crictl',
      '[ "$1" != pull ] || { echo x >> "$TRIAL/pulls"; [ "$(wc -l < "$TRIAL/pulls")" -ge 3 ]; }',
    );
    expect(trial.run().code).toBe(0);
    const without = ready('cp-2');
    without.stub('crictl', '[ "$1" != pull ]');
    expect(without.run().code).toBe(75);
    expect(status(without)).toMatch(
      /^failed: images: \S+kube-vip:v\S+ cannot be pulled; this may pass: the unit/,
    );
  });

  test('an API server that is ready before its cluster takes machines is waited for', () => {
    const trial = ready('cp-2');
    trial.write('/not-yet', '');
    // The look at the machine takes two seconds of its own.
    trial.stub('sleep', '[ "$1" = 2 ] || rm -f "$TRIAL/not-yet"');
    expect(trial.run().code).toBe(0);
    const asked = trial.calls.filter((call) => call.includes('cluster-info'));
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatch(
      / --fail .*https:\/\/10\.20\.0\.11:6443\/api\/v1\/namespaces\/kube-public\/configmaps\/cluster-info$/,
    );
  });

  test('a module option that another file sets too', () => {
    const trial = ready('cp-1');
    trial.write('/etc/modprobe.d/nf.conf', 'options nf_conntrack expect_hashsize=9 hashsize=1\n');
    trial.write('/etc/modprobe.d/other.conf', 'options ip_vs conn_tab_bits=12\n');
    // a folder in place of the parameter: what is written does not arrive
    trial.stub('cat', 'case "$1" in */hashsize) echo 1 ;; *) exec /bin/cat "$@" ;; esac');
    trial.write('/sys/module/nf_conntrack/parameters/hashsize', '1\n');
    expect(trial.run().code).toBe(1);
    expect(status(trial)).toBe(
      'failed: config: module option nf_conntrack hashsize: wanted 524288, got 1; it takes effect at the next boot, ' +
        `reboot and run this again; take it out of ${trial.root}/etc/modprobe.d/nf.conf first\n`,
    );
  });

  test('the service that a mount requires is started alone before it', () => {
    const trial = ready('cp-1');
    trial.stub('systemctl', '[ "$1" != show ] || echo "-.mount prepare.service dev-sda.device"');
    expect(trial.run().code).toBe(0);
    const starts = trial.calls.filter((call) => call.startsWith('systemctl start '));
    expect(starts.slice(-2)).toEqual([
      'systemctl start prepare.service',
      'systemctl start probe.service',
    ]);
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
  trial.write(parameter('kernel.panic'), '0\n');
  trial.write('/sys/module/nf_conntrack/parameters/hashsize', '1024\n');
  const { code, output } = trial.run('--only', 'config');
  expect(code).toBe(0);
  expect(output.split('\n').filter((line) => line.includes(' -> '))).toEqual([
    '[config] module option nf_conntrack hashsize: 1024 -> 524288',
    '[config] sysctl kernel.panic: 0 -> 10',
  ]);
  expect(output).not.toContain('new content');
  expect(trial.read('/var/lib/groundwork/status')).toBe('done\n');
  expect(trial.run('--only', 'kubeadm').code).toBe(2);
});
