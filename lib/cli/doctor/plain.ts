import { stripVTControlCharacters } from 'node:util';
import type { Surroundings } from '../command';

// eslint-disable-next-line no-control-regex
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f]/g;

/** Text from a cluster as a terminal may have it: what a machine says must not move a cursor. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROLS, '');
}

/** The same surroundings, to whom nothing else is said. */
export function plainly(around: Surroundings): Surroundings {
  return {
    ...around,
    out: (line) => around.out(plain(line)),
    error: (line) => around.error(plain(line)),
  };
}
