import type {
  RuleWithOperations,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from 'kubernetes-types/admissionregistration/v1';
import type { Secret, Service } from 'kubernetes-types/core/v1';
import {
  CONTROLLER,
  GROUP,
  NAMESPACE,
  WEBHOOK_CONFIGURATION,
  WEBHOOK_PORT,
  WEBHOOK_SECRET,
  WEBHOOK_SERVICE,
} from './names';

/** Kinds the controller is asked about: version, plural, and upon what. */
const ASKED: ReadonlyArray<[kind: string, plural: string, version: string, operations: string[]]> =
  [
    ['bgppeer', 'bgppeers', 'v1beta2', ['CREATE', 'UPDATE']],
    ['bfdprofile', 'bfdprofiles', 'v1beta1', ['CREATE', 'DELETE']],
    ['bgpadvertisement', 'bgpadvertisements', 'v1beta1', ['CREATE', 'UPDATE']],
    ['community', 'communities', 'v1beta1', ['CREATE', 'UPDATE']],
    ['ipaddresspool', 'ipaddresspools', 'v1beta1', ['CREATE', 'UPDATE']],
    ['l2advertisement', 'l2advertisements', 'v1beta1', ['CREATE', 'UPDATE']],
  ];

/** What the API server needs to ask the controller; certificate and authority come from the controller. */
export function webhookObjects(): [Secret, Service, ValidatingWebhookConfiguration] {
  return [
    // Empty, and only made: the controller fills it, and does not start without it.
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: WEBHOOK_SECRET, namespace: NAMESPACE },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: WEBHOOK_SERVICE, namespace: NAMESPACE },
      spec: {
        ports: [{ port: 443, targetPort: WEBHOOK_PORT }],
        selector: { component: CONTROLLER },
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: WEBHOOK_CONFIGURATION },
      webhooks: ASKED.map(([kind, plural, version, operations]) =>
        webhook(kind, plural, version, operations),
      ),
    },
  ];
}

function webhook(
  kind: string,
  plural: string,
  version: string,
  operations: string[],
): ValidatingWebhook {
  // The types of this rule know no resources.
  const rule: RuleWithOperations & { resources: string[] } = {
    apiGroups: [GROUP],
    apiVersions: [version],
    operations,
    resources: [plural],
  };
  return {
    // Upstream's names, so that an installation of its own is taken over and not asked twice.
    name: `${kind === 'bgppeer' ? plural : kind}validationwebhook.${GROUP}`,
    admissionReviewVersions: ['v1'],
    clientConfig: {
      service: {
        name: WEBHOOK_SERVICE,
        namespace: NAMESPACE,
        path: `/validate-metallb-io-${version}-${kind}`,
      },
    },
    // MetalLB checks everything once more when it reads it; a webhook that cannot be reached must not
    // keep anybody from repairing the pools.
    failurePolicy: 'Ignore',
    sideEffects: 'None',
    timeoutSeconds: 5,
    rules: [rule],
  };
}
