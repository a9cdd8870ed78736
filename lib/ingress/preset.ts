import { Duration, Size } from 'cdk8s';
import type { EdgeIntent } from './intent';

/** What the edge is mostly for. A preset sets defaults; every single option wins over it. */
export enum EdgePreset {
  /** Browsers and API clients that come from the internet by themselves. */
  DEFAULT = 'default',
  /**
   * Behind a balancer or a content network that keeps connections open for many clients: idle
   * connections outlast its own, and clients are told apart by the address it names. Without
   * `realIp` or `trustedProxies` it throws, because one limit would hold for everybody.
   */
  BEHIND_POOLING_LB = 'behind-pooling-lb',
  /** Large uploads: bodies go to the backend as they come, and are never written to disk. */
  UPLOADS = 'uploads',
  /** Streams of gRPC that stay open for an hour without a word. */
  GRPC_STREAMING = 'grpc-streaming',
}

const HOUR = Duration.hours(1);

/** The options of each preset; what is not there keeps the default of the option. */
const PRESETS: Readonly<Record<EdgePreset, EdgeIntent>> = {
  [EdgePreset.DEFAULT]: {},
  [EdgePreset.BEHIND_POOLING_LB]: {
    clientTimeouts: { keepalive: Duration.seconds(75) },
    // Its connections carry the requests of many clients and are worth keeping.
    keepaliveRequests: 10_000,
  },
  [EdgePreset.UPLOADS]: {
    clientMaxBodySize: Size.gibibytes(5),
    clientTimeouts: { body: Duration.minutes(1) },
    upstreamTimeouts: { read: Duration.minutes(10), send: Duration.minutes(10) },
    requestBuffering: false,
  },
  [EdgePreset.GRPC_STREAMING]: {
    clientTimeouts: { body: HOUR, keepalive: Duration.seconds(75) },
    upstreamTimeouts: { read: HOUR, send: HOUR },
    http2MaxStreams: 128,
    keepaliveRequests: 10_000,
    grpcMaxBodySize: Size.kibibytes(0),
    shutdown: { drain: Duration.minutes(5) },
  },
};

/** The options with those of their preset below them. */
export function withPreset<T extends EdgeIntent>(options: T): T {
  const preset = PRESETS[options.preset ?? EdgePreset.DEFAULT];
  const merged = { ...preset, ...given(options) };
  return {
    ...merged,
    clientTimeouts: { ...preset.clientTimeouts, ...given(options.clientTimeouts ?? {}) },
    upstreamTimeouts: { ...preset.upstreamTimeouts, ...given(options.upstreamTimeouts ?? {}) },
    shutdown: { ...preset.shutdown, ...given(options.shutdown ?? {}) },
  };
}

/** Without what is there but undefined, which would hide the preset's own. */
function given<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T;
}
