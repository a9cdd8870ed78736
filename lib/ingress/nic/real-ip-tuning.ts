import type { Settings } from '../settings';
import type { Row, Rows } from './config-map-row';

const REALIP = 'https://nginx.org/en/docs/http/ngx_http_realip_module.html';

/** Who says what the address of a client is. */
export function realIpRows(s: Settings, row: Row): Rows {
  if (s.proxyProtocol) {
    return {
      proxyProtocol: row(
        'proxy-protocol',
        'true',
        'false',
        'the balancer in front writes the address of the client before each connection; one that does not begin with it is refused',
      ),
      setRealIpFrom: row(
        'set-real-ip-from',
        s.trustedProxies.join(','),
        'none',
        'only these may say who the client is',
        REALIP,
      ),
      realIpHeader: row(
        'real-ip-header',
        'proxy_protocol',
        'X-Real-IP, by nginx',
        'what a balancer of connections sends',
        REALIP,
      ),
    };
  }
  if (s.trustedProxies.length === 0) {
    return {};
  }
  return {
    setRealIpFrom: row(
      'set-real-ip-from',
      s.trustedProxies.join(','),
      'none',
      'only these may say who the client is',
      REALIP,
    ),
    realIpHeader: row(
      'real-ip-header',
      'X-Forwarded-For',
      'X-Real-IP, by nginx',
      'what HTTP proxies send',
      REALIP,
    ),
    realIpRecursive: row(
      'real-ip-recursive',
      'true',
      'off',
      'the last address that is not a proxy of ours is the client; what it wrote before that is ignored',
      REALIP,
    ),
  };
}
