import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { KEY, ready, TOKEN, type Trial } from './trial';

// What a machine does that is not new: interrupted, rebooted, reset, replaced, late.
const status = (trial: Trial) => trial.read('/var/lib/groundwork/status');
const kubeadm = (trial: Trial) =>
  trial.calls
    .filter((call) => call.startsWith('kubeadm ') && !call.includes('images pull'))
    .map((call) => call.replace(/ --config \S+/, ''));
const INIT = 'kubeadm init --upload-certs --skip-token-print --skip-certificate-key-print';
const ADMIT = [
  'kubeadm init phase upload-certs --upload-certs --skip-certificate-key-print',
  'kubeadm init phase bootstrap-token --skip-token-print',
];

/** After `kubeadm reset`. */
function reset(trial: Trial): void {
  rmSync(join(trial.root, 'etc/kubernetes'), { recursive: true });
  rmSync(join(trial.root, 'calls'));
}

describe('a second cluster is never founded', () => {
  test.each([
    ['the endpoint', 'api.oslo.example', '0'],
    ['another control plane', '10.20.0.13', '0'],
    ['one with another authority', '10.20.0.12', '60'],
  ])('when %s answers', (_what, host, code) => {
    const trial = ready('cp-1');
    trial.write(`/answers/${host}`, code);
    expect(trial.run().code).toBe(1);
    expect(status(trial)).toBe(
      `failed: kubeadm: a cluster already answers at https://${host}:6443: this machine must not found another one; ` +
        'to put this machine in the place of a lost one: on a living control plane delete the node cp-1, remove its ' +
        'etcd member and run /usr/local/lib/groundwork/bootstrap --only admit, ' +
        'then run here /usr/local/lib/groundwork/bootstrap --replace\n',
    );
    expect(kubeadm(trial)).toEqual([]);
    expect(trial.has('/etc/kubernetes/pki')).toBe(false);
    expect(trial.has('/etc/kubernetes/manifests')).toBe(false);
  });

  test.each([
    ['a control plane that shakes hands and is too busy to answer', '0.000211', 1],
    ['a packet filter that swallows everything', '0.000000', 0],
  ])('%s', (_what, handshake, code) => {
    const trial = ready('cp-1');
    trial.write('/answers/10.20.0.13', '28');
    trial.write('/handshake', handshake);
    expect(trial.run().code).toBe(code);
    expect(kubeadm(trial).length > 0).toBe(code === 0);
  });

  test('and every peer is asked more than once', () => {
    const trial = ready('cp-1');
    expect(trial.run().code).toBe(0);
    const asked = trial.calls.filter((call) => call.endsWith('/livez'));
    for (const host of ['api.oslo.example', '10.20.0.12', '10.20.0.13']) {
      expect(asked.filter((call) => call.includes(`//${host}:`))).toHaveLength(3);
    }
    expect(asked.every((call) => /--max-time 5 --cacert \S+ca\.crt/.test(call))).toBe(true);
  });

  test('--replace joins through the endpoint, with the secrets of a joining control plane', () => {
    const trial = ready('cp-1');
    trial.write('/answers/api.oslo.example', '0');
    for (const file of ['ca.key', 'sa.key', 'sa.pub', 'etcd', 'front-proxy-ca.crt']) {
      rmSync(join(trial.root, 'etc/groundwork/secrets/pki', file), { recursive: true });
    }
    expect(trial.run().code).toBe(75);
    expect(status(trial)).toContain('not sealed: pki/ca.key');
    trial.extend(
      'kubeadm',
      '[ "$1" != join ] || cp "$TRIAL/run/groundwork/kubeadm.conf" "$TRIAL/conf-at-join"',
    );
    expect(trial.run('--replace').code).toBe(0);
    expect(kubeadm(trial)).toEqual(['kubeadm join']);
    expect(trial.read('/conf-at-join')).toContain('kind: JoinConfiguration');
    expect(trial.read('/conf-at-join')).toContain('advertiseAddress: 10.20.0.11');
    expect(trial.read('/conf-at-join')).not.toContain('@');
    expect(trial.calls.some((c) => c.endsWith('https://api.oslo.example:6443/readyz'))).toBe(true);
    expect(trial.read('/etc/kubernetes/manifests/kube-vip.manifest')).toContain('admin.conf');
    expect(status(trial)).toBe('done\n');
    // and it stays one that joins
    reset(trial);
    expect(trial.run('--again', 'kubeadm').code).toBe(0);
    expect(kubeadm(trial)).toEqual(['kubeadm join']);
  });

  test('--replace is for the first control plane, and for none that is a node', () => {
    const other = ready('cp-2');
    expect(other.run('--replace').code).toBe(1);
    expect(status(other)).toContain('only the first control plane founds a cluster');
    const node = ready('cp-1');
    expect(node.run().code).toBe(0);
    expect(node.run('--replace').code).toBe(1);
    // Refused, and the node is as well as before.
    expect(status(node)).toBe('done\n');
    expect(node.has('/var/lib/groundwork/replace')).toBe(false);
  });
});

describe('a run that was interrupted', () => {
  test('init goes on with every phase after the node', () => {
    const trial = ready('cp-1');
    trial.write('/etc/kubernetes/kubelet.conf', '');
    trial.write('/registered', '');
    const { code, output } = trial.run();
    expect(code).toBe(0);
    expect(kubeadm(trial)).toEqual([
      'kubeadm init phase upload-config all',
      'kubeadm init phase mark-control-plane',
      ...ADMIT,
      'kubeadm init phase kubelet-finalize all',
      'kubeadm init phase addon coredns',
    ]);
    expect([TOKEN, KEY].filter((secret) => output.includes(secret))).toEqual([]);
  });

  test.each([
    ['cp-2', ['kubeadm join phase control-plane-join mark-control-plane']],
    ['w-1', []],
  ])('the join of %s', (name, phases) => {
    const trial = ready(name);
    trial.write('/etc/kubernetes/kubelet.conf', '');
    trial.write('/registered', '');
    expect(trial.run().code).toBe(0);
    expect(kubeadm(trial)).toEqual(phases);
  });

  test('a node that comes up slowly is waited for', () => {
    const trial = ready('cp-1');
    trial.write('/etc/kubernetes/kubelet.conf', '');
    trial.stub(
      'kubectl',
      'case "$*" in *" get node "*) echo x >> "$TRIAL/tries"; [ "$(wc -l < "$TRIAL/tries")" -ge 40 ] ;; esac',
    );
    expect(trial.run().code).toBe(0);
    expect(status(trial)).toBe('done\n');
  });

  test.each([
    [
      'cp-1',
      'kubelet.conf',
      'if another control plane has joined, delete the node cp-1 and remove its etcd member there, then "kubeadm reset"',
    ],
    [
      'cp-2',
      'manifests/etcd.yaml',
      'on a healthy control plane delete the node cp-2 and remove its etcd member, then "kubeadm reset" here',
    ],
    ['cp-2', 'manifests/kube-apiserver.yaml', 'delete the node cp-2'],
    ['w-1', 'bootstrap-kubelet.conf', 'again: "kubeadm reset" and run this again'],
  ])('%s with %s and no node: looks first, then says what it costs', (name, file, remedy) => {
    const trial = ready(name);
    trial.write(`/etc/kubernetes/${file}`, '');
    expect(trial.run().code).toBe(1);
    expect(status(trial)).toContain('does not answer; look first: journalctl -u kubelet');
    expect(status(trial)).toContain(remedy);
    expect(kubeadm(trial)).toEqual([]);
    expect(trial.calls.filter((call) => call === 'sleep 5')).toHaveLength(59);
  });

  test('a join that fails names what may have expired, and is not repeated by itself', () => {
    const trial = ready('cp-3');
    trial.stub('kubeadm', '[ "$1" != join ]');
    expect(trial.run().code).toBe(1);
    expect(status(trial)).toContain(
      'run on a control plane /usr/local/lib/groundwork/bootstrap --only admit',
    );
    expect(trial.has('/run/groundwork/kubeadm.conf')).toBe(false);
  });
});

describe('a second life', () => {
  test('a machine that was reset says how it becomes a node once more, and does', () => {
    const trial = ready('cp-1');
    expect(trial.run().code).toBe(0);
    expect(trial.run('--again', 'kubeadm').code).toBe(1);
    expect(trial.read('/var/log/groundwork.log')).toContain('there is nothing to do again');
    expect(status(trial)).toBe('done\n');
    reset(trial);
    expect(trial.run().code).toBe(1);
    expect(status(trial)).toContain(
      'after a kubeadm reset run /usr/local/lib/groundwork/bootstrap --again kubeadm',
    );
    trial.write('/answers/10.20.0.12', '0');
    expect(trial.run('--again', 'kubeadm').code).toBe(1);
    expect(status(trial)).toContain('failed: again: a cluster already answers');
    rmSync(join(trial.root, 'answers'), { recursive: true });
    expect(trial.run('--again', 'kubeadm').code).toBe(0);
    expect(kubeadm(trial)).toEqual([INIT]);
    expect(status(trial)).toBe('done\n');
  });

  test('--only admit lets machines in again, from any control plane, without a word of the secrets', () => {
    for (const name of ['cp-1', 'cp-2']) {
      const trial = ready(name);
      expect(trial.run().code).toBe(0);
      trial.write('/etc/kubernetes/admin.conf', '');
      rmSync(join(trial.root, 'calls'));
      trial.extend('kubeadm', 'cp "$TRIAL/run/groundwork/kubeadm.conf" "$TRIAL/conf-at-admit"');
      const { code, output } = trial.run('--only', 'admit');
      expect(code).toBe(0);
      expect(kubeadm(trial)).toEqual(ADMIT);
      expect(trial.read('/conf-at-admit')).toContain('kind: InitConfiguration');
      expect(trial.read('/conf-at-admit')).toContain(`certificateKey: "${KEY}"`);
      const seen = [output, trial.read('/var/log/groundwork.log'), ...trial.calls].join('\n');
      expect([TOKEN, KEY].filter((secret) => seen.includes(secret))).toEqual([]);
      expect(status(trial)).toBe('done\n');
    }
  });

  test('--only admit is for control planes', () => {
    const trial = ready('w-1');
    expect(trial.run('--only', 'admit').code).toBe(1);
    expect(status(trial)).toContain('is not a running control plane');
  });
});

test('two runs at once are one', async () => {
  const trial = ready('cp-1');
  trial.write('/var/lib/groundwork/status', 'running: wait\n');
  trial.write('/run/groundwork/lock', '');
  const held = join(trial.root, 'held');
  const holder = spawn('flock', [
    join(trial.root, 'run/groundwork/lock'),
    'sh',
    '-c',
    `: > ${held}; read -r _`,
  ]);
  while (!existsSync(held)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { code, output } = trial.run();
  expect(code).toBe(75);
  expect(output).toContain('another run is at work');
  expect(status(trial)).toBe('running: wait\n');
  expect(trial.run('--list').code).toBe(0);
  const ended = new Promise((resolve) => holder.on('exit', resolve));
  holder.stdin.end();
  await ended;
  expect(trial.run().code).toBe(0);
});
