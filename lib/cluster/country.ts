import type { Problem } from './problem';

/** Label of machines and volumes, and annotation of what sends data away: the country, ISO 3166-1 alpha-2. */
export const COUNTRY_LABEL = 'cdk8s-groundwork/country';

/** A problem when the text has not the form of ISO 3166-1 alpha-2, else nothing. */
export function countryProblems(prop: string, got: string): Problem[] {
  return /^[A-Z]{2}$/.test(got)
    ? []
    : [
        {
          prop,
          allowed: 'two capital letters (ISO 3166-1 alpha-2)',
          got,
          remedy: 'write NO for Norway, DE for Germany',
        },
      ];
}
