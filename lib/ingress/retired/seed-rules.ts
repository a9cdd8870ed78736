import { DATA } from './config-map-row';
import { onRetired } from './on-retired';
import { seedRows } from './seed-tuning';
import { rule, Severity, type IRule } from '../../cluster';

/** Rules about the ConfigMap of 2019. */
export const seedRules: IRule[] = [
  rule(
    {
      id: 'GW-INGRESS-035',
      severity: Severity.NOTE,
      title: 'Each key of the guides of 2019 does what it was set for',
      why: 'They were meant against slow clients and large payloads; only the size of a body is about either',
      remedy:
        'take NginxController.retiredIngressNginx(…) without the preset: the same controller with the keys that do it',
      reference:
        'https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/',
    },
    onRetired(({ choices }) =>
      choices.isSeed
        ? Object.values(seedRows()).map(({ key, value, upstream, why }) => ({
            message: `${key.slice(DATA.length)} ${value} (default: ${upstream}): ${why}`,
          }))
        : [],
    ),
  ),
  rule(
    {
      id: 'GW-INGRESS-036',
      severity: Severity.WARNING,
      title: 'The keys at the edge hold off clients that send their header slowly',
      why: 'All timeouts of the guides of 2019 are about backends; a client keeps a minute for its header',
      remedy:
        'take NginxController.retiredIngressNginx(…) without the preset, and clientTimeouts.header as it is by default',
      reference: 'https://nginx.org/en/docs/http/ngx_http_core_module.html#client_header_timeout',
    },
    onRetired(({ choices, settings: { breakEvenRate, workers, connections } }) =>
      choices.isSeed
        ? [
            {
              message: `client_header_timeout stays at 60 s: ${breakEvenRate} slow clients a second fill a replica of ${workers} × ${connections} connections. Measured with 2 × 1024 connections and 200 a second: 3.9 % of requests were answered with these keys, 3.1 % without them, all with a header timeout of 5 s`,
            },
          ]
        : [],
    ),
  ),
];
