import { lightKilometres } from '../../catalog';
import { CniKind, VerdictLevel, type Measurement } from '../../cluster';
import { ANCHOR } from '../arguments';
import type { CheckId } from '../checks';
import {
  wayBetween,
  type Expectations,
  type MachineExpectation,
  type WayExpectation,
} from '../expectations';
import { linesOf, type Recording } from '../protocol';
import { thresholds } from '../thresholds';
import { measurement, pairOf, short, unknown, whyAbsent } from './judge';
import { readPing, type PingResult } from './ping';

const { FAIL, INFO, PASS, UNKNOWN, WARN } = VerdictLevel;
const SMALL = 100;

/** What one machine learned of the way to one target. */
export interface Probed {
  readonly from: string;
  readonly to: string;
  /** MTU of the device that the packets left by. */
  readonly deviceMtu: number;
  /** Size with the IP header → what became of it. */
  readonly sizes: ReadonlyMap<number, PingResult>;
}

/** Every target of a recording of `df-probe`. */
export function probed(recording: Recording): Probed[] {
  return linesOf(recording, 'target').map((line) => {
    const [to = '', , , mtu] = line.split(' ');
    const sizes = linesOf(recording, 'size').flatMap((entry) => {
      const [name, size] = entry.split(' ');
      return name === to ? [Number(size)] : [];
    });
    return {
      from: recording.node,
      to,
      deviceMtu: Number(mtu),
      sizes: new Map(
        sizes.map((size) => [size, readPing(linesOf(recording, `ping ${to} ${size}`))]),
      ),
    };
  });
}

/** The largest packet that came back whole; undefined where none did. */
export function largestAnswered({ sizes }: Probed): number | undefined {
  const answered = [...sizes].filter(([, { received }]) => received > 0).map(([size]) => size);
  return answered.length === 0 ? undefined : Math.max(...answered);
}

/**
 * Packets of exactly the size in the spec, over every pair that was measured. Small ones pass a black
 * hole: without the full size nothing is proven, and without a small one nothing is said about size.
 */
export function analyseDfProbe(expectations: Expectations, recording: Recording): Measurement[] {
  const id = recording.network === 'pod' ? 'DOC-MTU-POD' : 'DOC-MTU-HOST';
  const targets = probed(recording);
  if (targets.length === 0) {
    const why =
      expectations.machines.length < 2
        ? 'there is no other machine, and what stays on one proves nothing'
        : whyAbsent(recording);
    return [unknown(id, recording.node, 'packets to the other machines', why)];
  }
  return targets.flatMap((one) => judge(expectations, recording, one, id));
}

function judge(
  expectations: Expectations,
  { network }: Recording,
  one: Probed,
  id: CheckId,
): Measurement[] {
  const subject = pairOf(one.from, one.to);
  const find = (name: string) => expectations.machines.find((m) => m.name === name);
  const [from, to] = [find(one.from), find(one.to)];
  const way = from && to && wayBetween(expectations, from, to);
  const wanted = network === 'pod' ? expectations.podNetwork?.mtu : way?.mtu;
  if (wanted === undefined || from === undefined || to === undefined) {
    return [unknown(id, subject, 'a size in the spec', 'the spec says nothing of this way')];
  }
  const intended = `${wanted} bytes`;
  const full = one.sizes.get(wanted);
  const small = one.sizes.get(SMALL);
  const refusal = small?.refusal ?? full?.refusal;
  if (refusal !== undefined && /unreachable|no route/i.test(refusal)) {
    return [noWay(id, subject, intended, refusal)];
  }
  if (full === undefined || small === undefined || full.sent === 0 || small.sent === 0) {
    const why = refusal ?? `no packets of ${wanted} bytes were sent`;
    return [unknown(id, subject, intended, why)];
  }
  if (small.received === 0 && full.received === 0) {
    return [silent(expectations, network, subject, intended, from, to, id)];
  }
  const largest = largestAnswered(one)!;
  const base = { value: `${largest} bytes`, intended, number: largest, unit: 'bytes' };
  if (full.received === 0) {
    const limit = full.routerMtu ?? full.localMtu;
    return [
      measurement(id, subject, {
        ...base,
        level: FAIL,
        message: `packets of ${wanted} bytes do not arrive, those of ${largest} do${limitWords(one, full)}`,
        remedy: remedyOf(network, limit, way, from),
      }),
    ];
  }
  const lost = full.sent - full.received;
  const wider = network === 'host' && largest > wanted;
  return [
    measurement(id, subject, {
      ...base,
      level: lost > 0 ? WARN : wider ? INFO : PASS,
      message:
        lost > 0
          ? `${lost} of ${full.sent} packets of ${wanted} bytes were lost`
          : wider
            ? `the way carries ${largest} bytes, and the spec uses ${wanted}`
            : `packets of ${wanted} bytes arrive whole`,
      ...(lost > 0
        ? { remedy: 'measure loss and jitter with the UDP run of the matrix' }
        : wider
          ? {
              remedy: `raise mtu of ${way?.limit ?? 'the underlay'} in the spec: fewer, larger packets cost less CPU`,
            }
          : {}),
    }),
  ];
}

/** The own kernel knows no way to the target. */
function noWay(id: CheckId, subject: string, intended: string, words: string): Measurement {
  return measurement(id, subject, {
    value: 'no way',
    intended,
    level: FAIL,
    message: `nothing can be sent there: ${words}`,
    remedy: 'see the routes of this machine, and the log of its network plugin',
  });
}

/** Not even a small packet was answered. */
function silent(
  { podNetwork }: Expectations,
  network: Recording['network'],
  subject: string,
  intended: string,
  from: MachineExpectation,
  to: MachineExpectation,
  id: CheckId,
): Measurement {
  const base = { value: 'no answer', intended };
  if (network === 'host') {
    return measurement(id, subject, {
      ...base,
      level: UNKNOWN,
      message: 'no echo is answered, of any size: a firewall may drop them',
      remedy:
        'let the machines answer ICMP echo of each other, which finding a path MTU needs anyway',
    });
  }
  const direct = /CrossSubnet|direct routes/.test(podNetwork?.encapsulation ?? '');
  const bare = podNetwork?.devices.length === 0 || (direct && from.zone === to.zone);
  return measurement(bare ? 'DOC-NET-POD-ADDRESS' : id, subject, {
    ...base,
    level: FAIL,
    ...(bare && podNetwork?.kind === CniKind.FLANNEL ? { findingId: 'GW-CNI-101' } : {}),
    message: bare
      ? `no packet with a pod address is answered, and pod packets travel as they are (${podNetwork?.encapsulation})`
      : `no packet between pods is answered, through ${podNetwork?.devices.join(', ')} (${podNetwork?.encapsulation})`,
    remedy: bare
      ? `capture on the NIC of both machines: what leaves ${from.name} and does not arrive at ${to.name} was dropped in between; say filtersSourceAddresses in the spec, and a tunnel is chosen`
      : `see whether the port of the tunnel is open from ${from.name} to ${to.name}, then whether a policy denies it`,
  });
}

function limitWords({ deviceMtu }: Probed, { localMtu, routerMtu, router }: PingResult): string {
  if (routerMtu !== undefined) {
    return `: ${router ?? 'a router'} carries ${routerMtu}`;
  }
  if (localMtu === undefined) {
    return ', and nobody says why: a black hole';
  }
  return deviceMtu === localMtu
    ? `: the interface takes ${localMtu}`
    : `: the kernel remembers a path of ${localMtu}`;
}

function remedyOf(
  network: Recording['network'],
  limit: number | undefined,
  way: WayExpectation | undefined,
  { nic }: MachineExpectation,
): string {
  const where = way?.limit === undefined ? 'the underlay' : way.limit;
  return network === 'pod'
    ? 'see first whether the machines carry the size of the spec; if they do, restart pods that were started with another MTU'
    : `correct mtu of ${where} in the spec${limit === undefined ? '' : ` to ${limit}`}, or raise it on ${nic ?? 'the NIC'} and what is in between`;
}

/** Round trips as the spec says them, by which etcd's timers were settled. */
export function analyseRoundTrip(expectations: Expectations, recording: Recording): Measurement[] {
  return linesOf(recording, 'target').map((line) => {
    const [to = ''] = line.split(' ');
    if (to.startsWith(ANCHOR)) {
      return analyseAnchor(expectations, recording, to.slice(ANCHOR.length));
    }
    const subject = pairOf(recording.node, to);
    const find = (name: string) => expectations.machines.find((m) => m.name === name);
    const [from, other] = [find(recording.node), find(to)];
    const way = from && other && wayBetween(expectations, from, other);
    const { rtt, sent, received, refusal } = readPing(linesOf(recording, `ping ${to}`));
    const intended = way === undefined ? 'none in the spec' : `${short(way.roundTripMs)} ms`;
    if (rtt === undefined) {
      const why = sent > 0 ? 'no echo is answered' : (refusal ?? whyAbsent(recording));
      return unknown('DOC-NET-RTT', subject, intended, why);
    }
    const members = from?.controlPlane === true && other?.controlPlane === true;
    const { electionMs } = expectations.etcd;
    const most =
      electionMs === undefined ? undefined : electionMs / thresholds.electionPerRoundTrip.value;
    const unsafe = members && most !== undefined && rtt.avg > most;
    const late = way !== undefined && rtt.avg > way.roundTripMs;
    const lossy = received < sent;
    return measurement('DOC-NET-RTT', subject, {
      value: `${short(rtt.avg)} ms, ${short(rtt.min)} to ${short(rtt.max)}`,
      intended,
      level: unsafe ? FAIL : late || lossy ? WARN : way === undefined ? INFO : PASS,
      message: [
        `the round trip is ${short(rtt.avg)} ms`,
        ...(unsafe
          ? [`more than the ${short(most)} ms that elections of ${electionMs} ms bear`]
          : []),
        ...(late && !unsafe ? [`longer than the ${intended} of the spec`] : []),
        ...(lossy ? [`${sent - received} of ${sent} were lost`] : []),
      ].join(', '),
      ...(unsafe || late
        ? { remedy: 'give the way its roundTripTime in the spec: the timers of etcd follow' }
        : lossy
          ? { remedy: 'measure loss and jitter with the UDP run of the matrix' }
          : {}),
      number: rtt.avg,
      unit: 'ms',
    });
  });
}

/**
 * How far away a machine can be at most. Light in a vacuum goes there and back within the shortest round
 * trip; what really lies between is slower.
 */
function analyseAnchor({ anchors }: Expectations, recording: Recording, name: string): Measurement {
  const anchor = anchors.find((one) => one.name === name);
  const subject = pairOf(recording.node, name);
  const intended = anchor === undefined ? 'none in the spec' : `${short(anchor.roundTripMs)} ms`;
  const { rtt, refusal } = readPing(linesOf(recording, `ping ${ANCHOR}${name}`));
  if (rtt === undefined) {
    return unknown('DOC-NET-ANCHOR', subject, intended, refusal ?? 'no echo is answered');
  }
  const kilometres = Math.ceil((rtt.min * lightKilometres.value) / 2);
  const late = anchor !== undefined && rtt.min > anchor.roundTripMs;
  const where = anchor === undefined ? name : `${name} in ${anchor.country}`;
  return measurement('DOC-NET-ANCHOR', subject, {
    value: `${short(rtt.min)} ms`,
    intended,
    level: late ? WARN : anchor === undefined ? INFO : PASS,
    message: late
      ? `the shortest round trip to ${where} is ${short(rtt.min)} ms, longer than the ${intended} of the spec: it bounds the distance at ${kilometres} km only`
      : `the shortest round trip to ${where} is ${short(rtt.min)} ms: ${recording.node} is at most ${kilometres} km from it`,
    ...(late
      ? {
          remedy:
            'look at the way with mtr; where it is direct, ask the provider where the machine stands',
        }
      : {}),
    number: rtt.min,
    unit: 'ms',
  });
}

/** Two answers to one question are two owners. */
export function analyseArp({ virtualIp }: Expectations, recording: Recording): Measurement[] {
  const address = linesOf(recording, 'address')[0];
  if (virtualIp === undefined || address !== virtualIp) {
    return [];
  }
  const intended = 'one answer';
  const lines = linesOf(recording, 'arping');
  if (lines.length === 0) {
    return [unknown('DOC-NET-ARP', recording.node, intended, whyAbsent(recording))];
  }
  const owners = [
    ...new Set(
      lines.flatMap((l) => /reply from \S+ \[([0-9A-Fa-f:]+)\]/.exec(l)?.[1]?.toLowerCase() ?? []),
    ),
  ];
  const one = owners.length === 1;
  return [
    measurement('DOC-NET-ARP', recording.node, {
      value: owners.length === 0 ? 'no answer' : owners.join(', '),
      intended,
      level: one ? PASS : owners.length === 0 ? UNKNOWN : FAIL,
      message: one
        ? `${address} is answered for by ${owners[0]}`
        : owners.length === 0
          ? `nobody answers for ${address}, or its owner asked for itself`
          : `${owners.length} machines answer for ${address}`,
      ...(one
        ? {}
        : owners.length === 0
          ? {
              remedy:
                'ask from another machine; where none gets an answer, the provider filters ARP',
            }
          : {
              remedy:
                'see which machines have the address on an interface; in IPVS mode strictARP must be true',
            }),
    }),
  ];
}
