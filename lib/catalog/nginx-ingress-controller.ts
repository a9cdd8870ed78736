import { cell } from './cell';

const READ = '2026-11-27';

/** What a key of NGINX Ingress Controller's ConfigMap takes. Every value is text; a wrong one is dropped with a line in the log. */
export type NginxIngressControllerKeyType =
  | 'boolean'
  | 'integer'
  /** A whole number above zero. */
  | 'positive'
  /** nginx's size: bytes, or with k or m. */
  | 'size'
  /** nginx's offset: a size that may have g as well. */
  | 'offset'
  /** nginx's time: seconds, or numbers with units. */
  | 'time'
  /** A number and a size. */
  | 'buffers'
  /** Items between commas. */
  | 'list'
  /** One of the codes of a redirect. */
  | 'redirectCode'
  /** How nginx chooses among the backends of a Service. */
  | 'balancing'
  /** What becomes of headers of a higher level. */
  | 'inheritance'
  /** How a log escapes. */
  | 'escaping'
  /** From which level on nginx logs errors. */
  | 'logLevel'
  /** A syslog server; the controller takes no file. */
  | 'syslog'
  /** One line. */
  | 'text'
  /** Several lines of a log format. */
  | 'lines'
  /** nginx configuration of the server level. */
  | 'serverSnippet'
  /** nginx configuration of the location level. */
  | 'locationSnippet'
  /** nginx configuration of the stream level. */
  | 'streamSnippet';

/** Key names by type, as words with spaces between them. */
const NAMES: Readonly<Record<NginxIngressControllerKeyType, string>> = {
  boolean: [
    'access-log-off default-server-access-log-off hsts hsts-behind-proxy',
    'hsts-include-subdomains http2 otel-trace-in-http proxy-buffering proxy-protocol',
    'real-ip-recursive redirect-to-https server-tokens ssl-prefer-server-ciphers ssl-redirect',
  ].join(' '),
  integer: [
    'hsts-max-age keepalive keepalive-requests max-fails worker-connections worker-processes',
    'worker-rlimit-nofile',
  ].join(' '),
  positive: [
    'map-hash-bucket-size map-hash-max-size server-names-hash-bucket-size',
    'server-names-hash-max-size variables-hash-bucket-size variables-hash-max-size',
  ].join(' '),
  size: 'client-body-buffer-size proxy-buffer-size proxy-busy-buffers-size upstream-zone-size',
  offset: 'client-max-body-size proxy-max-temp-file-size',
  time: [
    'fail-timeout keepalive-timeout proxy-connect-timeout proxy-read-timeout',
    'proxy-send-timeout worker-shutdown-timeout',
  ].join(' '),
  buffers: 'proxy-buffers',
  list: 'add-header proxy-hide-headers proxy-pass-headers set-real-ip-from',
  redirectCode: 'http-redirect-code',
  balancing: 'lb-method',
  inheritance: 'add-header-inherit',
  escaping: 'log-format-escaping stream-log-format-escaping',
  logLevel: 'error-log-level',
  syslog: 'access-log',
  text: [
    'default-server-return external-status-address otel-exporter-endpoint',
    'otel-exporter-header-name otel-exporter-header-value otel-service-name real-ip-header',
    'ssl-ciphers ssl-protocols worker-cpu-affinity',
  ].join(' '),
  lines: 'log-format ssl-dhparam-file stream-log-format',
  serverSnippet: 'server-snippets',
  locationSnippet: 'location-snippets',
  streamSnippet: 'stream-snippets',
};

/** The keys that the open-source edition reads besides its snippets and templates, with their types. */
export const nginxIngressControllerKeys = cell<
  Readonly<Record<string, NginxIngressControllerKeyType>>
>(
  Object.fromEntries(
    Object.entries(NAMES).flatMap(([type, names]) =>
      names.split(' ').map((name) => [name, type as NginxIngressControllerKeyType]),
    ),
  ),
  'nginx/kubernetes-ingress internal/configs/configmaps.go, parsing_helpers.go and cmd/nginx-ingress/main.go at v5.5.4',
  READ,
);

const TEMPLATES =
  'nginx/kubernetes-ingress internal/configs/version1/nginx.tmpl and nginx.ingress.tmpl at v5.5.4';

/** Directives that its templates write: once is all nginx takes, and the deeper level wins. */
export const nginxIngressControllerDirectives = {
  /** In the main context. `load_module` may stand any number of times. */
  main: cell(
    words(
      'worker_processes worker_rlimit_nofile worker_cpu_affinity worker_shutdown_timeout daemon',
      'error_log pid events http stream',
    ),
    TEMPLATES,
    READ,
  ),
  /** In the http block. Blocks that may stand any number of times, such as `map`, are not here. */
  http: cell(
    words(
      'access_log add_header add_header_inherit client_body_buffer_size default_type',
      'keepalive_requests keepalive_timeout map_hash_bucket_size map_hash_max_size otel_exporter',
      'otel_service_name otel_trace sendfile server_names_hash_bucket_size',
      'server_names_hash_max_size ssl_ciphers ssl_dhparam ssl_prefer_server_ciphers',
      'ssl_protocols variables_hash_bucket_size variables_hash_max_size',
    ),
    TEMPLATES,
    READ,
  ),
  /** In every server block that it writes for an Ingress. */
  server: cell(
    words(
      'http2 listen real_ip_header real_ip_recursive server_name server_tokens set_real_ip_from',
      'ssl_certificate ssl_certificate_key ssl_reject_handshake',
    ),
    TEMPLATES,
    READ,
  ),
  /** In every server block as well, where more of them may stand; those of a higher level count no more. */
  serverAdds: cell(words('proxy_hide_header'), TEMPLATES, READ),
  /** In every location that it writes for an Ingress. */
  location: cell(
    words(
      'client_max_body_size grpc_buffer_size grpc_connect_timeout grpc_pass grpc_read_timeout',
      'grpc_send_timeout proxy_buffer_size proxy_buffering proxy_buffers proxy_busy_buffers_size',
      'proxy_connect_timeout proxy_http_version proxy_max_temp_file_size proxy_pass',
      'proxy_read_timeout proxy_send_timeout',
    ),
    TEMPLATES,
    READ,
  ),
  /** In every location as well, where more of them may stand; those of a higher level count no more. */
  locationAdds: cell(words('grpc_set_header proxy_set_header'), TEMPLATES, READ),
} as const;

function words(...lines: string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}
