/** Dotted numbers, an optional leading v, and the packaging revision of image tags such as 3.6.8-0. */
const VERSION = /^v?(\d+(?:\.\d+)*)(?:-(\d+))?$/;

interface ParsedVersion {
  readonly numbers: readonly number[];
  readonly revision: number;
}

function parse(version: string): ParsedVersion {
  const match = VERSION.exec(version);
  if (match === null) {
    // A pre-release has no place in a catalogue of releases, and guessing its order would let one
    // pass a floor that only the final release meets.
    throw new Error(
      `version must be dotted numbers such as 1.36.4, v1.42.3 or 3.6.8-0, got ${version}; leave out pre-release and build suffixes`,
    );
  }
  return { numbers: match[1].split('.').map(Number), revision: Number(match[2] ?? 0) };
}

/**
 * Orders two release versions. Missing parts count as zero, so 6.1 equals 6.1.0; the revision of an
 * image tag counts only between equal versions.
 *
 * @param a a version such as `1.36.4`, `v1.42.3`, `3.6.8-0` or `6.1`
 * @param b the version to compare with
 * @returns -1 if a is older, 0 if they are equal, 1 if a is newer
 */
export function compareVersions(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  const length = Math.max(left.numbers.length, right.numbers.length);
  for (let i = 0; i < length; i++) {
    const difference = (left.numbers[i] ?? 0) - (right.numbers[i] ?? 0);
    if (difference !== 0) {
      return Math.sign(difference);
    }
  }
  return Math.sign(left.revision - right.revision);
}

/**
 * Whether a version reaches a floor.
 *
 * @param v the version
 * @param floor the oldest version that is good enough
 */
export function atLeast(v: string, floor: string): boolean {
  return compareVersions(v, floor) >= 0;
}

/**
 * The minor release a version belongs to: `1.36` for `1.36.4`, `v1.36.4` and `1.36`.
 *
 * @param version a version with at least two numbers
 */
export function minorOf(version: string): string {
  return parse(version).numbers.slice(0, 2).join('.');
}
