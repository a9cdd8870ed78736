import type { NginxIngressControllerOptions } from './options';
import { tuned } from '../../cluster';

const RBAC =
  'nginx/kubernetes-ingress deployments/rbac/rbac.yaml and the client calls of cmd/ and internal/k8s at v5.5.4';

const ADMISSION =
  'https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/';

/** Which rights the replicas have, and which Ingresses they are given. */
export function accessRows({ admissionPolicy = true }: NginxIngressControllerOptions) {
  const admission = {
    admission: tuned(
      'ValidatingAdmissionPolicy.spec',
      'no snippets, and no line breaks, braces and semicolons in annotations, but for variables, lists and headers',
      'none',
      'who may write an Ingress must not write nginx.conf: releases before 5.6.0 copy some annotations into it as they are (CVE-2026-77180), and a directive ends with one of these. The API server refuses it by itself: nothing to reach, nothing to fail',
      ADMISSION,
    ),
    admissionBinding: tuned(
      'ValidatingAdmissionPolicyBinding.spec.validationActions',
      'Deny',
      'none',
      'Ingresses that exist already stay until they are changed',
      ADMISSION,
    ),
  };
  return {
    ...(admissionPolicy ? admission : {}),
    clusterRole: tuned(
      'ClusterRole.rules',
      'read Ingresses and what they name, write events',
      'read and write beyond that',
      'without custom resources, usage reports and shared zones of the commercial edition the controller calls nothing else',
      RBAC,
    ),
    role: tuned(
      'Role.rules',
      'its own ConfigMap, its own labels, its own Lease',
      'cluster-wide',
      'only ever used in its own namespace',
      RBAC,
    ),
  };
}
