import { VerdictLevel, type Measurement } from '../../cluster';
import type { Expectations } from '../expectations';
import { lineOf, linesOf, numberOf, type Recording } from '../protocol';
import { thresholds } from '../thresholds';
import { measurement, percent, short, unknown, whyAbsent } from './judge';
import {
  conntrackGrowth,
  cpuShares,
  grown,
  softnet,
  windowSeconds,
  type CpuShares,
} from './kernel-counters';

const { FAIL, PASS, UNKNOWN, WARN } = VerdictLevel;
const SPREAD =
  'spread receiving over CPUs: more queues (ethtool -L), or rps_cpus where there is one queue; fewer bytes a packet are the cause where the MTU is small';

/** What one window of the kernel's counters says of a machine. */
export function analyseCounters(expectations: Expectations, recording: Recording): Measurement[] {
  const seconds = windowSeconds(recording);
  const shares = cpuShares(recording);
  return [
    steal(recording, shares, seconds),
    softirq(recording, shares),
    softnetVerdict(recording, seconds),
    retransmits(recording),
    tableFull(recording),
    inserted(recording, seconds),
    invalid(expectations, recording, seconds),
  ];
}

/** Theft shows only where somebody wants the CPU: an idle guest is never robbed. */
function steal(
  recording: Recording,
  shares: readonly CpuShares[],
  seconds: number | undefined,
): Measurement {
  const intended = `at most ${percent(thresholds.stealWarn.value)} under load`;
  const all = shares.find(({ cpu }) => cpu === 'cpu');
  if (all === undefined || seconds === undefined) {
    return unknown('DOC-CPU-STEAL', recording.node, intended, whyUncounted(recording));
  }
  const value = `${percent(all.steal)} in ${short(seconds)} s at ${percent(all.busy)} load`;
  const base = { value, intended, number: all.steal * 100, unit: '%' };
  const long = seconds >= thresholds.stealFailSeconds.value;
  if (all.steal > thresholds.stealWarn.value) {
    const level = all.steal > thresholds.stealFail.value && long ? FAIL : WARN;
    return measurement('DOC-CPU-STEAL', recording.node, {
      ...base,
      level,
      message: `the hypervisor gave ${percent(all.steal)} of the CPU time to somebody else`,
      remedy:
        'ask the provider for dedicated cores or another host; etcd and the proxy wait whenever it happens',
    });
  }
  const busy = all.busy >= thresholds.busy.value;
  return measurement('DOC-CPU-STEAL', recording.node, {
    ...base,
    level: busy ? PASS : UNKNOWN,
    message: busy
      ? `${percent(all.steal)} was stolen under load`
      : `${percent(all.steal)} was stolen at ${percent(all.busy)} load, and an idle guest is never robbed`,
    ...(busy ? {} : { remedy: 'measure with the load burn, or while the machine works' }),
  });
}

function softirq(recording: Recording, shares: readonly CpuShares[]): Measurement {
  const intended = `no CPU at ${percent(thresholds.softirq.value)}`;
  const cpus = shares.filter(({ cpu }) => cpu !== 'cpu');
  const [first, ...rest] = [...cpus].sort((a, b) => b.softirq - a.softirq);
  if (first === undefined) {
    return unknown('DOC-NET-SOFTIRQ', recording.node, intended, whyUncounted(recording));
  }
  const others = rest.reduce((sum, { softirq: share }) => sum + share, 0) / (rest.length || 1);
  const full = first.softirq >= thresholds.softirq.value;
  const beside = rest.length === 0 ? 'the only one' : `the others at ${percent(others)}`;
  return measurement('DOC-NET-SOFTIRQ', recording.node, {
    value: `${percent(first.softirq)} on ${first.cpu}, ${beside}`,
    intended,
    level: full ? FAIL : PASS,
    message: full
      ? `${first.cpu} spends ${percent(first.softirq)} on network work, ${beside}: packets wait for it`
      : `network work takes ${percent(first.softirq)} of the busiest CPU`,
    ...(full ? { remedy: SPREAD } : {}),
    number: first.softirq * 100,
    unit: '%',
  });
}

function softnetVerdict(recording: Recording, seconds: number | undefined): Measurement {
  const intended = `nothing dropped, fewer than ${thresholds.squeezesPerSecond.value} rounds a second cut short`;
  const rows = softnet(recording);
  if (rows === undefined || seconds === undefined) {
    return unknown('DOC-NET-SOFTNET', recording.node, intended, whyUncounted(recording));
  }
  const dropped = rows.reduce((sum, row) => sum + row.dropped, 0);
  const worst = rows.reduce((a, b) => (b.squeezed > a.squeezed ? b : a));
  const rate = worst.squeezed / seconds;
  const level = dropped > 0 ? FAIL : rate >= thresholds.squeezesPerSecond.value ? WARN : PASS;
  const where = rows.filter((row) => row.dropped > 0).map(({ cpu }) => cpu);
  const messages = {
    [FAIL]: `${dropped} packets were dropped in ${short(seconds)} s because the backlog of ${where.join(', ')} was full`,
    [WARN]: `${worst.cpu} ended ${short(rate)} rounds of receiving a second with packets left`,
    [PASS]: 'the kernel took in every packet that the NIC gave it',
  };
  const remedies = {
    [FAIL]: `${SPREAD}; net.core.netdev_max_backlog only bridges bursts`,
    [WARN]: `${SPREAD}; net.core.netdev_budget gives a round more packets`,
    [PASS]: undefined,
  };
  return measurement('DOC-NET-SOFTNET', recording.node, {
    value: `${dropped} dropped, ${short(rate)} rounds a second cut short on ${worst.cpu}`,
    intended,
    level,
    message: messages[level],
    ...(remedies[level] === undefined ? {} : { remedy: remedies[level] }),
    number: dropped,
    unit: 'packets',
  });
}

function retransmits(recording: Recording): Measurement {
  const intended = `less than ${percent(thresholds.retransmits.value)} of the segments`;
  const again = grown(recording, 'snmp', 'Tcp', 'RetransSegs');
  const sent = grown(recording, 'snmp', 'Tcp', 'OutSegs');
  if (again === undefined || sent === undefined) {
    return unknown('DOC-NET-RETRANS', recording.node, intended, whyUncounted(recording));
  }
  if (sent < thresholds.fewSegments.value) {
    const why = `${sent} segments were sent, too few to say anything`;
    return unknown('DOC-NET-RETRANS', recording.node, intended, why, 'measure while it works');
  }
  const share = again / sent;
  const bad = share >= thresholds.retransmits.value;
  return measurement('DOC-NET-RETRANS', recording.node, {
    value: `${percent(share)} (${again} of ${sent})`,
    intended,
    level: bad ? WARN : PASS,
    message: `TCP of the machine sent ${percent(share)} of its segments again`,
    ...(bad
      ? {
          remedy:
            'compare host and pod in the throughput matrix: where only pods lose, look at MTU and offload, else at the uplink',
        }
      : {}),
    number: share * 100,
    unit: '%',
  });
}

/** Nobody is told when the table is full, but for a line in the kernel log. */
function tableFull(recording: Recording): Measurement {
  const intended = `at most ${percent(thresholds.conntrackWarn.value)} full, nothing dropped`;
  const count = numberOf(recording, 'after.conntrack.count');
  const max = numberOf(recording, 'after.conntrack.max');
  if (count === undefined || max === undefined || max === 0) {
    return unknown('DOC-CT-FULL', recording.node, intended, whyUncounted(recording));
  }
  const share = count / max;
  const logged = recentLog(recording);
  const dropped = conntrackGrowth(recording);
  const early = dropped?.early_drop ?? 0;
  const bad = share > thresholds.conntrackFail.value || early > 0 || logged !== undefined;
  const blind = recording.missing.includes('dmesg');
  const well = blind ? UNKNOWN : PASS;
  const level = bad ? FAIL : share > thresholds.conntrackWarn.value ? WARN : well;
  const words = [
    `${count} of ${max} connections are tracked (${percent(share)})`,
    ...(early > 0 ? [`${early} were thrown out for others`] : []),
    ...(logged === undefined
      ? []
      : ['the kernel log of the last hour says that the table was full']),
    ...(level === UNKNOWN ? ['whether it was full before, only the kernel log would say'] : []),
  ];
  return measurement('DOC-CT-FULL', recording.node, {
    value: `${count} of ${max}`,
    intended,
    level,
    message: words.join('; '),
    ...(level === PASS
      ? {}
      : level === UNKNOWN
        ? { remedy: 'let dmesg read the log: it needs CAP_SYSLOG' }
        : {
            remedy:
              'give the machine peakConnections in the spec, and find who opens so many: conntrack -L, by source',
          }),
    number: share * 100,
    unit: '%',
  });
}

/** A line of the last hour; lines carry seconds since boot. */
function recentLog(recording: Recording): string | undefined {
  const now = Number(lineOf(recording, 'after.uptime')?.split(' ')[0]);
  return linesOf(recording, 'log.table-full').find((line) => {
    const at = /^\[\s*(\d+\.\d+)\]/.exec(line)?.[1];
    return at === undefined || now - Number(at) < 3600;
  });
}

/** An entry that could not be made is a packet that was dropped. */
function inserted(recording: Recording, seconds: number | undefined): Measurement {
  const intended = 'no entry refused';
  const grew = conntrackGrowth(recording);
  if (grew === undefined || seconds === undefined) {
    return unknown('DOC-CT-INSERT', recording.node, intended, whyUncounted(recording));
  }
  const { insert_failed: failed = 0, drop = 0 } = grew;
  const lost = Math.max(failed, drop);
  return measurement('DOC-CT-INSERT', recording.node, {
    value: `${failed} insert_failed, ${drop} drop in ${short(seconds)} s`,
    intended,
    level: lost > 0 ? WARN : PASS,
    message:
      lost > 0
        ? `${lost} packets were dropped because their connection could not be entered`
        : 'every new connection was entered',
    ...(lost > 0
      ? {
          remedy:
            'run the DNS storm to see whether clients wait for it; a DNS cache on each machine takes questions out of connection tracking',
        }
      : {}),
    number: lost,
    unit: 'packets',
  });
}

function invalid(
  { tcpBeLiberal }: Expectations,
  recording: Recording,
  seconds: number | undefined,
): Measurement {
  const intended = `fewer than ${thresholds.invalidPerSecond.value} packets a second`;
  const grew = conntrackGrowth(recording)?.invalid;
  if (grew === undefined || seconds === undefined) {
    return unknown('DOC-CT-INVALID', recording.node, intended, whyUncounted(recording));
  }
  const rate = grew / seconds;
  const bad = rate >= thresholds.invalidPerSecond.value;
  const liberal =
    tcpBeLiberal === true
      ? 'tcpBeLiberal is on in the spec, so they are passed on'
      : 'tcpBeLiberal of kube-proxy passes them on with their translation';
  return measurement('DOC-CT-INVALID', recording.node, {
    value: `${short(rate)} a second`,
    intended,
    level: bad ? WARN : PASS,
    message: `connection tracking did not understand ${short(rate)} packets a second`,
    ...(bad
      ? {
          remedy: `look for ways back that bypass the machine, and for resets at clients; ${liberal}`,
        }
      : {}),
    number: rate,
    unit: '1/s',
  });
}

function whyUncounted(recording: Recording): string {
  const why = whyAbsent(recording);
  return recording.missing.length === 0 && recording.complete
    ? `${why}, or the counters were set back in between`
    : why;
}
