/** Which versions of TLS clients may use, in Mozilla's words. */
export enum TlsPolicy {
  /** TLS 1.2 with authenticated encryption and forward secrecy, and TLS 1.3: every browser since 2017. */
  INTERMEDIATE = 'intermediate',
  /** TLS 1.3 alone: every browser since 2019, but not every client library. */
  MODERN = 'modern',
}

/** Of TLS 1.2: AEAD with a fresh key for every connection; no DHE, so no parameters to generate. */
export const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');
