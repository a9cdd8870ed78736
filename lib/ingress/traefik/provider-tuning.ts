import { rowsOf, type FileRow } from './file-rows';
import { IDENTITY, STATIC_FILE } from './names';
import { goTime, type TraefikSettings } from './settings';
import { familyOf } from '../../cluster';

const INGRESS = 'traefik/traefik pkg/provider/kubernetes/ingress/kubernetes.go at v3.7.9';
const COMPATIBLE = 'traefik/traefik pkg/provider/kubernetes/ingress-nginx/kubernetes.go at v3.7.9';
const SERVICE = `${IDENTITY.namespace}/${IDENTITY.name}`;

/** Where Traefik reads its routes, and what it makes of them: one provider or the other, never both. */
export function providerRows(s: TraefikSettings): FileRow[] {
  return s.compatible ? compatibleRows(s) : ingressRows(s);
}

function ingressRows(s: TraefikSettings): FileRow[] {
  const prefix = 'providers.kubernetesIngress';
  const row = rowsOf(STATIC_FILE, INGRESS);
  const endpoint = `${prefix}.ingressEndpoint`;
  const { statusAddress, loadBalanced, timeouts, upstreamKeepalive } = s.edge;
  return [
    row(
      `${prefix}.ingressClass`,
      s.edge.className,
      'none: every class that names traefik.io/ingress-controller',
      'this class and no other',
    ),
    row(
      `${prefix}.strictPrefixMatching`,
      true,
      'false: /foo matches /foobar',
      'a prefix ends where a path element ends, as Kubernetes describes it',
    ),
    row(
      `${prefix}.allowExternalNameServices`,
      false,
      'false',
      'whoever may write a Service could make the edge fetch from any host',
    ),
    row(
      `${prefix}.allowEmptyServices`,
      true,
      'false: 404 while no pod is ready',
      'a Service whose pods are all away answers 503: the route is there, its backend is not',
    ),
    row(
      `${prefix}.crossProviderNamespaces`,
      [IDENTITY.namespace],
      'none set: every namespace',
      "an Ingress of an application cannot take the edge's own middlewares, TLS options and internal services",
    ),
    ...statusRows(
      statusAddress,
      loadBalanced,
      (address) =>
        row(
          `${endpoint}.${familyOf(address) === undefined ? 'hostname' : 'ip'}`,
          address,
          'none',
          'the spec says where clients reach the edge',
        ),
      () =>
        row(
          `${endpoint}.publishedService`,
          SERVICE,
          'none',
          'GitOps and DNS tools read the address of an Ingress from its status',
        ),
    ),
    row(
      'serversTransport.forwardingTimeouts.dialTimeout',
      goTime(timeouts.upstreamConnect),
      '30s',
      'inside a cluster a connection takes a millisecond or never comes',
    ),
    row(
      'serversTransport.forwardingTimeouts.responseHeaderTimeout',
      goTime(timeouts.upstreamRead),
      '0s, none',
      'until the response begins; what comes after may take any time. Long polls need more than their longest wait',
    ),
    row(
      'serversTransport.maxIdleConnsPerHost',
      upstreamKeepalive,
      '200',
      'idle connections to each pod; without them every request is a new connection and a new conntrack entry',
    ),
  ];
}

function compatibleRows(s: TraefikSettings): FileRow[] {
  const prefix = 'providers.kubernetesIngressNGINX';
  const row = rowsOf(STATIC_FILE, COMPATIBLE);
  const { statusAddress, loadBalanced, timeouts, bodyKibibytes } = s.edge;
  const seconds = (milliseconds: number) => milliseconds / 1000;
  return [
    row(
      `${prefix}.controllerClass`,
      'k8s.io/ingress-nginx',
      'k8s.io/ingress-nginx',
      'Ingresses stay as they are, and so does their class: every class of this controller is served',
    ),
    row(
      `${prefix}.ingressClass`,
      s.edge.className,
      'nginx',
      'the annotation kubernetes.io/ingress.class of Ingresses without a class',
    ),
    row(
      `${prefix}.watchIngressWithoutClass`,
      false,
      'false',
      'an Ingress that names no class may be meant for another controller',
    ),
    row(
      `${prefix}.httpEntryPoint`,
      'web',
      'every entry point without TLS',
      'not beside probes and metrics',
    ),
    row(`${prefix}.httpsEntryPoint`, 'websecure', 'none', 'the one for TLS'),
    row(
      `${prefix}.allowSnippetAnnotations`,
      false,
      'false',
      'a snippet in an Ingress is code in the edge, which reads every Secret',
    ),
    row(
      `${prefix}.allowCrossNamespaceResources`,
      false,
      'false',
      'an Ingress takes Secrets and ConfigMaps of its own namespace only',
    ),
    row(
      `${prefix}.strictValidatePathType`,
      true,
      'true',
      'an Ingress with a regular expression in a path that is none by its type is refused',
    ),
    row(
      `${prefix}.disableSvcExternalName`,
      true,
      'false',
      'whoever may write a Service could make the edge fetch from any host',
    ),
    row(
      `${prefix}.proxyRequestBuffering`,
      true,
      "false; ingress-nginx's own is on",
      'a body is collected before its backend sees it, and only then is its size looked at: switched off, neither proxyBodySize nor an annotation of an Ingress limits anything. gRPC with streams of the client needs it off in its Ingress',
      'traefik/traefik pkg/provider/kubernetes/ingress-nginx/middleware.go at v3.7.9',
    ),
    row(
      `${prefix}.proxyBodySize`,
      bodyKibibytes * 1024,
      '1048576',
      'uploads of ordinary applications pass; an Ingress may choose its own',
    ),
    row(
      `${prefix}.proxyConnectTimeout`,
      seconds(timeouts.upstreamConnect),
      '60',
      'inside a cluster a connection takes a millisecond or never comes; the next backend is tried sooner',
    ),
    row(
      `${prefix}.proxyReadTimeout`,
      seconds(timeouts.upstreamRead),
      '60',
      'long requests of applications finish',
    ),
    row(`${prefix}.proxySendTimeout`, seconds(timeouts.upstreamSend), '60', 'as long as reading'),
    ...(s.httpProxies.length === 0
      ? []
      : [
          row(
            `${prefix}.ipAllowListStrategy.excludedIPs`,
            s.httpProxies,
            'none: the address that opened the connection',
            'allow lists of Ingresses are about the client, not about the proxy in front',
          ),
        ]),
    ...statusRows(
      statusAddress,
      loadBalanced,
      (address) =>
        row(
          `${prefix}.publishStatusAddress`,
          [address],
          'none',
          'the spec says where clients reach the edge',
        ),
      () =>
        row(
          `${prefix}.publishService`,
          SERVICE,
          'none',
          'GitOps and DNS tools read the address of an Ingress from its status',
        ),
    ),
  ];
}

/** What the status of an Ingress is written from, if anything. */
function statusRows(
  statusAddress: string | undefined,
  loadBalanced: boolean,
  given: (address: string) => FileRow,
  published: () => FileRow,
): FileRow[] {
  if (statusAddress !== undefined) {
    return [given(statusAddress)];
  }
  return loadBalanced ? [published()] : [];
}
