import { cell } from './cell';

const READ = '2026-11-27';

/** What a key of ingress-nginx's ConfigMap takes. Every value is text; a wrong one is dropped with a line in the log. */
export type IngressNginxKeyType =
  | 'boolean'
  /** A whole number; seconds where it is a time, without a unit. */
  | 'integer'
  | 'number'
  /** A word of nginx's, not a boolean. */
  | 'onOff'
  /** nginx's size: bytes, or with k or m. */
  | 'size'
  /** nginx's offset: a size that may have g as well. */
  | 'offset'
  /** nginx's time: seconds, or numbers with units. */
  | 'time'
  /** Go's duration: always with a unit. */
  | 'duration'
  /** Items between commas. */
  | 'list'
  /** One line. */
  | 'text'
  /** nginx configuration. */
  | 'snippet';

const NAMES: Readonly<Record<IngressNginxKeyType, string>> = {
  boolean: [
    'allow-backend-server-header allow-cross-namespace-resources allow-snippet-annotations',
    'compute-full-forwarded-for disable-access-log disable-http-access-log disable-ipv6',
    'disable-ipv6-dns disable-proxy-intercept-errors disable-stream-access-log',
    'enable-access-log-for-default-backend enable-aio-write enable-auth-access-log',
    'enable-brotli enable-modsecurity enable-multi-accept enable-ocsp enable-opentelemetry',
    'enable-owasp-modsecurity-crs enable-real-ip enable-serial-reloads enable-syslog',
    'enable-underscores-in-headers force-ssl-redirect generate-request-id',
    'global-auth-always-set-cookie hsts hsts-include-subdomains hsts-preload',
    'ignore-invalid-headers log-format-escape-json log-format-escape-none',
    'opentelemetry-trust-incoming-span otel-sampler-parent-based preserve-trailing-slash',
    'proxy-add-original-uri-header proxy-ssl-location-only proxy-stream-next-upstream',
    'relative-redirects retry-non-idempotent reuse-port server-tokens service-upstream',
    'ssl-early-data ssl-redirect ssl-reject-handshake ssl-session-cache ssl-session-tickets',
    'strict-validate-path-type upstream-hash-by-subset use-forwarded-headers use-geoip2',
    'use-gzip use-http2 use-port-in-redirects use-proxy-protocol',
  ].join(' '),
  integer: [
    'brotli-level brotli-min-length client-body-timeout client-header-timeout',
    'geoip2-autoreload-in-minutes grpc-buffer-size-kb gzip-level gzip-min-length',
    'http-redirect-code http2-max-concurrent-streams http2-max-requests keep-alive',
    'keep-alive-requests limit-conn-status-code limit-rate limit-rate-after',
    'limit-req-status-code map-hash-bucket-size max-worker-connections max-worker-open-files',
    'otel-max-export-batch-size otel-max-queuesize otel-schedule-delay-millis',
    'proxy-buffers-number proxy-connect-timeout proxy-headers-hash-bucket-size',
    'proxy-headers-hash-max-size proxy-next-upstream-timeout proxy-next-upstream-tries',
    'proxy-read-timeout proxy-send-timeout proxy-stream-next-upstream-tries',
    'proxy-stream-responses server-name-hash-bucket-size server-name-hash-max-size',
    'syslog-port upstream-hash-by-subset-size upstream-keepalive-connections',
    'upstream-keepalive-requests upstream-keepalive-timeout variables-hash-bucket-size',
    'variables-hash-max-size',
  ].join(' '),
  number: 'otel-sampler-ratio',
  onOff: 'proxy-buffering proxy-request-buffering',
  size: [
    'client-body-buffer-size client-header-buffer-size http2-max-field-size',
    'http2-max-header-size proxy-buffer-size proxy-busy-buffers-size ssl-buffer-size',
    'ssl-session-cache-size',
  ].join(' '),
  offset: 'proxy-body-size proxy-max-temp-file-size',
  time: [
    'proxy-stream-next-upstream-timeout proxy-stream-timeout ssl-session-timeout',
    'upstream-keepalive-time worker-shutdown-timeout',
  ].join(' '),
  duration: 'proxy-protocol-header-timeout',
  list: [
    'annotation-value-word-blocklist bind-address block-cidrs block-referers',
    'block-user-agents custom-http-errors debug-connections denylist-source-range',
    'global-allowed-response-headers global-auth-cache-duration global-auth-response-headers',
    'hide-headers lua-shared-dicts nginx-status-ipv4-whitelist nginx-status-ipv6-whitelist',
    'no-auth-locations no-tls-redirect-locations proxy-real-ip-cidr skip-access-log-urls',
    'whitelist-source-range',
  ].join(' '),
  text: [
    'access-log-params access-log-path add-headers annotations-risk-level app-root',
    'brotli-types default-type error-log-level error-log-path forwarded-for-header',
    'forwarded-for-proxy-protocol-header forwarded-host-header global-auth-cache-key',
    'global-auth-method global-auth-request-redirect global-auth-signin',
    'global-auth-signin-redirect-param global-auth-url gzip-disable gzip-types hsts-max-age',
    'http-access-log-path large-client-header-buffers limit-conn-zone-variable load-balance',
    'log-format-stream log-format-upstream opentelemetry-config opentelemetry-operation-name',
    'otel-sampler otel-service-name otlp-collector-host otlp-collector-port',
    'proxy-cookie-domain proxy-cookie-path proxy-http-version proxy-next-upstream',
    'proxy-redirect-from proxy-redirect-to proxy-set-headers ssl-ciphers ssl-dh-param',
    'ssl-ecdh-curve ssl-protocols ssl-session-ticket-key stream-access-log-path syslog-host',
    'upstream-hash-by worker-cpu-affinity worker-processes',
  ].join(' '),
  snippet: [
    'global-auth-snippet http-snippet location-snippet main-snippet modsecurity-snippet',
    'server-snippet stream-snippet',
  ].join(' '),
};

/** Every key that ingress-nginx reads from its ConfigMap → what it takes. */
export const ingressNginxKeys = cell<Readonly<Record<string, IngressNginxKeyType>>>(
  Object.fromEntries(
    Object.entries(NAMES).flatMap(([type, names]) =>
      names.split(' ').map((name) => [name, type as IngressNginxKeyType]),
    ),
  ),
  'kubernetes/ingress-nginx internal/ingress/controller/config/config.go, internal/ingress/defaults/main.go and template/configmap.go at controller-v1.15.1',
  READ,
);

/** Keys that its guide still names and no code reads. */
export const ingressNginxForgottenKeys = cell<readonly string[]>(
  [
    'jaeger-baggage-header',
    'jaeger-collector-host',
    'jaeger-collector-port',
    'jaeger-debug-header',
    'jaeger-endpoint',
    'jaeger-propagation-format',
    'jaeger-sampler-host',
    'jaeger-sampler-param',
    'jaeger-sampler-port',
    'jaeger-sampler-type',
    'jaeger-service-name',
    'jaeger-trace-baggage-header-prefix',
    'jaeger-trace-context-header-name',
    'use-geoip',
  ],
  'kubernetes/ingress-nginx docs/user-guide/nginx-configuration/configmap.md against its code at controller-v1.15.1',
  READ,
);

/** Directives that its template writes where a snippet of the ConfigMap ends up, as words with spaces between them. */
const DIRECTIVES: Readonly<Record<string, readonly string[]>> = {
  'http-snippet': [
    'absolute_redirect aio aio_write client_body_buffer_size client_body_temp_path',
    'client_body_timeout client_header_buffer_size client_header_timeout default_type',
    'fastcgi_temp_path grpc_buffer_size http2_max_concurrent_streams http2_max_field_size',
    'http2_max_header_size http2_max_requests ignore_invalid_headers init_by_lua_file',
    'init_worker_by_lua_file keepalive_requests keepalive_timeout large_client_header_buffers',
    'limit_conn_status limit_req_status log_subrequest lua_package_path map_hash_bucket_size',
    'port_in_redirect proxy_headers_hash_bucket_size proxy_headers_hash_max_size',
    'proxy_intercept_errors proxy_ssl_session_reuse proxy_temp_path real_ip_header',
    'real_ip_recursive reset_timedout_connection resolver server_name_in_redirect',
    'server_names_hash_bucket_size server_names_hash_max_size server_tokens ssl_buffer_size',
    'ssl_ciphers ssl_dhparam ssl_early_data ssl_ecdh_curve ssl_prefer_server_ciphers',
    'ssl_protocols ssl_session_cache ssl_session_ticket_key ssl_session_tickets',
    'ssl_session_timeout tcp_nodelay tcp_nopush types_hash_max_size underscores_in_headers',
    'uninitialized_variable_warn variables_hash_bucket_size variables_hash_max_size',
  ],
  'location-snippet': [
    'client_max_body_size port_in_redirect proxy_buffer_size proxy_buffering proxy_buffers',
    'proxy_connect_timeout proxy_cookie_domain proxy_cookie_path proxy_http_version',
    'proxy_max_temp_file_size proxy_next_upstream proxy_next_upstream_timeout',
    'proxy_next_upstream_tries proxy_pass proxy_read_timeout proxy_redirect',
    'proxy_request_buffering proxy_send_timeout',
  ],
  'main-snippet': [
    'daemon events http pid stream worker_cpu_affinity worker_processes',
    'worker_rlimit_nofile worker_shutdown_timeout',
  ],
  'server-snippet': ['http2 ssl_certificate_by_lua_file ssl_reject_handshake'],
  'stream-snippet': ['init_by_lua_file init_worker_by_lua_file lua_package_path resolver'],
};

/** Snippet of the ConfigMap → directives that stand there already: a second one is refused, and so is every later change. */
export const ingressNginxDirectives = cell<Readonly<Record<string, readonly string[]>>>(
  Object.fromEntries(
    Object.entries(DIRECTIVES).map(([snippet, lines]) => [snippet, lines.join(' ').split(' ')]),
  ),
  'kubernetes/ingress-nginx rootfs/etc/nginx/template/nginx.tmpl at controller-v1.15.1',
  READ,
);

/** Kubernetes minors that the last release was tested with. */
export const ingressNginxTestedKubernetes = cell<readonly string[]>(
  ['1.31', '1.32', '1.33', '1.34', '1.35'],
  'kubernetes/ingress-nginx README.md, table of versions, at controller-v1.15.1',
  READ,
);
