import { farApart, type Facts } from './facts';
import { control } from './runbook-control';
import { network } from './runbook-network';
import { RunbookStep } from '../../cluster';
import { table, text, type Block, type Inline, type Section } from '../document';

/** Symptoms as a person has them at night, and the step that they lead to. */
const SYMPTOMS: ReadonlyArray<[symptom: string, step: RunbookStep, title: string]> = [
  [
    'Some packets get lost, or all between two places',
    RunbookStep.CAPTURE,
    'Capture at four points',
  ],
  ['Connections fail now and then', RunbookStep.CONNTRACK, 'The connection table'],
  ['Small answers come, large ones hang', RunbookStep.MTU, 'Packet sizes'],
  ['Names resolve slowly, or not at all', RunbookStep.DNS, 'DNS'],
  ['A Service does not answer, its pods do', RunbookStep.SERVICES, 'Rules of the service proxy'],
  ['Pods of two machines do not reach each other', RunbookStep.NETWORK, 'The pod network'],
  ['Everything is slow under load', RunbookStep.CPU, 'Stolen CPU, and one CPU for all packets'],
  ['API requests time out, leaders change', RunbookStep.ETCD, 'etcd and its disk'],
  ['A machine does not become a node', RunbookStep.BOOTSTRAP, 'Bootstrap'],
  ['kubectl does not get an answer', RunbookStep.API, 'The API'],
  ['Clients do not reach the edge', RunbookStep.EDGE, 'The edge'],
];

/** Steps that go from the symptom to the place, with this cluster's names in every command. */
export function runbook(facts: Facts): Section {
  const pair = farApart(facts.cluster);
  const steps: Partial<Record<RunbookStep, Block[]>> = {
    ...network(facts, pair),
    ...control(facts),
  };
  const known = SYMPTOMS.filter(([, step]) => steps[step] !== undefined);
  const pages = Object.entries(facts.files);
  return {
    id: 'runbook',
    title: 'Runbook',
    lead: 'What to type when something is wrong, with the names and addresses of this cluster. Look at the network before the code: the steps are cheap, and each leads on to the next.',
    blocks: [
      ...table(
        'From the symptom to the step',
        ['symptom', 'step'],
        known.map(([symptom, step, title]): Inline[] => [
          symptom,
          { href: `#${step}`, text: title },
        ]),
      ),
      ...known.map(([, step, title]): Block => ({
        kind: 'part',
        id: step,
        title,
        blocks: steps[step]!,
      })),
      ...(pages.length === 0
        ? []
        : [
            {
              kind: 'part' as const,
              id: 'pages',
              title: 'Longer pages',
              blocks: [
                text(
                  'Written by the parts of this cluster, for work that takes more than one look.',
                ),
                ...pages.map(([name, content]): Block => ({ kind: 'file', name, text: content })),
              ],
            },
          ]),
    ],
  };
}
