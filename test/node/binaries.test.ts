import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BinarySource } from '../../lib';
import { ARMOUR, messages, oslo, unpacked } from './support';
import { ready } from './trial';

const apt = (options = {}) => ({ binaries: BinarySource.apt({ key: ARMOUR, ...options }) });
const LIST = '/etc/groundwork/kubernetes-packages.list';
const SOURCES = '/etc/apt/sources.list.d/groundwork-kubernetes.sources';

test('the repository of the minor, signed by the key that was given, at exactly the version', () => {
  const files = oslo({}, apt()).files();
  expect(unpacked(files, 'cp-1', SOURCES)).toBe(
    'Types: deb\nURIs: https://pkgs.k8s.io/core:/stable:/v1.36/deb/\nSuites: /\n' +
      'Signed-By: /etc/apt/keyrings/groundwork-kubernetes.asc\n',
  );
  expect(unpacked(files, 'cp-1', '/etc/apt/keyrings/groundwork-kubernetes.asc')).toBe(ARMOUR);
  expect(unpacked(files, 'cp-1', LIST).split('\n').slice(1)).toEqual([
    'kubeadm 1.36.4-*',
    'kubectl 1.36.4-*',
    'kubelet 1.36.4-*',
    'cri-tools',
    'kubernetes-cni',
    '',
  ]);
  expect(unpacked(files, 'cp-1', '/etc/apt/preferences.d/60-groundwork')).toMatch(
    /Package: kubeadm kubectl kubelet\nPin: version 1\.36\.4-\*\nPin-Priority: 1001\n[\s\S]*Pin: origin "pkgs\.k8s\.io"\nPin-Priority: 990\n[\s\S]*Package: kubeadm kubectl kubelet cri-tools kubernetes-cni\nPin: release \*\nPin-Priority: -1\n$/,
  );
  const archives = unpacked(files, 'cp-1', '/etc/groundwork/archives.list')
    .split('\n')
    .slice(2, -1);
  expect(archives.map((line) => line.split(' ')[0])).toEqual(['containerd', 'runc']);
});

test("the package's unit is the only one, and it waits for kubeadm and containerd", () => {
  const folder = 'nodes/cp-1/files/etc/systemd/system/kubelet.service';
  const units = (options = {}) =>
    Object.keys(oslo({}, options).files()).filter((path) => path.startsWith(folder));
  expect(units(apt())).toEqual([`${folder}.d/50-groundwork.conf`]);
  expect(units()).toEqual([folder, `${folder}.d/10-kubeadm.conf`]);
});

test("what a machine keeps for itself reaches the package's kubelet as well", () => {
  const folder = '/etc/systemd/system/kubelet.service.d';
  const args = '--config=/var/lib/kubelet/config.yaml --config-dir=/etc/groundwork/kubelet.conf.d"';
  // The name of the variable is that of the package's 10-kubeadm.conf, and so sorts before ours.
  expect(unpacked(oslo({}, apt()).files(), 'cp-1', `${folder}/50-groundwork.conf`)).toContain(
    `\n[Service]\nEnvironment="KUBELET_CONFIG_ARGS=${args}\n`,
  );
  expect(unpacked(oslo().files(), 'cp-1', `${folder}/10-kubeadm.conf`)).toContain(
    `\nEnvironment="CONFIG_ARGS=${args}\n`,
  );
});

test('from a mirror: by downloadBaseUrl, or by a URL of its own', () => {
  const uri = (changes: object, options: object) =>
    /^URIs: (.*)$/m.exec(unpacked(oslo(changes, apt(options)).files(), 'cp-1', SOURCES))![1];
  expect(uri({ downloadBaseUrl: 'https://mirror.example.no' }, {})).toBe(
    'https://mirror.example.no/pkgs.k8s.io/core:/stable:/v1.36/deb/',
  );
  const repository = 'http://10.20.0.5:8080/kubernetes/v1.36/deb';
  expect(uri({ downloadBaseUrl: 'https://mirror.example.no' }, { repository })).toBe(
    `${repository}/`,
  );
  const own = oslo({}, apt({ repository })).files();
  expect(unpacked(own, 'cp-1', '/etc/apt/preferences.d/60-groundwork')).toContain(
    'Pin: origin "10.20.0.5"\n',
  );
});

test('what only the repository decides is said', () => {
  expect(messages(oslo({}, apt()).cluster, 'GW-NODE-031')).toEqual([
    'cri-tools and kubernetes-cni are installed as the repository has them',
  ]);
  expect(messages(oslo().cluster, 'GW-NODE-031')).toEqual([]);
  const { cluster } = oslo({}, apt());
  expect(cluster.decisions().find(({ key }) => key === 'apt Kubernetes repository')?.value).toBe(
    'https://pkgs.k8s.io/core:/stable:/v1.36/deb/',
  );
});

test.each([
  ['a private key', ARMOUR.replace(/PUBLIC/g, 'PRIVATE'), 'a private key'],
  ['nothing', '', 'text of 0 characters'],
  ['a page', '<html>not found</html>', 'text of 22 characters'],
  ['half a key', ARMOUR.slice(0, 200), 'text of 200 characters'],
  ['a key and more', `${ARMOUR}ALLOW everything\n`, `text of ${ARMOUR.length + 17} characters`],
])('a key that is %s', (_what, key, got) => {
  expect(() => BinarySource.apt({ key })).toThrow(
    `[BinarySource] key must be one public key as ASCII armour, got ${got}; ` +
      'paste the content of Release.key, which lies beside the repository',
  );
});

test.each([
  ['ftp://mirror.example.no/deb/', 'ftp://mirror.example.no/deb/'],
  ['https://me:word@mirror.example.no/deb/', 'https://…@mirror.example.no/deb/'],
  ["https://mirror.example.no/a'b", "https://mirror.example.no/a'b"],
])('a repository %s', (repository, got) => {
  expect(() => BinarySource.apt({ key: ARMOUR, repository })).toThrow(
    `[BinarySource] repository must be a URL with http: or https:, and without credentials, got ${got}; ` +
      'write it up to the folder in which InRelease lies',
  );
});

test('on the machine: only what is not there in this version is installed, then held', () => {
  const trial = ready('cp-1', {}, apt());
  trial.stub(
    'dpkg-query',
    `case "$4" in kubectl) v=1.36.4-1.1 ;; kubelet) v=1.36.3-1.1 ;; kubernetes-cni) v=1.9.1-1.1 ;; kubeadm | cri-tools) exit 1 ;; esac
     printf installed; case "$3" in *Version*) printf ' %s' "$v" ;; esac`,
  );
  trial.stub('apt-mark', 'exit 0');
  expect(trial.run().code).toBe(0);
  expect(trial.calls.filter((call) => / install |^apt-mark/.test(call))).toEqual([
    expect.stringMatching(/ install kubeadm=1\.36\.4-\* kubelet=1\.36\.4-\* cri-tools$/),
    'apt-mark hold kubeadm kubectl kubelet cri-tools kubernetes-cni',
  ]);
  // A run that was cut off between the two: what is installed already is held all the same.
  trial.stub('dpkg-query', "printf 'installed 1.36.4-1.1'");
  rmSync(join(trial.root, 'calls'));
  const step = readdirSync(join(trial.root, 'var/lib/groundwork/steps')).find((name) =>
    name.endsWith('-archives'),
  );
  rmSync(join(trial.root, 'var/lib/groundwork/steps', step!));
  expect(trial.run().code).toBe(0);
  expect(trial.calls.filter((call) => / install |^apt-mark/.test(call))).toEqual([
    'apt-mark hold kubeadm kubectl kubelet cri-tools kubernetes-cni',
  ]);
  expect(trial.has('/usr/local/bin/kubelet')).toBe(false);
  expect(trial.has('/usr/local/sbin/runc')).toBe(true);
});
