import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Duration } from 'cdk8s';
import { KubeProxyMode, KubernetesVersion, Machine } from '../../lib';
import { oslo, unpacked } from '../node/support';
import { osloMachine } from '../support/oslo';
import { tempDir } from '../support/temp-app';

// kubeadm itself judges its documents and writes static pods from them. It is a release binary and no
// package of a distribution: it is taken from the folder that KUBEBUILDER_ASSETS names.
const kubeadm = join(process.env.KUBEBUILDER_ASSETS ?? '/nonexistent', 'kubeadm');
const there = existsSync(kubeadm);
if (!there) {
  process.stderr.write('skipped, KUBEBUILDER_ASSETS names no folder with kubeadm\n');
}
const withKubeadm = there ? describe : describe.skip;

function run(args: string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(kubeadm, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, output: stdout + stderr };
}

/** The minor of this kubeadm: documents of another one are refused. */
function version(): KubernetesVersion {
  return KubernetesVersion.of(run(['version', '-o', 'short']).output.trim().slice(1));
}

/** kubeadm's documents of one machine, with secrets of the right form, in a folder. */
function documents(machine: string): { root: string; of: (name: string) => string } {
  const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
  const { cluster, node, files } = oslo(
    {
      kubernetesVersion: version(),
      machines: [osloMachine(1), osloMachine(2), osloMachine(3), worker],
      kubeProxyMode: KubeProxyMode.IPVS,
      imageRegistry: 'mirror.example.no/k8s',
    },
    {
      controlPlane: {
        apiServerExtraArgs: { 'event-ttl': '2h' },
        timeouts: { etcdApiCall: Duration.minutes(5) },
      },
      kubelet: { servingCertificates: { approver: 'x' }, workerLabels: { rack: 'r1' } },
    },
  );
  const root = tempDir();
  cluster.ledger.requireFile('/etc/groundwork/patches/etcd0+strategic.conf', {
    by: node,
    why: 'test',
    content:
      'spec:\n  containers:\n    - name: etcd\n      resources:\n        requests:\n          cpu: 234m\n',
  });
  const output = files();
  return {
    root,
    of: (name) => {
      const text = unpacked(output, machine, `/etc/groundwork/${name}.conf`)
        .replace('@BOOTSTRAP_TOKEN@', ['abcdef', '0123456789abcdef'].join('.'))
        .replace('@CERTIFICATE_KEY@', '5e'.repeat(32))
        .replace('@CA_CERT_HASH@', `sha256:${'ab'.repeat(32)}`)
        .replace('/etc/kubernetes/patches', join(root, 'patches'));
      const file = join(root, `${name}.conf`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
  };
}

withKubeadm('kubeadm', () => {
  test.each([
    ['cp-1', ['kubeadm', 'kubeadm-join', 'kubeadm-upgrade', 'images']],
    ['cp-2', ['kubeadm', 'kubeadm-init', 'kubeadm-upgrade', 'images']],
    ['w-1', ['kubeadm', 'kubeadm-upgrade']],
  ])('takes every document of %s', (machine, names) => {
    const { of } = documents(machine);
    for (const name of names) {
      expect([name, run(['config', 'validate', '--config', of(name)])]).toEqual([
        name,
        { status: 0, output: 'ok\n' },
      ]);
    }
  });

  test('refuses a field that does not exist, so that the test above can fail', () => {
    const file = documents('cp-1').of('kubeadm');
    writeFileSync(file, readFileSync(file, 'utf8').replace('seccompDefault:', 'seccompDefaults:'));
    expect(run(['config', 'validate', '--config', file]).status).not.toBe(0);
  });

  test('writes the flags and patches into the static pods, from the file without secrets', () => {
    const { root, of } = documents('cp-1');
    mkdirSync(join(root, 'patches'));
    writeFileSync(
      join(root, 'patches/etcd0+strategic.yaml'),
      'spec: {containers: [{name: etcd, resources: {requests: {cpu: 234m}}}]}\n',
    );
    const env = { KUBEADM_INIT_DRYRUN_DIR: root };
    for (const phase of [
      ['control-plane', 'all'],
      ['etcd', 'local'],
    ]) {
      const done = run(['init', 'phase', ...phase, '--config', of('images'), '--dry-run'], env);
      expect([phase, done.status]).toEqual([phase, 0]);
    }
    const pod = (name: string) => readFileSync(join(root, `${name}.yaml`), 'utf8');
    expect(pod('etcd')).toContain('cpu: 234m');
    for (const flag of [
      '--audit-log-maxage=30',
      '--encryption-provider-config=/etc/kubernetes/encryption.conf',
      '--event-ttl=2h',
      '--kubelet-certificate-authority=/etc/kubernetes/pki/ca.crt',
    ]) {
      expect(pod('kube-apiserver')).toContain(`    - ${flag}\n`);
    }
    expect(pod('kube-apiserver')).toContain('mountPath: /etc/kubernetes/encryption.conf');
    for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
      expect(pod(name)).toContain('    - --profiling=false\n');
    }
  });
});
