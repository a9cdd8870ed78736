/** What only NGINX Ingress Controller has. */
export interface NginxIngressControllerOptions {
  /**
   * Whether the API server itself refuses Ingresses of this class whose annotations of `nginx.org` and
   * `nginx.com` could write directives: snippets, and line breaks, braces or semicolons in all but lists
   * and headers (a ValidatingAdmissionPolicy; no pod is asked). It holds off what CVE-2026-77180
   * describes while the release is older than its fix. Turn it off when an annotation needs them, such
   * as a regular expression with braces in `proxy-redirect-from`.
   *
   * @default true
   */
  readonly admissionPolicy?: boolean;
  /**
   * Keys of the controller's ConfigMap that no option stands for, by name, with the text it reads. A
   * key it does not know, a value it would drop, and a key that an option stands for throw: the
   * controller itself says so in its log only. They are not in the arithmetic of memory and disk. What
   * a key sends elsewhere, such as `access-log` and `otel-exporter-endpoint`, needs a NetworkPolicy of
   * your own: the edge's lets out TCP to pods and nothing else, no DNS either.
   *
   * @default - none
   */
  readonly configMapOverrides?: { [key: string]: string };
}
