import { RunbookStep, tuned, type TuningRow } from '../../cluster';
import { thresholds } from '../thresholds';

/** One alert: the expression with its reason, and what stands around it. */
export interface NodeAlert {
  readonly name: string;
  readonly row: TuningRow<string>;
  readonly for: string;
  readonly severity: 'warning' | 'critical';
  /** What is the matter, with Prometheus' own placeholders. */
  readonly summary: string;
  readonly step: RunbookStep;
}

type AlertText = Omit<NodeAlert, 'row'> & {
  readonly expr: string;
  readonly why: string;
  readonly source: string;
};

const CPU = 'prometheus/node_exporter collector/cpu_linux.go';
const SOFTNET = 'prometheus/node_exporter collector/softnet_linux.go';
const CONNTRACK = 'prometheus/node_exporter collector/conntrack_linux.go';
const NETSTAT = 'prometheus/node_exporter collector/netstat_linux.go';

const INSTANCE = '{{ $labels.instance }}';
const SHARE = '{{ $value | humanizePercentage }}';

/** Every alert, with the thresholds that the doctor judges by. */
export function nodeAlertRules(selector: string): NodeAlert[] {
  return [...connections(selector), ...packets(selector), ...stolen(selector)].map(
    ({ expr, why, source, ...alert }) => ({
      ...alert,
      row: tuned(`PrometheusRule.spec.groups.rules[${alert.name}].expr`, expr, 'none', why, source),
    }),
  );
}

function connections(selector: string): AlertText[] {
  const share = `node_nf_conntrack_entries{${selector}} / node_nf_conntrack_entries_limit{${selector}}`;
  const failed = (what: string) => `rate(node_nf_conntrack_stat_${what}{${selector}}[5m])`;
  return [
    {
      name: 'NodeConnectionTableFilling',
      expr: `${share} > ${thresholds.conntrackWarn.value}`,
      for: '10m',
      severity: 'warning',
      summary: `the connection table of ${INSTANCE} is at ${SHARE}`,
      step: RunbookStep.CONNTRACK,
      why: 'a quarter is left for the next peak; entries of closed connections stay for minutes',
      source: CONNTRACK,
    },
    {
      name: 'NodeConnectionTableFull',
      expr: `${share} > ${thresholds.conntrackFail.value}`,
      for: '2m',
      severity: 'critical',
      summary: `the connection table of ${INSTANCE} is at ${SHARE}; a full one drops every new connection`,
      step: RunbookStep.CONNTRACK,
      why: 'the same share as of the doctor and of node-problem-detector',
      source: thresholds.conntrackFail.source,
    },
    {
      name: 'NodeConnectionsLost',
      expr: `${failed('insert_failed')} + ${failed('drop')} > 0`,
      for: '10m',
      severity: 'warning',
      summary: `${INSTANCE} drops {{ $value | humanize }} packets a second that get no entry in the connection table`,
      step: RunbookStep.CONNTRACK,
      why: 'two packets at once for the same tuple, of which one is lost: DNS is where it is felt. The metric is there only where the kernel has NF_CONNTRACK_PROCFS; elsewhere this alert is silent, and the doctor is not',
      source: CONNTRACK,
    },
  ];
}

function packets(selector: string): AlertText[] {
  const rate = (metric: string) => `rate(${metric}{${selector}}[5m])`;
  const retransmits = `${rate('node_netstat_Tcp_RetransSegs')} / ${rate('node_netstat_Tcp_OutSegs')}`;
  const enough = `${rate('node_netstat_Tcp_OutSegs')} > 10`;
  return [
    {
      name: 'NodeSoftirqSaturated',
      expr: `rate(node_cpu_seconds_total{${selector},mode="softirq"}[5m]) > ${thresholds.softirq.value}`,
      for: '5m',
      severity: 'warning',
      summary: `CPU {{ $labels.cpu }} of ${INSTANCE} does nothing but take in packets (${SHARE})`,
      step: RunbookStep.SOFTIRQ,
      why: 'each CPU by itself: an average over all of them hides the one that is full',
      source: CPU,
    },
    {
      name: 'NodePacketsDroppedUnseen',
      expr: `sum without (cpu) (${rate('node_softnet_dropped_total')}) > 0`,
      for: '10m',
      severity: 'warning',
      summary: `${INSTANCE} drops {{ $value | humanize }} packets a second before anything looks at them`,
      step: RunbookStep.SOFTIRQ,
      why: 'the backlog of a CPU was full; no interface and no rule counts these',
      source: SOFTNET,
    },
    {
      name: 'NodeReceiveSqueezed',
      expr: `${rate('node_softnet_times_squeezed_total')} > ${thresholds.squeezesPerSecond.value}`,
      for: '15m',
      severity: 'warning',
      summary: `CPU {{ $labels.cpu }} of ${INSTANCE} ends {{ $value | humanize }} rounds of receiving a second with packets left`,
      step: RunbookStep.SOFTIRQ,
      why: 'a few are normal; this many come before packets are dropped',
      source: SOFTNET,
    },
    {
      name: 'NodeRetransmits',
      expr: `${retransmits} > ${thresholds.retransmits.value} and ${enough}`,
      for: '15m',
      severity: 'warning',
      summary: `${INSTANCE} sends ${SHARE} of its TCP segments again`,
      step: RunbookStep.THROUGHPUT,
      why: 'loss below TCP ends here wherever it is; of fewer than ten segments a second a share says nothing',
      source: NETSTAT,
    },
  ];
}

function stolen(selector: string): AlertText[] {
  const all = `rate(node_cpu_seconds_total{${selector}}[5m])`;
  const steal = `rate(node_cpu_seconds_total{${selector},mode="steal"}[5m])`;
  // All other labels stay: alerts are routed by them, and one of two clusters may be told by nothing else.
  const sum = (rate: string) => `sum without (cpu, mode) (${rate})`;
  const share = `${sum(steal)} / ${sum(all)}`;
  return [
    {
      name: 'NodeCpuStolen',
      expr: `${share} > ${thresholds.stealWarn.value}`,
      for: '15m',
      severity: 'warning',
      summary: `the hypervisor keeps ${SHARE} of the CPU time of ${INSTANCE}`,
      step: RunbookStep.STEAL,
      why: 'an idle guest is never robbed, so a share of all time understates it',
      source: CPU,
    },
    {
      name: 'NodeCpuStolenBadly',
      expr: `${share} > ${thresholds.stealFail.value}`,
      for: '5m',
      severity: 'critical',
      summary: `the hypervisor keeps ${SHARE} of the CPU time of ${INSTANCE}`,
      step: RunbookStep.STEAL,
      why: 'etcd misses heartbeats, and every latency has a tail; ask the provider for another host',
      source: CPU,
    },
  ];
}
