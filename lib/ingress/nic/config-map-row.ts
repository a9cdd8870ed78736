import type { TuningRow } from '../../cluster';

/** Where a row of the ConfigMap stands in the output. */
export const DATA = 'ConfigMap.data.';

/** Rows of the ConfigMap by a name of our own. */
export type Rows = Record<string, TuningRow<string>>;

/** Makes a row of a key; the source is the controller's own unless it is given. */
export type Row = (
  key: string,
  value: string,
  upstream: string,
  why: string,
  source?: string,
) => TuningRow<string>;
