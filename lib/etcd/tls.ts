import type { Problem } from '../cluster';
import { EtcdCipherSuite, EtcdTlsVersion } from './tls-choices';

/** What the user asked for. */
export interface AskedTls {
  readonly tlsMinVersion?: EtcdTlsVersion;
  readonly cipherSuites?: EtcdCipherSuite[];
}

/** Go's HTTP/2 server does not start without one of them, and which one is used is up to the certificate's key. */
const NEEDED = [EtcdCipherSuite.ECDHE_ECDSA_AES_128_GCM, EtcdCipherSuite.ECDHE_RSA_AES_128_GCM];

/** What is wrong with the versions and suites; etcd refuses to start with suites that TLS 1.3 has no use for. */
export function tlsProblems({ tlsMinVersion, cipherSuites }: AskedTls): Problem[] {
  if (cipherSuites === undefined) {
    return [];
  }
  const problem = (allowed: string, got: unknown, remedy: string): Problem[] => [
    { prop: 'cipherSuites', allowed, got, remedy },
  ];
  if (tlsMinVersion !== EtcdTlsVersion.TLS_1_2) {
    return problem(
      `left out with tlsMinVersion ${EtcdTlsVersion.TLS_1_3}`,
      cipherSuites,
      'TLS 1.3 has its own suites, all of them good; for TLS 1.2 set tlsMinVersion to EtcdTlsVersion.TLS_1_2',
    );
  }
  const twice = cipherSuites.filter((suite, n) => cipherSuites.indexOf(suite) !== n);
  return [
    ...(NEEDED.every((suite) => cipherSuites.includes(suite))
      ? []
      : problem(
          `a list with ${NEEDED.join(' and ')}`,
          cipherSuites,
          'HTTP/2 needs one of them, the key of the certificates decides which: without it etcd does not start or nobody can connect',
        )),
    ...(twice.length === 0 ? [] : problem('a list without repetitions', twice, 'name each once')),
  ];
}
