import { Duration } from 'cdk8s';
import * as fc from 'fast-check';
import { millis } from '../../lib/cluster';
import { goDuration } from '../../lib/proxy/go-duration';

test.each([
  [Duration.seconds(0), '0s'],
  [Duration.millis(1), '1ms'],
  [Duration.millis(999), '999ms'],
  [Duration.seconds(1), '1s'],
  [Duration.millis(1500), '1.5s'],
  [Duration.millis(61_001), '1m1.001s'],
  [Duration.seconds(30), '30s'],
  [Duration.minutes(1), '1m0s'],
  [Duration.minutes(15), '15m0s'],
  [Duration.minutes(135), '2h15m0s'],
  [Duration.seconds(7875), '2h11m15s'],
  [Duration.hours(24), '24h0m0s'],
  [Duration.days(5), '120h0m0s'],
  [Duration.seconds(3601), '1h0m1s'],
])('%s is %s', (duration, text) => {
  expect(goDuration(millis(duration))).toBe(text);
});

test('means what it says', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * 86_400_000 }), (ms) => {
      const text = goDuration(ms);
      expect(text).toMatch(/^(\d+ms|(\d+h)?(\d+m)?\d+(\.\d+)?s)$/);
      const unit: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
      const total = [...text.matchAll(/([\d.]+)(ms|h|m|s)/g)].reduce(
        (sum, [, n, u]) => sum + Number(n) * unit[u],
        0,
      );
      expect(Math.round(total)).toBe(ms);
    }),
  );
});
