import fs, { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { announcement } from '../../../lib/cli/doctor/announcement';
import { complaintOf } from '../../../lib/cli/doctor/complaints';
import { writeRun } from '../../../lib/cli/doctor/output';
import {
  hasAddress,
  matches,
  nodeTrouble,
  stateOf,
  type ApiNode,
  type ApiPod,
} from '../../../lib/cli/doctor/pods';
import { across } from '../../../lib/cli/doctor/recordings';
import type { Hands, Target, Task } from '../../../lib/cli/doctor/step';
import { steps } from '../../../lib/cli/doctor/steps';
import { exitCode, judge, openQuestions } from '../../../lib/cli/doctor/verdict';
import { junitXml } from '../../../lib/cli/doctor/junit';
import { VerdictLevel, type DoctorReport, type Measurement } from '../../../lib/cluster';
import type { Expectations } from '../../../lib/doctor/expectations';
import { readRecordings } from '../../../lib/doctor/protocol';
import type { RunDocument } from '../../../lib/doctor/run-document';
import { fixture } from '../../doctor/doctor';
import { labExpectations } from '../../doctor/lab-cluster';
import { tempDir } from '../../support/temp-app';
import { node, pod } from './fake-kubectl';
import { mute } from './lab';

const { FAIL, INFO, PASS, UNKNOWN, WARN } = VerdictLevel;

function reportOf(...measurements: Array<[check: string, level: VerdictLevel]>): DoctorReport {
  return {
    cluster: 'lab',
    measurements: measurements.map(([check, level], index): Measurement => ({
      ...{ check, level, subject: `m-${index}`, value: '', intended: '', message: 'so <it> is' },
    })),
    matrices: [],
    histograms: [],
  };
}

describe('the exit code', () => {
  test.each<[number, ...Array<[string, VerdictLevel]>]>([
    [0, ['DOC-MTU-POD', PASS], ['DOC-HOST-VIRT', INFO]],
    [3, ['DOC-MTU-POD', PASS], ['DOC-RUN', UNKNOWN]],
    [4, ['DOC-RUN', UNKNOWN], ['DOC-CT-FULL', WARN]],
    [5, ['DOC-CT-FULL', WARN], ['DOC-MTU-POD', FAIL]],
    [3],
  ])('%i', (code, ...measurements) => {
    expect(exitCode(reportOf(...measurements), [])).toBe(code);
  });

  test('what only a load shows is no open question without that load, nor where it is known beside', () => {
    const idle = reportOf(['DOC-CPU-STEAL', UNKNOWN], ['DOC-NET-RETRANS', UNKNOWN]);
    const burn = readRecordings(
      mute('counters', 'cp-1', 'host').replace('network', 'load\tburn\nnetwork'),
    );
    expect(exitCode(idle, readRecordings(mute('counters', 'cp-1', 'host')))).toBe(0);
    expect(exitCode(idle, burn)).toBe(3);
    expect(openQuestions(idle, burn).map(({ check }) => check)).toEqual(['DOC-CPU-STEAL']);
    const known = reportOf(['DOC-CPU-STEAL', UNKNOWN], ['DOC-CPU-STEAL', PASS]);
    expect(exitCode(known, burn)).toBe(0);
  });
});

test('several windows of one machine are one verdict: the worst that is known', () => {
  const text = ['idle', 'steal', 'idle'].map(fixture).join('');
  const { measurements } = judge(labExpectations(), {
    recordings: readRecordings(text),
    trouble: {},
  });
  const steal = measurements.filter(({ check }) => check === 'DOC-CPU-STEAL');
  const subjects = steal.map(({ subject }) => subject);
  expect(new Set(subjects).size).toBe(subjects.length);
  expect(steal.map(({ level }) => level)).toContain(FAIL);
});

test('steps that nobody asked for are not missed', () => {
  const recordings = readRecordings(mute('facts', 'cp-1', 'host') + mute('facts', 'w-1', 'host'));
  const runs = (wanted?: string[]) =>
    judge(labExpectations(), { recordings, trouble: {} }, wanted)
      .measurements.filter(({ check }) => check === 'DOC-RUN')
      .map(({ message }) => message);
  expect(runs(['facts'])).toEqual([]);
  expect(new Set(runs())).toEqual(
    new Set(['not measured: no recording of counters, proxy, routes']),
  );
});

test('counters before and after a storm are one window over all of it', () => {
  const look = (uptime: string, count: number) =>
    [
      ...['collector\tcounters 1', 'node\tcp-1', 'network\thost', 'load\ttraffic'],
      ...['before', 'after'].flatMap((when) => [
        `${when}.uptime\t${uptime} 1.0`,
        `${when}.conntrack\tcpu=0 insert_failed=${count}`,
      ]),
      ...['log.table-full\tfull', 'end\tcounters', ''],
    ].join('\n');
  const [recording] = readRecordings(across(look('10.0', 1), look('25.5', 7)));
  expect(recording).toMatchObject({
    complete: true,
    lines: {
      load: ['traffic'],
      'before.uptime': ['10.0 1.0'],
      'before.conntrack': ['cpu=0 insert_failed=1'],
      'after.uptime': ['25.5 1.0'],
      'after.conntrack': ['cpu=0 insert_failed=7'],
      'log.table-full': ['full'],
    },
  });
  // A second look that was cut off leaves no whole window.
  const [cut] = readRecordings(across(look('10.0', 1), 'collector\tcounters 1\n'));
  expect(cut).toMatchObject({ complete: false });
});

test('who answers for the virtual address is asked until one hears an answer', async () => {
  const expectations: Expectations = { ...labExpectations(), virtualIp: '10.20.0.10' };
  const document = { expectations } as RunDocument;
  const target: Target = {
    ...{ document, size: 2, machines: () => expectations.machines, podAddresses: {} },
  };
  const [arp] = steps.find(({ name }) => name === 'arp')!.units(target);
  const asked = async (answering: string) => {
    const log: string[] = [];
    const hands = {
      look: ({ node: name, args }: Task) => {
        log.push(`ask ${name} ${args!.join(' ')}`);
        return Promise.resolve(name === answering ? 'arping\tUnicast reply from x' : 'arping\t-');
      },
      keep: (name: string) => log.push(`keep ${name}`),
    } as unknown as Hands;
    await arp!.run(hands);
    return log;
  };
  expect(await asked('w-1')).toEqual(['ask w-1 eno1 10.20.0.10', 'keep w-1']);
  expect(await asked('cp-1')).toEqual([
    ...['ask w-1 eno1 10.20.0.10', 'ask cp-1 eno1 10.20.0.10', 'keep cp-1'],
  ]);
  expect((await asked('nobody')).slice(-2)).toEqual(['keep w-1', 'keep cp-1']);
});

test('a virtual address of IPv6 is not asked for by ARP', () => {
  const expectations: Expectations = { ...labExpectations(), virtualIp: 'fd00::10' };
  const document = { expectations } as RunDocument;
  const target: Target = {
    ...{ document, size: 2, machines: () => expectations.machines, podAddresses: {} },
  };
  expect(steps.find(({ name }) => name === 'arp')!.units(target)).toEqual([]);
});

test('connections of one machine are timed where there are others to lead to', () => {
  const { machines, ...rest } = labExpectations();
  const expectations: Expectations = { ...rest, machines: machines.slice(0, 1) };
  const document = { expectations, service: { name: 's', port: 80 } } as RunDocument;
  const units = (size: number) =>
    steps
      .find(({ name }) => name === 'connect')!
      .units({
        ...{ document, size, machines: () => expectations.machines, podAddresses: {} },
        serviceAddress: '10.96.7.7',
      });
  expect([units(2).length, units(1).length]).toEqual([2, 0]);
});

test('what is announced: where pods are, what they write to, and that it takes hours', () => {
  const lab = labExpectations();
  const machines = Array.from({ length: 100 }, (_, n) => ({ ...lab.machines[0]!, name: `m-${n}` }));
  const placed = (spec: object) => ({
    kind: 'DaemonSet',
    metadata: { name: 'd' },
    spec: { template: { spec } },
  });
  const said = (count: number, names: readonly string[], objects: readonly unknown[] = []) =>
    announcement({
      document: {
        namespace: 'ns',
        iperf: { port: 1, seconds: 10 },
        expectations: { ...lab, machines: machines.slice(0, count) },
      } as unknown as RunDocument,
      deployed: [{ file: 'f', objects }],
      steps: steps.filter(({ name }) => names.includes(name)),
      keep: false,
    }).join('\n');
  const writer = placed({
    nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
    containers: [
      { image: 'i:1', volumeMounts: [{ name: 'w' }, { name: 'r', readOnly: true }, { name: 't' }] },
    ],
    volumes: [
      { name: 'w', hostPath: { path: '/w' } },
      { name: 'r', hostPath: { path: '/r' } },
      { name: 't', emptyDir: {} },
    ],
  });
  expect(said(2, ['facts'], [writer])).toContain(
    'DaemonSet d: a pod on each control plane, network of pods, no capabilities, reads /r, writes to /w, i:1',
  );
  // 13 times eight machines with 99 targets of 4 and 2 seconds.
  expect(said(100, ['round-trip', 'df-probe'])).toMatch(
    /the steps between pairs take about 129 minutes; --machines takes some of the machines$/,
  );
  // 90 pairs, 2 networks, 2 protocols, 12 seconds.
  expect(said(10, ['iperf'])).toContain('about 72 minutes');
  expect(said(2, ['iperf', 'round-trip', 'df-probe'])).not.toContain('minutes');
});

test('an IPv6 address of a node is the same in every spelling; one that tells none is not judged', () => {
  const at = (...addresses: string[]): ApiNode => ({
    metadata: { name: 'a' },
    status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
  });
  expect(hasAddress(at('10.0.0.1', 'fd00::1'), 'FD00:0:0::1')).toBe(true);
  expect(hasAddress(at('10.0.0.1'), '10.0.0.2')).toBe(false);
  expect(hasAddress({ metadata: { name: 'a' } }, '10.0.0.2')).toBeUndefined();
  const hostname = { type: 'Hostname', address: '10.0.0.2' };
  expect(
    hasAddress({ metadata: { name: 'a' }, status: { addresses: [hostname] } }, '10.0.0.2'),
  ).toBe(undefined);
});

test('results that cannot be put in place are left beside it', () => {
  const root = tempDir();
  const target = join(root, 'run');
  mkdirSync(target);
  const rename = jest.spyOn(fs, 'renameSync').mockImplementation(() => {
    throw new Error('EBUSY: resource busy or locked');
  });
  const aside = `${target}.writing-${process.pid}`;
  try {
    expect(() => writeRun(target, { 'a/b.txt': 'measured' })).toThrow(
      `--out ${target} must be a folder that can be written to, got EBUSY: resource busy or locked; what was measured is in ${aside}`,
    );
  } finally {
    rename.mockRestore();
  }
  expect(fs.readFileSync(join(aside, 'a/b.txt'), 'utf8')).toBe('measured');
});

test('steps come in one order, and what costs something comes last and by itself', () => {
  expect(steps.map(({ name, load }) => (load === undefined ? name : `${name}:${load}`))).toEqual([
    ...['facts', 'counters', 'proxy', 'routes', 'bgp', 'etcd-metrics', 'round-trip', 'df-probe'],
    ...['arp', 'connect', 'dns-storm', 'iperf:network', 'fsync:disk', 'burn:cpu'],
  ]);
  expect(steps.filter(({ load, together }) => load !== undefined && together)).toEqual([]);
  expect(steps.find(({ name }) => name === 'dns-storm')).toMatchObject({ together: false });
});

test('pods and nodes as the API tells them', () => {
  const why = (status: ApiPod['status']) => {
    const state = stateOf({ metadata: { name: 'p' }, spec: {}, status });
    return state.ready ? 'ready' : `${state.final ? 'final' : 'waits'} ${state.why}`;
  };
  expect(stateOf(pod('podnet', 'cp-1', '10.244.0.2') as ApiPod)).toEqual({ ready: true });
  expect(why(undefined)).toBe('waits it is Pending, and not ready');
  const waiting = (reason: string) => ({ containerStatuses: [{ state: { waiting: { reason } } }] });
  expect(why(waiting('ContainerCreating'))).toBe('waits ContainerCreating');
  expect(why(waiting('CrashLoopBackOff'))).toBe('final CrashLoopBackOff');
  expect(why({ phase: 'Failed', reason: 'Evicted', message: 'low on\nmemory' })).toBe(
    'final Evicted: low on',
  );
  const unschedulable = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message: 'no room',
  };
  expect(why({ conditions: [unschedulable] })).toBe('waits Unschedulable: no room');
  expect(nodeTrouble(node('a') as ApiNode)).toBeUndefined();
  expect(nodeTrouble({ metadata: { name: 'a' } })).toBe('its node is not ready: no condition');
  const one = pod('podnet', 'cp-1', '') as ApiPod;
  const selector = 'app.kubernetes.io/name=groundwork-doctor,app.kubernetes.io/component=';
  expect([matches(`${selector}podnet`, one), matches(`${selector}inspector`, one)]).toEqual([
    true,
    false,
  ]);
});

test.each([
  [
    'Error from server (Forbidden): nodes is forbidden: User "x" cannot list resource "nodes"',
    'forbidden',
  ],
  [
    'Error from server (Forbidden): error when creating "x": pods "a" is forbidden: unable to create new content in namespace x because it is being terminated',
    'other',
  ],
  ['error: Apply failed with 1 conflict: conflict with "argocd-controller": .spec', 'other'],
  ['Error in configuration: context was not found for specified context: foo', 'config'],
  ['error: stat /x: no such file or directory', 'config'],
  ['error: You must be logged in to the server (Unauthorized)', 'login'],
  [
    'Unable to connect to the server: tls: failed to verify certificate: x509: certificate has expired',
    'unreachable',
  ],
  [
    'Error from server: error dialing backend: dial tcp 10.20.0.12:10250: connect: no route to host',
    'unreachable',
  ],
  ['error: unable to upgrade connection: container not found ("doctor")', 'other'],
])('kubectl complains: %s', (stderr, kind) => {
  const noise = 'E1127 11:37:59.826251   31728 memcache.go:265] "Unhandled Error" err="x"\n';
  const ran = { stdout: '', stderr: `${noise}${stderr}\n`, code: 1, tooLong: false };
  expect(complaintOf(ran)).toMatchObject({ kind, got: stderr });
});

test('kubectl says nothing', () => {
  const quiet = { stdout: '', stderr: '', tooLong: false };
  expect(complaintOf({ ...quiet, code: 137 }).got).toBe('exit code 137');
  expect(complaintOf({ ...quiet, tooLong: true }).got).toBe('no answer in time');
});

test('JUnit: failures, what is not known, and characters of XML', () => {
  const report = reportOf(['A', PASS], ['B', FAIL], ['C', UNKNOWN], ['D', UNKNOWN]);
  expect(junitXml(report, [report.measurements[3]!])).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="doctor of lab" tests="4" failures="2">
  <testcase classname="A" name="m-0"/>
  <testcase classname="B" name="m-1">
    <failure type="fail" message="so &lt;it&gt; is">measured , intended </failure>
  </testcase>
  <testcase classname="C" name="m-2"><skipped message="so &lt;it&gt; is"/></testcase>
  <testcase classname="D" name="m-3">
    <failure type="unknown" message="so &lt;it&gt; is">measured , intended </failure>
  </testcase>
</testsuite>
`);
});
