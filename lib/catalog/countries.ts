import { cell } from './cell';

/** Countries of the European Economic Area: the European Union with Iceland, Liechtenstein and Norway. */
export const europeanEconomicArea = cell<readonly string[]>(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(
    ' ',
  ),
  'efta.int, EEA Agreement: the 27 states of the European Union, Iceland, Liechtenstein and Norway; codes of ISO 3166-1',
  '2026-11-27',
);

/** Kilometres that light travels in a millisecond in a vacuum; nothing is faster, in fibre it is two thirds. */
export const lightKilometres = cell(
  299.792458,
  'BIPM, SI Brochure, 9th edition: the speed of light in vacuum is 299 792 458 m/s',
  '2026-11-27',
);
