import { across } from './recordings';
import { BESIDE, type Place, type Step, type Target, type Task, type Unit } from './step';
import {
  dfProbeArguments,
  dnsStormArguments,
  factsArguments,
  roundTripArguments,
} from '../../doctor/arguments';
import { collectors } from '../../doctor/collectors';
import type { MachineExpectation } from '../../doctor/expectations';
import type { RunDocument } from '../../doctor/run-document';

const SLACK_SECONDS = 30;
const WATCH_SECONDS = 10;
const STORM_SECONDS = 75;
const ETCD_SECONDS = 60;
const BURN_SECONDS = 60;
const CONNECTS = 20;

function unit(task: Task): Unit {
  return { label: task.node, run: ({ collect }) => collect(task) };
}

/** A script that every machine runs in one place. */
function everywhere(
  collector: string,
  place: Place,
  seconds: number,
  args: (machine: MachineExpectation, target: Target) => readonly string[] | undefined = () => [],
): Step['units'] {
  return (target) =>
    target.machines(place).flatMap((machine) => {
      const given = args(machine, target);
      const longest = seconds + SLACK_SECONDS;
      return given === undefined
        ? []
        : [unit({ node: machine.name, place, collector, args: given, seconds: longest })];
    });
}

/** A step whose name is that of its only collector. */
function simple(name: string, units: Step['units'], more: Partial<Step> = {}): Step {
  return { name, together: true, collectors: [name], units, ...more };
}

/** Seconds for each pair of the longest list that a machine gets. */
function forEach(seconds: number, { document }: Target): number {
  return seconds * document.expectations.machines.length;
}

function probes(collector: 'df-probe' | 'round-trip', seconds: number): Step['units'] {
  return (target) => {
    const { expectations } = target.document;
    const longest = forEach(seconds, target);
    const pings = (network: 'host' | 'pod') => (machine: MachineExpectation) => {
      const args =
        collector === 'df-probe'
          ? dfProbeArguments(expectations, machine, network, target.podAddresses)
          : roundTripArguments(expectations, machine);
      const least = collector === 'df-probe' ? 0 : 1;
      return args.length > least ? args : undefined;
    };
    return [
      ...everywhere(collector, 'inspector', longest, pings('host'))(target),
      ...(collector === 'df-probe'
        ? everywhere(collector, 'podnet', longest, pings('pod'))(target)
        : []),
    ];
  };
}

function connects(target: Target): readonly Unit[] {
  const { serviceAddress, document, size } = target;
  // Its endpoints are on every machine, whichever are measured; a single one has no other to lead to.
  if (serviceAddress === undefined || size < 2) {
    return [];
  }
  const args = () => [String(CONNECTS), `doctor=${serviceAddress}=${document.service.port}`];
  return (['inspector', 'podnet'] as const).flatMap((place) =>
    everywhere('connect', place, 4 * CONNECTS, args)(target),
  );
}

/** Machines one after the other, until one hears an answer: the owner itself hears none. */
function arps({ document, machines }: Target): readonly Unit[] {
  const { virtualIp } = document.expectations;
  const asking = machines('inspector').filter(({ nic }) => nic !== undefined);
  // A worker never has the address; of the control planes two are enough to find one without it.
  const chosen = [
    ...asking.filter(({ controlPlane }) => !controlPlane).slice(0, 1),
    ...asking.filter(({ controlPlane }) => controlPlane).slice(0, 2),
  ];
  // There is no ARP in IPv6.
  if (virtualIp === undefined || virtualIp.includes(':') || chosen.length === 0) {
    return [];
  }
  return [
    {
      label: virtualIp,
      run: async ({ look, keep }) => {
        const silent: Array<[node: string, text: string]> = [];
        for (const { name, nic } of chosen) {
          const args = [nic!, virtualIp];
          const text = await look({
            ...{ node: name, place: 'inspector', collector: 'arp', args, seconds: SLACK_SECONDS },
          });
          if (/reply from/i.test(text)) {
            keep(name, 'host-arp', text);
            return;
          }
          silent.push([name, text]);
        }
        silent.forEach(([node, text]) => keep(node, 'host-arp', text));
      },
    },
  ];
}

/** The kernel's counters of the machine before and after what a pod of it asks. */
function storms(target: Target): readonly Unit[] {
  const inspected = new Set(target.machines('inspector').map(({ name }) => name));
  return target.machines('podnet').map(({ name }) => ({
    label: name,
    run: async ({ look, collect, keep }) => {
      const counters = () =>
        look({
          node: name,
          place: 'inspector',
          collector: 'counters',
          args: ['0', 'traffic'],
          seconds: SLACK_SECONDS,
        });
      const before = inspected.has(name) ? await counters() : '';
      await collect({
        node: name,
        place: 'podnet',
        collector: 'dns-storm',
        args: dnsStormArguments(target.document.expectations),
        seconds: STORM_SECONDS + SLACK_SECONDS,
      });
      const after = before === '' ? '' : await counters();
      if (after !== '') {
        keep(name, 'host-counters-storm', across(before, after));
      }
    },
  }));
}

/** Every ordered pair, between machines and between pods, never two at a time. */
function pairs(target: Target): readonly Unit[] {
  const { iperf } = target.document;
  return (['inspector', 'podnet'] as const).flatMap((place) => {
    const there = target.machines(place);
    return there.flatMap((from) =>
      there.flatMap((to): Unit[] => {
        const address = place === 'inspector' ? to.address : target.podAddresses[to.name];
        if (from.name === to.name || address === undefined) {
          return [];
        }
        const network = place === 'inspector' ? 'machines' : 'pods';
        return ['tcp', 'udp'].map((protocol) => ({
          label: `${from.name}→${to.name} ${protocol}, ${network}`,
          run: ({ collect, listening }) =>
            listening(to.name, place, async () => {
              await collect({
                node: from.name,
                place,
                collector: 'iperf',
                label: `${to.name}-${protocol}`,
                args: [to.name, address, protocol, String(iperf.seconds), String(iperf.port)],
                seconds: iperf.seconds + SLACK_SECONDS,
              });
            }),
        }));
      }),
    );
  });
}

function disks(target: Target): readonly Unit[] {
  const { fsync } = target.document;
  return fsync === undefined
    ? []
    : target.machines('disk').map(({ name }) =>
        unit({
          node: name,
          place: 'disk',
          collector: 'fsync',
          args: [fsync.directory, String(fsync.seconds)],
          env: { BESIDE_ETCD: 'yes' },
          seconds: fsync.seconds + 2 * SLACK_SECONDS,
        }),
      );
}

const burns: Step['units'] = (target) =>
  target.machines('inspector').map(({ name }) =>
    unit({
      node: name,
      place: 'inspector',
      collector: 'counters',
      label: 'burn',
      args: [String(BURN_SECONDS), 'burn'],
      seconds: BURN_SECONDS + SLACK_SECONDS,
    }),
  );

/** All steps, in the order of a run: first what only reads, then what asks, then what costs. */
export const steps: readonly Step[] = [
  simple('facts', everywhere('facts', 'inspector', 30, factsArguments)),
  simple(
    'counters',
    everywhere('counters', 'inspector', WATCH_SECONDS, () => [String(WATCH_SECONDS), 'idle']),
  ),
  simple('proxy', everywhere('proxy', 'inspector', 30)),
  simple('routes', everywhere('routes', 'inspector', 30)),
  simple(
    'bgp',
    everywhere('bgp', 'inspector', 30, (_, { document }) =>
      document.expectations.bgp === undefined ? undefined : [],
    ),
  ),
  simple(
    'etcd-metrics',
    everywhere('etcd-metrics', 'inspector', ETCD_SECONDS, ({ controlPlane }, { document }) =>
      controlPlane && document.expectations.etcd.dataDir !== undefined
        ? [String(ETCD_SECONDS)]
        : undefined,
    ),
  ),
  simple('round-trip', probes('round-trip', 10)),
  simple('df-probe', probes('df-probe', 70)),
  simple('arp', arps, { together: false }),
  simple('connect', connects),
  // One at a time: a machine's counters also count what others ask of a DNS pod on it.
  simple('dns-storm', storms, { together: false, collectors: ['dns-storm', 'counters'] }),
  simple('iperf', pairs, { together: false, load: 'network' }),
  simple('fsync', disks, { together: false, load: 'disk' }),
  simple('burn', burns, { together: false, load: 'cpu', collectors: ['counters'] }),
];

/** At worst so much; the collectors say it themselves. */
export function worstOfStep({ name, collectors: called }: Step): string {
  const [first] = called;
  const worst = collectors.find((one) => one.name === first)!.worst;
  return name === 'burn'
    ? `one process of the lowest priority for each CPU, for ${BURN_SECONDS} seconds`
    : worst;
}

/** Seconds for each target of a machine that answers, on both networks. */
const PER_TARGET: Readonly<Record<string, number>> = { 'round-trip': 4, 'df-probe': 2 };
/** What iperf3 takes besides sending. */
const IPERF_SECONDS = 2;

/** About how long the chosen steps between pairs take where all is well: it grows with the square. */
export function pairSeconds(chosen: readonly Step[], { expectations, iperf }: RunDocument): number {
  const count = expectations.machines.length;
  const waves = Math.ceil(count / BESIDE);
  return chosen.reduce(
    (sum, { name }) =>
      sum +
      (name === 'iperf'
        ? count * (count - 1) * 4 * (iperf.seconds + IPERF_SECONDS)
        : waves * (count - 1) * (PER_TARGET[name] ?? 0)),
    0,
  );
}
