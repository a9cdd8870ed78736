import { apisOfKind, knowsKind, nextMinor } from '../catalog';
import { apiObjectsOf } from './app-objects';
import type { Cluster } from './cluster';
import { Severity, type IRule, type RuleViolation } from './finding';
import { rule } from './rule';

const RUNTIME_CONFIG = 'runtime-config';
const GUIDE = 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/';

/** What the objects of the App ask of the API server, those that no construct of ours made among them. */
export const objectRules: IRule[] = [
  rule(
    {
      id: 'GW-CLUSTER-014',
      severity: Severity.WARNING,
      title: 'Kubernetes has every kind that the App makes',
      why: 'The API server refuses an object of a version that it does not serve, alpha and beta ones by default among them, and what comes after it is not applied',
      remedy: 'write the object in a version that is served',
      reference: GUIDE,
    },
    (cluster) => [
      ...unknownKinds(cluster, cluster.kubernetesVersion.minor, 'has no'),
      ...switchedOffKinds(cluster),
    ],
  ),
  rule(
    {
      id: 'GW-CLUSTER-015',
      severity: Severity.WARNING,
      title: 'The next Kubernetes has every kind that the App makes',
      why: 'An upgrade goes through with such objects in the cluster; after it the API server refuses their manifest, and what it serves in no version at all nobody can even delete',
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
  return apiObjectsOf(cluster)
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

/** What is alpha or beta is off; which of it a runtime-config switches on is not read. */
function switchedOffKinds(cluster: Cluster): RuleViolation[] {
  const { minor } = cluster.kubernetesVersion;
  const flags = cluster._summary('nodes')?.controlPlane.extraFlags ?? [];
  if (flags.some(({ flag }) => flag === RUNTIME_CONFIG)) {
    return [];
  }
  return apiObjectsOf(cluster)
    .filter(
      ({ apiVersion, kind }) =>
        isPreview(apiVersion) && knowsKind(minor, apiVersion, kind) === true,
    )
    .map(({ apiVersion, kind, node }) => {
      const stable = apisOfKind(minor, kind).filter((each) => !isPreview(each));
      return {
        message: `Kubernetes ${minor} serves ${kind} in ${apiVersion} only where ${RUNTIME_CONFIG} of kube-apiserver says so`,
        path: node.path,
        remedy:
          stable.length === 0
            ? `set ${RUNTIME_CONFIG} in apiServerExtraArgs to ${apiVersion}=true, with the feature gate that the kind has; or acknowledge where that is done`
            : `write it in ${stable.join(' or ')}`,
      };
    });
}

/** The versions that a cluster does not serve by itself, since Kubernetes 1.24. */
function isPreview(apiVersion: string): boolean {
  return /v\d+(alpha|beta)\d+$/.test(apiVersion);
}
