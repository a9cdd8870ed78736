import type { Problem } from '../cluster';

/** What the value of an extra argument may be. */
interface Bound {
  readonly allowed: string;
  readonly holds: (value: string) => boolean;
  readonly remedy: string;
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Go's spelling of a duration in milliseconds; undefined when it is none. */
export function goDurationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(text)) {
    return undefined;
  }
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * UNITS_MS[unit!]!,
    0,
  );
}

function number(min: number, max: number, remedy: string): Bound {
  return {
    allowed: `a whole number between ${min} and ${max}`,
    holds: (value) => /^\d+$/.test(value) && Number(value) >= min && Number(value) <= max,
    remedy,
  };
}

function duration(min: string, max: string, remedy: string): Bound {
  return {
    allowed: `a duration between ${min} and ${max}`,
    holds: (value) => {
      const ms = goDurationMs(value);
      return ms !== undefined && ms >= goDurationMs(min)! && ms <= goDurationMs(max)!;
    },
    remedy,
  };
}

function oneOf(values: readonly string[], remedy: string): Bound {
  return { allowed: values.join(' or '), holds: (value) => values.includes(value), remedy };
}

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'];
const SWITCHES = [
  'enable-distributed-tracing',
  'enable-grpc-gateway',
  'enable-log-rotation',
  'enable-pprof',
  'initial-election-tick-advance',
  'socket-reuse-address',
  'socket-reuse-port',
];

/** Bounds of flags that are worth setting, and of those that hurt when they are set wrong. */
const bounds: Readonly<Record<string, Bound>> = {
  'auto-compaction-mode': oneOf(
    ['periodic', 'revision'],
    'leave it out: API servers compact every five minutes',
  ),
  'auto-compaction-retention': {
    allowed: 'a whole number or a duration such as 8h',
    holds: (value) => /^\d+$/.test(value) || goDurationMs(value) !== undefined,
    remedy: 'leave it out: API servers compact every five minutes',
  },
  'backend-batch-interval': duration(
    '1ms',
    '1s',
    'leave it out for 100ms; shorter means more fsyncs',
  ),
  'backend-batch-limit': number(1, 100_000, 'leave it out for 10000; fewer means more fsyncs'),
  'backend-bbolt-freelist-type': oneOf(['array', 'map'], 'leave it out for map, the faster one'),
  'compact-hash-check-time': duration('1s', '1h', 'leave it out for 1m'),
  'compaction-batch-limit': number(1, 100_000, 'leave it out for 1000'),
  'compaction-sleep-interval': duration('1ms', '1s', 'leave it out for 10ms'),
  'grpc-keepalive-interval': duration('1s', '24h', 'leave it out for 2h'),
  'grpc-keepalive-min-time': duration(
    '1s',
    '10s',
    'leave it out for 5s; API servers ask every 30 s',
  ),
  'grpc-keepalive-timeout': duration('1s', '5m', 'leave it out for 20s'),
  'log-format': oneOf(['json', 'console'], 'leave it out for json'),
  'log-level': oneOf(LOG_LEVELS, 'leave it out for info'),
  'max-learners': number(1, 7, 'leave it out for 1: machines join one after another'),
  'max-request-bytes': number(
    1.5 * 1024 ** 2,
    2 * 1024 ** 2,
    'leave it out for 1.5 MiB; API servers send nothing larger than 2 MiB',
  ),
  'max-txn-ops': number(128, 10_000, 'leave it out for 128'),
  'max-wals': number(
    1,
    100,
    'leave it out for 5; each takes 64 MB, and 0 keeps every file and fills the disk',
  ),
  'snapshot-catchup-entries': number(1000, 100_000, 'leave it out for 5000'),
  'snapshot-count': number(
    1000,
    100_000,
    "leave it out for kubeadm's 10000; entries stay in memory until the next snapshot",
  ),
  'warning-apply-duration': duration('1ms', '10s', 'leave it out for 100ms'),
  'warning-unary-request-duration': duration('1ms', '10s', 'leave it out for 300ms'),
  'watch-progress-notify-interval': duration(
    '100ms',
    '1m',
    "leave it out for kubeadm's 5s, by which API servers know that their caches are fresh",
  ),
  ...Object.fromEntries(
    SWITCHES.map((flag) => [flag, oneOf(['true', 'false'], 'write true or false')]),
  ),
};

/** What is wrong with the values of extra arguments. */
export function valueProblems(args: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(args).flatMap(([name, got]) => {
    const bound = Object.prototype.hasOwnProperty.call(bounds, name) ? bounds[name] : undefined;
    return bound === undefined || bound.holds(got)
      ? []
      : [{ prop: `extraArgs.${name}`, allowed: bound.allowed, got, remedy: bound.remedy }];
  });
}
