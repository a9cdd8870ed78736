import type { Service } from '../test/tools/service-rules';

// What the benches of the look-up have in common, so that their figures can be laid side by side.

export const [FEW, MIDDLE, MANY] = [100, 1000, 5000] as const;
/** Connections for one figure of a round; the figure is their median. */
export const CONNECTIONS = 300;
/** Where the one endpoint listens. */
export const PORT = 8080;

/** All have one endpoint, the same, so that only the search differs. */
export function servicesOf(count: number, number: number): Service[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `bench/service-${index}`,
    address: `10.${number}.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`,
    protocol: 'tcp',
    port: 80,
    endpoints: [`172.17.${number}.2:${PORT}`],
  }));
}

export const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** 0 when a figure does not grow with the number of services, 1 when it grows as that does. */
export function exponent(
  [few, low]: readonly [number, number],
  [many, high]: readonly [number, number],
  noise: number,
): string {
  return low < noise || high < noise
    ? 'below noise'
    : (Math.log(high / low) / Math.log(many / few)).toFixed(2);
}

/** One line of a report. */
export const row = (what: string, value: string) =>
  console.log(`${what.padEnd(68)}${value.padStart(12)}`);
