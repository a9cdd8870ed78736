import type { Construct } from 'constructs';
import type { BinarySource } from './source';
import { mirroredUrl } from '../../catalog';
import type { Cluster, Decision } from '../../cluster';
import { KUBELET_CONFIG_ARGS } from '../kubelet/configuration';
import { comment } from '../machine-file';
import { paths } from '../paths';

const KEYRING = '/etc/apt/keyrings/groundwork-kubernetes.asc';
/** What is held at the version of the spec. */
const PINNED = ['kubeadm', 'kubectl', 'kubelet'];
/** What comes as the repository has it: kubeadm 1.32 and later no longer pull cri-tools in. */
const LOOSE = ['cri-tools', 'kubernetes-cni'];

/** Packages of distributions that would bring a second runtime or another Kubernetes. */
const RUNTIMES = ['containerd', 'containerd.io', 'docker.io', 'docker-ce', 'runc'];

/** The fence: what apt must not install beside what this spec installs. */
export function aptPreferences(cluster: Cluster, source: BinarySource, priority: string): string {
  const fence = (names: readonly string[]) =>
    `Package: ${names.join(' ')}\nPin: release *\nPin-Priority: ${priority}\n`;
  if (source._apt === undefined) {
    return `${comment(
      'These come from release archives with pinned checksums; a package of the same program would shadow or restart them.',
    )}\n${fence([...RUNTIMES, ...PINNED, ...LOOSE])}`;
  }
  const host = new URL(repositoryUrl(cluster, source)).hostname;
  const { patch } = cluster.kubernetesVersion;
  // The first entry that fits a version decides.
  return [
    comment(
      'containerd and runc come from release archives; a package would shadow or restart them.',
    ),
    fence(RUNTIMES),
    comment(
      'The version of the spec, whatever else the repository gets; the rest from there only.',
    ),
    `Package: ${PINNED.join(' ')}\nPin: version ${patch}-*\nPin-Priority: 1001\n`,
    `Package: ${LOOSE.join(' ')}\nPin: origin "${host}"\nPin-Priority: 990\n`,
    fence([...PINNED, ...LOOSE]),
  ].join('\n');
}

/** The repository, its key, and what is installed from it. */
export function requireAptRepository(by: Construct, cluster: Cluster, source: BinarySource): void {
  if (source._apt === undefined) {
    return;
  }
  const key = source._apt.key.replace(/\r/g, '').trim();
  const { patch } = cluster.kubernetesVersion;
  const ask = { by, why: 'kubelet, kubeadm and kubectl come as packages' };
  cluster.ledger.requireFile(KEYRING, { ...ask, content: `${key}\n` });
  cluster.ledger.requireFile('/etc/apt/sources.list.d/groundwork-kubernetes.sources', {
    ...ask,
    content: `Types: deb\nURIs: ${repositoryUrl(cluster, source)}\nSuites: /\nSigned-By: ${KEYRING}\n`,
  });
  cluster.ledger.requireFile(`${paths.config}/kubernetes-packages.list`, {
    ...ask,
    content: [
      comment('Package and version of what is installed from the Kubernetes repository and held.'),
      ...PINNED.map((name) => `${name} ${patch}-*`),
      ...LOOSE,
      '',
    ].join('\n'),
  });
  // Ours would hide the package's unit, whose program lies elsewhere. The name sorts after 10-kubeadm.conf
  // of the package, which knows nothing of our folder.
  cluster.ledger.requireFile('/etc/systemd/system/kubelet.service.d/50-groundwork.conf', {
    ...ask,
    content: `# The unit and kubeadm's drop-in are the package's. It starts the kubelet when it is installed.
[Unit]
Wants=containerd.service
After=containerd.service
ConditionPathExists=/var/lib/kubelet/config.yaml

[Service]
Environment="KUBELET_CONFIG_ARGS=${KUBELET_CONFIG_ARGS}"
`,
  });
}

/** Where the packages come from, as a decision. */
export function aptDecisions(cluster: Cluster, source: BinarySource, path: string): Decision[] {
  return source._apt === undefined
    ? []
    : [
        {
          path,
          key: 'apt Kubernetes repository',
          value: repositoryUrl(cluster, source),
          upstream: 'the same, for each minor its own',
          why: 'chosen in the spec; its key is the one given there, and nothing is fetched to check it',
          source:
            'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/',
        },
      ];
}

export function repositoryUrl(cluster: Cluster, source: BinarySource): string {
  const { minor } = cluster.kubernetesVersion;
  const own = source._apt?.repository;
  const upstream = `https://pkgs.k8s.io/core:/stable:/v${minor}/deb/`;
  return own === undefined
    ? mirroredUrl(upstream, cluster.downloadBaseUrl)
    : `${own.replace(/\/+$/, '')}/`;
}
