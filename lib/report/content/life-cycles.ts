import type { Facts } from './facts';
import { lifeCyclesRead } from '../../catalog';
import { linesOf, standing } from '../../cluster';
import { table, text, type Section } from '../document';

/** How long what the cluster is made of is repaired, and by whom. */
export function lifeCycles({ cluster }: Facts): Section {
  return {
    id: 'life-cycles',
    title: 'Ends of support',
    lead: 'Until when the makers of each part repair it, and what to do then.',
    blocks: [
      text(
        `Read on ${lifeCyclesRead}. `,
        cluster.asOf === undefined
          ? 'With a day in the spec (asOf), what has ended by then is a finding.'
          : `The spec is for ${cluster.asOf}.`,
      ),
      ...table(
        'Ends of support',
        ['what', 'repaired until', 'after that', 'source'],
        linesOf(cluster).map((line) => {
          const { until, then, source } = standing(line);
          return [line.label, until, then, source];
        }),
        { rowHeads: true },
      ),
    ],
  };
}
