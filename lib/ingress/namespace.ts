import type { Namespace } from 'kubernetes-types/core/v1';
import type { Identity } from './identity';

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
