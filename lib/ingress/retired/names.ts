import type { Identity } from '../identity';
import type { PodPorts } from '../traffic';

/** What everything of this controller is called: upstream's own names, so that an installation is taken over in place. */
export const IDENTITY: Identity = {
  name: 'ingress-nginx-controller',
  namespace: 'ingress-nginx',
  selector: {
    'app.kubernetes.io/component': 'controller',
    'app.kubernetes.io/instance': 'ingress-nginx',
    'app.kubernetes.io/name': 'ingress-nginx',
  },
};
/** Name of the ServiceAccount and of the roles. */
export const ACCOUNT = 'ingress-nginx';
/** Name of the ConfigMap unless the user has another, for the object and for the argument that names it. */
export const CONFIG_MAP = 'ingress-nginx-controller';
/** Name of the ConfigMap in the guides of 2019. */
export const CONFIG_MAP_2019 = 'nginx-configuration';
/** Name of the Lease by which one replica writes the status of Ingresses. */
export const LEASE = 'ingress-nginx-leader';
/** What an IngressClass of this controller names, and the controller listens to. */
export const CLASS_CONTROLLER = 'k8s.io/ingress-nginx';
/** Prefix of its annotations. */
export const ANNOTATIONS = 'nginx.ingress.kubernetes.io/';
/** Where a replica listens. */
export const PORTS: PodPorts = { http: 80, https: 443, metrics: 10254 };
/** Where a replica answers the API server, when the webhook is on. */
export const WEBHOOK_PORT = 8443;
/** Name of the objects around the webhook. */
export const ADMISSION = 'ingress-nginx-admission';
