import { PodSecurityLevel } from './options';
import { objectsOf, type Cluster } from '../../cluster';

/** Where each kind of workload keeps its pod. */
const POD_SPECS: Readonly<Record<string, (object: any) => any>> = {
  Pod: ({ spec }) => spec,
  Deployment: ({ spec }) => spec?.template?.spec,
  DaemonSet: ({ spec }) => spec?.template?.spec,
  StatefulSet: ({ spec }) => spec?.template?.spec,
  ReplicaSet: ({ spec }) => spec?.template?.spec,
  Job: ({ spec }) => spec?.template?.spec,
  CronJob: ({ spec }) => spec?.jobTemplate?.spec?.template?.spec,
};

const ENFORCE = 'pod-security.kubernetes.io/enforce';

/**
 * Workloads of this App whose pods would be refused: by the label that an object of the App gives their
 * namespace, else by the default, unless that exempts it. Only what is on the host, which baseline forbids; what restricted
 * asks for besides is left to the warnings of the API server.
 */
export function refusedWorkloads(cluster: Cluster): string[] {
  const podSecurity = cluster._summary('nodes')?.controlPlane.podSecurity;
  if (podSecurity === undefined || podSecurity.enforce === String(PodSecurityLevel.PRIVILEGED)) {
    return [];
  }
  const objects = objectsOf(cluster).map(({ object }) => object);
  const labelled = new Map<string, string>(
    objects
      .filter(({ kind, metadata }) => kind === 'Namespace' && metadata.labels?.[ENFORCE])
      .map(({ metadata }) => [metadata.name, metadata.labels[ENFORCE]]),
  );
  return objects
    .filter(({ kind }) => POD_SPECS[kind] !== undefined)
    .flatMap((object) => {
      const { kind, metadata } = object;
      const { name, namespace = 'default' } = metadata;
      const level = labelled.get(namespace) ?? podSecurity.enforce;
      const reason = onHost(POD_SPECS[kind]!(object));
      return reason === undefined ||
        level === String(PodSecurityLevel.PRIVILEGED) ||
        podSecurity.exemptNamespaces.includes(namespace)
        ? []
        : [`${kind} ${namespace}/${name} is refused by Pod Security ${level}: ${reason}`];
    })
    .sort();
}

/** The first thing of a pod that baseline forbids. */
function onHost(pod: any): string | undefined {
  if (pod === undefined || pod === null) {
    return undefined;
  }
  const field = ['hostNetwork', 'hostPID', 'hostIPC'].find((name) => pod[name] === true);
  if (field !== undefined) {
    return field;
  }
  const volume = (pod.volumes ?? []).find((each: any) => each.hostPath !== undefined);
  if (volume !== undefined) {
    return `hostPath volume ${volume.name}`;
  }
  const containers = [...(pod.containers ?? []), ...(pod.initContainers ?? [])];
  const privileged = containers.find((each: any) => each.securityContext?.privileged === true);
  if (privileged !== undefined) {
    return `privileged container ${privileged.name}`;
  }
  const port = containers.find((each: any) =>
    (each.ports ?? []).some(({ hostPort }: any) => hostPort !== undefined && hostPort !== 0),
  );
  return port === undefined ? undefined : `hostPort of container ${port.name}`;
}
