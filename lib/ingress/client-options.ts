import type { Duration, Size } from 'cdk8s';

/** How long a client may keep a replica waiting. Each is 1 second or more, whole milliseconds. */
export interface ClientTimeouts {
  /**
   * The whole request header, and before it the TLS handshake; at most 300 seconds. The only
   * defence against clients that send headers slowly: capacity under attack is connections divided
   * by this. More than 15 seconds is finding GW-INGRESS-004.
   *
   * @default Duration.seconds(10)
   */
  readonly header?: Duration;
  /**
   * Between two reads of the request body, at most 3600 seconds. One byte in time satisfies it, so
   * slow bodies are held off by `connectionsPerAddress`.
   *
   * @default Duration.seconds(10); a minute with EdgePreset.UPLOADS, an hour with EdgePreset.GRPC_STREAMING
   */
  readonly body?: Duration;
  /**
   * Between two writes of the response, at most 300 seconds.
   *
   * @default Duration.seconds(15)
   */
  readonly send?: Duration;
  /**
   * Idle connection between two requests, at most 3600 seconds. It must outlast the idle timeout of
   * every proxy in front, which would otherwise write into a connection just closed.
   *
   * @default Duration.seconds(10), or Duration.seconds(75) behind a proxy and with EdgePreset.GRPC_STREAMING
   */
  readonly keepalive?: Duration;
}

/** Buffers for long request lines and headers. They are the larger part of what a slow client costs. */
export interface HeaderBuffers {
  /**
   * Buffers of one connection, 1 to 16.
   *
   * @default 4, nginx's own
   */
  readonly count?: number;
  /**
   * Size of one buffer, 1 to 64 KiB in whole KiB: the longest single header line, cookies included.
   *
   * @default Size.kibibytes(8), nginx's own
   */
  readonly size?: Size;
}

/** How many requests one source address may send in a second; the rest is answered 429. */
export interface RequestRate {
  /** Requests a second, 1 to 100000. */
  readonly perSecond: number;
  /**
   * Requests that may come at once before the rate holds, 0 to 100000: a browser asks for a page with
   * all its parts.
   *
   * @default - twice `perSecond`
   */
  readonly burst?: number;
}
