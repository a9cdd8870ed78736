import type { StackObject } from './stack-object';

/** The pod that an object runs or will run. */
export function podSpecOf({ kind, group, manifest }: StackObject): any {
  const { spec } = manifest;
  switch (`${group}/${kind}`) {
    case '/Pod':
      return spec;
    case 'batch/CronJob':
      return spec?.jobTemplate?.spec?.template?.spec;
    case 'apps/Deployment':
    case 'apps/DaemonSet':
    case 'apps/StatefulSet':
    case 'apps/ReplicaSet':
    case 'batch/Job':
    case '/ReplicationController':
      return spec?.template?.spec;
    default:
      return undefined;
  }
}

/** Whether its pods start as soon as it exists, so that somebody waits for them. */
export function runsAtOnce(object: StackObject): boolean {
  return object.kind !== 'CronJob' && podSpecOf(object) !== undefined;
}

/** Labels of its pods. */
export function podLabels({ kind, manifest }: StackObject): Record<string, string> {
  const metadata = kind === 'Pod' ? manifest.metadata : manifest.spec?.template?.metadata;
  return metadata?.labels ?? {};
}

/** All containers of a pod. */
export function containersOf(pod: any): any[] {
  return [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
}

/** The sources of its volumes, those inside projected ones too. */
export function volumesOf(pod: any): any[] {
  return (pod?.volumes ?? []).flatMap((volume: any) => [
    volume,
    ...(volume.projected?.sources ?? []),
  ]);
}

/** The account its pods speak to the API with. */
export function serviceAccountOf(pod: any): string {
  return pod?.serviceAccountName ?? pod?.serviceAccount ?? 'default';
}

/**
 * Whether this is what gives pods their network: it writes the configuration that kubelets read. Who mounts
 * it to read it only looks on.
 */
export function installsPodNetwork(object: StackObject): boolean {
  if (object.kind !== 'DaemonSet') {
    return false;
  }
  const pod = podSpecOf(object);
  const mounts: any[] = containersOf(pod).flatMap(({ volumeMounts = [] }) => volumeMounts);
  return volumesOf(pod)
    .filter(({ hostPath }) => /^\/etc\/cni(\/net\.d)?\/?$/.test(hostPath?.path ?? ''))
    .some(({ name }) => {
      const own = mounts.filter((mount) => mount.name === name);
      return own.length === 0 || own.some(({ readOnly }) => readOnly !== true);
    });
}
