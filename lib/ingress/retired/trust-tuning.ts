import type { Settings } from '../settings';
import { row, TEMPLATE, type Rows } from './config-map-row';

const RISKS =
  'kubernetes/ingress-nginx docs/user-guide/nginx-configuration/annotations-risk.md at controller-v1.15.1';

/** What those may do who write Ingresses. */
export function tenantRows(): Rows {
  return {
    snippetAnnotations: row(
      'allow-snippet-annotations',
      false,
      'false',
      'a snippet in an Ingress is code in the edge, which reads Secrets',
    ),
    riskLevel: row(
      'annotations-risk-level',
      'Medium',
      'High',
      'refuses auth-url, auth-signin, server-alias, mirror-*, upstream-hash-by and five more: values that end up in the configuration as they are, and through which most holes of this controller went',
      RISKS,
    ),
    crossNamespace: row(
      'allow-cross-namespace-resources',
      false,
      'false',
      'an Ingress names Secrets of its own namespace',
    ),
    pathType: row(
      'strict-validate-path-type',
      true,
      'true',
      'paths of type Exact and Prefix are plain; the webhook alone asks, without it the admission policy does',
    ),
  };
}

/** Who may say what the address of a client is. */
export function proxyRows(s: Settings): Rows {
  if (s.trustedProxies.length === 0) {
    return {
      forwardedHeaders: row(
        'use-forwarded-headers',
        false,
        'false',
        'a client is who opened the connection, whatever it writes',
      ),
    };
  }
  const from = row(
    'proxy-real-ip-cidr',
    s.trustedProxies.join(','),
    '0.0.0.0/0',
    'only these may say who the client is',
  );
  if (s.proxyProtocol) {
    return {
      proxyProtocol: row(
        'use-proxy-protocol',
        true,
        'false',
        'the balancer in front writes the address of the client before each connection; one that does not begin with it is refused',
        TEMPLATE,
      ),
      realIpFrom: from,
    };
  }
  return {
    realIp: row(
      'enable-real-ip',
      true,
      'false',
      'takes the address of a client from the proxies in front and nothing else; use-forwarded-headers would believe X-Forwarded-Proto of everybody',
      TEMPLATE,
    ),
    realIpFrom: from,
    forwardedForHeader: row(
      'forwarded-for-header',
      'X-Forwarded-For',
      'X-Forwarded-For',
      'what HTTP proxies send; the last address in it that is not a proxy of ours is the client',
    ),
  };
}
