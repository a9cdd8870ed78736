import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Machine } from '../../lib';
import { osloMachine } from '../support/oslo';
import { messages, oslo, unpacked } from './support';
import { ready, type Trial } from './trial';

const UNITS = '/etc/systemd/system/groundwork-certificates';

/** A control plane with containers whose ids are what they are called, with a number behind. */
function controlPlane(): Trial {
  const trial = ready('cp-1');
  for (const name of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
    trial.write(`/etc/kubernetes/manifests/${name}.yaml`, '');
    trial.write(`/containers/${name}`, `${name}-0\n`);
  }
  trial.write('/etc/kubernetes/pki/ca.crt', 'authority');
  trial.write('/etc/kubernetes/pki/apiserver.crt', 'apiserver');
  const inside = Buffer.from('scheduler').toString('base64');
  trial.write('/etc/kubernetes/scheduler.conf', `    client-certificate-data: ${inside}\n`);
  trial.write('/days', '40\n');
  // Certificates have as many days as the file days says; the authority has 1.
  trial.stub(
    'openssl',
    `text=$(cat); left=$(cat "$TRIAL/days"); [ "$text" != authority ] || left=1
     [ $((left * 86400)) -gt "$4" ]`,
  );
  trial.stub('kubeadm', 'echo 365 > "$TRIAL/days"');
  trial.stub(
    'crictl',
    `case "$1" in
       ps) for name; do :; done; name=\${name#^}; cat "$TRIAL/containers/\${name%\\$}" 2>/dev/null ;;
       stop) for id; do :; done; name=\${id%-*}; echo "$name-$((\${id##*-} + 1))" > "$TRIAL/containers/$name" ;;
       exec) [ ! -e "$TRIAL/ill" ] ;;
     esac`,
  );
  return trial;
}
const renew = (trial: Trial) => trial.script('certificates', '45', 'https://10.20.0.11:6443');
const stops = (trial: Trial) => trial.calls.filter((call) => /^(crictl stop|kubeadm)/.test(call));
const ALL = [
  'kubeadm certs renew all',
  'crictl stop --timeout 60 etcd-0',
  'crictl stop --timeout 60 kube-apiserver-0',
  'crictl stop --timeout 60 kube-controller-manager-0',
  'crictl stop --timeout 60 kube-scheduler-0',
];

test('with days enough nothing happens', () => {
  const trial = controlPlane();
  trial.write('/days', '46\n');
  expect(renew(trial)).toEqual({
    code: 0,
    output: 'certificates: all have more than 45 days left\n',
  });
  expect(stops(trial)).toEqual([]);
});

test('renewed, then restarted one after the other, each only when the one before is well', () => {
  const trial = controlPlane();
  const { code, output } = renew(trial);
  expect(output).toContain('fewer than 45 days left: pki/apiserver.crt scheduler.conf\n');
  expect(code).toBe(0);
  expect(stops(trial)).toEqual(ALL);
  const order = trial.calls.filter((call) => /^crictl (stop|exec)|readyz/.test(call));
  expect(order.map((call) => call.split(' ')[1])).toEqual([
    'exec',
    'stop',
    'exec',
    'stop',
    '--silent',
    'stop',
    'stop',
  ]);
  expect(trial.calls.find((call) => call.includes('readyz'))).toContain(
    'https://10.20.0.11:6443/readyz',
  );
  expect(order[0]).toMatch(/endpoint health --cluster$/);
  rmSync(join(trial.root, 'calls'));
  expect(renew(trial).code).toBe(0);
  expect(stops(trial)).toEqual([]);
});

test('a member of etcd that is ill stops everything, unless certificates are what it is ill of', () => {
  const trial = controlPlane();
  trial.write('/ill', '');
  const { code, output } = renew(trial);
  expect(code).toBe(1);
  expect(output).toContain('a member of etcd is ill; nothing was renewed or restarted');
  expect(stops(trial)).toEqual([]);
  trial.write('/days', '0\n');
  trial.extend('crictl', '[ "$1" != stop ] || rm -f "$TRIAL/ill"');
  expect(renew(trial).code).toBe(0);
  expect(stops(trial)).toEqual(ALL);
});

test('after an interruption the rest is restarted, though nothing is old any more', () => {
  const trial = controlPlane();
  const curl = trial.read('/stubs/curl');
  trial.stub('curl', 'exit 7');
  const { code, output } = renew(trial);
  expect(code).toBe(1);
  expect(output).toContain(
    'the API server at https://10.20.0.11:6443 is not ready after its restart',
  );
  expect(stops(trial)).toEqual(ALL.slice(0, 3));
  rmSync(join(trial.root, 'calls'));
  trial.write('/stubs/curl', curl);
  expect(renew(trial).code).toBe(0);
  expect(stops(trial)).toEqual([
    'crictl stop --timeout 60 kube-apiserver-1',
    'crictl stop --timeout 60 kube-controller-manager-0',
    'crictl stop --timeout 60 kube-scheduler-0',
  ]);
});

test('a container that does not come back ends it before the next one stops', () => {
  const trial = controlPlane();
  trial.stub(
    'crictl',
    'case "$1" in ps) [ -e "$TRIAL/stopped" ] || echo one ;; stop) : > "$TRIAL/stopped" ;; esac',
  );
  const { code, output } = renew(trial);
  expect(code).toBe(1);
  expect(output).toContain('etcd did not come back: crictl ps -a, journalctl -u kubelet');
  expect(stops(trial).filter((call) => call.startsWith('crictl'))).toHaveLength(1);
});

test('each control plane has a day of its own, up to seven; workers have none', () => {
  const machines = [1, 2, 3, 4, 5, 6, 7].map((n) => osloMachine(n));
  const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
  const files = oslo({ machines: [...machines, worker] }).files();
  const days = machines.map(
    ({ name }) => /^OnCalendar=(.*)$/m.exec(unpacked(files, name, `${UNITS}.timer`))![1],
  );
  expect(new Set(days).size).toBe(7);
  expect(days[0]).toBe('Mon *-*-* 03:00:00 UTC');
  expect(unpacked(files, 'cp-2', `${UNITS}.service`)).toContain(
    'ExecStart=/usr/local/lib/groundwork/certificates 45 https://10.20.0.12:6443\n',
  );
  expect(unpacked(files, 'cp-1', `${UNITS}.timer`)).toContain('Persistent=no\n');
  expect(unpacked(files, 'cp-1', '/etc/groundwork/units.list')).toContain(
    'groundwork-certificates.timer\n',
  );
  expect(unpacked(files, 'cp-1', '/etc/groundwork/units.list')).not.toContain(
    'certificates.service',
  );
  expect(files).not.toHaveProperty([`nodes/w-1/files${UNITS}.timer`]);
});

test('switched off, it is a finding and nothing is there', () => {
  const { cluster, files } = oslo({}, { certificateRenewal: false });
  expect(Object.keys(files()).filter((path) => path.includes('certificates'))).toEqual([]);
  expect(messages(cluster, 'GW-NODE-030')).toEqual(['nothing renews them between upgrades']);
  const on = oslo();
  expect(messages(on.cluster, 'GW-NODE-030')).toEqual([]);
  expect(on.cluster.decisions().map(({ key }) => key)).toContain(
    'groundwork-certificates days left',
  );
});
