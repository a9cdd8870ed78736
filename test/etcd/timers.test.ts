import { Duration } from 'cdk8s';
import fc from 'fast-check';
import { timerProblems, timersFor } from '../../lib/etcd/timers';

const ms = (value: number) => Duration.millis(value);
const said = (roundTripMs: number, heartbeat?: number, election?: number) =>
  timerProblems(roundTripMs, {
    heartbeatInterval: heartbeat === undefined ? undefined : ms(heartbeat),
    electionTimeout: election === undefined ? undefined : ms(election),
  });

test.each([
  [0.2, 100, 1000],
  [1, 100, 1000],
  [100, 100, 1000],
  [101, 110, 1100],
  [250, 250, 2500],
  [5000, 5000, 50000],
])('a round trip of %s ms gives %s and %s', (roundTripMs, heartbeatMs, electionMs) => {
  expect(timersFor(roundTripMs)).toEqual({ heartbeatMs, electionMs });
});

test('derived timers satisfy etcd, its tuning guide and our own checks for every round trip an underlay may have', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 5000, noNaN: true }), (roundTripMs) => {
      const { heartbeatMs, electionMs } = timersFor(roundTripMs);
      expect(heartbeatMs).toBeGreaterThanOrEqual(100);
      expect(electionMs).toBeGreaterThanOrEqual(5 * heartbeatMs);
      expect(electionMs).toBeGreaterThanOrEqual(10 * roundTripMs);
      expect(electionMs).toBeLessThanOrEqual(50000);
      expect(timerProblems(roundTripMs, {})).toEqual([]);
    }),
  );
});

test('whatever is asked for is either refused or satisfies the bounds', () => {
  const asked = fc.option(fc.integer({ min: -10, max: 60000 }), { nil: undefined });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5000 }),
      asked,
      asked,
      (roundTripMs, heartbeat, election) => {
        fc.pre((heartbeat ?? 0) >= 0 && (election ?? 0) >= 0);
        if (said(roundTripMs, heartbeat, election).length > 0) {
          return;
        }
        const { heartbeatMs, electionMs } = timersFor(roundTripMs, {
          heartbeatInterval: heartbeat === undefined ? undefined : ms(heartbeat),
          electionTimeout: election === undefined ? undefined : ms(election),
        });
        expect([heartbeat ?? heartbeatMs, election ?? electionMs]).toEqual([
          heartbeatMs,
          electionMs,
        ]);
        expect(electionMs).toBeGreaterThanOrEqual(5 * heartbeatMs);
        expect(electionMs).toBeGreaterThanOrEqual(10 * roundTripMs);
        expect(electionMs).toBeLessThanOrEqual(50000);
      },
    ),
  );
});

test('an election as short as the bounds allow is accepted, one millisecond less is not', () => {
  expect(said(200, 300, 2000)).toEqual([]);
  expect(said(200, 300, 1999)).toHaveLength(1);
  expect(said(1, 500, 2500)).toEqual([]);
  expect(said(1, 500, 2499)).toHaveLength(1);
  expect(said(1, undefined, 50000)).toEqual([]);
  expect(said(1, undefined, 50001)).toHaveLength(1);
});
