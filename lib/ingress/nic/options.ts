/** What only NGINX Ingress Controller has. */
export interface NginxIngressControllerOptions {}
