import type { Job } from 'kubernetes-types/batch/v1';
import type { Service, ServiceAccount } from 'kubernetes-types/core/v1';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { images } from '../../catalog';
import { hostCidr, type Cluster, type Manifest } from '../../cluster';
import { renderPlacement } from '../pod-placement';
import type { Settings } from '../settings';
import { ADMISSION, IDENTITY, WEBHOOK_PORT } from './names';
import type { RetiredTuning } from './tuning';

const RBAC = 'rbac.authorization.k8s.io';
const { namespace, selector } = IDENTITY;
const SERVICE = `${IDENTITY.name}-admission`;
const OWN = { name: ADMISSION, namespace };
const SUBJECTS = [{ kind: 'ServiceAccount', ...OWN }];

/** The webhook with its certificate, and the policy that keeps everybody but API servers away from it. */
export function renderWebhook(
  cluster: Cluster,
  settings: Settings,
  tuning: RetiredTuning,
): Manifest[] {
  return [
    account(),
    ...bound('ClusterRole', [
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['validatingwebhookconfigurations'],
        resourceNames: [ADMISSION],
        verbs: ['get', 'update'],
      },
    ]),
    ...bound('Role', [
      { apiGroups: [''], resources: ['secrets'], resourceNames: [ADMISSION], verbs: ['get'] },
      // A name cannot narrow what does not exist yet.
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
    ]),
    networkPolicy(cluster),
    service(),
    job(cluster, settings, tuning, 'create', [
      `--host=${SERVICE},${SERVICE}.$(POD_NAMESPACE).svc`,
      '--namespace=$(POD_NAMESPACE)',
      `--secret-name=${ADMISSION}`,
    ]),
    configuration(),
    job(cluster, settings, tuning, 'patch', [
      `--webhook-name=${ADMISSION}`,
      '--namespace=$(POD_NAMESPACE)',
      '--patch-mutating=false',
      `--secret-name=${ADMISSION}`,
      '--patch-failure-policy=Fail',
    ]),
  ];
}

/** The account of the Jobs; its token is mounted by them and by no other pod. */
function account(): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: OWN,
    automountServiceAccountToken: false,
  };
}

function bound(kind: 'ClusterRole' | 'Role', rules: PolicyRule[]): Manifest[] {
  const metadata = kind === 'Role' ? OWN : { name: ADMISSION };
  const apiVersion = `${RBAC}/v1`;
  return [
    { apiVersion, kind, metadata, rules } as Manifest,
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: RBAC, kind, name: ADMISSION },
      subjects: SUBJECTS,
    } as Manifest,
  ];
}

/** Whoever reached this port before CVE-2025-1974 was fixed ran code in the controller. */
function networkPolicy(cluster: Cluster): NetworkPolicy {
  const from = cluster.controlPlanes.map(({ address }) => ({
    ipBlock: { cidr: hostCidr(address) },
  }));
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: OWN,
    spec: {
      podSelector: { matchLabels: selector },
      policyTypes: ['Ingress'],
      ingress: [{ from, ports: [{ port: WEBHOOK_PORT, protocol: 'TCP' }] }],
    },
  };
}

function service(): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: SERVICE, namespace },
    spec: {
      type: 'ClusterIP',
      selector,
      ports: [{ name: 'https-webhook', port: 443, protocol: 'TCP', targetPort: 'webhook' }],
    },
  };
}

function job(
  cluster: Cluster,
  settings: Settings,
  tuning: RetiredTuning,
  task: string,
  args: string[],
): Job {
  const secrets = cluster.imagePullSecrets.map((name) => ({ name }));
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `${ADMISSION}-${task}`, namespace },
    spec: {
      ttlSecondsAfterFinished: 0,
      template: {
        spec: {
          serviceAccountName: ADMISSION,
          automountServiceAccountToken: true,
          restartPolicy: 'OnFailure',
          ...(secrets.length === 0 ? {} : { imagePullSecrets: secrets }),
          ...renderPlacement(settings, tuning.placement),
          securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name: task,
              image: cluster._image(images['ingress-nginx-certgen']),
              args: [task, ...args],
              env: [
                {
                  name: 'POD_NAMESPACE',
                  valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } },
                },
              ],
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
                runAsGroup: 65532,
                runAsNonRoot: true,
                runAsUser: 65532,
              },
            },
          ],
        },
      },
    },
  };
}

/** Not typed by upstream's definitions: those lack the resources of a rule. */
function configuration(): Manifest {
  const asked = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: ADMISSION },
    webhooks: [
      {
        name: 'validate.nginx.ingress.kubernetes.io',
        admissionReviewVersions: ['v1'],
        clientConfig: {
          service: { name: SERVICE, namespace, path: '/networking/v1/ingresses', port: 443 },
        },
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        rules: [
          {
            apiGroups: ['networking.k8s.io'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['ingresses'],
          },
        ],
        sideEffects: 'None',
      },
    ],
  };
  return asked;
}
