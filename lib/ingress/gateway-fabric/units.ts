/** The kinds of this controller take at most four digits and one unit. */
const LARGEST = 9999;

const TIMES: ReadonlyArray<readonly [string, number]> = [
  ['s', 1000],
  ['ms', 1],
  ['m', 60_000],
  ['h', 3_600_000],
];
const SIZES: ReadonlyArray<readonly [string, number]> = [
  ['m', 1024],
  ['k', 1],
  ['g', 1024 * 1024],
];

/** Milliseconds as the kinds of this controller take them; undefined where they cannot. */
export function fabricTime(milliseconds: number): string | undefined {
  return inUnits(milliseconds, TIMES);
}

/** KiB likewise. */
export function fabricSize(kibibytes: number): string | undefined {
  return inUnits(kibibytes, SIZES);
}

function inUnits(
  value: number,
  units: ReadonlyArray<readonly [string, number]>,
): string | undefined {
  const fits = units.find(([, unit]) => value % unit === 0 && value / unit <= LARGEST);
  return fits && `${value / fits[1]}${fits[0]}`;
}
