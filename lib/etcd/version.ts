import {
  atLeast,
  etcdMinor,
  etcdMinors,
  kubernetesMinor,
  minorOf,
  type EtcdMinor,
} from '../catalog';
import type { Cluster, Problem } from '../cluster';

const IMAGE_TAG = /^v?\d+\.\d+\.\d+(-\d+)?$/;

/** The etcd image tag that runs: the user's, else the one that kubeadm chooses for this Kubernetes. */
export function etcdTag(cluster: Cluster, imageTag?: string): string {
  return imageTag ?? kubernetesMinor(cluster.kubernetesVersion.minor).etcdImageTag.value;
}

/** The catalogue row of the etcd that runs. */
export function etcdRow(cluster: Cluster, imageTag?: string): EtcdMinor {
  return etcdMinor(etcdTag(cluster, imageTag));
}

/** What is wrong with an image tag; whether the registry has it cannot be known here. */
export function imageTagProblems(cluster: Cluster, imageTag: string | undefined): Problem[] {
  if (imageTag === undefined) {
    return [];
  }
  const problem = (allowed: string, remedy: string): Problem[] => [
    { prop: 'imageTag', allowed, got: imageTag, remedy },
  ];
  if (!IMAGE_TAG.test(imageTag)) {
    return problem(
      'a tag such as 3.6.14-0',
      'copy it from the registry that the machines pull from',
    );
  }
  const known = Object.keys(etcdMinors);
  if (!known.includes(minorOf(imageTag))) {
    return problem(
      `of an etcd minor in ${known.join(', ')}`,
      'the flags of other minors are not known',
    );
  }
  const own = minorOf(etcdTag(cluster));
  if (!atLeast(minorOf(imageTag), own)) {
    return problem(
      `of etcd ${own} or newer`,
      `kubeadm ${cluster.kubernetesVersion.minor} starts etcd with flags and files of ${own}`,
    );
  }
  const { dataSafetyFloor } = etcdMinor(imageTag);
  return atLeast(imageTag, dataSafetyFloor.value)
    ? []
    : problem(
        `${dataSafetyFloor.value} or newer`,
        `older ones lose or damage data: ${dataSafetyFloor.source}`,
      );
}

/** The value of one of the flags that kubeadm starts etcd with, if this library chose it. */
export function etcdArgument(cluster: Cluster, flag: string): string | undefined {
  const args = cluster._summary('etcd')?.kubeadmLocal.extraArgs as
    ReadonlyArray<{ readonly name: string; readonly value: string }> | undefined;
  return args?.find(({ name }) => name === flag)?.value;
}
