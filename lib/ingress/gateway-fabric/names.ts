import type { Identity } from '../identity';

const NAMESPACE = 'nginx-gateway';

/** The pods that serve clients; the controller makes them from the Gateway. */
export const DATA_PLANE: Identity = {
  name: 'edge',
  namespace: NAMESPACE,
  selector: { 'gateway.networking.k8s.io/gateway-name': 'edge' },
};
/** The pods that watch routes and tell the others what to serve. */
export const CONTROL_PLANE: Identity = {
  name: 'nginx-gateway',
  namespace: NAMESPACE,
  selector: {
    'app.kubernetes.io/instance': 'nginx-gateway',
    'app.kubernetes.io/name': 'nginx-gateway',
  },
};
/** The Job that makes the certificates both sides know each other by, and its account. */
export const CERTIFICATES = 'nginx-gateway-cert-generator';
/** Name of the NginxGateway that the controller is started with. */
export const CONFIG = 'nginx-gateway-config';
/** Name of the Lease by which one replica writes status. */
export const LEASE = 'nginx-gateway-leader-election';
/** Secrets with the certificates of the control plane and of the data plane. */
export const SECRETS = { server: 'server-tls', agent: 'agent-tls' } as const;
/** Named by our GatewayClass, and by no other controller. */
export const CONTROLLER = 'gateway.nginx.org/nginx-gateway-controller';
/** Where the pods listen. */
export const PORTS = { http: 80, https: 443, metrics: 9113, agent: 8443, health: 8081 } as const;
/** The Gateway API's and this controller's groups. */
export const GATEWAY_API = 'gateway.networking.k8s.io';
export const FABRIC_API = 'gateway.nginx.org';
