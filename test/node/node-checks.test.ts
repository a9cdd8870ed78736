import { nodeRules } from '../../lib/node/rules';
import { proxyRules } from '../../lib/proxy/rules';
import { nodeChecks } from './node-checks';

const known = [...nodeRules, ...proxyRules].map(({ id }) => id);
const own = nodeRules.map(({ id }) => id);

test('every title is there once, and is caught somehow', () => {
  expect(new Set(nodeChecks.map(({ title }) => title)).size).toBe(nodeChecks.length);
  for (const { throws, rules, impossible } of nodeChecks) {
    expect([throws, rules, impossible].some((way) => way !== undefined)).toBe(true);
  }
});

test.each(nodeChecks)('$title', ({ throws, rules, impossible }) => {
  expect.hasAssertions();
  if (throws !== undefined) {
    expect(throws[0]).toThrow(new Error(throws[1]));
  }
  if (rules !== undefined) {
    const [ids, speak] = rules;
    expect(ids.filter((id) => !known.includes(id))).toEqual([]);
    // Rules of another room have their tests there.
    expect(speak().length > 0).toBe(own.includes(ids[0]!));
  }
  impossible?.[1]();
});
