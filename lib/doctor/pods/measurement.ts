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
 * Adds the objects, with a namespace unless something of this App declares it; the rule about that
 * namespace; and the decisions about pods.
 */
export function addObjects(
  by: Construct,
  cluster: Cluster,
  namespace: string,
  objects: readonly Manifest[],
): void {
  const declared = declaredNamespace(cluster, namespace);
  const own = declared === undefined ? [namespaceObject(namespace)] : [];
  // Not in the phase of alerts: without the kinds of those nothing of their phase is applied.
  [...own, ...objects].forEach((object) => addManifest(by, cluster, Phase.STORAGE_POLICY, object));
  cluster.addRule(namespaceRule(namespace, declared), by);
  cluster.recordDecisions(podTuning.decisions(by.node.path));
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
