import type { Severity } from '../../cluster';

/** Where an Ingress of ingress-nginx can move to. */
export enum MigrationTarget {
  /** NGINX Ingress Controller, as HardenedNginxIngress sets it up: without snippets and custom resources. */
  NIC = 'nic',
  /** The Gateway API with NGINX Gateway Fabric. */
  GATEWAY = 'gateway',
  /** Traefik with its provider for annotations of ingress-nginx, without snippets. */
  TRAEFIK = 'traefik',
}

/** One thing that behaves differently, or not at all, after the move. */
export interface AuditFinding {
  /** Stable id, `GW-AUDIT-<number>`. */
  readonly id: string;
  /** How bad it is: an error loses traffic or protection, a warning needs a hand, a note is good to know. */
  readonly severity: Severity;
  /** Kind, namespace and name of the object, for example `Ingress shop/cart`. */
  readonly object: string;
  /** The annotation, key or field it is about. */
  readonly field: string;
  /** What was found, with the values of this object. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Where it was read. */
  readonly reference: string;
  /** The targets that it concerns, in the order of the enum. */
  readonly targets: MigrationTarget[];
}

/** All targets, in the order in which they are told. */
export const TARGETS: readonly MigrationTarget[] = Object.values(MigrationTarget);

/** Upstream files that the checks were read in. */
export const READ_IN = {
  annotations: 'kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations.md',
  configMap: 'kubernetes/ingress-nginx docs/user-guide/nginx-configuration/configmap.md',
  paths: 'kubernetes/ingress-nginx docs/user-guide/ingress-path-matching.md',
  classes:
    'GetIngressClass of kubernetes/ingress-nginx at controller-v1.15.1; HasCorrectIngressClass of nginx/kubernetes-ingress at v5.5.4; shouldProcess of traefik/traefik at v3.7.13',
  nicHosts: 'nginx/kubernetes-ingress internal/k8s/configuration.go at v5.5.4',
  nicIngress: 'nginx/kubernetes-ingress internal/configs/ingress.go at v5.5.4',
  nicValidation: 'nginx/kubernetes-ingress internal/k8s/validation.go at v5.5.4',
  ingressApi: 'https://kubernetes.io/docs/concepts/services-networking/ingress/',
  certManager: 'https://cert-manager.io/docs/configuration/acme/http01/',
} as const;
