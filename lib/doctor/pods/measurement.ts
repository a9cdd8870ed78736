import type { Construct } from 'constructs';
import {
  addManifest,
  decisionsOf,
  Phase,
  tuned,
  type Cluster,
  type Manifest,
  type Problem,
} from '../../cluster';
import { namespaceRule } from '../rules';
import { declaredNamespace, namespaceObject } from './namespace';
import { jobTuning, podTuning } from './tuning';

/** Load is never put on a cluster by a construct that somebody forgot in a chart. */
export function acknowledgeProblems(given: boolean, what: string): Problem[] {
  return given === true
    ? []
    : [
        {
          prop: 'acknowledgeLoad',
          allowed: 'true',
          got: given,
          remedy: `${what}: say so, or leave the construct out`,
        },
      ];
}

/**
 * The rule about the namespace and the decisions about pods. Returns the namespace to add, none where
 * something of this App declares it.
 */
export function settleIn(by: Construct, cluster: Cluster, namespace: string): Manifest[] {
  const declared = declaredNamespace(cluster, namespace);
  cluster.addRule(namespaceRule(namespace, declared), by);
  cluster.recordDecisions(podTuning.decisions(by.node.path));
  return declared === undefined ? [namespaceObject(namespace)] : [];
}

/** Adds objects that are applied with the manifests of the cluster. */
export function addObjects(by: Construct, cluster: Cluster, objects: readonly Manifest[]): void {
  // Not in the phase of alerts: without the kinds of those nothing of their phase is applied.
  objects.forEach((object) => addManifest(by, cluster, Phase.STORAGE_POLICY, object));
}

/** The decisions about Jobs, with the time that all of them are given. */
export function recordJobs(by: Construct, cluster: Cluster, seconds: number, why: string): void {
  const { path } = by.node;
  const row = tuned(
    'Job.spec.activeDeadlineSeconds',
    seconds,
    'none',
    `${why}; one that waits for its turn spends it as well`,
    'https://kubernetes.io/docs/concepts/workloads/controllers/job/',
  );
  cluster.recordDecisions([...jobTuning.decisions(path), ...decisionsOf(path, [row])]);
}
