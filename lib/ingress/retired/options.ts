/** The word of somebody who knows that ingress-nginx is retired. */
export interface RetirementAcknowledgement {
  /**
   * Why it is still run, for those who read the findings later; empty or blank throws. It stands in
   * finding GW-INGRESS-030 and on the Deployment.
   */
  readonly reason: string;
}

/** What only ingress-nginx has. The image of a maintained fork goes into `image` of the edge. */
export interface RetiredIngressNginxOptions {
  /**
   * That it is known to be archived since March 2026, without fixes since. Left out, the call throws.
   */
  readonly acknowledgeRetired: RetirementAcknowledgement;
  /**
   * The nginx inside `image`, dotted numbers such as `1.30.7`, when that is a fork or a build of
   * your own. It is what the advisories are compared with (GW-INGRESS-031). Named for an image that
   * the catalogue knows it throws.
   *
   * @default - from the catalogue, for releases of upstream and of forks that were looked at; otherwise
   * finding GW-INGRESS-002
   */
  readonly nginxVersion?: string;
  /**
   * The only namespace whose Ingresses are served. The controller then reads Secrets of that
   * namespace alone: what every one of its published holes was after. An RFC 1123 label. It must be
   * there before the edge is applied, which puts a Role into it (GW-INGRESS-037).
   *
   * @default - all namespaces
   */
  readonly watchNamespace?: string;
  /**
   * Whether the API server asks this controller about each Ingress (its validating webhook). It
   * finds paths that are claimed twice, no longer runs `nginx -t`, and was itself the way in of
   * CVE-2025-1974. With it comes a NetworkPolicy that lets the machines of the control plane alone
   * reach it.
   *
   * @default false
   */
  readonly webhook?: boolean;
  /**
   * Whether the API server itself refuses Ingresses of this class that carry what configuration is
   * injected with: snippets, and line breaks, braces, semicolons, quotes or `#` in paths, and line
   * breaks, braces or semicolons in annotations (a ValidatingAdmissionPolicy; no pod is asked). Turn
   * it off when paths need regular expressions with braces.
   *
   * @default true
   */
  readonly admissionPolicy?: boolean;
  /**
   * Name of the ConfigMap, an RFC 1123 subdomain; the controller is started with the same name.
   *
   * @default 'ingress-nginx-controller'
   */
  readonly configMapName?: string;
  /**
   * Keys of the controller's ConfigMap that no option stands for, by name, with the text it reads.
   * Unknown keys throw, because the controller would pass over them without a word; so do values that
   * it would drop, keys that an option of the edge stands for, and directives in a snippet that the
   * controller's template writes as well. Keys that open what the edge keeps shut are finding
   * GW-INGRESS-032.
   *
   * @default - none
   */
  readonly configMapOverrides?: { readonly [key: string]: string };
}
