import type { Duration } from 'cdk8s';
import { etcdLimits } from '../catalog';
import type { Problem } from '../cluster';

/** etcd's own values. Shorter ones take a garbage collection or a stolen CPU for a dead leader. */
const HEARTBEAT_FLOOR_MS = 100;
const ELECTION_FLOOR_MS = 1000;
/** etcd's usual ratio; etcd itself refuses less than five. */
const ELECTION_PER_HEARTBEAT = 10;

/** The two timers that every member must share, in milliseconds. */
export interface Timers {
  readonly heartbeatMs: number;
  readonly electionMs: number;
}

/** What the user asked for, in milliseconds. */
export interface AskedTimers {
  readonly heartbeatInterval?: Duration;
  readonly electionTimeout?: Duration;
}

/**
 * The timers for a round trip: a heartbeat no shorter than the round trip, in steps of 10 ms, and an
 * election of ten heartbeats. What was asked for stands as it is; the other timer follows it.
 */
export function timersFor(roundTripMs: number, asked: AskedTimers = {}): Timers {
  const heartbeatMs =
    asked.heartbeatInterval?.toMilliseconds() ??
    Math.max(HEARTBEAT_FLOOR_MS, Math.ceil(roundTripMs / 10) * 10);
  const derived = Math.max(
    ELECTION_FLOOR_MS,
    ELECTION_PER_HEARTBEAT * heartbeatMs,
    etcdLimits.electionPerRoundTrip.value * Math.ceil(roundTripMs),
  );
  const electionMs =
    asked.electionTimeout?.toMilliseconds() ??
    Math.min(etcdLimits.electionTimeoutMaxMs.value, derived);
  return { heartbeatMs, electionMs };
}

/** What is wrong with the timers that the user asked for; derived ones are always right. */
export function timerProblems(roundTripMs: number, asked: AskedTimers): Problem[] {
  const { heartbeatMs, electionMs } = timersFor(roundTripMs, asked);
  const problems: Problem[] = [];
  const heartbeatMax =
    etcdLimits.electionTimeoutMaxMs.value / etcdLimits.electionPerHeartbeat.value;
  if (!isWhole(heartbeatMs, HEARTBEAT_FLOOR_MS, heartbeatMax)) {
    problems.push({
      prop: 'heartbeatInterval',
      allowed: `between ${HEARTBEAT_FLOOR_MS} ms and ${heartbeatMax} ms`,
      got: `${heartbeatMs} ms`,
      remedy: 'a dead leader is noticed by electionTimeout, a shorter heartbeat only adds traffic',
    });
  }
  const needed = Math.max(
    ELECTION_FLOOR_MS,
    etcdLimits.electionPerHeartbeat.value * heartbeatMs,
    etcdLimits.electionPerRoundTrip.value * Math.ceil(roundTripMs),
  );
  if (
    problems.length === 0 &&
    !isWhole(electionMs, needed, etcdLimits.electionTimeoutMaxMs.value)
  ) {
    problems.push({
      prop: 'electionTimeout',
      allowed: `between ${needed} ms and ${etcdLimits.electionTimeoutMaxMs.value} ms`,
      got: `${electionMs} ms`,
      remedy: `it must hold five heartbeats of ${heartbeatMs} ms and ten round trips of ${roundTripMs} ms`,
    });
  }
  return problems;
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
