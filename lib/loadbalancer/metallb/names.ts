/** Namespace of MetalLB. */
export const NAMESPACE = 'metallb-system';
/** Group of its own kinds. */
export const GROUP = 'metallb.io';
/** Label on all of its pods. */
export const APP = { app: 'metallb' };
/** The controller gives addresses. */
export const CONTROLLER = 'controller';
/** A speaker on every machine announces them. */
export const SPEAKER = 'speaker';
/** Secret with the key of memberlist; the controller makes it. */
export const MEMBERLIST_SECRET = 'memberlist';
/** ConfigMap with interfaces on which no speaker answers. */
export const EXCLUDED_INTERFACES = 'metallb-excludel2';
/** Secret with the webhook's certificate; the controller fills it. */
export const WEBHOOK_SECRET = 'metallb-webhook-cert';
/** Service of the webhook. */
export const WEBHOOK_SERVICE = 'metallb-webhook-service';
/** What the API server knows of the webhook. */
export const WEBHOOK_CONFIGURATION = 'metallb-webhook-configuration';
/** Port of the webhook in the controller's pod. */
export const WEBHOOK_PORT = 9443;
/** Port of metrics of both. */
export const METRICS_PORT = 9120;
/** Port of memberlist, by which speakers find out that one of them is gone. */
export const MEMBERLIST_PORT = 7946;
/** Port of the probes of both; speakers have it on loopback only. */
export const PROBE_PORT = 17472;
/** ClusterRole for whoever scrapes. */
export const METRICS_READER = 'metallb-metrics-reader';
