import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePage } from '../../support/html';
import { tempDir } from '../../support/temp-app';
import { node, pod } from './fake-kubectl';
import { healthyCluster, labFolder, mute, NODES, PODS, saidBy } from './lab';
import { doctor, QUICK } from './run-doctor';

// Every call of kubectl is a program that is started.
jest.setTimeout(120_000);

test('a run: deployed, measured in order, deleted, and told in every form', async () => {
  const root = labFolder();
  const { code, out, error, file, words, report } = await doctor(root, healthyCluster(), [
    '--yes',
    '--kubeconfig',
    '/k.conf',
    '--context',
    'lab',
  ]);
  expect(code).toBe(3);
  const manifest = join(root, 'dist/doctor/doctor.manifest');
  expect(words.every((line) => line.startsWith('--kubeconfig=/k.conf --context=lab '))).toBe(true);
  const calls = words.map((line) => line.replace('--kubeconfig=/k.conf --context=lab ', ''));
  expect(calls.filter((line) => !line.startsWith('exec ')).slice(0, -2)).toEqual([
    'get nodes -o json --request-timeout=30s',
    'config view --minify -o jsonpath={.current-context} {.clusters[0].cluster.server}',
    'get daemonsets -n groundwork-doctor -o json --request-timeout=30s',
    'get namespace groundwork-doctor -o json --ignore-not-found',
    `apply --server-side --field-manager=cdk8s-groundwork-doctor -f ${manifest}`,
    expect.stringMatching(
      /^annotate daemonsets inspector podnet -n groundwork-doctor cdk8s-groundwork[/]doctor-run=\S+$/,
    ),
    'get daemonsets,pods -n groundwork-doctor -o json --request-timeout=30s',
    'get service groundwork-doctor -n groundwork-doctor -o jsonpath={.spec.clusterIP}',
  ]);
  // Beside each other: what is deleted may wait for machines that do not answer.
  expect(calls.slice(-2).sort()).toEqual([
    `delete -f ${manifest} --ignore-not-found --timeout=90s`,
    'get nodes -o json --request-timeout=30s',
  ]);
  const order = calls.flatMap((line) => /scripts\/(.*)[.]sh/.exec(line)?.[1] ?? []);
  expect([...new Set(order)]).toEqual([
    ...['facts', 'counters', 'proxy', 'routes', 'round-trip', 'df-probe', 'connect', 'dns-storm'],
  ]);
  expect(order.slice(-6).filter((name) => name === 'counters').length).toBeGreaterThan(1);
  expect(calls).toContain(
    'exec -n groundwork-doctor podnet-cp-1 -c doctor -- sh /scripts/df-probe.sh w-1=10.244.1.2=1450',
  );
  expect(calls).toContain(
    'exec -n groundwork-doctor inspector-cp-1 -c doctor -- sh /scripts/connect.sh 20 doctor=10.96.7.7=8080',
  );
  expect(out).toContain('cluster: context lab, https://10.20.0.11:6443');
  expect(out).toMatch(
    /DaemonSet inspector: a pod on each machine, network of the machine, .*NET_ADMIN.*, reads \/lib\/modules/,
  );
  expect(out).toMatch(
    /DaemonSet podnet: a pod on each machine, network of pods, no capabilities, /,
  );
  expect(out).toContain('  df-probe      three packets and 2 seconds for each of 33 sizes');
  expect(out).not.toContain('iperf');
  expect(error.split('\n')).toEqual([
    ...['pods: 4 of 4', 'facts: 2 of 2', 'counters: 2 of 2', 'proxy: 2 of 2', 'routes: 2 of 2'],
    ...['bgp: nothing to do', 'etcd-metrics: nothing to do', 'round-trip: 2 of 2'],
    ...['df-probe: 4 of 4', 'arp: nothing to do', 'connect: 4 of 4', 'dns-storm: 2 of 2'],
  ]);
  expect(readdirSync(join(root, 'run')).sort()).toEqual([
    ...['doctor.json', 'doctor.md', 'index.html', 'junit.xml', 'recordings'],
  ]);
  expect(readdirSync(join(root, 'run/recordings/cp-1')).sort()).toEqual([
    ...['host-connect.txt', 'host-counters-storm.txt', 'host-counters.txt', 'host-df-probe.txt'],
    ...['host-facts.txt', 'host-proxy.txt', 'host-round-trip.txt', 'host-routes.txt'],
    ...['pod-connect.txt', 'pod-df-probe.txt', 'pod-dns-storm.txt'],
  ]);
  expect(report().measurements.filter(({ level }) => ['fail', 'warn'].includes(level))).toEqual([]);
  const page = parsePage(file('index.html'));
  expect(page.querySelector('h1')!.text).toBe('Report of lab');
  expect(page.getElementById('measured')!.text).toContain('DOC-MTU-POD');
  expect(file('doctor.md')).toContain('| pass | `DOC-MTU-POD` | cp-1→w-1 |');
  expect(file('junit.xml')).toContain('<testcase classname="DOC-MTU-POD" name="cp-1→w-1"/>');
});

test('what is wrong is said, decides the exit code, and stands beside what is intended', async () => {
  const says = { ...healthyCluster().says, ...saidBy('mtu-black-hole') };
  const { code, out, file } = await doctor(labFolder(), healthyCluster({ says }), QUICK);
  expect(code).toBe(5);
  expect(out).toMatch(/^  fail     DOC-MTU-HOST  cp-1→w-1: .*1440/m);
  const cells = parsePage(file('index.html'))
    .querySelectorAll('#measured tr')
    .map((row) => row.querySelectorAll('td').map(({ text }) => text));
  expect(cells.find(([level]) => level === 'fail')).toEqual(
    expect.arrayContaining(['DOC-MTU-HOST', 'cp-1→w-1']),
  );
  expect(file('junit.xml')).toMatch(/<failure type="fail" message="[^"]+">measured /);
});

test('the recordings of a run say the same again, without a cluster', async () => {
  const root = labFolder();
  const first = await doctor(root, healthyCluster(), QUICK);
  const said = first.file('doctor.json');
  const again = await doctor(root, undefined, ['--from', join(root, 'run'), ...QUICK.slice(1)]);
  expect(again.code).toBe(first.code);
  expect(again.file('doctor.json')).toBe(said);
});

test('two runs side by side, also where one takes the place of the other', async () => {
  const root = labFolder();
  await doctor(root, healthyCluster(), QUICK);
  const says = { ...healthyCluster().says, ...saidBy('mtu-black-hole') };
  const words = [...QUICK, '--compare', join(root, 'run')];
  const { out, file } = await doctor(root, healthyCluster({ says }), words);
  expect(out).toMatch(/^  worse        DOC-MTU-HOST  cp-1→w-1: .*→/m);
  expect(file('index.html')).toContain('Beside the run before');
});

test('machines that cannot be measured are unknown, with the reason, and the others are measured', async () => {
  const pulling = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "a/b:1"' };
  const pods = [...PODS.slice(0, 3), pod('podnet', 'w-1', '', pulling)];
  const { code, report } = await doctor(labFolder(), healthyCluster({ pods }), QUICK);
  expect(code).toBe(3);
  const runs = report().measurements.filter(({ check }) => check === 'DOC-RUN');
  expect(runs.map(({ subject, message }) => `${subject}: ${message}`)).toEqual([
    'w-1: not measured: the pod of podnet is not ready there: ImagePullBackOff: Back-off pulling image "a/b:1"',
  ]);
  const subjects = report().measurements.map(({ check, subject }) => `${check} ${subject}`);
  expect(subjects).toContain('DOC-MTU-HOST w-1→cp-1');
  expect(subjects).not.toContain('DOC-MTU-POD cp-1→w-1');
});

test('a node that the spec does not have is told, and left out', async () => {
  const nodes = [...NODES, node('stranger')];
  const words = ['--yes', '--only', 'facts', '--machines', 'w-1'];
  const {
    error,
    words: calls,
    report,
  } = await doctor(labFolder(), healthyCluster({ nodes }), words);
  expect(error).toContain('not measured, since the spec does not have them: stranger');
  expect(calls.filter((line) => line.startsWith('exec '))).toHaveLength(1);
  expect(new Set(report().measurements.map(({ subject }) => subject))).toEqual(new Set(['w-1']));
});

test('a machine without a node, and one whose kubelet is gone', async () => {
  const gone = await doctor(labFolder(), healthyCluster({ nodes: NODES.slice(0, 1) }), QUICK);
  expect(gone.out).toContain('w-1: not measured: the cluster has no node of this name');
  const nodes = [NODES[0], node('w-1', false)];
  const { code, out } = await doctor(labFolder(), healthyCluster({ nodes }), QUICK);
  expect(code).toBe(3);
  expect(out).toContain(
    'w-1: not measured: its node is not ready: NodeStatusUnknown: Kubelet stopped posting node status.',
  );
});

test('a machine that cannot be entered is left alone after the first time', async () => {
  const dial = 'Error from server: error dialing backend: dial tcp 10.20.0.12:10250: i/o timeout';
  const fails = [{ words: 'exec .*-w-1 .*facts', stderr: dial }];
  const { code, out, words } = await doctor(labFolder(), healthyCluster({ fails }), QUICK);
  expect(code).toBe(3);
  expect(out).toContain(`facts could not be run, and the machine was left alone: ${dial}`);
  expect(words.filter((line) => /exec .*-w-1 /.test(line))).toHaveLength(1);
});

test.each([
  [
    'get nodes',
    'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
    'the list of nodes must be answered by the cluster, got The connection to the server localhost:8080 was refused - did you specify the right host or port?; name the file with --kubeconfig, for example admin.conf of the sealed folder',
  ],
  [
    'get nodes',
    'Unable to connect to the server: dial tcp 10.20.0.10:6443: i/o timeout',
    'the list of nodes must be answered by the cluster, got Unable to connect to the server: dial tcp 10.20.0.10:6443: i/o timeout; see whether kubectl get nodes answers from here',
  ],
  [
    'get nodes',
    'error: You must be logged in to the server (Unauthorized)',
    'the list of nodes must be answered by the cluster, got error: You must be logged in to the server (Unauthorized); log in as kubectl get nodes needs it, then run this again',
  ],
  [
    'apply',
    'Error from server (Forbidden): namespaces is forbidden: User "x" cannot create resource "namespaces"',
    /got Error from server \(Forbidden\): .*; use a user who may create, change and delete a namespace, DaemonSets, ConfigMaps and Services, read those, nodes and pods, and exec into pods$/,
  ],
  [
    'exec .*facts',
    'Error from server (Forbidden): pods "inspector-cp-1" is forbidden: User "x" cannot create resource "pods/exec"',
    /kubectl exec must be answered by the cluster, got .*; use a user who may /,
  ],
])('%s that fails ends the run: %s', async (words, stderr, message) => {
  const {
    code,
    error,
    words: calls,
  } = await doctor(labFolder(), healthyCluster({ fails: [{ words, stderr }] }), QUICK);
  expect(code).toBe(1);
  const last = error
    .split('\n')
    .at(-1)!
    .replace(/^cdk8s-groundwork: /, '');
  if (typeof message === 'string') {
    expect(last).toBe(message);
  } else {
    expect(last).toMatch(message);
  }
  const applied = calls.some((line) => line.includes('apply '));
  expect(calls.some((line) => line.includes('delete '))).toBe(applied);
  expect(applied).toBe(words !== 'get nodes');
});

test('no kubectl, another cluster, no synth, nobody to ask', async () => {
  const root = labFolder();
  const none = await doctor(root, undefined, ['--kubectl', '/nowhere/kubectl', '--yes']);
  expect(none.error).toBe(
    'cdk8s-groundwork: kubectl must be a program that can be started, got no /nowhere/kubectl; install kubectl of a release near the cluster, or name it with --kubectl',
  );
  const other = await doctor(root, healthyCluster({ nodes: [node('a'), node('b')] }), ['--yes']);
  expect(other.error).toBe(
    'cdk8s-groundwork: the cluster that kubectl talks to must be lab, with cp-1, w-1, got one with a, b; name the right one with --kubeconfig or --context',
  );
  const unasked = await doctor(root, healthyCluster());
  expect([unasked.code, unasked.error]).toEqual([
    1,
    'cdk8s-groundwork: --yes must be given where nobody can be asked, got nothing; nothing was deployed',
  ]);
  expect(unasked.out).toContain('deploys into namespace groundwork-doctor, deleted at the end:');
  const ask = jest.fn(() => Promise.resolve(false));
  const refused = await doctor(root, healthyCluster(), [], {
    terminal: { show: () => undefined, ask },
  });
  expect(refused.error).toBe('cdk8s-groundwork: not done: nothing was deployed');
  expect(ask).toHaveBeenCalledTimes(1);
  for (const { words } of [other, unasked, refused]) {
    expect(words.filter((line) => /apply|delete|exec/.test(line))).toEqual([]);
  }
  writeFileSync(join(root, 'dist/report/index.html'), '<html></html>');
  expect((await doctor(root, undefined)).error).toBe(
    `cdk8s-groundwork: ${root}/dist/report/index.html must be a report that has a place for what is measured, got one without; synthesize again with this release`,
  );
  const empty = tempDir();
  mkdirSync(join(empty, 'dist'));
  const { error } = await doctor(empty, undefined);
  expect(error).toBe(
    `cdk8s-groundwork: ${empty}/dist/doctor/doctor.conf must be a file that a synth wrote, got none; name the output folder of a cluster with a doctor, and synthesize it with this release`,
  );
});

test('words that are not understood', async () => {
  const root = labFolder();
  const error = async (...words: string[]) => (await doctor(root, undefined, words)).error;
  expect(await error('--load', 'memory')).toBe(
    'cdk8s-groundwork: --load must be of network, disk, cpu, got memory; separate several with commas',
  );
  expect(await error('--only', 'iperf')).toBe(
    'cdk8s-groundwork: --only iperf must be given with --load network, got without; say both: it costs something',
  );
  expect(await error('--machines', 'cp-1,cp-9')).toBe(
    'cdk8s-groundwork: --machines must be of cp-1, w-1, got cp-9; separate several with commas',
  );
  expect(await error('--timeout', '0')).toBe(
    'cdk8s-groundwork: --timeout must be 1 to 3600 whole seconds, got 0; leave it out for 120',
  );
  expect(await error('--from', join(root, 'dist'))).toMatch(
    /^cdk8s-groundwork: --from .*must be a folder with recordings, got no \.txt file in it/,
  );
  writeFileSync(join(root, 'x.json'), '[]');
  expect(await error('--compare', join(root, 'x.json'))).toMatch(
    /must be doctor\.json of a run, got another file/,
  );
  expect(await error('--out', join(root, 'dist/run'))).toMatch(
    /must be outside of every output folder of synth/,
  );
  mkdirSync(join(root, 'run'));
  writeFileSync(join(root, 'run/precious'), '');
  expect(await error('--yes')).toBe(
    `cdk8s-groundwork: --out ${root}/run must be a folder that does not exist yet, or an earlier run of doctor, got one that holds precious; choose another folder`,
  );
});

test('Ctrl-C ends what runs, deletes what was deployed and writes nothing', async () => {
  const root = labFolder();
  const controller = new AbortController();
  const cluster = healthyCluster({ hangs: 'df-probe.sh' });
  const started = Date.now();
  const interruption = () => {
    setTimeout(function look() {
      const calls = join(root, 'bin/calls');
      const there = existsSync(calls) && readFileSync(calls, 'utf8').includes('df-probe.sh');
      if (there) {
        controller.abort();
      } else if (Date.now() - started < 60_000) {
        setTimeout(look, 50);
      }
    }, 50);
    return controller.signal;
  };
  const { code, error, words } = await doctor(root, cluster, QUICK, { interruption });
  expect(code).toBe(130);
  expect(error.split('\n').at(-1)).toBe(
    'interrupted: what was deployed is deleted now, and nothing is written',
  );
  expect(words.slice(-2).some((line) => line.startsWith('delete -f '))).toBe(true);
  expect(existsSync(join(root, 'run'))).toBe(false);
});

test('--keep leaves the pods and says how they go; what cannot be deleted is a failure', async () => {
  const kept = await doctor(labFolder(), healthyCluster(), [...QUICK, '--keep']);
  expect(kept.words.some((line) => line.startsWith('delete'))).toBe(false);
  expect(kept.error).toMatch(
    /^left in the cluster; delete it with \S+kubectl delete -f \S+doctor\.manifest$/m,
  );
  const fails = [{ words: '^delete', stderr: 'Error from server (Timeout): timed out' }];
  const left = await doctor(labFolder(), healthyCluster({ fails }), QUICK);
  expect(left.code).toBe(1);
  expect(left.error).toMatch(
    /deleting by \S+kubectl delete -f \S+ --ignore-not-found --timeout=90s must be answered/,
  );
  expect(left.report().measurements.length).toBeGreaterThan(10);
});

test('a doctor that stays is used and not touched', async () => {
  const root = labFolder({ stays: true });
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin/applied'), '');
  const { words, out, report } = await doctor(root, healthyCluster(), QUICK);
  expect(out).toContain('uses the pods that are in namespace groundwork-doctor already');
  expect(words.filter((line) => /apply|delete/.test(line))).toEqual([]);
  expect(report().measurements.length).toBeGreaterThan(5);
});

test('a Service that cannot be read leaves connections out, and says so', async () => {
  const fails = [{ words: 'get service', stderr: 'Error from server (Forbidden): no' }];
  const words = ['--yes', '--only', 'connect'];
  const { error } = await doctor(labFolder(), healthyCluster({ fails }), words);
  expect(error.split('\n').slice(-2)).toEqual([
    'the Service of the doctor could not be read: connections are not timed',
    'connect: nothing to do',
  ]);
});

test('pods that nowhere become ready are no run', async () => {
  const pulling = { reason: 'ErrImageNeverPull', message: 'not here' };
  const pods = ['inspector', 'podnet'].map((one) => pod(one, 'cp-1', '', pulling));
  const words = [...QUICK, '--timeout', '1'];
  const { code, error, words: calls } = await doctor(labFolder(), healthyCluster({ pods }), words);
  expect(code).toBe(1);
  expect(error).toContain(
    'pods of the doctor must be ready on some machine, got none: on cp-1 the pod of inspector is not ready there: ErrImageNeverPull: not here; see to that first',
  );
  expect(calls.slice(-2).some((line) => line.startsWith('delete '))).toBe(true);
});

test('loads are measured when they are asked for, one pair and one disk at a time', async () => {
  const root = labFolder({ fsyncDirectory: '/var/lib/etcd/scratch' });
  const says = {
    ...healthyCluster().says,
    'inspector-w-1 iperf': mute('iperf', 'w-1', 'host'),
    'podnet-w-1 iperf': mute('iperf', 'w-1', 'pod'),
    'disk-cp-1 fsync': saidBy('healthy')['inspector-cp-1 fsync']!,
  };
  const enter = Object.fromEntries(
    ['inspector-cp-1', 'inspector-w-1', 'podnet-cp-1', 'podnet-w-1'].map((name) => [
      name,
      ['sh', '-c', 'echo Server listening on 5201; sleep 1'],
    ]),
  );
  const pods = [...PODS, pod('disk', 'cp-1', '10.244.0.9')];
  const { words, out, code } = await doctor(root, healthyCluster({ says, enter, pods }), [
    ...['--yes', '--load', 'network,disk,cpu', '--only', 'iperf,fsync,burn'],
  ]);
  const execs = words.filter((line) => line.startsWith('exec '));
  expect(
    execs.slice(0, 4).map((line) => line.replace(/^exec -n groundwork-doctor | -c doctor --/g, '')),
  ).toEqual([
    'inspector-w-1 timeout 30 iperf3 -s -1 --idle-timeout 12 --forceflush -p 5201 -B 10.20.0.12',
    'inspector-cp-1 sh /scripts/iperf.sh w-1 10.20.0.12 tcp 10 5201',
    'inspector-w-1 timeout 30 iperf3 -s -1 --idle-timeout 12 --forceflush -p 5201 -B 10.20.0.12',
    'inspector-cp-1 sh /scripts/iperf.sh w-1 10.20.0.12 udp 10 5201',
  ]);
  expect(execs.slice(-3).map((line) => line.split(' -- ')[1])).toEqual([
    'env BESIDE_ETCD=yes sh /scripts/fsync.sh /scratch 60',
    'sh /scripts/counters.sh 60 burn',
    'sh /scripts/counters.sh 60 burn',
  ]);
  expect(words.slice(-2).sort()[0]).toMatch(/^delete -f \S+disk\.manifest -f \S+doctor\.manifest /);
  expect(out).toContain('one process of the lowest priority for each CPU, for 60 seconds');
  expect([3, 4, 5]).toContain(code);
});
