import { ApiObject, Chart, Duration } from 'cdk8s';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Cluster,
  EtcdDisk,
  FsyncProbe,
  IperfMatrix,
  Machine,
  NetshootToolbox,
  NetworkDoctor,
  ToolboxNetwork,
  ToolboxPlacement,
  type FsyncProbeProps,
  type IperfMatrixProps,
  type NetshootToolboxProps,
} from '../../lib';
import { matrixScript } from '../../lib/doctor/iperf/script';
import { ipv6Only } from '../dns/dns';
import { unexplainedLeaves } from '../support/coverage';
import { osloMachine, osloProps } from '../support/oslo';
import { validateStrictly } from '../support/strict-schema';
import { tempApp, tempDir } from '../support/temp-app';
import { describeWithUpstream } from '../support/upstream';
import { againstBaseline, againstRestricted } from './pod-security';
import { names, objectsOf, ownChart, podOf, said } from './render';

function matrix(
  options: Partial<IperfMatrixProps> = {},
  facts: Parameters<typeof ownChart>[0] = {},
) {
  const { chart, cluster } = ownChart(facts);
  const iperf = new IperfMatrix(chart, 'iperf', { cluster, acknowledgeLoad: true, ...options });
  return { chart, cluster, iperf, objects: objectsOf(iperf) };
}

function probe(options: Partial<FsyncProbeProps> = {}) {
  const { chart, cluster } = ownChart();
  const fsync = new FsyncProbe(chart, 'fsync', { cluster, acknowledgeLoad: true, ...options });
  return { chart, cluster, fsync, objects: objectsOf(fsync) };
}

function toolbox(options: Partial<NetshootToolboxProps> = {}) {
  const { chart, cluster } = ownChart();
  const tools = new NetshootToolbox(chart, 'tools', { cluster, ...options });
  return { chart, cluster, tools, objects: objectsOf(tools) };
}

const all: Array<[string, () => { cluster: Cluster; objects: any[] }]> = [
  ['a matrix', () => matrix()],
  ['a matrix of pods alone', () => matrix({ betweenMachines: false })],
  ['a probe', () => probe()],
  ['one toolbox', () => toolbox()],
  [
    'toolboxes on every machine',
    () => toolbox({ placement: ToolboxPlacement.EVERY_MACHINE, network: ToolboxNetwork.MACHINE }),
  ],
];

/** Jobs that may never run beside each other, and how they say it. */
function jobsOf(objects: readonly any[]): any[] {
  return objects.filter(({ kind }) => kind === 'Job');
}

describe.each(all)('%s', (_name, make) => {
  const { cluster, objects } = make();
  const pods = objects.flatMap(({ spec }) => spec?.template?.spec ?? []);

  test('every value has a reason', () => {
    const kinds = ['DaemonSet', 'Job', 'Deployment'];
    const of = (...fields: string[]) =>
      kinds.flatMap((kind) => fields.map((field) => `${kind}.spec.template.spec.${field}`));
    const unexplained = objects.flatMap((object) =>
      unexplainedLeaves(object, {
        decisions: cluster.decisions(),
        facts: of('containers.image', 'containers.env', 'nodeSelector', 'volumes.hostPath'),
        structural: [
          'ConfigMap.data',
          'Service.spec',
          'Deployment.spec.replicas',
          'Deployment.spec.strategy',
          'DaemonSet.spec.updateStrategy.type',
          ...kinds.flatMap((kind) => [`${kind}.spec.selector`, `${kind}.spec.template.metadata`]),
          ...of('hostNetwork', 'affinity', 'volumes.name', 'volumes.configMap'),
          ...of('containers.name', 'containers.command', 'containers.ports'),
          ...of('containers.volumeMounts'),
        ],
      }),
    );
    expect([...new Set(unexplained)]).toEqual([]);
  });

  test('no pod has a token, or may become more than it is', () => {
    expect(pods).not.toHaveLength(0);
    for (const { automountServiceAccountToken, containers } of pods) {
      expect(automountServiceAccountToken).toBe(false);
      for (const { securityContext } of containers) {
        expect(securityContext).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
        });
      }
    }
  });

  test('a shell reads what every container runs', () => {
    const texts = pods.flatMap(({ containers }: any) =>
      containers.map(({ command }: any) => command.slice(0, 2).concat(command[2])),
    );
    for (const [shell, flag, text] of texts) {
      expect([shell, flag]).toEqual(['/bin/sh', '-c']);
      expect(spawnSync('sh', ['-n', '-c', text], { encoding: 'utf8' })).toMatchObject({
        status: 0,
        stderr: '',
      });
    }
  });

  test('the flagship has nothing to say', () => {
    expect(said(cluster)).toEqual([]);
  });
});

describeWithUpstream('a strict API server takes every object', () => {
  test.each(all)('%s', (_name, make) => {
    const { objects } = make();
    expect(
      objects.flatMap((object) => [
        ...validateStrictly(object),
        ...validateStrictly(object, '1.35'),
      ]),
    ).toEqual([]);
  });
});

describe('IperfMatrix', () => {
  test('servers on every machine, and one Job for each machine and network', () => {
    expect(names(matrix().objects).map((name) => name.replace(/-[0-9a-f]{8}$/, ''))).toEqual([
      'ConfigMap groundwork-iperf',
      'DaemonSet iperf-host',
      'DaemonSet iperf-pod',
      'Job iperf-host-cp-1',
      'Job iperf-host-cp-2',
      'Job iperf-host-cp-3',
      'Job iperf-pod-cp-1',
      'Job iperf-pod-cp-2',
      'Job iperf-pod-cp-3',
      'Namespace groundwork-doctor',
      'Service iperf-pod',
    ]);
  });

  test('the scheduler lets one of the Jobs run at a time, wherever', () => {
    for (const { spec } of jobsOf(matrix().objects)) {
      const { template } = spec;
      const [term] =
        template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution;
      expect(template.metadata.labels).toMatchObject(term.labelSelector.matchLabels);
      expect(term.topologyKey).toBe('kubernetes.io/os');
      expect(template.spec.nodeSelector['kubernetes.io/os']).toBe('linux');
      expect(template.spec.nodeName).toBeUndefined();
    }
  });

  test('time for all of them is bounded, and each sends for as long as it was told', () => {
    const { iperf, objects } = matrix({ time: Duration.seconds(5) });
    // 2 networks, 6 pairs, 2 protocols of 5 + 3 seconds, and 10 for each of 6 Jobs to start.
    expect(iperf.durationSeconds).toBe(2 * (6 * 2 * 8 + 3 * 10));
    for (const job of jobsOf(objects)) {
      expect(job.spec).toMatchObject({
        backoffLimit: 0,
        activeDeadlineSeconds: iperf.durationSeconds + 6 * 180,
        ttlSecondsAfterFinished: 86_400,
      });
    }
    expect(podOf(objects, /^iperf-host-cp-1/).containers[0].command[2]).toBe(
      'exec /scripts/matrix.sh 5 5201 machines cp-1=10.20.0.11 cp-2=10.20.0.12 cp-3=10.20.0.13',
    );
    expect(podOf(objects, /^iperf-pod-cp-1/).containers[0].command[2]).toBe(
      'exec /scripts/matrix.sh 5 5201 pods 3 5202 iperf-pod.groundwork-doctor.svc.cluster.local. A cp-1 cp-2 cp-3',
    );
    expect(iperf.logsCommand).toBe(
      'kubectl -n groundwork-doctor logs -l app.kubernetes.io/name=groundwork-doctor,app.kubernetes.io/component=iperf-client --tail=-1 --max-log-requests=6',
    );
  });

  test('a pair that gets no connection takes longer than a short one that does', () => {
    const { iperf, objects } = matrix({ time: Duration.seconds(1), betweenMachines: false });
    expect(iperf.durationSeconds).toBe(6 * 2 * 4 + 30);
    for (const { spec } of jobsOf(objects)) {
      expect(spec.activeDeadlineSeconds).toBe(6 * 15 + 30 + 3 * 180);
    }
  });

  test('pods are those of anybody; on the network of the machine they have no right besides', () => {
    const { objects } = matrix();
    for (const name of [/^iperf-pod$/, /^iperf-pod-cp-1/]) {
      expect(againstRestricted(podOf(objects, name))).toEqual([]);
    }
    for (const name of [/^iperf-host$/, /^iperf-host-cp-1/]) {
      expect(againstRestricted(podOf(objects, name))).toEqual(['hostNetwork']);
    }
    expect(podOf(objects, /^iperf-host$/).containers[0].command[2]).toBe(
      'exec iperf3 -s -B "$ADDRESS" -p 5201',
    );
  });

  test('between IPv6 addresses', () => {
    const { objects } = matrix({}, ipv6Only);
    expect(podOf(objects, /^iperf-pod$/).containers[1].command[2]).toContain('TCP6-LISTEN:5202');
    expect(podOf(objects, /^iperf-pod-cp-1/).containers[0].command[2]).toContain('. AAAA cp-1');
  });

  test('what measures something else is another Job: the template of one cannot be changed', () => {
    const jobs = (options: Partial<IperfMatrixProps>) =>
      new Set(jobsOf(matrix(options).objects).map(({ metadata }) => metadata.name));
    expect(jobs({})).toEqual(jobs({}));
    const others = [...jobs({ time: Duration.seconds(5) })];
    expect(others.filter((name) => jobs({}).has(name))).toEqual([]);
    for (const name of others) {
      expect(name.length).toBeLessThanOrEqual(63);
    }
  });

  test('a Job of a machine with the longest name has a name that Kubernetes takes', () => {
    const machines = ['a', 'b'].map((letter, n) =>
      Machine.controlPlane(letter.repeat(63), { zone: 'oslo-1', address: `10.20.0.2${n}` }),
    );
    const chart = new Chart(tempApp(), 'own');
    const cluster = Cluster.fromFacts(chart, 'cluster', {
      ...osloProps({ machines: [...machines, osloProps().machines[0]!] }),
      clusterName: 'oslo',
    });
    const iperf = new IperfMatrix(chart, 'iperf', { cluster, acknowledgeLoad: true });
    for (const { metadata, spec } of jobsOf(objectsOf(iperf))) {
      expect(metadata.name.length).toBeLessThanOrEqual(63);
      expect(spec.template.spec.nodeSelector['kubernetes.io/hostname']).not.toBe('');
    }
  });

  test('everything that is wrong is said at once', () => {
    const reference = 'write registry/repository:tag, with @sha256 behind it if you pin the digest';
    expect(() =>
      matrix({
        acknowledgeLoad: false,
        machines: ['cp-9'],
        time: Duration.seconds(31),
        port: 65535,
        namespace: 'default',
        image: 'iperf3',
      }),
    ).toThrow(
      new Error(
        [
          'acknowledgeLoad must be true, got false; each pair fills its link while it is measured: say so, or leave the construct out',
          'machines must be names of machines of the spec, got cp-9; leave it out to measure every pair',
          'time in seconds must be between 1 and 30, got 31; leave it out for the time that thresholds were chosen for',
          'port must be between 1024 and 65534, got 65535; leave it out, or choose one that nothing has, nor the next one',
          'namespace must be an RFC 1123 label, neither default nor kube-…, got default; give it a namespace of its own: it is deleted with the doctor',
          `image must be a full reference with a tag or digest, got iperf3; ${reference}`,
        ]
          .map((line) => `[own/iperf] ${line}`)
          .join('\n'),
      ),
    );
    expect(() => matrix({ machines: ['cp-1', 'cp-1'] })).toThrow(
      '[own/iperf] machines must be at least two machines, got 1; leave it out to measure every pair',
    );
  });

  test('a matrix that takes more than an hour', () => {
    const machines = [1, 2, 3].map((n) => osloProps().machines[n - 1]!);
    const workers = [...Array(8).keys()].map((n) =>
      Machine.worker(`w-${n}`, { zone: 'oslo-1', address: `10.20.0.3${n}`, nic: 'eno1' }),
    );
    const { cluster } = matrix({}, { machines: [...machines, ...workers] });
    expect(said(cluster)).toEqual([
      'GW-DOCTOR-006 warning: the pairs of 11 machines take about 99 minutes',
    ]);
    const few = matrix({ machines: ['cp-1', 'w-1'] }, { machines: [...machines, ...workers] });
    expect(said(few.cluster)).toEqual([]);
  });

  test('a port that is taken counts between machines only', () => {
    expect(said(matrix({ port: 10250 }).cluster)).toEqual([
      'GW-DOCTOR-002 error: port 10250 belongs to the kubelet or kube-proxy',
    ]);
    expect(said(matrix({ port: 10250, betweenMachines: false }).cluster)).toEqual([]);
    const { cluster } = matrix({ openPort: true });
    expect(cluster.ledger.forMachine(cluster.machines[0]!).ports.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['5201/tcp from machines', '5201/udp from machines']),
    );
  });
});

describe('the script of a matrix, run with stand-ins for its programs', () => {
  function run(args: readonly string[], programs: Record<string, string>, dir = tempDir()) {
    const bin = join(dir, 'bin');
    mkdirSync(bin);
    const put = (file: string, text: string) => {
      writeFileSync(file, `#!/bin/sh\n${text}\n`);
      chmodSync(file, 0o755);
    };
    put(join(dir, 'iperf.sh'), `echo "$@" >>${join(dir, 'log')}`);
    put(join(bin, 'sleep'), 'true');
    Object.entries(programs).forEach(([name, text]) => put(join(bin, name), text));
    const script = join(dir, 'matrix.sh');
    writeFileSync(script, matrixScript.replaceAll('/scripts/', `${dir}/`));
    const { status, stderr } = spawnSync('sh', [script, ...args], {
      encoding: 'utf8',
      env: { PATH: `${bin}:${process.env.PATH}`, NODE_NAME: 'cp-1', STATE: dir },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return readFileSync(join(dir, 'log'), 'utf8').trim().split('\n');
  }

  test('machines: every other one, TCP and then UDP, in order', () => {
    const targets = ['cp-1=10.0.0.1', 'cp-2=10.0.0.2', 'cp-3=fd00::3'];
    expect(run(['5', '5201', 'machines', ...targets], { nc: 'exit 0' })).toEqual([
      'cp-2 10.0.0.2 tcp 5 5201',
      'cp-2 10.0.0.2 udp 5 5201',
      'cp-3 fd00::3 tcp 5 5201',
      'cp-3 fd00::3 udp 5 5201',
    ]);
  });

  test('pods: those that the Service lists, by the machine that they name, when all are there', () => {
    const dig = `
      [ "$*" = '+short iperf-pod.ns.svc.example. A' ] || exit 1
      n=$(cat "$STATE/asked" 2>/dev/null || echo 0)
      echo $((n + 1)) >"$STATE/asked"
      [ "$n" -lt 1 ] || printf '%s\\n' 10.244.3.3 10.244.2.2 10.244.1.1`;
    const nc = `
      case "$*" in
        '-z '*) exit 0 ;;
        '-w 3 10.244.1.1 5202') echo cp-1 ;;
        '-w 3 10.244.2.2 5202') echo cp-2 ;;
        '-w 3 10.244.3.3 5202') echo w-9 ;;
      esac`;
    const args = ['5', '5201', 'pods', '3', '5202', 'iperf-pod.ns.svc.example.', 'A'];
    expect(run([...args, 'cp-1', 'cp-2'], { dig, nc })).toEqual([
      'cp-2 10.244.2.2 tcp 5 5201',
      'cp-2 10.244.2.2 udp 5 5201',
    ]);
  });

  test('servers that never come up are measured all the same: the recordings say so', () => {
    const nc = 'echo . >>"$STATE/knocks"; exit 1';
    const targets = ['cp-2=10.0.0.2', 'cp-3=10.0.0.3', 'cp-4=10.0.0.4'];
    const dir = tempDir();
    expect(run(['5', '5201', 'machines', ...targets], { nc }, dir)).toHaveLength(6);
    // A minute for all of them: 15 times 2 seconds of asking and 2 of waiting, and one look at each.
    expect(readFileSync(join(dir, 'knocks'), 'utf8').trim().split('\n')).toHaveLength(15 + 3);
  });

  test('a pod that is never listed is waited for a minute, and the others are measured', () => {
    const dig = 'echo . >>"$STATE/asked"; echo 10.244.2.2';
    const nc = 'case "$*" in "-w 3 "*) echo cp-2 ;; esac';
    const args = ['5', '5201', 'pods', '3', '5202', 'iperf-pod.ns.svc.example.', 'A', 'cp-2'];
    const dir = tempDir();
    expect(run(args, { dig, nc }, dir)).toHaveLength(2);
    expect(readFileSync(join(dir, 'asked'), 'utf8').trim().split('\n')).toHaveLength(13);
  });
});

describe('FsyncProbe', () => {
  test('one Job for each control plane, one after the other, in one folder of the disk', () => {
    const { objects, fsync } = probe();
    const jobs = jobsOf(objects);
    expect(jobs.map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{8}$/, ''))).toEqual([
      'fsync-cp-1',
      'fsync-cp-2',
      'fsync-cp-3',
    ]);
    expect(fsync.directory).toBe('/var/lib/etcd/groundwork-doctor');
    for (const { spec } of jobs) {
      const pod = spec.template.spec;
      expect(spec).toMatchObject({ backoffLimit: 0, activeDeadlineSeconds: 3 * (60 + 120) });
      expect(spec.ttlSecondsAfterFinished).toBe(86_400);
      expect(againstBaseline(pod)).toEqual(['hostPath /var/lib/etcd/groundwork-doctor']);
      expect(pod.containers[0].command[2]).toBe(
        'rm -rf /scratch/.doctor.*; exec /scripts/fsync.sh /scratch 60',
      );
      expect(pod.containers[0].env).toContainEqual({ name: 'BESIDE_ETCD', value: 'yes' });
      expect(pod.containers[0].env).toContainEqual({ name: 'NETWORK', value: 'host' });
      // Its trap takes the file away, but not before fio has ended.
      expect(pod.terminationGracePeriodSeconds).toBe(70);
    }
  });

  test('everything that is wrong is said at once', () => {
    expect(() =>
      probe({
        acknowledgeLoad: false,
        machines: ['w-1'],
        directory: '/var/lib/../etcd',
        time: Duration.seconds(5),
      }),
    ).toThrow(
      new Error(
        [
          'acknowledgeLoad must be true, got false; writes of the cluster wait behind those of fio: say so, or leave the construct out',
          'machines must be among cp-1, cp-2, cp-3, got w-1; leave it out to measure every control plane',
          'directory must be the absolute path of a folder, outside of /dev, /proc and /sys, got /var/lib/../etcd; name a folder on the disk of etcd, for example /var/lib/etcd/groundwork-doctor',
          'time in seconds must be between 10 and 120, got 5; leave it out for the time that thresholds were chosen for',
        ]
          .map((line) => `[own/fsync] ${line}`)
          .join('\n'),
      ),
    );
  });

  test('where nothing says which disk etcd is on, the folder must be named', () => {
    const chart = new Chart(tempApp(), 'own');
    const cluster = Cluster.fromFacts(chart, 'cluster', { ...osloProps(), clusterName: 'oslo' });
    const make = (directory?: string) =>
      new FsyncProbe(chart, `fsync${directory ?? ''}`.replaceAll('/', '-'), {
        cluster,
        acknowledgeLoad: true,
        directory,
      });
    expect(() => make()).toThrow(
      '[own/fsync] directory must be given where nothing says which disk etcd is on, got nothing; name a folder on that disk, or create EtcdOnNvme before',
    );
    expect(make('/var/lib/etcd/probe').directory).toBe('/var/lib/etcd/probe');
  });

  test('where the log has a disk of its own, it is that one', () => {
    const machines = [1, 2, 3].map((n) =>
      osloMachine(n, { etcdWalDisk: EtcdDisk.nvmeSerial(`WAL${n}`) }),
    );
    const { chart, cluster } = ownChart({ machines });
    const { directory } = new FsyncProbe(chart, 'fsync', { cluster, acknowledgeLoad: true });
    expect(directory).toBe('/var/lib/etcdwal/groundwork-doctor');
    expect(said(cluster)).toEqual([]);
    new FsyncProbe(chart, 'data', { cluster, acknowledgeLoad: true, directory: '/var/lib/etcd/x' });
    expect(said(cluster)).toEqual([
      'GW-DOCTOR-005 warning: /var/lib/etcd/x is not below /var/lib/etcdwal, where etcd has its log',
    ]);
  });

  test('another disk is found', () => {
    expect(said(probe({ directory: '/srv/probe' }).cluster)).toEqual([
      'GW-DOCTOR-005 warning: /srv/probe is not below /var/lib/etcd, where etcd has its log',
    ]);
    expect(said(probe({ directory: '/var/lib/etcd/probe' }).cluster)).toEqual([]);
    expect(said(probe({ directory: '/var/lib/etcdother' }).cluster)).toHaveLength(1);
  });
});

test('a Job is not placed on a machine that is away, where it would keep all others waiting', () => {
  const jobs = [...jobsOf(matrix().objects), ...jobsOf(probe().objects)];
  expect(jobs).toHaveLength(9);
  for (const { spec } of jobs) {
    expect(spec.template.spec.tolerations).toEqual([
      { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' },
    ]);
  }
});

describe('NetshootToolbox', () => {
  test('one pod on the network of pods, that a drain may move', () => {
    const { tools, objects, cluster } = toolbox();
    expect(names(objects)).toEqual(['Deployment toolbox', 'Namespace groundwork-doctor']);
    expect(againstBaseline(podOf(objects, /toolbox/))).toEqual([
      'capability NET_ADMIN',
      'capability NET_RAW',
    ]);
    // With all taints tolerated it would be back on the machine that is drained.
    expect(podOf(objects, /toolbox/).tolerations).toEqual([
      { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' },
    ]);
    expect(tools.shellCommand).toBe(
      'kubectl -n groundwork-doctor exec -it deployment/toolbox -- bash',
    );
    expect(Object.keys(cluster._reports())).toContain('debug.md');
  });

  test('an image of your own may have no shell but sh', () => {
    const { tools, cluster } = toolbox({ image: 'registry.example.no/tools:1' });
    expect(tools.shellCommand).toMatch(/ -- sh$/);
    const page = cluster._reports()['debug.md']!;
    expect(page).toContain('--image=registry.example.no/tools:1 -- sh\n');
    expect(page.replace('chroot /host bash', '')).not.toContain('bash');
  });

  test('on one machine, or on the network of every one', () => {
    const one = podOf(toolbox({ machine: 'cp-2' }).objects, /toolbox/);
    expect(one.nodeSelector).toMatchObject({ 'kubernetes.io/hostname': 'cp-2' });
    expect(one.tolerations).toEqual([{ operator: 'Exists' }]);
    const { tools, objects } = toolbox({
      placement: ToolboxPlacement.EVERY_MACHINE,
      network: ToolboxNetwork.MACHINE,
    });
    expect(names(objects)).toEqual(['DaemonSet toolbox', 'Namespace groundwork-doctor']);
    expect(podOf(objects, /toolbox/)).toMatchObject({ hostNetwork: true, dnsPolicy: 'Default' });
    expect(tools.shellCommand).toContain('daemonset/toolbox');
  });

  test('wrong machines', () => {
    expect(() => toolbox({ machine: 'cp-9' })).toThrow(
      '[own/tools] machine must be one of cp-1, cp-2, cp-3, got cp-9; correct the name, or leave it out',
    );
    expect(() => toolbox({ machine: 'cp-1', placement: ToolboxPlacement.EVERY_MACHINE })).toThrow(
      '[own/tools] machine must be left out where there is a pod on each, got cp-1; leave it out, or leave placement out',
    );
  });
});

test('all of them share one namespace, which the first creates', () => {
  const { chart, cluster, objects } = toolbox();
  const others = [
    new NetworkDoctor(chart, 'doctor', { cluster, stays: false }),
    new IperfMatrix(chart, 'iperf', { cluster, acknowledgeLoad: true }),
    new FsyncProbe(chart, 'fsync', { cluster, acknowledgeLoad: true }),
  ];
  const namespaces = [...objects, ...others.flatMap(objectsOf)].filter(
    ({ kind }) => kind === 'Namespace',
  );
  expect(namespaces).toHaveLength(1);
  expect(said(cluster)).toEqual([]);
  // Deleting the doctor after a run must not take the others along.
  expect((others[0] as NetworkDoctor).files()['doctor/doctor.manifest']).not.toContain(
    'kind: Namespace',
  );
  const ids = chart.node.findAll().filter((node) => ApiObject.isApiObject(node));
  const whole = ids.map((node) => `${(node as ApiObject).kind} ${(node as ApiObject).name}`);
  expect(new Set(whole).size).toBe(whole.length);
});

test('a pod that waits goes when it is told to', () => {
  const [, , idle] = podOf(toolbox().objects, /toolbox/).containers[0].command;
  // In its container nothing outlives it; here its sleep would.
  const brief = idle.replace('3600', '1');
  const script = `sh -c "$1" >/dev/null 2>&1 & pid=$!; sleep 0.3; kill -TERM "$pid"; wait "$pid"; echo "$?"`;
  const { stdout } = spawnSync('sh', ['-c', script, 'sh', brief], { encoding: 'utf8' });
  expect([brief === idle, stdout.trim()]).toEqual([false, '0']);
});
