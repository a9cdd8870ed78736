import type { AnnotationRow } from './annotation-row';
import { accessAnnotations } from './annotations-access';
import { proxyAnnotations } from './annotations-proxy';
import { routingAnnotations } from './annotations-routing';

/** The prefix of every annotation that ingress-nginx reads, as its default has it. */
export const PREFIX = 'nginx.ingress.kubernetes.io/';

/**
 * Every annotation of ingress-nginx 1.15 and what the targets make of it. Read in: the documents and
 * parsers of kubernetes/ingress-nginx at controller-v1.15.1; validation.go, policy.go and ingress.go of
 * nginx/kubernetes-ingress at v5.5.4; the API types of nginx/nginx-gateway-fabric at v2.6.7; the table
 * of annotations of traefik/traefik at v3.7.9; what kubernetes-sigs/ingress2gateway 1.1.0 converts.
 */
export const annotationTable: ReadonlyMap<string, AnnotationRow> = new Map(
  [...accessAnnotations, ...routingAnnotations, ...proxyAnnotations].map((r) => [r.name, r]),
);
