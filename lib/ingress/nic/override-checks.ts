import {
  nginxIngressControllerDirectives,
  nginxIngressControllerKeys,
  type NginxIngressControllerKeyType,
} from '../../catalog';
import type { Problem } from '../../cluster';
import { snippetProblems } from '../snippet-checks';

const PROP = 'controller.configMapOverrides';

/** Keys that an option stands for. Its value goes into arithmetic, checks or the text beside it. */
const OPTIONS: Readonly<Record<string, string>> = {
  'client-body-buffer-size': 'clientBodyBuffer',
  'client-max-body-size': 'clientMaxBodySize',
  'external-status-address': 'statusAddress',
  hsts: 'hstsMaxAge',
  'hsts-include-subdomains': 'hstsIncludeSubdomains',
  'hsts-max-age': 'hstsMaxAge',
  'http-snippets': 'httpSnippets',
  http2: 'http2',
  keepalive: 'upstreamKeepalive',
  'keepalive-requests': 'keepaliveRequests',
  'keepalive-timeout': 'clientTimeouts.keepalive',
  'main-snippets': 'mainSnippets',
  'proxy-buffer-size': 'responseBuffers.header',
  'proxy-buffers': 'responseBuffers',
  'proxy-connect-timeout': 'upstreamTimeouts.connect',
  'proxy-protocol': 'realIp',
  'proxy-read-timeout': 'upstreamTimeouts.read',
  'proxy-send-timeout': 'upstreamTimeouts.send',
  'real-ip-header': 'realIp',
  'real-ip-recursive': 'realIp',
  'set-real-ip-from': 'realIp',
  'ssl-protocols': 'tlsPolicy',
  'worker-connections': 'workerConnections',
  'worker-processes': 'workerProcesses',
  'worker-rlimit-nofile': 'workerConnections',
  'worker-shutdown-timeout': 'shutdown.drain',
};

/** Keys that bring a configuration which nothing here knows. */
const TEMPLATES = [
  'ingress-template',
  'main-template',
  'transportserver-template',
  'virtualserver-template',
];

/** How each type is written, and what to say about it. */
const FORMS: Readonly<Partial<Record<NginxIngressControllerKeyType, [RegExp, string]>>> = {
  boolean: [/^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/, 'true or false'],
  integer: [/^\d+$/, 'a whole number'],
  positive: [/^0*[1-9]\d*$/, 'a whole number above 0'],
  size: [/^\d+[kKmM]?$/, 'a size of nginx such as 16k'],
  offset: [/^\d+[kKmMgG]?$/, 'a size of nginx such as 20m'],
  time: [/^(?=.)(\d+y)?(\d+M)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s?)?(\d+ms)?$/, 'a time such as 10s'],
  buffers: [/^\d+ \d+[kKmM]?$/, 'a number and a size such as 8 16k'],
  list: [/^[^,\s][^\n]*$/, 'items with commas between them'],
  redirectCode: [/^30[1278]$/, '301, 302, 307 or 308'],
  balancing: [
    /^(round_robin|least_conn|ip_hash|random( two( least_conn)?)?|hash (\$\{\w+\}|[^\s;{}])+( consistent)?)$/,
    'round_robin, least_conn, ip_hash, random, random two, random two least_conn, or hash with a key',
  ],
  inheritance: [/^(on|off|merge)$/, 'on, off or merge'],
  escaping: [/^(default|json|none)$/, 'default, json or none'],
  logLevel: [
    /^(debug|info|notice|warn|error|crit|alert|emerg)$/,
    'debug, info, notice, warn, error, crit, alert or emerg',
  ],
  syslog: [/^syslog:[^\n;{}]+$/, 'a server after syslog: (access-log-off turns the log off)'],
  text: [/^[^\n;{}]+$/, 'one line without ; { and }'],
  lines: [/\S/, 'some text'],
};

/** What is wrong with the keys that a user adds to the ConfigMap. */
export function overrideProblems(overrides: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(overrides).flatMap(([key, value]) => {
    const option = OPTIONS[key];
    if (option !== undefined) {
      return [problem('keys that no option stands for', key, `use ${option} instead`)];
    }
    if (TEMPLATES.includes(key)) {
      const remedy = 'a template of your own is not reviewed here; leave it out';
      return [problem('keys, not templates', key, remedy)];
    }
    const type = nginxIngressControllerKeys.value[key];
    return type === undefined
      ? [
          problem(
            'keys that the open-source controller 5.5.4 reads',
            key,
            'the controller would pass over it without a word; look for its name in the list of ConfigMap keys',
          ),
        ]
      : valueProblems(key, value, type);
  });
}

function valueProblems(key: string, value: string, type: NginxIngressControllerKeyType): Problem[] {
  const form = FORMS[type];
  if (form !== undefined) {
    const [pattern, words] = form;
    const remedy =
      'the controller would drop it with a line in its log, or nginx refuse the whole configuration';
    return pattern.test(value)
      ? []
      : [{ prop: `${PROP}.${key}`, allowed: words, got: value, remedy }];
  }
  const { server, location, locationAdds } = nginxIngressControllerDirectives;
  const taken = {
    serverSnippet: [...server.value, ...location.value, ...locationAdds.value],
    locationSnippet: location.value,
  };
  const lines = value.split('\n').filter((line) => line.trim() !== '');
  return snippetProblems(`${PROP}.${key}`, lines, taken[type as keyof typeof taken] ?? []);
}

function problem(allowed: string, got: string, remedy: string): Problem {
  return { prop: PROP, allowed, got, remedy };
}
