import { isDnsLabel, type Cluster, type Problem } from '../../cluster';

/** Where everything of the doctor is, unless the spec says otherwise. */
export const DEFAULT_NAMESPACE = 'groundwork-doctor';
const NAME = 'groundwork-doctor';
/** The one container of each pod that people or programs enter. */
export const CONTAINER = 'doctor';

/** The labels of one kind of pod; its controller selects by them as well. */
export function labelsOf(component: string): Record<string, string> {
  return { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/component': component };
}

/** The same as `kubectl -l` takes it. */
export function selectorOf(component: string): string {
  return Object.entries(labelsOf(component))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** It is created, and deleted with all that is in it: it must be nobody else's. */
export function namespaceProblems(namespace: string | undefined): Problem[] {
  if (namespace === undefined || (isDnsLabel(namespace) && !/^(default$|kube-)/.test(namespace))) {
    return [];
  }
  return [
    {
      prop: 'namespace',
      allowed: 'an RFC 1123 label, neither default nor kube-…',
      got: namespace,
      remedy: 'give it a namespace of its own: it is deleted with the doctor',
    },
  ];
}

/** Where the image comes from that the cluster pulls with. */
export function pullSecrets({ imagePullSecrets }: Cluster): {
  imagePullSecrets?: Array<{ name: string }>;
} {
  return imagePullSecrets.length === 0
    ? {}
    : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) };
}
