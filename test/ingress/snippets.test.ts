import fc from 'fast-check';
import { nginxIngressControllerDirectives, nginxIngressControllerKeys } from '../../lib/catalog';
import { NginxController, type HardenedNginxIngressOptions } from '../../lib/ingress';
import { readStatements } from '../../lib/ingress/statements';
import { edge } from './edge';
import { configMapKeys, templateHttpDirectives } from './nic';

const overrides = (configMapOverrides: Record<string, string>): HardenedNginxIngressOptions => ({
  controller: NginxController.nginxIngressController({ configMapOverrides }),
});
const form =
  'httpSnippets must be one directive with its semicolon, or one block, in each line, got';
const dropped =
  'the controller would drop it with a line in its log, or nginx refuse the whole configuration';
const example = '; write for example "types_hash_max_size 2048;"';

test.each<[HardenedNginxIngressOptions, string]>([
  [
    { httpSnippets: ['keepalive_timeout 5s;'] },
    'httpSnippets must be directives that nobody else writes, got keepalive_timeout; use clientTimeouts.keepalive instead: nginx refuses it a second time, or takes the other one',
  ],
  [
    { httpSnippets: ['client_header_timeout 5s;'] },
    'httpSnippets must be directives that nobody else writes, got client_header_timeout; use clientTimeouts.header instead: nginx refuses it a second time, or takes the other one',
  ],
  [
    { httpSnippets: ['server_tokens on;'] },
    'httpSnippets must be directives that nobody else writes, got server_tokens; leave it out: nginx refuses it a second time, or takes the other one',
  ],
  ...[
    'grpc_buffer_size 8k',
    'grpc_set_header X-Edge oslo',
    'proxy_set_header X-Edge oslo',
    'proxy_hide_header Server',
  ].map((directive): [HardenedNginxIngressOptions, string] => [
    { httpSnippets: [`${directive};`] },
    `httpSnippets must be directives that nobody else writes, got ${directive.split(' ')[0]}; leave it out: nginx refuses it a second time, or takes the other one`,
  ]),
  [
    overrides({ 'server-snippets': 'proxy_set_header X-Edge oslo;' }),
    'controller.configMapOverrides.server-snippets must be directives that nobody else writes, got proxy_set_header; leave it out: nginx refuses it a second time, or takes the other one',
  ],
  [
    { httpSnippets: ['limit_conn groundwork_address 5;'] },
    'httpSnippets must be directives that nobody else writes, got limit_conn; use connectionsPerAddress instead: nginx refuses it a second time, or takes the other one',
  ],
  [
    { httpSnippets: ['gzip on;', 'gzip  on;'] },
    'httpSnippets must be each line once, got gzip on; leave one of them out',
  ],
  [{ httpSnippets: ['gzip on'] }, `${form} gzip on: a directive without a semicolon${example}`],
  [{ httpSnippets: ['gzip on; gzip_vary on;'] }, `${form} gzip on; gzip_vary on;${example}`],
  [{ httpSnippets: ['# nothing'] }, `${form} # nothing${example}`],
  [{ httpSnippets: ['map $a $b {'] }, `${form} map $a $b {: a { without its }${example}`],
  [{ httpSnippets: ['}'] }, `${form} }: a } without its {${example}`],
  [{ httpSnippets: ['{ gzip on; }'] }, `${form} { gzip on; }: a { without a directive${example}`],
  [{ httpSnippets: ['gzip on;;'] }, `${form} gzip on;;: a semicolon without a directive${example}`],
  [
    { httpSnippets: ['log_format x "open;'] },
    `${form} log_format x "open;: nothing nginx can read at ""open;"${example}`,
  ],
  [
    { mainSnippets: ['worker_processes auto;'] },
    'mainSnippets must be directives that nobody else writes, got worker_processes; use workerProcesses instead: nginx refuses it a second time, or takes the other one',
  ],
  [
    overrides({ lb_method: 'ip_hash' }),
    'controller.configMapOverrides must be keys that the open-source controller 5.5.4 reads, got lb_method; the controller would pass over it without a word; look for its name in the list of ConfigMap keys',
  ],
  [
    overrides({ 'worker-connections': '1024' }),
    'controller.configMapOverrides must be keys that no option stands for, got worker-connections; use workerConnections instead',
  ],
  [
    overrides({ 'main-template': 'x' }),
    'controller.configMapOverrides must be keys, not templates, got main-template; a template of your own is not reviewed here; leave it out',
  ],
  [
    overrides({ 'redirect-to-https': 'yes' }),
    'controller.configMapOverrides.redirect-to-https must be true or false, got yes; the controller would drop it with a line in its log, or nginx refuse the whole configuration',
  ],
  [
    overrides({ 'max-fails': '3s' }),
    'controller.configMapOverrides.max-fails must be a whole number, got 3s; the controller would drop it with a line in its log, or nginx refuse the whole configuration',
  ],
  [
    overrides({ 'fail-timeout': 'soon' }),
    'controller.configMapOverrides.fail-timeout must be a time such as 10s, got soon; the controller would drop it with a line in its log, or nginx refuse the whole configuration',
  ],
  [
    overrides({ 'lb-method': 'ip_hash; }' }),
    'controller.configMapOverrides.lb-method must be round_robin, least_conn, ip_hash, random, random two, random two least_conn, or hash with a key, got ip_hash; }; the controller would drop it with a line in its log, or nginx refuse the whole configuration',
  ],
  [
    overrides({ 'location-snippets': 'proxy_pass http://x;' }),
    'controller.configMapOverrides.location-snippets must be directives that nobody else writes, got proxy_pass; leave it out: nginx refuses it a second time, or takes the other one',
  ],
  [
    overrides({ 'http-redirect-code': '200' }),
    `controller.configMapOverrides.http-redirect-code must be 301, 302, 307 or 308, got 200; ${dropped}`,
  ],
  [
    overrides({ 'add-header-inherit': 'yes' }),
    `controller.configMapOverrides.add-header-inherit must be on, off or merge, got yes; ${dropped}`,
  ],
  [
    overrides({ 'log-format-escaping': 'xml' }),
    `controller.configMapOverrides.log-format-escaping must be default, json or none, got xml; ${dropped}`,
  ],
  [
    overrides({ 'error-log-level': 'warning' }),
    `controller.configMapOverrides.error-log-level must be debug, info, notice, warn, error, crit, alert or emerg, got warning; ${dropped}`,
  ],
  [
    overrides({ 'access-log': '/dev/stdout main' }),
    `controller.configMapOverrides.access-log must be a server after syslog: (access-log-off turns the log off), got /dev/stdout main; ${dropped}`,
  ],
  [
    overrides({ 'variables-hash-bucket-size': '0' }),
    `controller.configMapOverrides.variables-hash-bucket-size must be a whole number above 0, got 0; ${dropped}`,
  ],
  [
    overrides({ 'add-header': 'X-Frame-Options: DENY' }),
    'controller.configMapOverrides.add-header must be beside add-header-inherit with merge, got nothing; servers with TLS add Strict-Transport-Security and would pass over these headers; set add-header-inherit with merge',
  ],
  [
    overrides({ 'location-snippets': 'gzip on;\nadd_header X-Frame-Options DENY;' }),
    'controller.configMapOverrides.location-snippets must be without add_header, or beside add-header-inherit with merge, got add_header; a location that adds headers drops those of its server, Strict-Transport-Security among them; set add-header-inherit with merge',
  ],
  [
    overrides({ 'otel-exporter-header-name': 'x-key' }),
    [
      'controller.configMapOverrides.otel-exporter-endpoint must be given beside otel-exporter-header-name, got nothing; the controller would drop them with a line in its log',
      '[chart/ingress] controller.configMapOverrides.otel-exporter-header-value must be given beside otel-exporter-header-name, got nothing; the controller would drop them with a line in its log',
    ].join('\n'),
  ],
  [
    overrides({ 'proxy-busy-buffers-size': '64k' }),
    'controller.configMapOverrides.proxy-busy-buffers-size must be between 4k, the larger buffer, and 28k, all but one of responseBuffers, got 64k; nginx would refuse the whole configuration; leave it out or change responseBuffers',
  ],
  [
    { hstsIncludeSubdomains: true },
    'hstsIncludeSubdomains must be false without hstsPreload with NGINX Ingress Controller, got true; the controller always writes preload, so with subdomains anybody could put the domain on the list of the browsers; set hstsPreload when that is meant',
  ],
])('refused: %j', (options, text) => {
  expect(() => edge(options)).toThrow(new Error(`[chart/ingress] ${text}`));
});

test('what nobody else writes is written after our own, and keys stand beside ours', () => {
  const { data } = edge({
    ...overrides({
      'lb-method': 'least_conn',
      'error-log-level': 'warn',
      'server-snippets': 'gzip on;\nproxy_hide_header Server;',
      'add-header': 'X-Frame-Options: DENY',
      'add-header-inherit': 'merge',
      'location-snippets': 'add_header X-Robots-Tag none;\nproxy_set_header X-Edge oslo;',
      'otel-exporter-endpoint': '192.0.2.4:4317',
      'otel-service-name': 'edge',
      'proxy-busy-buffers-size': '28k',
    }),
    httpSnippets: [
      'map $http_x_api $api_key {\n  default "";\n  "~^a;b{2}$" 1;\n}',
      'limit_req_zone $api_key zone=mine:1m rate=5r/s;',
      'limit_req zone=mine;',
    ],
    mainSnippets: ['worker_priority -5;', 'load_module modules/ngx_http_geoip2_module.so;'],
  }).objects.find('ConfigMap');
  expect(data['http-snippets']).toMatch(
    /ssl_session_tickets off;\nmap \$http_x_api \$api_key \{\n[^]*\}\nlimit_req_zone \$api_key zone=mine:1m rate=5r\/s;\nlimit_req zone=mine;\n$/,
  );
  expect(data['main-snippets']).toBe(
    'worker_priority -5;\nload_module modules/ngx_http_geoip2_module.so;\n',
  );
  expect(data).toMatchObject({ 'lb-method': 'least_conn', 'error-log-level': 'warn' });
});

test('a key of the user is a decision, once', () => {
  const { cluster } = edge(overrides({ 'error-log-level': 'warn' }));
  const rows = cluster.decisions().filter((d) => d.key === 'ConfigMap.data.error-log-level');
  expect(rows).toMatchObject([{ value: 'warn', why: 'asked for in the spec' }]);
});

test('the tables agree with what is rendered: each key is read, and each directive of the template is known', () => {
  const read = nginxIngressControllerKeys.value;
  const ours = Object.keys(configMapKeys).filter((key) => key !== 'http-snippets');
  expect(ours.filter((key) => !(key in read))).toEqual([]);
  // Those may stand any number of times.
  const repeatable = ['include', 'js_import', 'js_set', 'log_format', 'map', 'server'];
  expect([...nginxIngressControllerDirectives.http.value].sort()).toEqual(
    templateHttpDirectives.filter((d) => !repeatable.includes(d)),
  );
});

describe('nginx configuration taken apart', () => {
  test.each<[string, string[][]]>([
    ['gzip on;', [['gzip', 'on']]],
    ['a "x;y" \'z}\'; # rest;\nb;', [['a', 'x;y', 'z}'], ['b']]],
    ['map $a $b { default ""; x { y; } } c;', [['map', '$a', '$b'], ['c']]],
    [
      'log_format j escape=json "{\\"a\\":1}";',
      [['log_format', 'j', 'escape=json', '{\\"a\\":1}']],
    ],
    ['a ${b}c;', [['a', '${b}c']]],
    ['', []],
  ])('%s', (text, expected) => {
    const read = readStatements(text);
    expect(read).toEqual({
      statements: expected.map(([name, ...parameters]) => ({ name, parameters })),
    });
  });

  test('any text is read or refused, and never hangs', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab ;{}"\'#\\$\n') }), (text) => {
        const read = readStatements(text);
        expect('wrong' in read || Array.isArray(read.statements)).toBe(true);
      }),
    );
  });
});
