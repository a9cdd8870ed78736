import type { Duration, Size } from 'cdk8s';

/** How long a backend may keep a request waiting. Each is 1 second or more, whole milliseconds. */
export interface UpstreamTimeouts {
  /**
   * The TCP connection, at most 75 seconds, where the kernel gives up anyway.
   *
   * @default Duration.seconds(10)
   */
  readonly connect?: Duration;
  /**
   * Between two reads of the response, at most 24 hours. Long polls and WebSockets need more than
   * their longest silence.
   *
   * @default Duration.seconds(120); 10 minutes with EdgePreset.UPLOADS, an hour with EdgePreset.GRPC_STREAMING
   */
  readonly read?: Duration;
  /**
   * Between two writes of the request, at most 24 hours.
   *
   * @default Duration.seconds(120); 10 minutes with EdgePreset.UPLOADS, an hour with EdgePreset.GRPC_STREAMING
   */
  readonly send?: Duration;
}

/** What happens to a request whose backend failed before it answered. Requests that change something go to one backend only. */
export interface UpstreamRetries {
  /**
   * Backends that are tried, the first included, 1 to 10.
   *
   * @default 3
   */
  readonly tries?: number;
  /**
   * For all of them together, 1 second to 24 hours, whole milliseconds. It must be longer than
   * `upstreamTimeouts.connect`: a backend that is gone takes that long, and another one could never be tried.
   *
   * @default - `upstreamTimeouts.connect` and 5 seconds
   */
  readonly timeout?: Duration;
}

/** Buffers for the answers of backends; every request in flight may hold them. */
export interface ResponseBuffers {
  /**
   * Buffers of one request, 2 to 64.
   *
   * @default 8, nginx's own
   */
  readonly count?: number;
  /**
   * Size of one buffer, 4 to 64 KiB in whole KiB.
   *
   * @default Size.kibibytes(4), nginx's own
   */
  readonly size?: Size;
  /**
   * The buffer for the header of the answer, 4 to 64 KiB in whole KiB: large cookies and tokens of
   * single sign-on need 16. Twice the larger of the two sizes must fit all buffers but one.
   *
   * @default Size.kibibytes(4), nginx's own
   */
  readonly header?: Size;
}
