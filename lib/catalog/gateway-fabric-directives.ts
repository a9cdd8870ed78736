import { cell } from './cell';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const read = (source: string, text: string) =>
  cell(words(text), `nginx/nginx-gateway-fabric ${source} at v2.6.7`, '2026-11-27');

/** The nginx directives that NGINX Gateway Fabric writes by itself, by level, as far as one more would clash. */
export const nginxGatewayFabricDirectives = {
  main: read(
    'internal/controller/nginx/conf/nginx.conf, config/main_config_template.go',
    'error_log events http include load_module pid stream worker_processes',
  ),
  /** Those of a policy for proxies stand at this level as well. */
  http: read(
    'internal/controller/nginx/conf/nginx.conf, config/base_http_config_template.go, config/policies',
    `default_type http2 include js_import js_preload_object map_hash_bucket_size map_hash_max_size
    otel_exporter otel_service_name proxy_buffer_size proxy_buffering proxy_buffers
    proxy_busy_buffers_size proxy_connect_timeout proxy_headers_hash_bucket_size
    proxy_headers_hash_max_size proxy_read_timeout proxy_send_timeout proxy_ssl_certificate
    proxy_ssl_certificate_key resolver resolver_timeout sendfile server
    server_names_hash_bucket_size server_names_hash_max_size server_tokens tcp_nopush upstream
    variables_hash_bucket_size variables_hash_max_size`,
  ),
  /** What a deeper level writes, so that the http level has no effect. */
  deeper: read(
    'internal/controller/nginx/config/servers_template.go, config/policies',
    `client_max_body_size keepalive_requests proxy_http_version proxy_pass proxy_set_header
    real_ip_header real_ip_recursive set_real_ip_from`,
  ),
} as const;
