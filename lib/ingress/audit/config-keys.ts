import { as, drop, Loss, needs, none, same, type Verdict } from './annotation-row';

/** One key of the ConfigMap of ingress-nginx and where it goes. */
export interface ConfigRow {
  readonly loss: Loss;
  /** The option of HardenedNginxIngress, in its own words, or a key of the controller. */
  readonly nic: Verdict;
  readonly gateway: Verdict;
  readonly traefik: Verdict;
}

const { PROTECTION, TRAFFIC, TUNING } = Loss;
const CLIENT = needs('a ClientSettingsPolicy on the Gateway');
const PROXY = needs('a ProxySettingsPolicy on the Gateway');
const TRUST = needs('rewriteClientIP of the NginxProxy');
const entryPoint = (what: string) => needs(`entryPoints.<name>.${what}`);
const provider = (what: string) => needs(`providers.kubernetesIngressNGINX.${what}`);
const snippets = {
  nic: needs('a typed option of the edge, or httpSnippets and mainSnippets'),
  gateway: needs('a SnippetsPolicy on the Gateway'),
  traefik: none(),
};
const key = (loss: Loss, nic: Verdict, gateway: Verdict, traefik: Verdict): ConfigRow => ({
  loss,
  nic,
  gateway,
  traefik,
});

/** Keys that somebody sets on purpose, and where they go. */
export const configTable: Readonly<Record<string, ConfigRow>> = {
  'proxy-body-size': key(
    TRAFFIC,
    as('clientMaxBodySize'),
    CLIENT,
    provider('proxyBodySize, in bytes'),
  ),
  'proxy-connect-timeout': key(
    TRAFFIC,
    as('upstreamTimeouts.connect'),
    PROXY,
    provider('proxyConnectTimeout'),
  ),
  'proxy-read-timeout': key(
    TRAFFIC,
    as('upstreamTimeouts.read'),
    PROXY,
    provider('proxyReadTimeout'),
  ),
  'proxy-send-timeout': key(
    TRAFFIC,
    as('upstreamTimeouts.send'),
    PROXY,
    provider('proxySendTimeout'),
  ),
  'proxy-buffering': key(TUNING, drop('it is on'), PROXY, provider('proxyBuffering')),
  'proxy-request-buffering': key(
    TRAFFIC,
    as('requestBuffering'),
    drop('it is on'),
    provider('proxyRequestBuffering'),
  ),
  'client-header-timeout': key(
    PROTECTION,
    as('clientTimeouts.header'),
    needs('a SnippetsPolicy on the Gateway'),
    entryPoint('transport.respondingTimeouts.readTimeout, which covers the body too'),
  ),
  'client-body-timeout': key(
    PROTECTION,
    as('clientTimeouts.body'),
    CLIENT,
    entryPoint('transport.respondingTimeouts.readTimeout, which covers the header too'),
  ),
  'keep-alive': key(
    TUNING,
    as('clientTimeouts.keepalive'),
    CLIENT,
    entryPoint('transport.respondingTimeouts.idleTimeout'),
  ),
  'keep-alive-requests': key(
    TUNING,
    as('keepaliveRequests'),
    CLIENT,
    entryPoint('transport.keepAliveMaxRequests'),
  ),
  'large-client-header-buffers': key(
    PROTECTION,
    as('headerBuffers'),
    needs('a SnippetsPolicy on the Gateway'),
    entryPoint('http.maxHeaderBytes'),
  ),
  'client-header-buffer-size': key(
    TUNING,
    as('headerBuffers'),
    needs('a SnippetsPolicy on the Gateway'),
    entryPoint('http.maxHeaderBytes'),
  ),
  'max-worker-connections': key(
    PROTECTION,
    as('workerConnections'),
    needs('workerConnections of the NginxProxy'),
    drop('memory and files are the limit'),
  ),
  'max-worker-open-files': key(
    PROTECTION,
    drop('the edge computes it'),
    needs('workerRlimitNofile of the NginxProxy'),
    drop('it takes what the container has'),
  ),
  'worker-processes': key(
    TUNING,
    as('workerProcesses'),
    needs('workerProcesses of the NginxProxy'),
    drop('it is one process'),
  ),
  'worker-shutdown-timeout': key(
    TRAFFIC,
    as('shutdown.drain'),
    needs('a SnippetsPolicy on the Gateway, context main'),
    entryPoint('transport.lifeCycle.graceTimeOut'),
  ),
  'upstream-keepalive-connections': key(
    TUNING,
    as('upstreamKeepalive, for each upstream instead of for all'),
    needs('an UpstreamSettingsPolicy'),
    drop('connections are kept'),
  ),
  'ssl-protocols': key(
    PROTECTION,
    as('tlsPolicy'),
    needs('tls.options of the listener'),
    needs('a TLSOption'),
  ),
  'ssl-ciphers': key(
    PROTECTION,
    drop('the edge sets them'),
    needs('tls.options of the listener'),
    needs('a TLSOption'),
  ),
  'ssl-session-tickets': key(
    PROTECTION,
    drop('the edge turns them off'),
    needs('a SnippetsPolicy on the Gateway'),
    needs('a TLSOption'),
  ),
  'ssl-reject-handshake': key(
    PROTECTION,
    drop('without a certificate of its own the edge refuses'),
    drop('a listener answers for its own hosts'),
    needs('a TLSOption with sniStrict'),
  ),
  'ssl-redirect': key(
    TRAFFIC,
    as('nginx.org/ssl-redirect, on by default'),
    needs('an HTTPRoute of the HTTP listener with a RequestRedirect filter'),
    same,
  ),
  'force-ssl-redirect': key(
    PROTECTION,
    needs('redirect-to-https, which asks X-Forwarded-Proto'),
    needs('an HTTPRoute of the HTTP listener with a RequestRedirect filter'),
    entryPoint('http.redirections'),
  ),
  hsts: key(
    PROTECTION,
    drop('the edge sets it'),
    needs('a ResponseHeaderModifier filter'),
    needs('a headers middleware'),
  ),
  'hsts-max-age': key(
    PROTECTION,
    as('hstsMaxAge'),
    needs('a ResponseHeaderModifier filter'),
    needs('a headers middleware'),
  ),
  'hsts-include-subdomains': key(
    PROTECTION,
    as('hstsIncludeSubdomains'),
    needs('a ResponseHeaderModifier filter'),
    needs('a headers middleware'),
  ),
  'server-tokens': key(TUNING, drop('they are off'), drop('they are off'), drop('there are none')),
  'use-forwarded-headers': key(
    PROTECTION,
    as('realIp: RealIp.fromProxies'),
    TRUST,
    entryPoint('forwardedHeaders.trustedIPs'),
  ),
  'proxy-real-ip-cidr': key(
    PROTECTION,
    as('realIp: RealIp.fromProxies'),
    TRUST,
    entryPoint('forwardedHeaders.trustedIPs'),
  ),
  'use-proxy-protocol': key(
    TRAFFIC,
    as('realIp: RealIp.fromProxyProtocol'),
    TRUST,
    entryPoint('proxyProtocol.trustedIPs'),
  ),
  'enable-real-ip': key(
    PROTECTION,
    as('realIp: RealIp.fromProxies'),
    TRUST,
    entryPoint('forwardedHeaders.trustedIPs'),
  ),
  'use-http2': key(TRAFFIC, as('http2'), drop('it is on'), drop('it is on')),
  'http2-max-concurrent-streams': key(
    PROTECTION,
    as('http2MaxStreams'),
    needs('a SnippetsPolicy on the Gateway'),
    entryPoint('http2.maxConcurrentStreams'),
  ),
  'limit-conn-zone-variable': key(
    PROTECTION,
    as('connectionsPerAddress, by address'),
    needs('a SnippetsPolicy on the Gateway'),
    needs('an inFlightReq middleware'),
  ),
  'allow-snippet-annotations': key(
    TUNING,
    drop('snippets are off'),
    drop('snippets are objects of their own'),
    drop('snippets are off'),
  ),
  'annotations-risk-level': key(
    TUNING,
    drop('snippets are off'),
    drop('snippets are objects of their own'),
    drop('snippets are off'),
  ),
  'strict-validate-path-type': key(
    TUNING,
    drop('paths are checked'),
    drop('paths are checked'),
    provider('strictValidatePathType'),
  ),
  'add-headers': key(
    TRAFFIC,
    none('use nginx.org/add-header on each Ingress'),
    needs('a ResponseHeaderModifier filter'),
    needs('a headers middleware'),
  ),
  'proxy-set-headers': key(
    TRAFFIC,
    none('use nginx.org/proxy-set-headers on each Ingress'),
    needs('a RequestHeaderModifier filter'),
    needs('a headers middleware'),
  ),
  'hide-headers': key(
    PROTECTION,
    drop('the edge hides X-Powered-By; others with proxy-hide-headers'),
    needs('a ResponseHeaderModifier filter'),
    needs('a headers middleware'),
  ),
  'custom-http-errors': key(
    TRAFFIC,
    none('the errors of the Service reach the client'),
    none('the errors of the Service reach the client'),
    provider('customHTTPErrors'),
  ),
  'whitelist-source-range': key(
    PROTECTION,
    none('use a NetworkPolicy or a firewall'),
    needs('a SnippetsPolicy on the Gateway'),
    needs('an ipAllowList middleware'),
  ),
  'denylist-source-range': key(
    PROTECTION,
    none('use a NetworkPolicy or a firewall'),
    needs('a SnippetsPolicy on the Gateway'),
    none(),
  ),
  'block-cidrs': key(
    PROTECTION,
    none('use a firewall'),
    needs('a SnippetsPolicy on the Gateway'),
    none(),
  ),
  'block-user-agents': key(PROTECTION, none(), needs('a SnippetsPolicy on the Gateway'), none()),
  'block-referers': key(PROTECTION, none(), needs('a SnippetsPolicy on the Gateway'), none()),
  'global-auth-url': key(
    PROTECTION,
    none('there is no global authentication'),
    none('there is no global authentication'),
    provider('globalAuthURL'),
  ),
  'enable-modsecurity': key(
    PROTECTION,
    none('the open-source edition has no WAF'),
    none('the open-source edition has no WAF'),
    none('it takes a plugin'),
  ),
  'enable-owasp-modsecurity-crs': key(
    PROTECTION,
    none('the open-source edition has no WAF'),
    none('the open-source edition has no WAF'),
    none('it takes a plugin'),
  ),
  'client-body-buffer-size': key(
    TUNING,
    as('clientBodyBuffer'),
    none(),
    provider('clientBodyBufferSize'),
  ),
  'hsts-preload': key(
    PROTECTION,
    as('hstsPreload'),
    needs('a ResponseHeaderModifier filter'),
    needs('a headers middleware'),
  ),
  'proxy-buffers-number': key(
    TUNING,
    as('responseBuffers.count'),
    PROXY,
    provider('proxyBuffersNumber'),
  ),
  'proxy-buffer-size': key(
    TRAFFIC,
    as('responseBuffers.header'),
    PROXY,
    provider('proxyBufferSize'),
  ),
  'proxy-next-upstream-timeout': key(
    TUNING,
    as('upstreamRetries.timeout'),
    none(),
    provider('proxyNextUpstreamTimeout'),
  ),
  'proxy-next-upstream-tries': key(
    TUNING,
    as('upstreamRetries.tries'),
    none(),
    provider('proxyNextUpstreamTries'),
  ),
  'http-snippet': key(TRAFFIC, snippets.nic, snippets.gateway, snippets.traefik),
  'main-snippet': key(TRAFFIC, snippets.nic, snippets.gateway, snippets.traefik),
  'server-snippet': key(TRAFFIC, snippets.nic, snippets.gateway, snippets.traefik),
  'location-snippet': key(TRAFFIC, snippets.nic, snippets.gateway, snippets.traefik),
  'stream-snippet': key(TRAFFIC, snippets.nic, snippets.gateway, snippets.traefik),
  'modsecurity-snippet': key(PROTECTION, none(), none(), none()),
  'global-auth-snippet': key(PROTECTION, none(), none(), none()),
};

/** Keys of ingress-nginx 1.15 that tune what the targets settle for themselves, or do not have. */
const others = `access-log-params access-log-path allow-backend-server-header allow-cross-namespace-resources
annotation-value-word-blocklist bind-address brotli-level brotli-min-length brotli-types
compute-full-forwarded-for debug-connections default-type disable-access-log
disable-http-access-log disable-ipv6 disable-ipv6-dns disable-proxy-intercept-errors
disable-stream-access-log enable-access-log-for-default-backend enable-aio-write
enable-auth-access-log enable-brotli enable-multi-accept enable-ocsp enable-opentelemetry
enable-serial-reloads enable-syslog enable-underscores-in-headers error-log-level error-log-path
forwarded-for-header forwarded-for-proxy-protocol-header forwarded-host-header
generate-request-id geoip2-autoreload-in-minutes global-allowed-response-headers
global-auth-always-set-cookie global-auth-cache-duration global-auth-cache-key
global-auth-method global-auth-request-redirect global-auth-response-headers global-auth-signin
global-auth-signin-redirect-param grpc-buffer-size-kb gzip-disable gzip-level gzip-min-length
gzip-types http-access-log-path http-redirect-code http2-max-field-size http2-max-header-size
http2-max-requests ignore-invalid-headers limit-conn-status-code limit-rate limit-rate-after
limit-req-status-code load-balance log-format-escape-json log-format-escape-none
log-format-stream log-format-upstream lua-shared-dicts map-hash-bucket-size
nginx-status-ipv4-whitelist nginx-status-ipv6-whitelist no-auth-locations
no-tls-redirect-locations opentelemetry-config opentelemetry-operation-name
opentelemetry-trust-incoming-span otel-max-export-batch-size otel-max-queuesize otel-sampler
otel-sampler-parent-based otel-sampler-ratio otel-schedule-delay-millis otel-service-name
otlp-collector-host otlp-collector-port proxy-add-original-uri-header proxy-busy-buffers-size
proxy-cookie-domain proxy-cookie-path proxy-headers-hash-bucket-size proxy-headers-hash-max-size
proxy-http-version proxy-next-upstream proxy-protocol-header-timeout proxy-redirect-from
proxy-ssl-location-only proxy-stream-next-upstream proxy-stream-next-upstream-timeout
proxy-stream-next-upstream-tries proxy-stream-responses proxy-stream-timeout relative-redirects
retry-non-idempotent reuse-port server-name-hash-bucket-size server-name-hash-max-size
service-upstream skip-access-log-urls ssl-buffer-size ssl-dh-param ssl-early-data ssl-ecdh-curve
ssl-session-cache ssl-session-cache-size ssl-session-ticket-key ssl-session-timeout
stream-access-log-path syslog-host syslog-port upstream-keepalive-requests
upstream-keepalive-time upstream-keepalive-timeout use-geoip use-geoip2 use-gzip
variables-hash-bucket-size variables-hash-max-size worker-cpu-affinity`;

export const otherConfigKeys: ReadonlySet<string> = new Set(others.split(/\s+/));

/** Keys that are whole numbers; a unit makes ingress-nginx take its default and say so in its log only. */
export const wholeNumberKeys: ReadonlySet<string> = new Set([
  'client-body-timeout',
  'client-header-timeout',
  'http-redirect-code',
  'http2-max-concurrent-streams',
  'keep-alive',
  'keep-alive-requests',
  'limit-conn-status-code',
  'limit-rate',
  'limit-rate-after',
  'limit-req-status-code',
  'max-worker-connections',
  'max-worker-open-files',
  'proxy-buffers-number',
  'proxy-connect-timeout',
  'proxy-next-upstream-timeout',
  'proxy-next-upstream-tries',
  'proxy-read-timeout',
  'proxy-send-timeout',
  'upstream-keepalive-connections',
  'upstream-keepalive-requests',
  'upstream-keepalive-timeout',
]);
