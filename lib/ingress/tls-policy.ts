/** Which versions of TLS clients may use, in Mozilla's words. */
export enum TlsPolicy {
  /** TLS 1.2 with authenticated encryption and forward secrecy, and TLS 1.3: every browser since 2017. */
  INTERMEDIATE = 'intermediate',
  /** TLS 1.3 alone: every browser since 2019, but not every client library. */
  MODERN = 'modern',
}
