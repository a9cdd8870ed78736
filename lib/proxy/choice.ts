import { tuned, type TuningRow } from '../cluster';

/** A row whose value the spec may choose; its reason then says so and keeps ours beside it. */
export function choice<V>(
  key: string,
  given: V | undefined,
  ours: V,
  upstream: string,
  why: string,
  source: string,
): TuningRow<V> {
  return given === undefined
    ? tuned(key, ours, upstream, why, source)
    : tuned(
        key,
        given,
        upstream,
        `Chosen in the spec. Otherwise ${JSON.stringify(ours)}: ${why}`,
        source,
      );
}
