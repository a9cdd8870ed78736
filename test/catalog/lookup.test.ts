import { lookUp } from '../../lib/catalog';

const table = { one: 1, two: 2, none: undefined };

test('an entry is found, even one without a value', () => {
  expect(lookUp(table, 'two', 'number', 'count')).toBe(2);
  expect(lookUp(table, 'none', 'number', 'count')).toBeUndefined();
});

test.each(['three', 'constructor', '__proto__', ''])('%j is refused with what there is', (key) => {
  expect(() => lookUp(table, key, 'number', 'count to two')).toThrow(
    new Error(`number must be one of one, two, none, got ${key}; count to two`),
  );
});
