import { archiveUrl, kubeadmImages } from '../catalog';
import type { Cluster, FetchedByMachines } from '../cluster';
import { machineArchives } from './archives';
import { repositoryUrl } from './binaries/requirements';
import type { BinarySource } from './binaries/source';

/** What machines fetch before any manifest is applied: images of static pods and of kubeadm, archives, packages. */
export function fetchedByMachines(
  cluster: Cluster,
  choices: {
    readonly containerdVersion: string;
    readonly kubeVipImage: string;
    readonly binaries: BinarySource;
  },
): FetchedByMachines {
  const { containerdVersion, kubeVipImage, binaries } = choices;
  const images = kubeadmImages(cluster.kubernetesVersion.patch)
    // Where the spec knows the proxy, kubeadm installs none.
    .filter(({ component }) => component !== 'kube-proxy' || cluster.kubeProxyMode === undefined)
    .map((image) => cluster._image(image));
  const { architecture } = cluster.machines[0]!;
  const archives = machineArchives(cluster, containerdVersion, architecture, binaries);
  return {
    images: [...images, ...(cluster.endpoint._byKubeVip ? [kubeVipImage] : [])],
    urls: [
      ...archives.map((item) => archiveUrl(item, cluster.downloadBaseUrl)),
      ...(binaries._apt === undefined ? [] : [repositoryUrl(cluster, binaries)]),
    ],
  };
}
