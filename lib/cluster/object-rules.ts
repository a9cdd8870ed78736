import { ApiObject } from 'cdk8s';
import { apisOfKind, knowsKind, nextMinor } from '../catalog';
import type { Cluster } from './cluster';
import { Severity, type IRule, type RuleViolation } from './finding';
import { rule } from './rule';

const GUIDE = 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/';

/** What the objects of the App ask of the API server, those that no construct of ours made among them. */
export const objectRules: IRule[] = [
  rule(
    {
      id: 'GW-CLUSTER-014',
      severity: Severity.WARNING,
      title: 'Kubernetes has every kind that the App makes',
      why: 'The API server refuses an object of a version that it does not serve, and what comes after it is not applied',
      remedy: 'write the object in a version that is served',
      reference: GUIDE,
    },
    (cluster) => unknownKinds(cluster, cluster.kubernetesVersion.minor, 'has no'),
  ),
  rule(
    {
      id: 'GW-CLUSTER-015',
      severity: Severity.WARNING,
      title: 'The next Kubernetes has every kind that the App makes',
      why: 'An upgrade goes through with such objects in the cluster, and nothing can change them afterwards',
      remedy: 'write the object in a version that is served before the upgrade',
      reference: GUIDE,
    },
    (cluster) => {
      const { minor } = cluster.kubernetesVersion;
      const next = nextMinor(minor);
      return next === undefined
        ? []
        : unknownKinds(cluster, next, 'will have no').filter(
            ({ path }) => !unknownKinds(cluster, minor, '').some((now) => now.path === path),
          );
    },
  ),
];

function unknownKinds(cluster: Cluster, minor: string, verb: string): RuleViolation[] {
  return cluster.node.root.node
    .findAll()
    .filter((each) => ApiObject.isApiObject(each))
    .filter(
      ({ apiVersion, kind }) => kind !== 'List' && knowsKind(minor, apiVersion, kind) === false,
    )
    .map(({ apiVersion, kind, node }) => {
      const served = apisOfKind(minor, kind);
      return {
        message: `Kubernetes ${minor} ${verb} ${kind} in ${apiVersion}`,
        path: node.path,
        ...(served.length === 0 ? {} : { remedy: `write it in ${served.join(' or ')}` }),
      };
    });
}
