import { KubeProxyMode } from '../cluster';
import { KubeProxyNames } from './kube-proxy-options';

/** What the objects of one kube-proxy are called. */
export interface ObjectNames {
  /** ServiceAccount, ConfigMap, DaemonSet and its container. */
  readonly name: string;
  /** The ClusterRoleBinding. */
  readonly binding: string;
}

/** Where all of them live. */
export const NAMESPACE = 'kube-system';

/**
 * kubeadm's own names, or names beside them. On a cluster of ours kubeadm runs with its proxy disabled
 * and its names are free; on a cluster that kubeadm made, the objects are taken over with them.
 */
export function objectNames(names: KubeProxyNames | undefined, mode: KubeProxyMode): ObjectNames {
  return names === KubeProxyNames.OWN
    ? { name: `kube-proxy-${mode}`, binding: `kube-proxy-${mode}` }
    : { name: 'kube-proxy', binding: 'kubeadm:node-proxier' };
}
