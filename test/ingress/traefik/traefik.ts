import { Chart } from 'cdk8s';
import { parse } from 'yaml';
import { type Cluster, type ClusterProps } from '../../../lib/cluster';
import {
  HardenedTraefik,
  TraefikProvider,
  type HardenedTraefikOptions,
} from '../../../lib/ingress';
import { ObjectSet } from '../../../lib/testing';
import { osloCluster } from '../../support/oslo';
import { tempApp } from '../../support/temp-app';

export const compatible = { provider: TraefikProvider.INGRESS_NGINX_COMPATIBLE };

/** One edge, the cluster it is in, what it renders, and both of its files as Traefik reads them. */
export interface TraefikEdge {
  readonly cluster: Cluster;
  readonly ingress: HardenedTraefik;
  readonly objects: ObjectSet;
  readonly pod: any;
  readonly container: any;
  readonly staticFile: any;
  readonly dynamicFile: any;
}

/** An edge in the flagship's cluster, with any option and any fact changed. */
export function edge(
  options: HardenedTraefikOptions = {},
  facts: Partial<ClusterProps> = {},
): TraefikEdge {
  const app = tempApp();
  const cluster = osloCluster(app, facts);
  const chart = new Chart(app, 'chart');
  const ingress = new HardenedTraefik(chart, 'ingress', { cluster, ...options });
  const objects = new ObjectSet(chart.toJson());
  const workload = objects.findLike({ kind: /^(Deployment|DaemonSet)$/ });
  const pod = workload.spec.template.spec;
  const { data } = objects.find('ConfigMap');
  return {
    cluster,
    ingress,
    objects,
    pod,
    container: pod.containers[0],
    staticFile: parse(data['traefik.yaml']),
    dynamicFile: parse(data['dynamic.yaml']),
  };
}

/** `a.b.c` for every value of a tree; lists count as one value. */
export function paths(value: any, before = ''): string[] {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, item]) => paths(item, `${before}.${key}`))
    : [before.slice(1)];
}

// Options of Traefik's files with the type their parser gives them; an option it does not know keeps it
// from starting. Read at v3.7.9 of traefik/traefik (pkg/config, pkg/provider); aliasHeadersStrategy and
// strictTLSOptions in the notes of 3.7.12 and 3.7.11.
const TIME = /^\d+(ms|s)$/;
const BOOLEAN = /^(true|false)$/;
const NUMBER = /^\d+$/;
const WORD = /^\S+$/;
const entryPoint = {
  address: /^:\d+$/,
  allowACMEByPass: BOOLEAN,
  asDefault: BOOLEAN,
  'forwardedHeaders.trustedIPs': WORD,
  'proxyProtocol.trustedIPs': WORD,
  'http.aliasHeadersStrategy': /^(keep|delete|reject)$/,
  ...Object.fromEntries(
    ['Slash', 'BackSlash', 'NullCharacter', 'Semicolon', 'Percent', 'QuestionMark', 'Hash'].map(
      (c) => [`http.encodedCharacters.allowEncoded${c}`, BOOLEAN],
    ),
  ),
  'http.maxHeaderBytes': NUMBER,
  'http.middlewares': /^[a-z-]+@file(,[a-z-]+@file)*$/,
  'http.redirections.entryPoint.permanent': BOOLEAN,
  'http.redirections.entryPoint.priority': NUMBER,
  'http.redirections.entryPoint.scheme': /^https$/,
  'http.redirections.entryPoint.to': /^:\d+$/,
  'http.sanitizePath': BOOLEAN,
  'http2.maxConcurrentStreams': NUMBER,
  'transport.keepAliveMaxRequests': NUMBER,
  'transport.lifeCycle.graceTimeOut': TIME,
  'transport.lifeCycle.requestAcceptGraceTimeout': TIME,
  'transport.respondingTimeouts.idleTimeout': TIME,
  'transport.respondingTimeouts.readTimeout': TIME,
  'transport.respondingTimeouts.writeTimeout': TIME,
};
const under = (prefix: string, options: Record<string, RegExp>) =>
  Object.fromEntries(Object.entries(options).map(([key, type]) => [`${prefix}.${key}`, type]));

/** The options of the file Traefik is started with. */
export const staticOptions: Record<string, RegExp> = {
  ...under('entryPoints.web', entryPoint),
  ...under('entryPoints.websecure', entryPoint),
  'entryPoints.traefik.address': /^:\d+$/,
  'entryPoints.metrics.address': /^:\d+$/,
  'accessLog.format': /^(json|common|genericCLF)$/,
  'core.strictTLSOptions': BOOLEAN,
  'global.checkNewVersion': BOOLEAN,
  'global.sendAnonymousUsage': BOOLEAN,
  'log.format': /^(json|common)$/,
  'log.level': /^(DEBUG|INFO|WARN|ERROR)$/,
  'metrics.prometheus.entryPoint': WORD,
  'ping.entryPoint': WORD,
  'providers.file.filename': /^\/\S+\.yaml$/,
  'providers.file.watch': BOOLEAN,
  ...under('providers.kubernetesIngress', {
    allowEmptyServices: BOOLEAN,
    allowExternalNameServices: BOOLEAN,
    crossProviderNamespaces: WORD,
    ingressClass: WORD,
    'ingressEndpoint.hostname': WORD,
    'ingressEndpoint.ip': /^[\da-f.:]+$/,
    'ingressEndpoint.publishedService': /^[a-z-]+\/[a-z-]+$/,
    strictPrefixMatching: BOOLEAN,
  }),
  ...under('providers.kubernetesIngressNGINX', {
    allowCrossNamespaceResources: BOOLEAN,
    allowSnippetAnnotations: BOOLEAN,
    controllerClass: /^k8s\.io\/ingress-nginx$/,
    disableSvcExternalName: BOOLEAN,
    httpEntryPoint: WORD,
    httpsEntryPoint: WORD,
    ingressClass: WORD,
    'ipAllowListStrategy.excludedIPs': WORD,
    proxyBodySize: NUMBER,
    proxyConnectTimeout: NUMBER,
    proxyReadTimeout: NUMBER,
    proxyRequestBuffering: BOOLEAN,
    proxySendTimeout: NUMBER,
    publishService: /^[a-z-]+\/[a-z-]+$/,
    publishStatusAddress: WORD,
    strictValidatePathType: BOOLEAN,
    watchIngressWithoutClass: BOOLEAN,
  }),
  'serversTransport.forwardingTimeouts.dialTimeout': TIME,
  'serversTransport.forwardingTimeouts.responseHeaderTimeout': TIME,
  'serversTransport.maxIdleConnsPerHost': NUMBER,
};

/** What upstream's roles grant to a provider, by its docs at v3.7.9; the chart has them all for both. */
export const upstreamGrants = {
  kubernetesIngressNGINX: [
    '/services: list watch',
    '/secrets: list watch',
    '/configmaps: list watch',
    '/namespaces: list watch',
    '/pods: get',
    'discovery.k8s.io/endpointslices: list watch',
    'networking.k8s.io/ingresses: list watch',
    'networking.k8s.io/ingressclasses: list watch',
    'networking.k8s.io/ingresses/status: update',
  ],
  kubernetesIngress: [
    '/configmaps: get list watch',
    '/nodes: get list watch',
    '/services: get list watch',
    '/secrets: get list watch',
    '/pods: get',
    '/namespaces: list watch',
    'discovery.k8s.io/endpointslices: list watch',
    'networking.k8s.io/ingresses: get list watch',
    'networking.k8s.io/ingressclasses: get list watch',
    'networking.k8s.io/ingresses/status: update',
  ],
};
