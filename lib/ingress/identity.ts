import type { Namespace } from 'kubernetes-types/core/v1';

/** What the objects of one controller are called, and what its pods are selected by. */
export interface Identity {
  /** Name of the ServiceAccount, workload, Service and roles. */
  readonly name: string;
  readonly namespace: string;
  /** Immutable in a workload, hence the least there is. */
  readonly selector: Readonly<Record<string, string>>;
}

/** The namespace, where Pod Security holds every pod to one profile of this minor. */
export function renderNamespace(
  identity: Identity,
  kubernetesMinor: string,
  profile: string,
): Namespace {
  const modes = ['audit', 'enforce', 'warn'];
  const labels = modes.flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, profile],
    [`pod-security.kubernetes.io/${mode}-version`, `v${kubernetesMinor}`],
  ]);
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: identity.namespace, labels: Object.fromEntries(labels) },
  };
}
