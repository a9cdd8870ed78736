import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { Namespace } from 'kubernetes-types/core/v1';
import { CLUSTER_LABEL, type Cluster } from '../../cluster';

/** What the pods need: the network, the kernel log and folders of the machine. */
export const LEVEL = 'privileged';
export const ENFORCE = 'pod-security.kubernetes.io/enforce';

/** The level is said even where it is the cluster's default, which may change. */
export function namespaceObject(name: string): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        [ENFORCE]: LEVEL,
        'pod-security.kubernetes.io/audit': LEVEL,
        'pod-security.kubernetes.io/warn': LEVEL,
      },
    },
  };
}

/** The object of this App that declares the namespace already, whoever wrote it. */
export function declaredNamespace(
  { node, clusterName }: Cluster,
  name: string,
): ApiObject | undefined {
  const isIt = (one: IConstruct): one is ApiObject =>
    ApiObject.isApiObject(one) &&
    one.kind === 'Namespace' &&
    one.name === name &&
    // An App may have several clusters, and each of them needs its own.
    (one.metadata.getLabel(CLUSTER_LABEL) ?? clusterName) === clusterName;
  return node.root.node.findAll().find(isIt);
}
