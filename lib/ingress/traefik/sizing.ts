import type { Machine } from '../../cluster';
import { allKnown, smallest } from '../sizing';

// What one replica can hold, and what that costs. Traefik has no number of connections, so memory is
// where they end. Measured with a server of Go 1.26 that has the same limits.

/** Traefik itself, and what it remembers of Ingresses, Services, Secrets and EndpointSlices. */
export const BASE_MEBIBYTES = 192;
/** Go collects before this share of the limit; the rest is for what it does not count. */
export const GO_SHARE = 0.9;
/** A TLS client that stalls in its handshake: 13.5 KiB. */
const HANDSHAKE_KIBIBYTES = 14;
/** One that stalls in its header, beside the header itself: 71 KiB with 16 KiB of it. */
const CONNECTION_KIBIBYTES = 56;
/** A proxied request of HTTP/2 whose body stalls, beside its header: 101 KiB with 12 KiB of it. */
const REQUEST_KIBIBYTES = 90;
/** Bodies on disk of one replica, unless four of the largest kind need more. */
const TEMPORARY_MEBIBYTES = 8192;
/** Disk where no body is ever written. */
export const SMALL_MEBIBYTES = 16;
/** Seconds that a slow client may spend on its header beside its body. */
export const HEADER_SECONDS = 5;
/** The least a request gets; as much as the nginx edge gives a header. */
const MIN_READ_SECONDS = 10;

/** KiB of a stalled client at its worst. */
export function kibibytesPerConnection(headerKibibytes: number): number {
  return CONNECTION_KIBIBYTES + headerKibibytes;
}

/** KiB of a request in flight at its worst. */
export function kibibytesPerRequest(headerKibibytes: number): number {
  return REQUEST_KIBIBYTES + headerKibibytes;
}

/** KiB that clients can fill before the replica is killed. */
export function freeKibibytes(mebibytes: number): number {
  return Math.floor((mebibytes * GO_SHARE - BASE_MEBIBYTES) * 1024);
}

/**
 * New connections a second at which slow clients fill the memory of one replica. Such a client stays
 * for one timeout before its TLS hello, one in its handshake and one in its request, which costs most.
 */
export function breakEvenRate(
  mebibytes: number,
  headerKibibytes: number,
  readSeconds: number,
): number {
  const secondsOfKibibytes = 2 * HANDSHAKE_KIBIBYTES + kibibytesPerConnection(headerKibibytes);
  return Math.floor(freeKibibytes(mebibytes) / (readSeconds * secondsOfKibibytes));
}

/** Seconds in which the largest body arrives from the slowest client that must succeed. */
export function secondsForBody(bodyKibibytes: number, kibibytesPerSecond: number): number {
  return Math.ceil(bodyKibibytes / kibibytesPerSecond);
}

/** The timeout of a request that nobody chose, in milliseconds. */
export function defaultReadMilliseconds(bodyKibibytes: number, kibibytesPerSecond: number): number {
  const needed = HEADER_SECONDS + secondsForBody(bodyKibibytes, kibibytesPerSecond);
  return 1000 * Math.max(MIN_READ_SECONDS, needed);
}

/** An eighth of the smallest machine's memory, 512 MiB to 1 GiB. */
export function defaultMebibytes(machines: readonly Machine[]): number {
  const sizes = machines.map((m) => m.memory);
  const share = allKnown(sizes) ? Math.floor(smallest(sizes) / 8) : 0;
  return Math.min(1024, Math.max(512, share));
}

/** Disk for bodies that are collected before they are passed on, in MiB. */
export function temporaryMebibytes(bodyKibibytes: number): number {
  return Math.max(TEMPORARY_MEBIBYTES, 4 * Math.ceil(bodyKibibytes / 1024));
}
