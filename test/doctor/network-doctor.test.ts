import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, Chart, Duration } from 'cdk8s';
import { ENFORCE } from '../../lib/doctor/pods/namespace';
import { Phase, phaseOf } from '../../lib/cluster';
import { collectorFiles, doctorFiles, parseRunDocument, runDocument } from '../../lib/doctor';
import {
  ApiEndpoint,
  Cluster,
  GroundworkApp,
  NetworkDoctor,
  NodeBootstrap,
  NvmeControlPlane,
  type NetworkDoctorOptions,
} from '../../lib';
import { osloPlane } from '../control-plane/oslo-plane';
import { unexplainedLeaves } from '../support/coverage';
import { osloProps } from '../support/oslo';
import { validateStrictly } from '../support/strict-schema';
import { tempApp, tempDir } from '../support/temp-app';
import { describeWithUpstream } from '../support/upstream';
import { againstBaseline, againstRestricted } from './pod-security';
import { names, objectsOf, ownChart, parsed, podOf, said } from './render';

function synth(options?: NetworkDoctorOptions): {
  plane: NvmeControlPlane;
  files: Record<string, string>;
} {
  const app = new GroundworkApp({ outdir: tempDir() });
  const plane = osloPlane(app, {
    doctor: options === undefined ? undefined : NetworkDoctor.configure(options),
  });
  return { plane, files: app.files() };
}

const usual = synth();
const objects = parsed(usual.files[doctorFiles.objects]);
const disk = parsed(usual.files[doctorFiles.disk]);
const inspector = podOf(objects, /^inspector$/);
const podnet = podOf(objects, /^podnet$/);
const onDisk = podOf(disk, /^disk$/);

test('a control plane comes with a doctor that is called, not applied', () => {
  expect(names(objects)).toEqual([
    'ConfigMap groundwork-doctor-scripts',
    'DaemonSet inspector',
    'DaemonSet podnet',
    'Namespace groundwork-doctor',
    'Service groundwork-doctor',
  ]);
  expect(names(disk)).toEqual(['ConfigMap groundwork-doctor-disk', 'DaemonSet disk']);
  const applied = Object.entries(usual.files).filter(([file]) => file.endsWith('.yaml'));
  expect(applied.filter(([, text]) => text.includes('groundwork-doctor'))).toEqual([]);
  expect(usual.files['apply.sh']).not.toContain('doctor');
});

test('without GroundworkApp the plane gives them away', () => {
  const ours = Object.entries(usual.files).filter(([file]) => file.startsWith('doctor/'));
  expect(usual.plane.doctorFiles()).toEqual(Object.fromEntries(ours));
});

test('no tool that applies a folder takes any of its files', () => {
  const files = Object.keys(usual.files).filter((file) => file.startsWith('doctor/'));
  expect(files.sort()).toEqual([doctorFiles.disk, doctorFiles.run, doctorFiles.objects].sort());
  expect(files.filter((file) => /\.(ya?ml|json)$/.test(file))).toEqual([]);
});

test('what it is called by, and what it must measure', () => {
  const run = parseRunDocument(usual.files[doctorFiles.run]!);
  expect(run).toMatchObject({
    namespace: 'groundwork-doctor',
    stays: false,
    container: 'doctor',
    scripts: '/scripts',
    service: { name: 'groundwork-doctor', port: 8080 },
    iperf: { port: 5201, seconds: 10 },
    fsync: { daemonSet: 'disk', directory: '/scratch', seconds: 60 },
  });
  expect(run.expectations.machines.map(({ name }) => name)).toEqual(['cp-1', 'cp-2', 'cp-3']);
  const selects = (name: keyof typeof run.selector) =>
    run.selector[name].split(',').map((pair) => pair.split('='));
  for (const name of ['inspector', 'podnet'] as const) {
    const found = objects.find(({ metadata }) => metadata.name === run.daemonSets[name]);
    expect(found.spec.template.metadata.labels).toEqual(Object.fromEntries(selects(name)));
    expect(found.spec.selector.matchLabels).toEqual(Object.fromEntries(selects(name)));
    const [container] = found.spec.template.spec.containers;
    expect(container.name).toBe(run.container);
    expect(container.volumeMounts).toContainEqual({
      name: 'scripts',
      mountPath: run.scripts,
      readOnly: true,
    });
  }
});

test('the document of another release, a changed one and another file are refused', () => {
  const text = usual.files[doctorFiles.run]!;
  const remedy = 'synthesize again with this release and pass its output folder';
  const refused = (changed: string, what: string) =>
    expect(() => parseRunDocument(changed)).toThrow(
      new Error(`[doctor] doctor/doctor.conf must be ${what}; ${remedy}`),
    );
  refused(text.replace('"protocol": 1', '"protocol": 2'), 'of protocol 1, got protocol 2');
  refused('protocol: 1', 'the file that a synth wrote, got something else');
  refused('[]', 'the file that a synth wrote, got something else');
  refused(
    JSON.stringify({ protocol: 1, ...JSON.parse(text), service: undefined }),
    'whole, got nothing for service',
  );
  expect(runDocument(parseRunDocument(text))).toBe(text);
});

test('every collector is in the pods, as it is written for a shell', () => {
  const scripts = objects.find(({ kind }) => kind === 'ConfigMap');
  expect(scripts.data).toEqual(collectorFiles());
  expect(disk.find(({ kind }) => kind === 'ConfigMap').data).toEqual({
    'fsync.sh': collectorFiles()['fsync.sh'],
  });
});

test('the inspector is on the network of the machine, with three rights and folders to read', () => {
  expect(inspector.hostNetwork).toBe(true);
  expect(againstBaseline(inspector)).toEqual([
    'hostNetwork',
    'hostPath /lib/modules',
    'hostPath /etc/systemd',
    'hostPath /run/systemd/netif',
    'hostPath /var/run/calico',
    'capability NET_ADMIN',
    'capability NET_RAW',
    'capability SYSLOG',
  ]);
  const mounts = inspector.containers[0].volumeMounts.filter(({ name }: any) => name !== 'tmp');
  expect(mounts.filter(({ readOnly }: any) => readOnly !== true)).toEqual([]);
  // A setting of the machine's own network is refused by the kubelet.
  expect(inspector.securityContext.sysctls).toBeUndefined();
});

test("the pod on the network of pods is anybody's: a namespace that enforces restricted takes it", () => {
  expect(podnet.hostNetwork).toBe(false);
  expect(againstRestricted(podnet)).toEqual([]);
});

test('what writes to the disk of etcd sees one folder of it, on control planes only', () => {
  expect(againstBaseline(onDisk)).toEqual(['hostPath /var/lib/etcd/groundwork-doctor']);
  expect(onDisk.containers[0].securityContext.capabilities).toEqual({ drop: ['ALL'] });
  expect(onDisk.nodeSelector['node-role.kubernetes.io/control-plane']).toBe('');
});

test.each([
  ['inspector', inspector],
  ['podnet', podnet],
  ['disk', onDisk],
])('%s: no token, nothing to write to but /tmp, on every machine whatever its taints', (_, pod) => {
  expect(pod).toMatchObject({
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    tolerations: [{ operator: 'Exists' }],
    priorityClassName: 'system-node-critical',
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
  });
  expect(pod.serviceAccountName).toBeUndefined();
  for (const { securityContext, resources } of pod.containers) {
    expect(securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
    });
    expect(resources.limits).toEqual({ memory: '512Mi', 'ephemeral-storage': '128Mi' });
  }
});

test('the namespace says its level, and the Service finds a pod on every machine', () => {
  const namespace = objects.find(({ kind }) => kind === 'Namespace');
  expect(namespace.metadata.labels[ENFORCE]).toBe('privileged');
  const service = objects.find(({ kind }) => kind === 'Service');
  const { template } = objects.find(({ metadata }) => metadata.name === 'podnet').spec;
  expect(template.metadata.labels).toMatchObject(service.spec.selector);
  expect(template.spec.containers[0].command[2]).toContain(
    `-LISTEN:${service.spec.ports[0].targetPort},`,
  );
});

test('another spec is another document; the same is the same', () => {
  expect(synth().files).toEqual(usual.files);
});

test('without one there is no folder, and nothing else changes', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  const plane = osloPlane(app, { doctor: NetworkDoctor.none() });
  expect(plane.doctorFiles()).toEqual({});
  const without = app.files();
  expect(Object.keys(without).filter((file) => file.startsWith('doctor/'))).toEqual([]);
  const same = (files: Record<string, string>) =>
    Object.entries(files).filter(([file]) => !/^(doctor|report)\//.test(file));
  expect(same(without)).toEqual(same(usual.files));
});

test('where nothing is said of it, a part of the plane does not stay', () => {
  expect(synth({ stays: undefined }).files[doctorFiles.objects]).toBeDefined();
});

test('what was written to the disk of etcd goes with the pod that wrote it, and before the next', () => {
  const [, , command] = onDisk.containers[0].command;
  const dir = tempDir();
  const left = () => readdirSync(dir);
  const brief = command.replaceAll('/scratch', dir).replace('3600', '1');
  mkdirSync(join(dir, '.doctor.old'));
  const script = `sh -c "$1" >/dev/null 2>&1 & pid=$!; sleep 0.5; ls -A "$2"; mkdir "$2/.doctor.new"; kill -TERM "$pid"; wait "$pid"; echo "$?"`;
  const { stdout } = spawnSync('sh', ['-c', script, 'sh', brief, dir], { encoding: 'utf8' });
  expect([stdout.trim(), left()]).toEqual(['0', []]);
});

test('two clusters of one App have a namespace each', () => {
  const app = tempApp();
  const namespaces = ['a', 'b'].map((clusterName) => {
    const chart = new Chart(app, clusterName);
    const cluster = Cluster.fromFacts(chart, 'cluster', { ...osloProps(), clusterName });
    return names(objectsOf(new NetworkDoctor(chart, 'doctor', { cluster })))[3];
  });
  expect(namespaces).toEqual(['Namespace groundwork-doctor', 'Namespace groundwork-doctor']);
});

test('one that stays is applied, and its namespace is not deleted with a run', () => {
  const { files } = synth({ stays: true });
  expect(files[doctorFiles.objects]).toBeUndefined();
  expect(names(parsed(files['60-storage-policy.k8s.yaml']))).toEqual(names(objects));
  expect(parseRunDocument(files[doctorFiles.run]!).stays).toBe(true);
});

test("in a user's own chart it is applied with the labels of the cluster", () => {
  const { chart, cluster } = ownChart();
  const doctor = new NetworkDoctor(chart, 'doctor', { cluster });
  const own = objectsOf(doctor);
  expect(names(own)).toEqual(names(objects));
  expect(own.map(({ metadata }) => metadata.labels['cdk8s-groundwork/cluster'])).toEqual(
    own.map(() => 'oslo'),
  );
  const phases = doctor.node
    .findAll()
    .filter((node): node is ApiObject => ApiObject.isApiObject(node))
    .map(phaseOf);
  expect(new Set(phases)).toEqual(new Set([Phase.STORAGE_POLICY]));
  expect(Object.keys(doctor.files()).sort()).toEqual([doctorFiles.disk, doctorFiles.run].sort());
  expect(doctor).toMatchObject({ namespace: 'groundwork-doctor', stays: true });
});

test('without an etcd that the spec knows, no disk is written to unless a folder is named', () => {
  const files = (fsyncDirectory?: string) => {
    const chart = new Chart(tempApp(), 'own');
    const cluster = Cluster.fromFacts(chart, 'cluster', { ...osloProps(), clusterName: 'oslo' });
    return new NetworkDoctor(chart, 'doctor', { cluster, stays: false, fsyncDirectory }).files();
  };
  const none = files();
  expect(none[doctorFiles.disk]).toBeUndefined();
  expect(parseRunDocument(none[doctorFiles.run]!).fsync).toBeUndefined();
  const named = podOf(parsed(files('/srv/etcd/doctor')[doctorFiles.disk]), /^disk$/);
  expect(named.volumes).toContainEqual({
    name: 'scratch',
    hostPath: { path: '/srv/etcd/doctor', type: 'DirectoryOrCreate' },
  });
});

test('a mirror and pull secrets reach every pod; an image of your own is taken as it is', () => {
  const { chart, cluster } = ownChart({
    imageRegistry: 'mirror.example.no',
    imagePullSecrets: ['mirror'],
  });
  const doctor = new NetworkDoctor(chart, 'doctor', { cluster });
  const pod = podOf(objectsOf(doctor), /^podnet$/);
  expect(pod.containers[0].image).toMatch(
    /^mirror\.example\.no\/nicolaka\/netshoot:v0\.16@sha256:[0-9a-f]{64}$/,
  );
  expect(pod.imagePullSecrets).toEqual([{ name: 'mirror' }]);
  expect(doctor.files()[doctorFiles.disk]).toContain('image: mirror.example.no/kastenhq/kubestr:');
});

test('everything that is wrong is said at once', () => {
  const { chart, cluster } = ownChart();
  const options: NetworkDoctorOptions = {
    namespace: 'kube-system',
    image: 'netshoot',
    fioImage: 'fio:latest',
    fsyncDirectory: '/dev/nvme0n1',
    fsyncTime: Duration.seconds(600),
    iperfPort: 80,
    iperfTime: Duration.millis(500),
  };
  const reference =
    'must be a full reference with a tag or digest, got %; write registry/repository:tag, with @sha256 behind it if you pin the digest';
  const time = 'leave it out for the time that thresholds were chosen for';
  expect(() => new NetworkDoctor(chart, 'doctor', { cluster, ...options })).toThrow(
    new Error(
      [
        'namespace must be an RFC 1123 label, neither default nor kube-…, got kube-system; give it a namespace of its own: it is deleted with the doctor',
        `image ${reference.replace('%', 'netshoot')}`,
        `fioImage ${reference.replace('%', 'fio:latest')}`,
        'fsyncDirectory must be the absolute path of a folder, outside of /dev, /proc and /sys, got /dev/nvme0n1; name a folder on the disk of etcd, for example /var/lib/etcd/groundwork-doctor',
        `fsyncTime in seconds must be between 10 and 120, got 600; ${time}`,
        'iperfPort must be between 1024 and 65535, got 80; leave it out, or choose one that nothing on the machines has',
        `iperfTime in seconds must be a whole number between 1 and 30, got 0.5; ${time}`,
      ]
        .map((line) => `[own/doctor] ${line}`)
        .join('\n'),
    ),
  );
});

test('a cluster has one', () => {
  const { chart, cluster } = ownChart();
  new NetworkDoctor(chart, 'doctor', { cluster });
  expect(() => new NetworkDoctor(chart, 'second', { cluster })).toThrow(
    '[own/second] cluster must be a cluster without another construct of this room (doctor), got own/doctor; remove one of the two',
  );
});

describe('rules', () => {
  const namespace = (chart: Chart, level?: string) =>
    new ApiObject(chart, 'namespace', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'groundwork-doctor',
        ...(level === undefined ? {} : { labels: { [ENFORCE]: level } }),
      },
    });

  test('the flagship has nothing to say', () => {
    expect(said(usual.plane.cluster)).toEqual([]);
  });

  test.each(['restricted', 'baseline'])('a namespace of the App that enforces %s', (level) => {
    const { chart, cluster } = ownChart();
    namespace(chart, level);
    const doctor = new NetworkDoctor(chart, 'doctor', { cluster });
    expect(said(cluster)).toEqual([
      `GW-DOCTOR-001 error: namespace groundwork-doctor enforces ${level}`,
    ]);
    expect(names(objectsOf(doctor))).not.toContain('Namespace groundwork-doctor');
  });

  test('one without a label has the default of the cluster, where that is known', () => {
    const { chart, cluster } = ownChart();
    namespace(chart);
    new NetworkDoctor(chart, 'doctor', { cluster });
    expect(said(cluster)).toEqual([]);
    new NodeBootstrap(chart, 'nodes', { cluster });
    expect(said(cluster)).toEqual([
      'GW-DOCTOR-001 error: namespace groundwork-doctor enforces baseline',
    ]);
  });

  test('one that is privileged is right', () => {
    const { chart, cluster } = ownChart();
    namespace(chart, 'privileged');
    new NetworkDoctor(chart, 'doctor', { cluster });
    expect(said(cluster)).toEqual([]);
  });

  test.each([
    [30500, 'a Service of type NodePort'],
    [10250, 'the kubelet or kube-proxy'],
    [5473, undefined],
  ])('port %d', (iperfPort, owner) => {
    const { chart, cluster } = ownChart();
    new NetworkDoctor(chart, 'doctor', { cluster, iperfPort });
    const [first = ''] = said(cluster);
    expect(first).toMatch(`GW-DOCTOR-002 error: port ${iperfPort} belongs to ${owner ?? ''}`);
  });

  test('a port that somebody else asked for, and one that only the doctor asked for', () => {
    const { chart, cluster } = ownChart();
    const doctor = new NetworkDoctor(chart, 'doctor', {
      cluster,
      iperfPort: 9100,
      openIperfPort: true,
    });
    expect(said(cluster)).toEqual([]);
    expect(cluster.ledger.forMachine(cluster.machines[0]!).ports.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['9100/tcp from machines', '9100/udp from machines']),
    );
    cluster.ledger.requirePort('9090-9110', {
      by: chart,
      protocol: 'tcp',
      from: 'machines' as any,
      why: 'exporters',
    });
    expect(said(cluster)).toEqual(['GW-DOCTOR-002 error: port 9100 belongs to exporters (own)']);
    expect(doctor.namespace).toBe('groundwork-doctor');
  });

  test('a host firewall that lets iperf3 in, or does not', () => {
    const firewall = { sshFrom: ['10.0.0.0/8'] };
    const withFirewall = (options: NetworkDoctorOptions, more: object = {}) => {
      const { chart, cluster } = ownChart();
      new NetworkDoctor(chart, 'doctor', { cluster, ...options });
      new NodeBootstrap(chart, 'nodes', { cluster, firewall: { ...firewall, ...more } });
      return said(cluster);
    };
    expect(withFirewall({})).toEqual([
      'GW-DOCTOR-003 note: the host firewall lets nobody in at port 5201',
    ]);
    expect(withFirewall({ openIperfPort: true })).toEqual([]);
    expect(withFirewall({}, { trustZoneNetworks: true })).toEqual([]);
    expect(
      withFirewall({}, { allow: [{ port: '5200-5210', protocol: 'tcp', why: 'measurements' }] }),
    ).toEqual([]);
  });

  test('images whose programs nobody knows', () => {
    const { chart, cluster } = ownChart();
    new NetworkDoctor(chart, 'doctor', {
      cluster,
      image: 'registry.example.no/tools:1.0',
      fioImage: 'registry.example.no/netshoot:v0.16',
    });
    expect(said(cluster)).toEqual([
      'GW-DOCTOR-004 note: registry.example.no/netshoot:v0.16 has no fio',
      'GW-DOCTOR-004 note: registry.example.no/tools:1.0 must have sh, awk, sed, arping of iputils, birdcl or vtysh, busybox with nslookup, conntrack, curl, dmesg, ethtool, ip, iperf3, iptables-save, nc, nft, ping of iputils, systemd-detect-virt',
    ]);
  });

  test.each(['/var/lib/etcd', '/var/lib/etcd/data', '/var/lib/etcd/data/scratch'])(
    'a folder with the data of etcd in it, or in that: %s',
    (fsyncDirectory) => {
      const { chart, cluster } = ownChart();
      new NetworkDoctor(chart, 'doctor', { cluster, fsyncDirectory });
      expect(said(cluster)).toEqual([
        `GW-DOCTOR-005 warning: ${fsyncDirectory} and the data of etcd in /var/lib/etcd/data are one folder in the other`,
      ]);
    },
  );

  test('a folder that is on another disk than etcd', () => {
    const { chart, cluster } = ownChart();
    new NetworkDoctor(chart, 'doctor', { cluster, fsyncDirectory: '/srv/scratch' });
    expect(said(cluster)).toEqual([
      'GW-DOCTOR-005 warning: /srv/scratch is not below /var/lib/etcd, where etcd has its log',
    ]);
  });
});

test('every value has a reason', () => {
  const decisions = usual.plane.cluster.decisions();
  const pod = 'DaemonSet.spec.template.spec';
  const unexplained = [...objects, ...disk].flatMap((object) =>
    unexplainedLeaves(object, {
      decisions,
      facts: [
        `${pod}.containers.image`,
        `${pod}.containers.env`,
        `${pod}.nodeSelector`,
        `${pod}.volumes.hostPath`,
      ],
      structural: [
        'ConfigMap.data',
        'Service.spec',
        'DaemonSet.spec.selector',
        'DaemonSet.spec.updateStrategy.type',
        'DaemonSet.spec.template.metadata',
        `${pod}.hostNetwork`,
        `${pod}.volumes.name`,
        `${pod}.volumes.configMap`,
        ...['name', 'command', 'ports', 'volumeMounts'].map((one) => `${pod}.containers.${one}`),
      ],
    }),
  );
  expect([...new Set(unexplained)]).toEqual([]);
});

describeWithUpstream('a strict API server takes every object', () => {
  test.each(['1.35', '1.36'])('%s', (minor) => {
    expect([...objects, ...disk].flatMap((object) => validateStrictly(object, minor))).toEqual([]);
  });
});

test('an endpoint of another kind changes nothing of the doctor but what it must measure', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  osloPlane(app, { endpoint: ApiEndpoint.external({ dnsName: 'api.oslo.example' }) });
  const files = app.files();
  expect(files[doctorFiles.objects]).toBe(usual.files[doctorFiles.objects]);
  expect(files[doctorFiles.run]).not.toBe(usual.files[doctorFiles.run]);
});
