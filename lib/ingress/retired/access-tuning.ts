import type { RetiredChoices } from './choices';
import { tuned } from '../../cluster';

const RBAC =
  'kubernetes/ingress-nginx deploy/static/provider/baremetal/deploy.yaml and the client calls of cmd/nginx and internal/ at controller-v1.15.1';

/** Which rights the replicas have, and which Ingresses they are given. */
export function accessRows(choices: RetiredChoices) {
  const { watchNamespace } = choices;
  return {
    clusterRole: tuned(
      'ClusterRole.rules',
      watchNamespace === undefined
        ? 'read Ingresses and what they name, write events'
        : 'read IngressClasses',
      'nodes, namespaces, endpoints and leases as well',
      watchNamespace === undefined
        ? 'the controller calls nothing else: endpoints come from EndpointSlices, and without rights on nodes it only misses their zone, with a line in the log'
        : `everything else is read in ${watchNamespace}`,
      RBAC,
    ),
    role: tuned(
      'Role.rules',
      'its own ConfigMap, Pod, Service and Lease',
      'Secrets, Ingresses and more of its own namespace',
      'what it reads everywhere it need not be given twice',
      RBAC,
    ),
    ...(choices.admissionPolicy
      ? {
          admission: tuned(
            'ValidatingAdmissionPolicy.spec',
            'no snippets, no line breaks, braces, semicolons, quotes or # in paths, none of the first three in annotations',
            'none',
            'every hole of this controller that ran code began with such a character in an Ingress. The API server refuses it by itself: nothing to reach, nothing to fail',
            `https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/`,
          ),
          admissionBinding: tuned(
            'ValidatingAdmissionPolicyBinding.spec.validationActions',
            'Deny',
            'none',
            'Ingresses that exist already stay until they are changed',
            `https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/`,
          ),
        }
      : {}),
    ...(choices.webhook
      ? {
          webhook: tuned(
            'ValidatingWebhookConfiguration.webhooks',
            'asked about each Ingress; the API server refuses one when nobody answers',
            'the same',
            'asked for in the spec. It finds paths that are claimed twice; nginx -t it does not run any more, since CVE-2025-1974',
            'kubernetes/ingress-nginx internal/ingress/controller/controller.go at controller-v1.15.1',
          ),
          webhookJobs: tuned(
            'Job.spec',
            'two Jobs that make a certificate and write it into the configuration of the webhook',
            'the same',
            'gone as soon as they are done',
            'kubernetes/ingress-nginx deploy/static/provider/baremetal/deploy.yaml at controller-v1.15.1',
          ),
        }
      : {}),
  };
}
