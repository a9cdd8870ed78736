import type { Identity } from '../identity';
import type { PodPorts } from '../traffic';

/** Namespace, names and labels of everything Traefik is made of. */
export const IDENTITY: Identity = {
  name: 'traefik',
  namespace: 'traefik',
  selector: { 'app.kubernetes.io/name': 'traefik' },
};
/** Ports of a replica; no capability is needed for any of them. */
export const PORTS: PodPorts = { http: 8000, https: 8443, metrics: 9100 };
/** Where the kubelet asks whether it is alive and ready. */
export const PING_PORT = 8080;
/** Name of the ConfigMap with both files. */
export const CONFIG_MAP = 'traefik-config';
/** Where both files are mounted. */
export const CONFIG_DIRECTORY = '/etc/traefik';
/** The file it is started with. */
export const STATIC_FILE = 'traefik.yaml';
/** The file with middlewares and TLS options. */
export const DYNAMIC_FILE = 'dynamic.yaml';
/** Seconds from SIGTERM in which it would still take connections: none, they end before SIGTERM. */
export const ACCEPT_SECONDS = 0;
