import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ENCRYPTION_KEY, ready, type Trial } from './trial';

// What kubeadm and the API server read besides kubeadm.conf.
const CONFIG = '/etc/kubernetes/encryption.conf';
const patches = (trial: Trial) => readdirSync(join(trial.root, 'etc/kubernetes/patches')).sort();
const status = (trial: Trial) => trial.read('/var/lib/groundwork/status');

test('the delivered key reaches the API server before kubeadm runs, and nobody else sees it', () => {
  const trial = ready('cp-1');
  trial.write('/etc/groundwork/patches/etcd0+strategic.conf', 'spec: {}\n');
  trial.write('/etc/kubernetes/patches/kube-scheduler0.yaml', 'gone: from the spec\n');
  trial.extend(
    'kubeadm',
    `case "$1/$2" in init/--config) cp "$TRIAL${CONFIG}" "$TRIAL/at-init"; ls "$TRIAL/etc/kubernetes/patches" > "$TRIAL/patches-at-init" ;; esac`,
  );
  expect(trial.run()).toMatchObject({ code: 0 });
  const configuration = parse(trial.read('/at-init'));
  // c0ffee is what the trial's openssl says of every text
  expect(configuration.resources[0].providers[0]).toEqual({
    secretbox: { keys: [{ name: 'key-c0ffee *', secret: ENCRYPTION_KEY }] },
  });
  expect(statSync(join(trial.root, CONFIG)).mode.toString(8).slice(-3)).toBe('600');
  expect(trial.has(`${CONFIG}.new`)).toBe(false);
  expect(trial.read('/patches-at-init')).toBe('etcd0+strategic.yaml\n');
  expect(patches(trial)).toEqual(['etcd0+strategic.yaml']);
  const everything = trial.calls.join('\n') + trial.read('/var/log/groundwork.log');
  expect(everything).not.toContain(ENCRYPTION_KEY);
});

test('another key than the one that is there is never written over it', () => {
  const trial = ready('cp-2');
  trial.write(CONFIG, 'kind: EncryptionConfiguration\n');
  expect(trial.run().code).toBe(1);
  expect(status(trial)).toContain(
    '/etc/kubernetes/encryption.conf is not what the delivered encryption-key gives',
  );
  expect(trial.read(CONFIG)).toBe('kind: EncryptionConfiguration\n');
  expect(trial.has(`${CONFIG}.new`)).toBe(false);
  expect(trial.calls.some((call) => call.startsWith('kubeadm join'))).toBe(false);
});

test('a control plane that cannot read the Secrets of the others says so', () => {
  const trial = ready('cp-2');
  trial.stub(
    'kubectl',
    'case "$*" in *" label "*) exit 0 ;; *--server\\ https://10.20.0.12:6443\\ get\\ secrets*) exit 1 ;; esac',
  );
  expect(trial.run().code).toBe(1);
  expect(status(trial)).toContain(
    'the API server of this machine cannot read the Secrets of the others',
  );
});

test('a key of another form is no key; workers have none', () => {
  const trial = ready('cp-1');
  trial.write('/etc/groundwork/secrets/encryption-key', 'short\n');
  expect(trial.run().code).toBe(75);
  expect(status(trial)).toContain('not sealed: encryption-key is not 32 bytes in base64');
  const worker = ready('w-1');
  rmSync(join(worker.root, 'etc/groundwork/secrets/encryption-key'));
  expect(worker.run()).toMatchObject({ code: 0 });
  expect(worker.has(CONFIG)).toBe(false);
});

test('--only config refreshes patches and tells a running kubelet what its machine keeps back, once', () => {
  const trial = ready('cp-1');
  expect(trial.run()).toMatchObject({ code: 0 });
  trial.write('/etc/groundwork/patches/etcd0+strategic.conf', 'spec: {}\n');
  trial.write('/etc/groundwork/kubelet.conf.d/50-machine.conf', 'changed\n');
  rmSync(join(trial.root, 'calls'));
  expect(trial.run('--only', 'config')).toMatchObject({ code: 0 });
  expect(trial.run('--only', 'config')).toMatchObject({ code: 0 });
  expect(patches(trial)).toEqual(['etcd0+strategic.yaml']);
  const restarts = trial.calls.filter((call) => /restart kubelet\.service/.test(call));
  expect(restarts).toEqual(['systemctl try-restart kubelet.service']);
});
