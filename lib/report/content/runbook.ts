import { farApart, type Facts } from './facts';
import { control } from './runbook-control';
import { machines } from './runbook-machines';
import { network } from './runbook-network';
import { RunbookStep } from '../../cluster';
import { code, table, text, type Block, type Inline, type Section } from '../document';
import { pageAnchor } from '../pages';

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
  ['A Service does not answer, its pods do', RunbookStep.PROXY, 'Rules of the service proxy'],
  [
    'Machines wait seconds for a Service, pods do not',
    RunbookStep.OFFLOAD,
    'Checksums of the tunnel',
  ],
  ['Pods of two machines do not reach each other', RunbookStep.NETWORK, 'The pod network'],
  ['They do through a tunnel, and not without', RunbookStep.POD_ADDRESSES, 'Addresses of pods'],
  ['They did until something was restarted', RunbookStep.ROUTES, 'Routes and rules'],
  ['Routes come and go', RunbookStep.BGP, 'BGP sessions'],
  ['An address that moves is not found', RunbookStep.ARP, 'Who answers for an address'],
  ['Transfers are slow', RunbookStep.THROUGHPUT, 'Throughput'],
  ['Everything far away is slow', RunbookStep.ROUND_TRIP, 'Round trips'],
  ['One CPU is busy, the others are not', RunbookStep.SOFTIRQ, 'One CPU for all packets'],
  ['Everything is slow under load', RunbookStep.STEAL, 'Stolen CPU'],
  ['API requests time out, leaders change', RunbookStep.ETCD_DISK, 'etcd and its disk'],
  ['A machine does not become a node', RunbookStep.BOOTSTRAP, 'Bootstrap'],
  ['One machine is unlike the others', RunbookStep.MACHINE, 'What the machine is'],
  ['It was right, and is no longer', RunbookStep.KERNEL_SETTINGS, 'Settings of the kernel'],
  ['kubectl does not get an answer', RunbookStep.API, 'The API'],
  ['Clients do not reach the edge', RunbookStep.EDGE, 'The edge'],
];

/** The anchor of a step on the page. */
export function stepAnchor(step: string): string {
  return `runbook-${step}`;
}

/** Machines have what they need, and what the distribution brings; much of what is typed here is neither. */
function programs(hasPage: boolean): Block {
  return text(
    'Programs that machines may lack, unless the spec asks for their packages: ',
    code('tcpdump'),
    ', ',
    code('conntrack'),
    ', ',
    code('dig'),
    ', ',
    code('arping'),
    ', ',
    code('iperf3'),
    ', ',
    code('nc'),
    ' and ',
    code('ipvsadm'),
    hasPage
      ? '. A shell on the network of a machine that has them: '
      : '. A container with them on the network of a machine does: ',
    hasPage
      ? { href: `#${pageAnchor('debug.md')}`, text: 'debug.md' }
      : code('kubectl debug node/NAME -it --profile=netadmin --image=IMAGE'),
    '.',
  );
}

/** Steps that go from the symptom to the place, with this cluster's names in every command. */
export function runbook(facts: Facts): Section {
  const pair = farApart(facts.cluster);
  const steps: Partial<Record<RunbookStep, Block[]>> = {
    ...network(facts, pair),
    ...machines(facts, pair),
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
          { href: `#${stepAnchor(step)}`, text: title },
        ]),
      ),
      programs('debug.md' in facts.files),
      ...known.map(([, step, title]): Block => ({
        kind: 'part',
        id: stepAnchor(step),
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
