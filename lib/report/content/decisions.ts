import type { Facts } from './facts';
import type { Decision } from '../../cluster';
import {
  code,
  counted,
  prose,
  table,
  text,
  type Block,
  type Inline,
  type Section,
} from '../document';

/** Every decision, below the construct that made it. */
export function decisions({ cluster }: Facts): Section {
  const byPath = new Map<string, Decision[]>();
  for (const decision of cluster.decisions()) {
    const those = byPath.get(decision.path);
    if (those === undefined) {
      byPath.set(decision.path, [decision]);
    } else {
      those.push(decision);
    }
  }
  return {
    id: 'decisions',
    title: 'Decisions',
    lead: 'Every value that was chosen: what upstream would have taken, why ours, and where that was read. What stands in no row is a fact of the spec, or the shape that upstream requires.',
    blocks:
      byPath.size === 0 ? [text('none')] : [...byPath].map(([path, those]) => part(path, those)),
  };
}

function part(path: string, those: readonly Decision[]): Block {
  return {
    kind: 'part',
    title: `${path}: ${counted(those.length, 'decision')}`,
    closed: true,
    blocks: table(
      `What ${path} decided`,
      ['setting', 'value', 'upstream default', 'why', 'source'],
      those.map(({ key, value, upstream, why, source }): Inline[] => [
        code(key),
        value === '' ? '(empty)' : code(value),
        prose(upstream),
        prose(why),
        source,
      ]),
    ),
  };
}
