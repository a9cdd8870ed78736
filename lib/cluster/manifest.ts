import { ApiObject, JsonPatch } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Cluster } from './cluster';
import type { Phase } from './phase';
import { assignPhase } from './phase-of';
import { problemAt } from './problem';

/** Label that names the cluster on every object, so that orphans of one cluster can be listed. */
export const CLUSTER_LABEL = 'cdk8s-groundwork/cluster';
/** Value of `app.kubernetes.io/managed-by` on every object. */
export const MANAGED_BY = 'cdk8s-groundwork';

/** The least every object has; rooms pass objects typed by upstream's own definitions. */
export interface Manifest {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: { readonly [key: string]: string };
    readonly annotations?: { readonly [key: string]: string };
  };
}

/** The object with our two labels on its metadata. */
export function withClusterLabels<M extends Manifest>(cluster: Cluster, manifest: M): M {
  return {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      labels: {
        ...manifest.metadata?.labels,
        'app.kubernetes.io/managed-by': MANAGED_BY,
        [CLUSTER_LABEL]: cluster.clusterName,
      },
    },
  };
}

/** Adds one object to the tree: phase on its node, our two labels on its metadata. */
export function addManifest(
  scope: Construct,
  cluster: Cluster,
  phase: Phase,
  manifest: Manifest,
): ApiObject {
  if (scope.node.root !== cluster.node.root) {
    // The cluster's rules run with the App it is in; elsewhere they would never see this object.
    throw problemAt(scope.node.path, {
      prop: 'cluster',
      allowed: 'in the same App as this construct',
      got: cluster.node.path,
      remedy: 'create the Cluster in the App that synthesizes this chart',
    });
  }
  const { name, namespace } = manifest.metadata ?? {};
  const id = [manifest.kind?.toLowerCase(), namespace, name]
    .filter((part) => part !== undefined)
    .join('-');
  const object = new ApiObject(scope, id, {
    ...withClusterLabels(cluster, manifest),
    apiVersion: manifest.apiVersion!,
    kind: manifest.kind!,
  });
  if (namespace === undefined && object.metadata.namespace !== undefined) {
    // cdk8s puts the chart's namespace on every object that names none, cluster-wide kinds included.
    object.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
  assignPhase(object, phase);
  return object;
}
