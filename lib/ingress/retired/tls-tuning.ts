import type { Settings } from '../settings';
import { CIPHERS } from '../tls-policy';
import { row, type Rows } from './config-map-row';

/** How clients speak TLS. */
export function tlsRows(s: Settings): Rows {
  return {
    sslProtocols: row(
      'ssl-protocols',
      s.tls13Only ? 'TLSv1.3' : 'TLSv1.2 TLSv1.3',
      'TLSv1.2 TLSv1.3',
      s.tls13Only ? 'asked for in the spec' : 'stated, so that it cannot widen with an image',
    ),
    sslCiphers: row(
      'ssl-ciphers',
      CIPHERS,
      'the same and two with DHE',
      'TLS 1.2 only with authenticated encryption and forward secrecy; no DHE, so no parameters to generate',
    ),
    sslSessionCacheSize: row(
      'ssl-session-cache-size',
      '10m',
      '10m',
      'returning clients skip the expensive half of the handshake; about 40,000 sessions',
    ),
    sslSessionTimeout: row('ssl-session-timeout', '10m', '10m', 'a visit of ordinary length'),
    sslSessionTickets: row(
      'ssl-session-tickets',
      false,
      'false',
      'a ticket key that leaks opens every recorded session, and CVE-2026-97629 is in their rotation',
    ),
    sslEarlyData: row(
      'ssl-early-data',
      false,
      'false',
      'early data can be sent again by anybody who saw it',
    ),
    sslRejectHandshake: row(
      'ssl-reject-handshake',
      true,
      'false',
      'whoever asks for a host that nobody serves learns nothing, not even a made-up certificate',
    ),
    hsts: row(
      'hsts',
      true,
      'true',
      'a browser that came by TLS once is not led back to plain HTTP',
    ),
    hstsMaxAge: row(
      'hsts-max-age',
      s.hsts.seconds,
      '31536000',
      'a year is what audits ask for; zero withdraws it',
    ),
    hstsSubdomains: row(
      'hsts-include-subdomains',
      s.hsts.includeSubdomains,
      'true',
      s.hsts.includeSubdomains
        ? 'asked for in the spec'
        : 'the edge does not know what else lives below a host it serves, and browsers would not reach that without TLS for as long',
    ),
    hstsPreload: row(
      'hsts-preload',
      s.hsts.preload,
      'false',
      s.hsts.preload
        ? 'asked for in the spec'
        : "the browsers' permanent list is for the owner of a domain to decide",
    ),
  };
}
