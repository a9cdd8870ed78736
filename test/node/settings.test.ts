import {
  ApiEndpoint,
  Architecture,
  KubernetesVersion,
  Machine,
  MergeRule,
  OperatingSystem,
} from '../../lib';
import { releaseChecksums } from '../../lib/catalog';
import { osloMachine } from '../support/oslo';
import { file, oslo, unpacked } from './support';

const SYSCTLS = '/etc/sysctl.d/zz-groundwork.conf';
const lines = (text: string) =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('kernel settings', () => {
  test('the files say what the ledger says, each value under its reasons', () => {
    const { node, cluster, files } = oslo();
    cluster.ledger.requireKernelModule('ip_vs', { by: node, why: 'virtual servers' });
    cluster.ledger.requireKernelModuleOption('ip_vs conn_tab_bits', '17', {
      by: node,
      why: 'a quarter of the table',
    });
    cluster.ledger.requireSysctl('fs.inotify.max_user_instances', '16384', {
      by: node,
      why: 'more followers',
      merge: MergeRule.AT_LEAST,
    });
    const rendered = files();
    for (const machine of cluster.machines) {
      const needs = cluster.ledger.forMachine(machine);
      expect(lines(unpacked(rendered, machine.name, SYSCTLS))).toEqual(
        needs.sysctls.map((e) => `${e.key} = ${e.value}`),
      );
      expect(
        lines(unpacked(rendered, machine.name, '/etc/modules-load.d/60-groundwork.conf')),
      ).toEqual(['ip_vs', 'nf_conntrack', 'overlay']);
      expect(lines(unpacked(rendered, machine.name, '/etc/modprobe.d/60-groundwork.conf'))).toEqual(
        ['options ip_vs conn_tab_bits=17', 'options nf_conntrack hashsize=524288'],
      );
    }
    expect(unpacked(rendered, 'cp-1', SYSCTLS)).toContain(
      '# more followers (nodes)\n# shared by all containers that run as root (nodes)\nfs.inotify.max_user_instances = 16384\n',
    );
    // Neighbours with the same reasons share them.
    expect(unpacked(rendered, 'cp-1', SYSCTLS)).toContain(
      '# the kubelet checks it (protectKernelDefaults) (nodes)\nkernel.keys.root_maxbytes = 25000000\nkernel.keys.root_maxkeys = 1000000\nkernel.panic = 10\n',
    );
  });

  test('what the kubelet checks under protectKernelDefaults is there, with its values', () => {
    // kubernetes/kubernetes pkg/util/sysctl: the values setupKernelTunables compares with
    expect(lines(unpacked(oslo().files(), 'cp-1', SYSCTLS))).toEqual(
      expect.arrayContaining([
        'vm.overcommit_memory = 1',
        'vm.panic_on_oom = 0',
        'kernel.panic = 10',
        'kernel.panic_on_oops = 1',
        'kernel.keys.root_maxkeys = 1000000',
        'kernel.keys.root_maxbytes = 25000000',
      ]),
    );
  });

  test('a routed network gets no br_netfilter, IPv4 gets no IPv6 forwarding', () => {
    const files = oslo().files();
    expect(lines(unpacked(files, 'cp-1', '/etc/modules-load.d/60-groundwork.conf'))).toEqual([
      'nf_conntrack',
      'overlay',
    ]);
    expect(unpacked(files, 'cp-1', SYSCTLS)).not.toContain('ipv6');
  });
});

describe('hosts', () => {
  test('names of the control planes, the API and the machine itself, never on loopback', () => {
    const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
    const files = oslo({
      machines: [osloMachine(1), osloMachine(2), osloMachine(3), worker],
    }).files();
    const controlPlanes = ['10.20.0.11 cp-1', '10.20.0.12 cp-2', '10.20.0.13 cp-3'];
    const common = [
      '127.0.0.1 localhost',
      '::1 localhost ip6-localhost ip6-loopback',
      '10.20.0.10 api.oslo.example',
      ...controlPlanes,
    ];
    expect(lines(unpacked(files, 'cp-2', '/etc/hosts'))).toEqual(common);
    expect(lines(unpacked(files, 'w-1', '/etc/hosts'))).toEqual([...common, '10.20.0.21 w-1']);
  });

  test('an endpoint that only resolvers know has no line', () => {
    const files = oslo({ endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }) }).files();
    expect(unpacked(files, 'cp-1', '/etc/hosts')).not.toContain('api.oslo.example');
  });
});

describe('containerd', () => {
  const config = (options = {}, changes = {}) =>
    file(oslo(changes, options).files(), 'cp-1', '/etc/containerd/config.toml').toml();

  test('configuration version 4 from 2.3 on, 3 before', () => {
    expect(config().version).toBe(4);
    expect(config({ containerdVersion: '2.2.1' }).version).toBe(3);
  });

  test('cgroups by systemd, the sandbox image that kubeadm expects, from the mirror if there is one', () => {
    const { plugins } = config({}, { imageRegistry: 'mirror.example.no/k8s' });
    expect(
      plugins['io.containerd.cri.v1.runtime'].containerd.runtimes.runc.options.SystemdCgroup,
    ).toBe(true);
    expect(plugins['io.containerd.cri.v1.runtime'].cni).toEqual({
      bin_dirs: ['/opt/cni/bin'],
      conf_dir: '/etc/cni/net.d',
    });
    expect(plugins['io.containerd.cri.v1.images'].pinned_images.sandbox).toBe(
      'mirror.example.no/k8s/pause:3.10.2',
    );
    expect(
      config({}, { kubernetesVersion: KubernetesVersion.V1_35 }).plugins[
        'io.containerd.cri.v1.images'
      ].pinned_images.sandbox,
    ).toBe('registry.k8s.io/pause:3.10.1');
  });
});

describe('release archives', () => {
  const archives = (changes = {}, machine = 'cp-1') =>
    lines(unpacked(oslo(changes).files(), machine, '/etc/groundwork/archives.list')).map((line) =>
      line.split(' '),
    );

  test("each with the catalogue's checksum for the machine's architecture", () => {
    const arm = Machine.worker('arm-1', {
      zone: 'oslo-1',
      address: '10.20.0.21',
      architecture: Architecture.ARM64,
    });
    const machines = [osloMachine(1), osloMachine(2), osloMachine(3), arm];
    expect(archives({ machines }).map(([name]) => name)).toEqual([
      'containerd',
      'runc',
      'cni-plugins',
      'crictl',
      'kubelet',
      'kubeadm',
      'kubectl',
    ]);
    const kubelet = (machine: string) =>
      archives({ machines }, machine).find(([name]) => name === 'kubelet');
    expect(kubelet('cp-1')).toEqual([
      'kubelet',
      `sha256:${releaseChecksums.kubelet['1.36.4']!.amd64}`,
      'https://dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubelet',
    ]);
    expect(kubelet('arm-1')).toEqual([
      'kubelet',
      `sha256:${releaseChecksums.kubelet['1.36.4']!.arm64}`,
      'https://dl.k8s.io/release/v1.36.4/bin/linux/arm64/kubelet',
    ]);
  });

  test("from the mirror, below upstream's own host and path", () => {
    expect(
      archives({ downloadBaseUrl: 'https://mirror.example.no' }).map(([, , url]) => url),
    ).toEqual(
      expect.arrayContaining([
        'https://mirror.example.no/dl.k8s.io/release/v1.36.4/bin/linux/amd64/kubelet',
        'https://mirror.example.no/github.com/opencontainers/runc/releases/download/v1.4.3/runc.amd64',
      ]),
    );
  });

  test('without a catalogued checksum: the one published beside it, and a finding', () => {
    const kubelet = archives({ kubernetesVersion: KubernetesVersion.of('1.36.99') }).find(
      ([name]) => name === 'kubelet',
    );
    expect(kubelet![1]).toBe('published');
  });
});

describe('services of the distribution', () => {
  test('needrestart is fenced on Ubuntu only, NTP servers only when given', () => {
    const paths = (changes = {}, options = {}) =>
      Object.keys(oslo(changes, options).files()).join('\n');
    expect(paths()).not.toMatch(/needrestart|timesyncd/);
    expect(paths({ operatingSystem: OperatingSystem.UBUNTU_24_04 })).toContain(
      '/etc/needrestart/conf.d/60-groundwork.conf',
    );
    const files = oslo({}, { ntpServers: ['ntp.example.no', '10.20.0.2'] }).files();
    expect(unpacked(files, 'cp-1', '/etc/systemd/timesyncd.conf.d/60-groundwork.conf')).toContain(
      'NTP=ntp.example.no 10.20.0.2\n',
    );
    expect(unpacked(files, 'cp-1', '/etc/groundwork/machine.env')).toContain(
      "NTP_SERVERS='ntp.example.no 10.20.0.2'\n",
    );
  });

  test('logind allows the kubelet as long as the kubelet takes', () => {
    const files = oslo().files();
    const delay = /InhibitDelayMaxSec=(\d+)/.exec(
      unpacked(files, 'cp-1', '/etc/systemd/logind.conf.d/zz-groundwork.conf'),
    )![1];
    const grace = /shutdownGracePeriod: (\d+)s/.exec(
      unpacked(files, 'cp-1', '/etc/groundwork/kubeadm.conf'),
    )![1];
    expect(delay).toBe(grace);
  });
});

test("the table of secrets: authorities' keys go to the first control plane only", () => {
  const worker = Machine.worker('w-1', { zone: 'oslo-1', address: '10.20.0.21' });
  const files = oslo({
    machines: [osloMachine(1), osloMachine(2), osloMachine(3), worker],
  }).files();
  const rows = lines(files['nodes/secrets.manifest']!)
    .map((line) => line.split(/ {2,}/))
    .filter((row) => row.length === 5);
  expect(rows.filter(([path]) => path!.endsWith('.key')).map(([, , machines]) => machines)).toEqual(
    ['cp-1', 'cp-1', 'cp-1', 'cp-1'],
  );
  expect(rows.find(([path]) => path === 'certificate-key')).toEqual([
    'certificate-key',
    '0600',
    'cp-1,cp-2,cp-3',
    'user-data',
    '[0-9a-f]{64}',
  ]);
  const secrets = (machine: string) =>
    /SECRETS='(.*)'/.exec(unpacked(files, machine, '/etc/groundwork/machine.env'))![1];
  expect(secrets('cp-2')).toBe('bootstrap-token pki/ca.crt certificate-key encryption-key');
  expect(secrets('w-1')).toBe('bootstrap-token pki/ca.crt');
});
