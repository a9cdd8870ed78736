/** What only NGINX Ingress Controller has. */
export interface NginxIngressControllerOptions {
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
