import { cell, etcdLimits, type Cell } from '../catalog';

// Where a measured value starts to be trouble. What says `proposal` is ours: nobody publishes one.

const READ = '2026-11-27';
const limit = (value: number, source: string): Cell<number> => cell(value, source, READ);
const PROPOSAL = 'proposal';

/** Every number that a verdict depends on. */
export const thresholds = {
  /** Share of questions that take a second or more, from which the race is felt. */
  slowQuestions: limit(0.001, PROPOSAL),
  /** A question that takes longer was asked twice: resolvers wait 2.5 to 5 s, a full second is never normal. */
  slowQuestionSeconds: limit(1, PROPOSAL),
  /** Share of the connection table. */
  conntrackWarn: limit(0.75, PROPOSAL),
  conntrackFail: limit(0.9, 'kubernetes/node-problem-detector config/plugin/network_problem.sh'),
  /** Packets a second that connection tracking does not understand. */
  invalidPerSecond: limit(10, PROPOSAL),
  /** Share of one CPU in softirq. */
  softirq: limit(0.9, PROPOSAL),
  /** Times a second that one CPU ended a round of receiving with packets left. */
  squeezesPerSecond: limit(10, PROPOSAL),
  /** Share of time that the hypervisor gave to somebody else. */
  stealWarn: limit(0.02, `${PROPOSAL}; the same as of the preflight`),
  stealFail: limit(0.05, PROPOSAL),
  /** For how long, in seconds. */
  stealFailSeconds: limit(60, PROPOSAL),
  /** A machine that is less busy than this says nothing about steal. */
  busy: limit(0.8, PROPOSAL),
  /** Share of TCP segments that were sent again. */
  retransmits: limit(0.01, PROPOSAL),
  /** Segments below which a share says nothing. */
  fewSegments: limit(1000, PROPOSAL),
  /** A connect that takes this long lost its first SYN: the kernel sends it again after 1 s. */
  connectSeconds: limit(1, 'Linux include/net/tcp.h, TCP_TIMEOUT_INIT'),
  /** Throughput between pods as a share of that between their machines. */
  podThroughput: limit(0.9, 'cloud-bulldozer/k8s-netperf, default tolerance of 10 %'),
  /** Share of UDP packets lost at a rate that the link carries. */
  udpLoss: limit(0.001, PROPOSAL),
  /** Memory of a machine as a share of what the spec says: firmware and kernel keep some. */
  memory: limit(0.9, `${PROPOSAL}; the same as of the preflight`),
  /** Seconds that a disk is measured for before good values count: burst credit lasts a while. */
  fsyncSeconds: limit(60, PROPOSAL),
  fsyncFastNs: etcdLimits.fsyncFastNs,
  fsyncUnsafeNs: etcdLimits.fsyncUnsafeNs,
  commitUnsafeNs: etcdLimits.commitUnsafeNs,
  electionPerRoundTrip: etcdLimits.electionPerRoundTrip,
} as const;

/** Samples below which the slowest of 100 says nothing. */
export const LEAST_SAMPLES = 100;
