/** The oldest TLS that etcd speaks with clients and peers, as `tls-min-version` spells it. */
export enum EtcdTlsVersion {
  /** TLS 1.2, for clients that are no part of Kubernetes. */
  TLS_1_2 = 'TLS1.2',
  /** TLS 1.3 only. */
  TLS_1_3 = 'TLS1.3',
}

/**
 * Cipher suites of TLS 1.2 that are not known to be weak, as `cipher-suites` spells them. kubeadm's
 * certificates decide between those with ECDSA and those with RSA.
 */
export enum EtcdCipherSuite {
  /** ECDSA certificates, AES-128-GCM. */
  ECDHE_ECDSA_AES_128_GCM = 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  /** ECDSA certificates, AES-256-GCM. */
  ECDHE_ECDSA_AES_256_GCM = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  /** ECDSA certificates, ChaCha20-Poly1305. */
  ECDHE_ECDSA_CHACHA20_POLY1305 = 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  /** RSA certificates, AES-128-GCM. */
  ECDHE_RSA_AES_128_GCM = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  /** RSA certificates, AES-256-GCM. */
  ECDHE_RSA_AES_256_GCM = 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  /** RSA certificates, ChaCha20-Poly1305. */
  ECDHE_RSA_CHACHA20_POLY1305 = 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
}
