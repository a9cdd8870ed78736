import { atLeast, compareVersions, minorOf } from '../../lib/catalog';

test.each([
  ['1.36.4', '1.36.4', 0],
  ['1.36.4', '1.36.10', -1],
  ['1.9.1', '1.10.0', -1],
  ['v1.42.3', '1.42.3', 0],
  ['v1.42.4', 'v1.42.3', 1],
  ['6.1', '6.1.0', 0],
  ['6.1', '6.0.9', 1],
  ['6.12', '6.2', 1],
  ['3.6.8-0', '3.6.8', 0],
  ['3.6.8-1', '3.6.8-0', 1],
  ['3.6.8-9', '3.6.9-0', -1],
  ['252', '249.11', 1],
  ['1.0.6.1', '1.0.6', 1],
])('compareVersions(%s, %s) is %i, and the reverse the other way round', (a, b, expected) => {
  expect(compareVersions(a, b)).toBe(expected);
  expect(compareVersions(b, a)).toBe(expected === 0 ? 0 : -expected);
});

test.each(['1.37.0-rc.0', '1.0.6-2+deb12u2', '', 'v', '1..2', 'latest'])(
  '%j is no release version',
  (version) => {
    expect(() => compareVersions(version, '1.0')).toThrow(
      new Error(
        `version must be dotted numbers such as 1.36.4, v1.42.3 or 3.6.8-0, got ${version}; leave out pre-release and build suffixes`,
      ),
    );
  },
);

test('a floor is met by itself and by anything newer', () => {
  expect(atLeast('2.3.4', '2.3.4')).toBe(true);
  expect(atLeast('2.3.10', '2.3.4')).toBe(true);
  expect(atLeast('2.3.3', '2.3.4')).toBe(false);
});

test('the minor of a version', () => {
  expect(['1.36.4', 'v1.36.4', '1.36', '3.6.8-0'].map(minorOf)).toEqual([
    '1.36',
    '1.36',
    '1.36',
    '3.6',
  ]);
});
