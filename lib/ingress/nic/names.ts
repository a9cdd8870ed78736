import type { Identity } from '../identity';
import type { PodPorts } from '../traffic';

/** What everything of this controller is called. */
export const IDENTITY: Identity = {
  name: 'nginx-ingress',
  namespace: 'nginx-ingress',
  selector: { 'app.kubernetes.io/name': 'nginx-ingress' },
};
/** Name of the ConfigMap, for the object and for the argument that names it. */
export const CONFIG_MAP = 'nginx-config';
/** Name of the Lease by which one replica writes the status of Ingresses. */
export const LEASE = 'nginx-ingress-leader';
/** Where a replica listens; the first two are fixed in the controller. */
export const PORTS: PodPorts = { http: 80, https: 443, metrics: 9113 };
/** Where the controller says whether nginx has loaded its configuration. */
export const READY_PORT = 8081;
