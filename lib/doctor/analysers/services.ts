import { CniKind, VerdictLevel, type Histogram, type Measurement } from '../../cluster';
import type { Expectations } from '../expectations';
import { lineOf, linesOf, type Recording } from '../protocol';
import { LEAST_SAMPLES, thresholds } from '../thresholds';
import { measurement, percent, quantile, short, unknown, whyAbsent } from './judge';
import { conntrackGrowth } from './kernel-counters';

const { FAIL, INFO, PASS, UNKNOWN, WARN } = VerdictLevel;

/** The times of connections to one Service, in seconds; one that was refused or given up has none. */
interface Connects {
  readonly target: string;
  readonly times: readonly number[];
  readonly failed: number;
}

function connectsOf(recording: Recording): Connects[] {
  return linesOf(recording, 'target').map((line) => {
    const target = line.split(' ')[0]!;
    const tries = linesOf(recording, `connect ${target}`).map((entry) => entry.split(' '));
    return {
      target,
      times: tries.map(([hundredths]) => Number(hundredths) / 100),
      failed: tries.filter(([, word]) => word !== 'ok').length,
    };
  });
}

/**
 * Connections from the machine and from a pod of it to the same Services. A tunnel whose checksums are
 * damaged loses the first packets of the machine only, and the kernel sends them again after 1 and 3 s.
 */
export function analyseConnects(
  expectations: Expectations,
  host: Recording,
  pod?: Recording,
): Measurement[] {
  const intended = `99 of 100 in less than ${thresholds.connectSeconds.value} s`;
  const fromPod = pod === undefined ? [] : connectsOf(pod);
  const fromHost = connectsOf(host);
  if (fromHost.length === 0) {
    return [unknown('DOC-NET-OFFLOAD', host.node, intended, whyAbsent(host))];
  }
  return fromHost.map(({ target, times, failed }) => {
    const subject = `${host.node}→${target}`;
    const slowest = quantile(times, 0.99);
    if (slowest === undefined) {
      return unknown('DOC-NET-OFFLOAD', subject, intended, whyAbsent(host));
    }
    const podTimes = fromPod.find((one) => one.target === target)?.times ?? [];
    const podSlowest = quantile(podTimes, 0.99);
    const slow = slowest >= thresholds.connectSeconds.value;
    const podSlow = podSlowest !== undefined && podSlowest >= thresholds.connectSeconds.value;
    const tunnel = podSlow ? undefined : offloaded(expectations);
    const beside = podSlowest === undefined ? '' : `, and ${short(podSlowest)} s from a pod of it`;
    const cause =
      tunnel === undefined
        ? `packets are lost, and not by offload${podSlow ? ' alone' : ''}`
        : podSlowest === undefined
          ? 'the checksum of a tunnel may be damaged, nobody connected from a pod beside it'
          : 'the checksum of a tunnel is damaged';
    const value = `${short(slowest)} s${podSlowest === undefined ? '' : `, from a pod ${short(podSlowest)} s`}`;
    const base = { value, intended, number: slowest, unit: 's' };
    if (!slow && failed > 0) {
      return measurement('DOC-NET-OFFLOAD', subject, {
        ...base,
        level: UNKNOWN,
        message: `${failed} of ${times.length} connections were refused at once: nothing listens there`,
        remedy: 'name a Service that has an endpoint on another machine',
      });
    }
    return measurement('DOC-NET-OFFLOAD', subject, {
      ...base,
      level: slow ? FAIL : PASS,
      message: slow
        ? `connections to ${target} take ${short(slowest)} s from the machine${beside}: ${cause}`
        : `connections to ${target} come up in ${short(slowest)} s`,
      ...(slow ? { remedy: offloadRemedy(expectations, tunnel) } : {}),
      ...(slow && flannel(expectations) ? { findingId: 'GW-CNI-105' } : {}),
    });
  });
}

/** The device whose checksums may be damaged; WireGuard's are part of what it encrypts. */
function offloaded({ podNetwork }: Expectations): string | undefined {
  return podNetwork?.devices.find((device) => /^(tunl0|vxlan.*|flannel.*\.\d+)$/.test(device));
}

function offloadRemedy(expectations: Expectations, tunnel: string | undefined): string {
  if (tunnel === undefined) {
    return 'look at loss first: packets of the full MTU, connection tracking, the UDP run of the matrix';
  }
  const option = flannel(expectations) ? 'checksumOffload' : 'felix.checksumOffload';
  return `set ${option} to false; at once, until the device is made anew: ethtool -K ${tunnel} tx-checksum-ip-generic off`;
}

function flannel({ podNetwork }: Expectations): boolean {
  return podNetwork?.kind === CniKind.FLANNEL;
}

/** What workers of one storm say together. */
export interface Storm {
  readonly asked: number;
  readonly slow: number;
  readonly failed: number;
  readonly slowestSeconds: number;
}

export function stormOf(recording: Recording): Storm | undefined {
  const workers = linesOf(recording, 'worker').map((line) => line.split(' ').map(Number));
  const sum = (index: number) => workers.reduce((all, one) => all + (one[index] ?? 0), 0);
  return workers.length === 0
    ? undefined
    : {
        asked: sum(0),
        slow: sum(1),
        failed: sum(2),
        slowestSeconds: Math.max(...workers.map((one) => one[3] ?? 0)) / 100,
      };
}

/**
 * A storm of questions, with what connection tracking counted meanwhile: in the storm itself where it
 * ran on the machine's network, else in counters of the machine that were watched all that time.
 */
export function analyseStorm(
  expectations: Expectations,
  storm: Recording,
  watched: readonly Recording[] = [],
): Measurement[] {
  const server = lineOf(storm, 'server') ?? '';
  const subject = `${storm.node}→${server}`;
  const all = stormOf(storm);
  return [
    race(expectations, storm, subject, all, watched),
    answer(expectations, storm, subject, all),
  ];
}

/**
 * Packets that connection tracking dropped in a storm. Counters that were watched for a part of it can say
 * that there were some, and only those that were watched from before to after that there were none.
 */
function droppedIn(storm: Recording, watched: readonly Recording[]): number | undefined {
  const [from, to] = [uptime(storm, 'before'), uptime(storm, 'after')];
  const meanwhile = watched.filter(
    (one) => uptime(one, 'before') < to && from < uptime(one, 'after'),
  );
  for (const recording of storm.network === 'host' ? [storm] : meanwhile) {
    const grew = conntrackGrowth(recording);
    const whole = uptime(recording, 'before') <= from && to <= uptime(recording, 'after');
    const lost = grew && Math.max(grew.insert_failed ?? 0, grew.drop ?? 0);
    if (lost !== undefined && (lost > 0 || whole)) {
      return lost;
    }
  }
  return undefined;
}

/** Time since boot, the same for a machine and its pods. */
function uptime(recording: Recording, when: string): number {
  return Number(lineOf(recording, `${when}.uptime`)?.split(' ')[0]);
}

function race(
  expectations: Expectations,
  storm: Recording,
  subject: string,
  all: Storm | undefined,
  watched: readonly Recording[],
): Measurement {
  const intended = `no entry refused, fewer than ${percent(thresholds.slowQuestions.value)} slower than ${thresholds.slowQuestionSeconds.value} s`;
  if (all === undefined || all.asked === 0) {
    return unknown('DOC-DNS-RACE', subject, intended, whyAbsent(storm));
  }
  const lost = droppedIn(storm, watched);
  // What a pod sends is dropped in silence; the machine's own programs are told at once.
  const felt = storm.network === 'host' ? Math.max(all.slow, all.failed) : all.slow;
  const share = felt / all.asked;
  const slow = share >= thresholds.slowQuestions.value;
  const value = `${felt} of ${all.asked} slow${felt > all.slow ? ' or failed' : ''} (${percent(share)}), ${lost ?? 'unknown'} entries refused`;
  const base = { value, intended, number: share * 100, unit: '%' };
  const waited =
    felt > all.slow
      ? `${felt} of ${all.asked} questions failed`
      : `${all.slow} of ${all.asked} questions took up to ${short(all.slowestSeconds)} s`;
  if (slow && lost !== undefined && lost > 0) {
    return measurement('DOC-DNS-RACE', subject, {
      ...base,
      level: FAIL,
      message: `${waited}, and connection tracking dropped ${lost} packets meanwhile`,
      remedy: expectations.dnsCache
        ? `let pods ask the cache of their machine (${expectations.dnsIps.join(', ')}), which nothing translates`
        : `add NodeLocalDns, whose address nothing translates; kernels from ${expectations.conntrackKernel} lose less`,
    });
  }
  if (slow || (lost ?? 0) > 0) {
    return measurement('DOC-DNS-RACE', subject, {
      ...base,
      level: WARN,
      message: slow
        ? `${waited}${lost === undefined ? ', and nobody counted what connection tracking dropped' : ', and connection tracking dropped nothing'}`
        : `connection tracking dropped ${lost} packets, and no question waited for it`,
      remedy: slow
        ? 'look at the CPU limit and the forwarders of CoreDNS, and at loss between the machines'
        : 'add NodeLocalDns where there is none: the next storm may be felt',
    });
  }
  if (all.failed === all.asked) {
    return unknown('DOC-DNS-RACE', subject, intended, 'no question was answered');
  }
  if (lost === undefined) {
    const why = 'no question waited, and nobody counted what connection tracking dropped';
    return unknown('DOC-DNS-RACE', subject, intended, why, 'run counters on the machine meanwhile');
  }
  return measurement('DOC-DNS-RACE', subject, {
    ...base,
    level: PASS,
    message: `${all.asked - all.failed} questions in parallel were answered, the slowest in ${short(all.slowestSeconds)} s`,
  });
}

function answer(
  { dnsIps }: Expectations,
  storm: Recording,
  subject: string,
  all: Storm | undefined,
): Measurement {
  const server = lineOf(storm, 'server') ?? '';
  const intended = `an answer from ${dnsIps.join(', ')}`;
  if (all === undefined || all.asked === 0) {
    return unknown('DOC-DNS-ANSWER', subject, intended, whyAbsent(storm));
  }
  const none = all.failed === all.asked;
  const known = dnsIps.includes(server);
  return measurement('DOC-DNS-ANSWER', subject, {
    value: `${all.asked - all.failed} of ${all.asked} answered by ${server}`,
    intended,
    level: none ? FAIL : all.failed > 0 ? WARN : known ? PASS : INFO,
    message: none
      ? `${server} answers no question`
      : all.failed > 0
        ? `${all.failed} of ${all.asked} questions were not answered`
        : `${server} answers${known ? '' : ', which is not where pods ask'}`,
    ...(all.failed > 0
      ? {
          remedy:
            'see whether CoreDNS and the cache of the machine run, and whether a policy denies port 53',
        }
      : {}),
  });
}

const STEPS = [0.01, 0.1, 0.5, 1, 2, 4];

/** How long connections took, from hundredths of a second to the steps in which SYNs are sent again. */
export function connectHistogram(recordings: readonly Recording[]): Histogram[] {
  const times = recordings.flatMap((one) => connectsOf(one).flatMap((target) => target.times));
  if (times.length < LEAST_SAMPLES) {
    return [];
  }
  const edges = [...STEPS, Infinity];
  const buckets = edges.map((edge, index) => ({
    upTo: edge === Infinity ? 'longer' : String(edge),
    count: times.filter((t) => t <= edge && t > (index === 0 ? -1 : edges[index - 1]!)).length,
  }));
  return [{ title: 'Connections to Services', unit: 's', buckets }];
}
