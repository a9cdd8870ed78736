import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiObject, App, Chart, Testing } from 'cdk8s';
import { parse, parseAllDocuments } from 'yaml';
import {
  Cluster,
  GroundworkApp,
  IpvsKubeProxy,
  LinuxDataplane,
  NodeLocalDns,
  TunedCalico,
  type IDnsConfiguration,
} from '../../lib';
import { osloProps } from '../support/oslo';
import { tempDir } from '../support/temp-app';
import { readTree } from '../../lib/testing/tree';
import { osloPlane } from './oslo-plane';

const silence = () => jest.spyOn(process.stderr, 'write').mockReturnValue(true);
let stderr: ReturnType<typeof silence>;
beforeEach(() => {
  stderr = silence();
});
afterEach(() => stderr.mockRestore());

const said = () => stderr.mock.calls.map(([text]) => String(text)).join('');
const manifestsOf = (files: Record<string, string>) =>
  Object.keys(files).filter((f) => f.endsWith('.k8s.yaml'));

test('the flagship writes one file for every phase it has, apply.sh and files for every machine', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  osloPlane(app);
  app.synth();
  const files = readTree(app.outdir);
  expect(manifestsOf(files)).toEqual([
    '00-kube-proxy.k8s.yaml',
    '05-node-local-dns.k8s.yaml',
    '10-cni-operator.k8s.yaml',
    '20-cni.k8s.yaml',
    '30-network-policy.k8s.yaml',
    '50-ingress.k8s.yaml',
  ]);
  for (const machine of ['cp-1', 'cp-2', 'cp-3']) {
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([`nodes/${machine}/user-data`, `nodes/${machine}/meta-data`]),
    );
  }
  expect(files['apply.sh']!.startsWith('#!/usr/bin/env bash\n')).toBe(true);
});

test("kube-proxy's server is the API endpoint, which works before any Service does", () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  osloPlane(app);
  const objects = parseAllDocuments(app.files()['00-kube-proxy.k8s.yaml']!).map((d) => d.toJS());
  const config = objects.find((o) => o.kind === 'ConfigMap');
  const kubeconfig = parse(config.data['kubeconfig.conf']);
  expect(kubeconfig.clusters[0].cluster.server).toBe('https://api.oslo.example:6443');
});

test('every object names its manager and its cluster', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  const files = (osloPlane(app), app.files());
  const objects = manifestsOf(files).flatMap((f) =>
    parseAllDocuments(files[f]!).map((d) => d.toJS()),
  );
  for (const object of objects) {
    expect(object.metadata.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'cdk8s-groundwork',
      'cdk8s-groundwork/cluster': 'oslo',
    });
  }
});

test('a file of the previous run that is no longer rendered disappears, files of others stay', () => {
  const outdir = tempDir();
  const first = new GroundworkApp({ outdir });
  osloPlane(first);
  first.synth();
  writeFileSync(join(outdir, 'notes.txt'), 'mine');
  const second = new GroundworkApp({ outdir });
  osloPlane(second, { ingress: undefined });
  second.synth();
  const files = readTree(outdir);
  expect(files).not.toHaveProperty(['50-ingress.k8s.yaml']);
  expect(files).toHaveProperty(['00-kube-proxy.k8s.yaml']);
  expect(files['notes.txt']).toBe('mine');
});

test('a list of previous files cannot make the next run delete something elsewhere', () => {
  const outdir = tempDir();
  const victim = join(tempDir(), 'victim');
  writeFileSync(victim, 'keep');
  mkdirSync(outdir, { recursive: true });
  writeFileSync(join(outdir, '.groundwork-files'), `${victim}\n../${victim}\na/../../b\n`);
  const app = new GroundworkApp({ outdir });
  osloPlane(app);
  app.synth();
  expect(readTree(join(victim, '..'))).toEqual({ victim: 'keep' });
});

test('when validation fails nothing is written, and all errors come at once', () => {
  const outdir = tempDir();
  writeFileSync(join(outdir, 'before.txt'), 'untouched');
  const app = new GroundworkApp({ outdir });
  const plane = osloPlane(app);
  const { ledger } = plane.cluster;
  ledger.requireSysctl('vm.swappiness', '1', { by: plane, why: 'one' });
  ledger.requireSysctl('vm.swappiness', '60', { by: plane.cluster, why: 'another' });
  const chart = new Chart(app, 'mine');
  chart.node.addValidation({ validate: () => ['something of my own'] });
  expect(() => app.synth()).toThrow(
    [
      'validation found 2 errors, nothing was written:',
      '  GW-CLUSTER-002 [oslo/cluster] vm.swappiness must have one value, got 1 from oslo and 60 from oslo/cluster; change one of them, or ask for MergeRule.AT_LEAST where a minimum is meant',
      '  [mine] something of my own',
    ].join('\n'),
  );
  expect(readTree(outdir)).toEqual({ 'before.txt': 'untouched' });
});

test('warnings are printed until somebody acknowledges them', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  const plane = osloPlane(app);
  app.synth();
  const warned = plane.cluster.findings().filter((f) => f.severity === 'warning');
  expect(warned.length).toBeGreaterThan(0);
  expect(said()).toContain(`warning: ${warned[0]!.id} [${warned[0]!.path}]`);
  stderr.mockClear();
  warned.forEach((f) => plane.cluster.acknowledge(f.id, 'known'));
  app.synth();
  expect(said()).toBe('');
});

test("a user's own chart is written as cdk8s writes it, also when charts depend on each other", () => {
  const outdir = tempDir();
  const plain = new App({ outdir: tempDir() });
  const app = new GroundworkApp({ outdir });
  for (const root of [plain, app]) {
    const a = new Chart(root, 'a');
    const b = new Chart(root, 'b');
    const one = new ApiObject(a, 'one', { apiVersion: 'v1', kind: 'ConfigMap' });
    new ApiObject(b, 'two', { apiVersion: 'v1', kind: 'ConfigMap' }).addDependency(one);
    root.synth();
  }
  const { ['.groundwork-files']: _, ...written } = readTree(outdir);
  expect(written).toEqual(readTree(plain.outdir));
});

test("a user's object inside our chart is not lost", () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  const plane = osloPlane(app);
  new ApiObject(plane, 'mine', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine' } });
  const objects = parseAllDocuments(app.files()['oslo.k8s.yaml']!).map((d) => d.toJS());
  expect(objects.map((o) => o.metadata.name)).toEqual(['mine']);
});

test('two clusters in one app are refused', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  new Cluster(app, 'oslo', osloProps());
  new Cluster(app, 'bergen', osloProps());
  expect(() => app.synth()).toThrow(
    '[app] GroundworkApp must be given one cluster, got oslo, bergen; give every cluster an app with an outdir of its own',
  );
});

test('Testing.synth of a chart that holds one of our constructs shows all of its objects', () => {
  const app = new App({ outdir: tempDir() });
  const chart = new Chart(app, 'mine');
  const cluster = Cluster.fromFacts(app, 'oslo', osloProps());
  const proxy = new IpvsKubeProxy(chart, 'kube-proxy', { cluster });
  const objects = proxy.node.findAll().filter((n) => n instanceof ApiObject);
  expect(Testing.synth(chart)).toHaveLength(objects.length);
});

test('under another App the stack says once where the node files are', () => {
  const app = new App({ outdir: tempDir() });
  const plane = osloPlane(app);
  app.synth();
  app.synth();
  expect(said()).toBe(
    '[oslo] this App writes no node files; use GroundworkApp, or write what nodeFiles() returns\n',
  );
  expect(Object.keys(plane.nodeFiles())).toContain('nodes/cp-1/user-data');
});

test('the plan shows machines, networks, modes, findings and the tree', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  osloPlane(app);
  const plan = app.plan();
  for (const text of [
    'cp-3',
    '10.20.0.13',
    'MTU 1500',
    'ipvs',
    'encapsulation None',
    'Findings, with remedies',
    '00-kube-proxy.k8s.yaml',
    'user-data',
  ]) {
    expect(plan).toContain(text);
  }
});

describe('an output folder with something in the way', () => {
  const inTheWay = (prepare: (outdir: string) => void, prop: string, allowed: string) => {
    const outdir = tempDir();
    prepare(outdir);
    const before = readTree(outdir);
    const app = new GroundworkApp({ outdir });
    osloPlane(app);
    expect(() => app.synth()).toThrow(
      `[app] outdir ${outdir}${prop} must be ${allowed}; give GroundworkApp another outdir, or move what is in the way`,
    );
    expect(readTree(outdir)).toEqual(before);
  };

  test('a folder where a file goes: nothing is written', () => {
    inTheWay(
      (dir) => mkdirSync(join(dir, 'apply.sh')),
      '',
      'free of a folder named apply.sh, got one',
    );
  });

  test('a file where a folder goes: nothing is written', () => {
    inTheWay(
      (dir) => writeFileSync(join(dir, 'nodes'), ''),
      '',
      'free of a file named nodes, got one',
    );
  });

  test('a file in place of the folder', () => {
    const outdir = join(tempDir(), 'dist');
    writeFileSync(outdir, 'mine');
    const app = new GroundworkApp({ outdir });
    osloPlane(app);
    expect(() => app.synth()).toThrow(
      `[app] outdir ${outdir} must be a folder, got a file of that name`,
    );
  });
});

test('nothing is rendered outside of the output folder', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  const plane = osloPlane(app);
  const nodes = plane.cluster._summary('nodes')!;
  jest.spyOn(nodes, 'files').mockReturnValue({ 'nodes/../../escaped': '' });
  expect(() => app.synth()).toThrow(
    '[app] output file nodes/../../escaped must be below the output folder; correct the construct that renders it',
  );
});

test('apply.sh names the charts of the user, which it does not apply', () => {
  const app = new GroundworkApp({ outdir: tempDir() });
  osloPlane(app);
  new ApiObject(new Chart(app, 'mine'), 'one', { apiVersion: 'v1', kind: 'ConfigMap' });
  expect(app.files()['apply.sh']).toContain(
    "say 'not applied, it is a chart of your own: mine.k8s.yaml'\n",
  );
});

describe('the DNS cache', () => {
  const planned = (dns?: IDnsConfiguration) => {
    const app = new GroundworkApp({ outdir: tempDir() });
    const plane = osloPlane(app, { dns });
    return { app, files: app.files(), cluster: plane.cluster };
  };
  const kubelet = (files: Record<string, string>) =>
    /clusterDNS:\n +- (.*)\n/.exec(files['nodes/cp-1/files/etc/groundwork/kubeadm.conf']!)![1];

  test('is there by itself, and kubelets tell pods its address', () => {
    const { app, files } = planned();
    expect(kubelet(files)).toBe('169.254.20.10');
    expect(app.plan()).toMatch(
      / DNS cache +NodeLocal DNSCache 1\.26\.7 +answers on 169\.254\.20\.10\n/,
    );
  });

  test('comes before the plugin, which lets pods reach another address, too', () => {
    const { files, cluster } = planned(NodeLocalDns.configure({ localIp: '169.254.25.10' }));
    expect(kubelet(files)).toBe('169.254.25.10');
    expect(cluster.findings().filter(({ id }) => id.startsWith('GW-DNS-'))).toEqual([]);
  });

  test('holds the address of the Service by choice, and the plan says so', () => {
    const app = new GroundworkApp({ outdir: tempDir() });
    osloPlane(app, {
      dns: NodeLocalDns.configure({ bindClusterIp: true }),
      cni: TunedCalico.configure({ linuxDataplane: LinuxDataplane.BPF }),
      kubeProxy: undefined,
    });
    expect(app.plan()).toContain('answers on 169.254.20.10 and on the address of the DNS Service');
  });

  test('can be left out, with a note', () => {
    const { files, cluster } = planned(NodeLocalDns.none());
    expect(manifestsOf(files)).not.toContain('05-node-local-dns.k8s.yaml');
    expect(kubelet(files)).toBe('10.96.0.10');
    expect(cluster.findings().filter(({ id }) => id.startsWith('GW-DNS-'))).toMatchObject([
      { id: 'GW-DNS-013', severity: 'note', path: 'oslo/dns' },
    ]);
  });
});
