// Facts about ingress-nginx 1.15.1, read at tag controller-v1.15.1 of kubernetes/ingress-nginx.

/** Flags it knows (pkg/flags/flags.go), as far as this library may ever set them. */
export const flags = [
  'configmap',
  'controller-class',
  'deep-inspect',
  'disable-leader-election',
  'disable-svc-external-name',
  'election-id',
  'enable-annotation-validation',
  'enable-metrics',
  'ingress-class',
  'post-shutdown-grace-period',
  'profiling',
  'publish-service',
  'publish-status-address',
  'update-status',
  'update-status-on-shutdown',
  'validating-webhook',
  'validating-webhook-certificate',
  'validating-webhook-key',
  'watch-namespace',
];

/** What upstream's roles grant and ours do not when no status is written, and what would need it. */
export const droppedGrants: Record<string, string> = {
  '/endpoints: get list watch': 'nothing: backends come from EndpointSlices',
  '/namespaces: get list watch': 'a watched namespace, or a selector of namespaces',
  '/nodes: get list watch': 'the zone of the own machine, for topology-aware routing',
  '/pods: list watch': 'addresses of machines in the status of Ingresses',
  'coordination.k8s.io/leases: create get list update watch': 'leader election',
  'networking.k8s.io/ingresses/status: update': 'the status of Ingresses',
};
