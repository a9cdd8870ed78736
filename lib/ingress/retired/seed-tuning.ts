import { DATA } from './config-map-row';
import { tuned } from '../../cluster';

const GUIDE = 'guides to a hardened ingress of 2019';

/**
 * The six keys that the guides of 2019 set, each with what it does today. All of them are about
 * bodies, backends and processes; none is about a client that takes its time.
 */
export function seedRows() {
  const row = (key: string, value: string, upstream: string, why: string) =>
    tuned(`${DATA}${key}`, value, upstream, why, GUIDE);
  return {
    bodySize: row(
      'proxy-body-size',
      '20m',
      '1m',
      'lets larger uploads in. It bounds one body, not how slowly it comes nor how many there are',
    ),
    connectTimeout: row(
      'proxy-connect-timeout',
      '10',
      '5',
      'waits longer for a backend than the default does: looser, not harder',
    ),
    readTimeout: row(
      'proxy-read-timeout',
      '120',
      '60',
      'waits twice as long for an answer of a backend. Clients are not concerned',
    ),
    sendTimeout: row(
      'proxy-send-timeout',
      '120',
      '60',
      'waits twice as long for a backend to take a request. Clients are not concerned',
    ),
    workers: row(
      'worker-processes',
      'auto',
      'the CPU limit, rounded up',
      'the default: this controller reads the CPU limit of its pod',
    ),
    keepalive: row(
      'upstream-keepalive-connections',
      '32',
      '320',
      'ten times fewer idle connections to backends than the default: measured 70,811 new ones where 401 were enough, at less than half the requests a second, and each is a conntrack entry',
    ),
  };
}
