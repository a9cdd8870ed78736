import { as, drop, Loss, needs, none, row, same, type AnnotationRow } from './annotation-row';

const { TRAFFIC, TUNING } = Loss;
const SETTINGS = needs('a ProxySettingsPolicy');
const CLIENT = needs('a ClientSettingsPolicy');
const SNIPPET = needs('a SnippetsFilter with the directive');

/** How long, how large, how often, and what is written down. */
export const proxyAnnotations: readonly AnnotationRow[] = [
  row(
    'proxy-body-size',
    TRAFFIC,
    as('nginx.org/client-max-body-size'),
    needs('a ClientSettingsPolicy with body.maxSize'),
    same,
  ),
  row('client-body-buffer-size', TUNING, as('nginx.org/client-body-buffer-size'), CLIENT, same),
  row(
    'proxy-connect-timeout',
    TRAFFIC,
    as('nginx.org/proxy-connect-timeout, with a unit'),
    SETTINGS,
    same,
  ),
  row(
    'proxy-read-timeout',
    TRAFFIC,
    as('nginx.org/proxy-read-timeout, with a unit'),
    SETTINGS,
    same,
  ),
  row(
    'proxy-send-timeout',
    TRAFFIC,
    as('nginx.org/proxy-send-timeout, with a unit'),
    SETTINGS,
    same,
  ),
  row('proxy-next-upstream', TUNING, as('nginx.org/proxy-next-upstream'), SNIPPET, same),
  row(
    'proxy-next-upstream-timeout',
    TUNING,
    as('nginx.org/proxy-next-upstream-timeout, with a unit'),
    SNIPPET,
    same,
  ),
  row(
    'proxy-next-upstream-tries',
    TUNING,
    as('nginx.org/proxy-next-upstream-tries'),
    SNIPPET,
    same,
  ),
  row('proxy-request-buffering', TRAFFIC, none('request bodies are buffered'), SNIPPET, same, [
    'on',
  ]),
  row('proxy-buffering', TUNING, as('nginx.org/proxy-buffering, true or false'), SETTINGS, same),
  row(
    'proxy-buffers-number',
    TUNING,
    as('nginx.org/proxy-buffers, number and size'),
    SETTINGS,
    same,
  ),
  row('proxy-buffer-size', TRAFFIC, as('nginx.org/proxy-buffer-size'), SETTINGS, same),
  row(
    'proxy-busy-buffers-size',
    TUNING,
    as('nginx.org/proxy-busy-buffers-size'),
    SETTINGS,
    drop('buffers are not busy there'),
  ),
  row('proxy-max-temp-file-size', TUNING, as('nginx.org/proxy-max-temp-file-size'), SNIPPET, same),
  row(
    'proxy-http-version',
    TRAFFIC,
    drop('1.1 is spoken; 1.0 is not'),
    drop('1.1 is spoken; 1.0 is not'),
    same,
    ['1.1'],
  ),
  row('enable-access-log', TUNING, none('the access log is one for all'), SNIPPET, same, ['true']),
  row('enable-rewrite-log', TUNING, none(), SNIPPET, none(), ['false']),
  row(
    'enable-opentelemetry',
    TUNING,
    needs('the tracing of the controller, for all hosts'),
    needs('an ObservabilityPolicy'),
    needs('the tracing of the controller, for all hosts'),
    ['false'],
  ),
  row(
    'opentelemetry-trust-incoming-span',
    TUNING,
    none(),
    needs('an ObservabilityPolicy with strategy parent'),
    none(),
  ),
  row(
    'opentelemetry-operation-name',
    TUNING,
    none(),
    needs('an ObservabilityPolicy with spanName'),
    none(),
  ),
];
