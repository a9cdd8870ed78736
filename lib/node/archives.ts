import { archive, archiveUrl, kubernetesMinor, pinned, type Archive } from '../catalog';
import type { Architecture, Cluster } from '../cluster';
import type { BinarySource } from './binaries/source';
import { comment } from './machine-file';

/** What a machine of this architecture fetches, in the order in which it is installed. */
export function machineArchives(
  cluster: Cluster,
  containerd: string,
  architecture: Architecture,
  source: BinarySource,
): Archive[] {
  const { minor, patch } = cluster.kubernetesVersion;
  // The row of the minor exists: KubernetesVersion accepts no other.
  const crictl = pinned.crictl[kubernetesMinor(minor).minor]!.value;
  const runtime = [
    archive('containerd', containerd, architecture),
    archive('runc', pinned.runc.value, architecture),
  ];
  if (source._apt !== undefined) {
    return runtime;
  }
  return [
    ...runtime,
    archive('cni-plugins', pinned.cniPlugins.value, architecture),
    archive('crictl', crictl, architecture),
    archive('kubelet', patch, architecture),
    archive('kubeadm', patch, architecture),
    archive('kubectl', patch, architecture),
  ];
}

/** Archives without a catalogued checksum, for the architectures of this cluster. */
export function unpinnedArchives(
  cluster: Cluster,
  containerd: string,
  source: BinarySource,
): Archive[] {
  const architectures = [...new Set(cluster.machines.map((m) => m.architecture))];
  return architectures
    .flatMap((architecture) => machineArchives(cluster, containerd, architecture, source))
    .filter((item) => item.sha256 === undefined);
}

/** The list that the entry script reads: name, digest, URL. */
export function archivesList(
  cluster: Cluster,
  containerd: string,
  architecture: Architecture,
  source: BinarySource,
): string {
  const items = machineArchives(cluster, containerd, architecture, source);
  return [
    comment(
      'Name, digest and URL of what is installed from release archives. "published" means that the ' +
        'checksum is the one beside the archive: it proves a whole download, not an honest one.',
    ),
    ...items.map(
      (item) =>
        `${item.name} ${item.sha256 === undefined ? 'published' : `sha256:${item.sha256}`} ${archiveUrl(item, cluster.downloadBaseUrl)}`,
    ),
    '',
  ].join('\n');
}
