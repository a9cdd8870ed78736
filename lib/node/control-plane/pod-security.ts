import { ApiObject } from 'cdk8s';
import { PodSecurityLevel } from './options';
import type { Cluster } from '../../cluster';

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
 * Workloads of this App whose pods the default would refuse: in a namespace that is neither exempt nor
 * labelled by an object of the App. Only what is on the host, which baseline forbids; what restricted
 * asks for besides is left to the warnings of the API server.
 */
export function refusedWorkloads(cluster: Cluster): string[] {
  const podSecurity = cluster._summary('nodes')?.controlPlane.podSecurity;
  if (podSecurity === undefined || podSecurity.enforce === String(PodSecurityLevel.PRIVILEGED)) {
    return [];
  }
  const objects = cluster.node.root.node.findAll().filter((each) => ApiObject.isApiObject(each));
  const labelled = new Set(
    objects
      .filter(({ kind }) => kind === 'Namespace')
      .map((each) => each.toJson())
      .filter(({ metadata }) => metadata.labels?.[ENFORCE] !== undefined)
      .map(({ metadata }) => metadata.name as string),
  );
  return objects
    .filter(({ kind }) => POD_SPECS[kind] !== undefined)
    .map((each) => ({ kind: each.kind, object: each.toJson() }))
    .flatMap(({ kind, object }) => {
      const { name, namespace = 'default' } = object.metadata;
      const reason = onHost(POD_SPECS[kind]!(object));
      return reason === undefined ||
        labelled.has(namespace) ||
        podSecurity.exemptNamespaces.includes(namespace)
        ? []
        : [
            `${kind} ${namespace}/${name} is refused by Pod Security ${podSecurity.enforce}: ${reason}`,
          ];
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
