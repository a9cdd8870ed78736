import * as fc from 'fast-check';
import { memoryLimitMebibytes, memoryRequestMebibytes } from '../../lib/dns/memory';
import { pod, render } from './dns';

const shape = fc.record({
  zones: fc.integer({ min: 4, max: 40 }),
  success: fc.integer({ min: 1024, max: 1_000_000 }),
  denial: fc.integer({ min: 1024, max: 1_000_000 }),
});
const grown = fc.record({
  zones: fc.nat(20),
  success: fc.nat(500_000),
  denial: fc.nat(500_000),
});

test('larger caches never get less', () => {
  fc.assert(
    fc.property(shape, grown, (small, more) => {
      const large = {
        zones: small.zones + more.zones,
        success: small.success + more.success,
        denial: small.denial + more.denial,
      };
      expect(memoryLimitMebibytes(large)).toBeGreaterThanOrEqual(memoryLimitMebibytes(small));
      expect(memoryRequestMebibytes(large)).toBeGreaterThanOrEqual(memoryRequestMebibytes(small));
    }),
  );
});

test('full caches and as much garbage fit, and the request is below the limit', () => {
  fc.assert(
    fc.property(shape, (caches) => {
      const kibibytes = caches.zones * (caches.success + caches.denial);
      const limit = memoryLimitMebibytes(caches);
      expect(limit).toBeGreaterThanOrEqual(32 + (2 * kibibytes) / 1024);
      expect(limit).toBeLessThan(32 + (2 * kibibytes) / 1024 + 16);
      expect(memoryRequestMebibytes(caches)).toBeLessThanOrEqual(limit);
      expect(limit % 16).toBe(0);
    }),
  );
});

test("upstream's caches", () => {
  expect(pod(render()).containers[0].resources).toEqual({
    requests: { cpu: '25m', memory: '64Mi' },
    limits: { memory: '192Mi' },
  });
});

test('a stub domain has caches of its own', () => {
  const stubDomains = [{ domain: 'corp.example.no', servers: ['192.0.2.53'] }];
  expect(pod(render({ stubDomains })).containers[0].resources).toEqual({
    requests: { cpu: '25m', memory: '64Mi' },
    limits: { memory: '240Mi' },
  });
});
