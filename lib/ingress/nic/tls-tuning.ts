import type { Settings } from '../settings';
import { CIPHERS } from '../tls-policy';
import type { Row, Rows } from './config-map-row';

const TEMPLATE = 'nginx/kubernetes-ingress internal/configs/version1/nginx.ingress.tmpl at v5.5.4';

/** Versions, ciphers, and HTTP/2 on top of them. */
export function tlsRows(s: Settings, row: Row): Rows {
  const http2 = row(
    'http2',
    `${s.http2}`,
    'false',
    s.http2
      ? 'browsers and gRPC expect it. Streams are no connections: limit_conn and http2_max_concurrent_streams bound them'
      : 'asked for in the spec; gRPC does not work without it',
  );
  const protocols = (value: string, why: string) =>
    row('ssl-protocols', value, 'TLSv1.2 TLSv1.3, by nginx', why);
  if (s.tls13Only) {
    // The ciphers of TLS 1.3 are not those that ssl_ciphers chooses among.
    return { sslProtocols: protocols('TLSv1.3', 'asked for in the spec'), http2 };
  }
  return {
    sslProtocols: protocols('TLSv1.2 TLSv1.3', 'stated, so that it cannot widen with an image'),
    sslCiphers: row(
      'ssl-ciphers',
      CIPHERS,
      'HIGH:!aNULL:!MD5, by nginx',
      'TLS 1.2 only with authenticated encryption and forward secrecy',
    ),
    http2,
  };
}

/** How long browsers stay with TLS. */
export function hstsRows(s: Settings, row: Row): Rows {
  return {
    hsts: row(
      'hsts',
      'true',
      'false',
      'a browser that came by TLS once is not led back to plain HTTP',
    ),
    hstsMaxAge: row(
      'hsts-max-age',
      `${s.hsts.seconds}`,
      '2592000',
      'a year is what audits ask for; zero withdraws it',
    ),
    hstsSubdomains: row(
      'hsts-include-subdomains',
      `${s.hsts.includeSubdomains}`,
      'false',
      s.hsts.includeSubdomains
        ? 'asked for in the spec, with the preload that the controller adds to it'
        : "the controller always adds preload, and together with subdomains anybody could put the domain on the browsers' permanent list",
      TEMPLATE,
    ),
  };
}
