import { thereAre } from './names';
import type { Cluster, Decision } from '../index';

/**
 * The decision about one value: what it is, what upstream would have taken, why, and the source of both.
 * Throws when there is none, and names the nearest key, or when several constructs decided about a key,
 * and names them.
 *
 * @param source a cluster or a rendered spec
 * @param key the setting, as the report names it
 * @param path path of the construct that decided; may be left out where one did
 */
export function findDecision(
  source: Pick<Cluster, 'decisions'>,
  key: string,
  path?: string,
): Decision {
  const decisions = source.decisions();
  const ofKey = decisions.filter((one) => one.key === key);
  const found = ofKey.filter((one) => path === undefined || one.path === path);
  if (found.length === 1) {
    return found[0]!;
  }
  const paths = ofKey.map((one) => one.path);
  if (found.length > 1) {
    throw new Error(
      `${found.length} decisions are about ${key}, of ${paths.join(', ')}; ask with a path`,
    );
  }
  throw new Error(
    ofKey.length === 0
      ? `no decision is about ${key}; ${thereAre(
          key,
          decisions.map((one) => one.key),
        )}`
      : `no decision of ${path} is about ${key}; ${thereAre(path!, paths)}`,
  );
}
