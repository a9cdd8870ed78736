/** Namespace of everything in this room. */
export const NAMESPACE = 'nginx-ingress';
/** Name of the ServiceAccount, Deployment, Service and roles. */
export const NAME = 'nginx-ingress';
/** Name of the ConfigMap, for the object and for the argument that names it. */
export const CONFIG_MAP = 'nginx-config';
/** Name of the Lease by which one replica writes the status of Ingresses. */
export const LEASE = 'nginx-ingress-leader';
/** What the pods are selected by; immutable in a Deployment, hence the least there is. */
export const SELECTOR = { 'app.kubernetes.io/name': NAME } as const;
/** Where the controller serves metrics. */
export const METRICS_PORT = 9113;
/** Where the controller says whether nginx has loaded its configuration. */
export const READY_PORT = 8081;
/** The PriorityClass of the replicas; cluster-wide, hence not simply the name of the rest. */
export const PRIORITY_CLASS = 'groundwork-edge';
