import type { Deployment } from 'kubernetes-types/apps/v1';
import type { ConfigMap, Namespace, ServiceAccount } from 'kubernetes-types/core/v1';
import type { ClusterRole, ClusterRoleBinding, RoleBinding } from 'kubernetes-types/rbac/v1';
import { operatorRules, operatorSecretRules } from './operator-rbac';
import type { OperatorTuning } from './tuning-operator';
import type { ApiEndpoint } from '../../cluster';

/** Name of the operator's objects and of its namespace; Calico's own tools expect it. */
export const OPERATOR = 'tigera-operator';

const SECRETS = `${OPERATOR}-secrets`;
const RBAC = 'rbac.authorization.k8s.io';
const STATE = '/var/lib/calico';
const labels = { 'k8s-app': OPERATOR };
const subjects = [{ kind: 'ServiceAccount', name: OPERATOR, namespace: OPERATOR }];

/** What the operator's objects take from the cluster. */
export interface OperatorFacts {
  readonly image: string;
  readonly imageTag: string;
  readonly imagePullSecrets: readonly string[];
}

/** The namespace; the operator and what it starts need the host's network and file system. */
export function operatorNamespace(): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: OPERATOR,
      labels: { name: OPERATOR, 'pod-security.kubernetes.io/enforce': 'privileged' },
    },
  };
}

/** The name by which the operator and Calico look for the API where no kube-proxy serves its Service. */
const SERVICES_ENDPOINT = 'kubernetes-services-endpoint';

/** How to reach the API before anything serves Services: by address, as nothing resolves names then. */
export function servicesEndpoint({ address, host, port }: ApiEndpoint): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: SERVICES_ENDPOINT, namespace: OPERATOR, labels },
    data: {
      KUBERNETES_SERVICE_HOST: address ?? host,
      KUBERNETES_SERVICE_PORT: String(port),
    },
  };
}

/** Who the operator is, and what it may do. */
export function operatorAccess(): [
  ServiceAccount,
  ...ClusterRole[],
  ClusterRoleBinding,
  RoleBinding,
] {
  const role = (name: string, rules: ClusterRole['rules']): ClusterRole => ({
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name, labels },
    rules,
  });
  const roleRef = (name: string) => ({ apiGroup: RBAC, kind: 'ClusterRole', name });
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: OPERATOR, namespace: OPERATOR, labels },
    },
    role(SECRETS, operatorSecretRules),
    role(OPERATOR, operatorRules),
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: OPERATOR, labels },
      roleRef: roleRef(OPERATOR),
      subjects,
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'RoleBinding',
      metadata: { name: SECRETS, namespace: OPERATOR, labels },
      roleRef: roleRef(SECRETS),
      subjects,
    },
  ];
}

/** The operator itself. It runs before there is a pod network, so it stands on the host's. */
export function operatorDeployment(facts: OperatorFacts, tuning: OperatorTuning): Deployment {
  const { imagePullSecrets } = facts;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: OPERATOR, namespace: OPERATOR, labels },
    spec: {
      replicas: tuning.get('replicas'),
      selector: { matchLabels: { name: OPERATOR } },
      template: {
        metadata: { labels: { name: OPERATOR, ...labels } },
        spec: {
          serviceAccountName: OPERATOR,
          ...(imagePullSecrets.length === 0
            ? {}
            : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
          hostNetwork: true,
          // Cluster names do not resolve in a host-network pod under any other policy.
          dnsPolicy: 'ClusterFirstWithHostNet',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: tuning.get('tolerations'),
          terminationGracePeriodSeconds: tuning.get('gracePeriod'),
          containers: [
            {
              name: OPERATOR,
              image: facts.image,
              imagePullPolicy: tuning.get('pullPolicy'),
              command: ['operator'],
              args: tuning.get('args'),
              env: [
                { name: 'WATCH_NAMESPACE', value: '' },
                { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
                { name: 'OPERATOR_NAME', value: OPERATOR },
                { name: 'TIGERA_OPERATOR_INIT_IMAGE_VERSION', value: facts.imageTag },
                { name: 'CALICO_API_GROUP', value: tuning.get('apiGroup') },
              ],
              // There only without kube-proxy; with it in place the Service of the API works.
              envFrom: [{ configMapRef: { name: SERVICES_ENDPOINT, optional: true } }],
              volumeMounts: [{ name: 'var-lib-calico', mountPath: STATE, readOnly: true }],
            },
          ],
          volumes: [{ name: 'var-lib-calico', hostPath: { path: STATE } }],
        },
      },
    },
  };
}
