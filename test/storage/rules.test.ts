import { ApiObject, Size } from 'cdk8s';
import {
  Cluster,
  DataDisk,
  EtcdBackup,
  EtcdBackupTarget,
  EtcdOnNvme,
  KubeProxy,
  Machine,
  NetworkDoctor,
  NodeBootstrap,
  NodeLocalDns,
  Residency,
  ResidencyEnforcement,
  TunedCalico,
  Zone,
} from '../../lib';
import type { Chart } from 'cdk8s';
import { storageRules } from '../../lib/storage/rules';
import { osloMachine } from '../support/oslo';
import { anchor, cinder, facts, files, render, said } from './storage';

const machines = [1, 2, 3].map((n) => osloMachine(n));
const inside = { machines, residency: Residency.of(['NO'], { anchors: [anchor] }) };
/** Its topology is that of the machines, by which others must not get in. */
const plain = { name: 'plain', provisioner: 'plain.csi' };
const only = (id: string, lines: string[]) => lines.filter((line) => line.startsWith(id));

const bucket = (country: string) =>
  EtcdBackupTarget.s3({
    endpoint: 'https://s3.example.net',
    bucket: 'etcd',
    region: 'x-1',
    country,
  });

test('nothing is said of a policy that is kept', () => {
  expect(said(render({}, inside).cluster)).toEqual([]);
});

test('a zone outside is an error', () => {
  const zones = [
    ...facts().zones!,
    Zone.of('dublin-1', { country: 'IE', nodeCidr: '10.22.0.0/24' }),
  ];
  const { cluster, objects } = render({ classes: [plain] }, { ...inside, zones });
  // Nothing that is made for the cluster leads there.
  expect(JSON.stringify(objects)).toContain('bergen-1');
  expect(JSON.stringify(objects)).not.toContain('dublin-1');
  expect(said(cluster)).toEqual([
    'GW-STORAGE-001 zone dublin-1 with 0 machines is in IE, allowed are NO',
  ]);
  const eea = Residency.eea({ anchors: [anchor] });
  expect(said(render({}, { ...inside, zones, residency: eea }).cluster)).toEqual([]);
});

test('a machine outside is no place for a volume', () => {
  const zones = [
    ...facts().zones!,
    Zone.of('dublin-1', { country: 'IE', nodeCidr: '10.22.0.0/24' }),
  ];
  const dublin = Machine.worker('dub-1', { zone: 'dublin-1', address: '10.22.0.21' });
  const { objects, cluster } = render({}, { ...inside, zones, machines: [...machines, dublin] });
  expect(JSON.stringify(objects)).toContain('cp-1');
  expect(JSON.stringify(objects)).not.toContain('dub-1');
  expect(said(cluster)).toEqual([
    'GW-STORAGE-001 zone dublin-1 with 1 machine is in IE, allowed are NO',
  ]);
});

describe('a backup', () => {
  const lines = (country: string, residency: Residency) => {
    const { cluster } = render({}, { ...inside, residency }, (chart, c) => {
      new EtcdOnNvme(chart, 'etcd', { cluster: c });
      new EtcdBackup(chart, 'backup', { cluster: c, target: bucket(country) });
    });
    return cluster
      .findings()
      .filter(({ id }) => /^GW-(STORAGE-002|ETCD-03[01])$/.test(id))
      .map(({ id, severity, message }) => `${id} ${severity} ${message}`);
  };

  test('outside is an error, said once', () => {
    expect(lines('US', Residency.eea())).toEqual([
      'GW-STORAGE-002 error backups go to US (bucket etcd at https://s3.example.net), allowed are the EEA',
    ]);
    expect(lines('SE', Residency.of(['NO']))[0]).toMatch(/^GW-STORAGE-002 error/);
  });

  test('in another allowed country is nothing to say, beyond the EEA still is', () => {
    expect(lines('SE', Residency.eea())).toEqual([]);
    expect(lines('US', Residency.of(['NO', 'US']))[0]).toMatch(/^GW-ETCD-030 warning/);
  });
});

describe('objects of others in the App', () => {
  const lines = (object: { kind: string; apiVersion: string } & Record<string, unknown>) =>
    only(
      'GW-STORAGE-003',
      said(
        render(
          { classes: [files, cinder, plain] },
          inside,
          (chart) => new ApiObject(chart, 'x', object as any),
        ).cluster,
      ),
    );
  const term = (values: string[]) => [
    { matchLabelExpressions: [{ key: 'topology.kubernetes.io/zone', values }] },
  ];
  const sc = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'gp3' } };
  const pv = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'share' } };

  test('that keep inside', () => {
    expect(lines({ ...sc, provisioner: 'x.csi', allowedTopologies: term(['oslo-1']) })).toEqual([]);
    expect(lines({ ...sc, provisioner: 'nfs.csi.k8s.io' })).toEqual([]);
    expect(lines({ ...sc, provisioner: 'kubernetes.io/no-provisioner' })).toEqual([]);
    expect(lines({ ...pv, spec: { csi: { driver: 'nfs.csi.k8s.io' } } })).toEqual([]);
    const az1 = [{ matchLabelExpressions: [{ key: cinder.topologyKey, values: ['az1'] }] }];
    expect(lines({ ...sc, provisioner: 'x.csi', allowedTopologies: az1 })).toEqual([]);
  });

  test('that do not', () => {
    expect(lines({ ...sc, provisioner: 'x.csi' })).toEqual([
      'GW-STORAGE-003 StorageClass gp3 (oslo/x) names no place in NO',
    ]);
    expect(lines({ ...sc, provisioner: 'x.csi', allowedTopologies: term(['dublin-1']) })).toEqual([
      'GW-STORAGE-003 StorageClass gp3 (oslo/x) reaches beyond the zones in NO',
    ]);
    const half = [...term(['oslo-1']), ...term(['dublin-1'])];
    expect(lines({ ...sc, provisioner: 'x.csi', allowedTopologies: half })).toHaveLength(1);
    // A machine is a place for a volume; the API server refuses it in a class, so this does as well.
    const key = 'kubernetes.io/hostname';
    const allowedTopologies = [{ matchLabelExpressions: [{ key, values: ['cp-1'] }] }];
    expect(lines({ ...sc, provisioner: 'x.csi', allowedTopologies })).toHaveLength(1);
    const nodeSelectorTerms = [{ matchExpressions: [{ key, operator: 'In', values: ['cp-1'] }] }];
    const nodeAffinity = { required: { nodeSelectorTerms } };
    expect(lines({ ...pv, spec: { hostPath: { path: '/srv' }, nodeAffinity } })).toEqual([]);
    expect(lines({ ...pv, spec: { nfs: { server: 'a', path: '/' } } })).toEqual([
      'GW-STORAGE-003 PersistentVolume share (oslo/x) names no place in NO',
    ]);
  });
});

describe('claims and pods of others in the App', () => {
  const lines = (kind: string, spec: object, apiVersion = 'v1', annotations?: object) => {
    const object = { apiVersion, kind, metadata: { name: 'db', annotations }, spec };
    const options = { classes: [plain], otherClasses: ['ceph'], podDrivers: ['secrets.csi'] };
    return said(
      render(options, inside, (chart) => new ApiObject(chart, 'x', object as any)).cluster,
    );
  };
  const template = (...volumes: object[]) => ({ template: { spec: { volumes } } });
  const claim = (storageClassName?: string) => ({ spec: { storageClassName } });

  test('that keep to the policy', () => {
    const claimed = lines('PersistentVolumeClaim', { storageClassName: 'plain' });
    expect(only('GW-STORAGE-012', claimed)).toEqual([]);
    expect(only('GW-STORAGE-012', lines('PersistentVolumeClaim', {}))).toEqual([]);
    const templates = [claim('ceph'), claim(''), claim()];
    const fine = template(
      { name: 'a', emptyDir: {} },
      { name: 'b', csi: { driver: 'secrets.csi' } },
    );
    const set = lines('StatefulSet', { volumeClaimTemplates: templates, ...fine });
    expect(only('GW-STORAGE-012', set)).toEqual([]);
  });

  test('by the annotation that controllers read first', () => {
    const old = { 'volume.beta.kubernetes.io/storage-class': 'gp3' };
    const found = (kind: string, spec: object, apiVersion: string, annotations?: object) =>
      only('GW-STORAGE-012', lines(kind, spec, apiVersion, annotations));
    const fault = (kind: string) => [
      `GW-STORAGE-012 ${kind} db (oslo/x) claims class gp3, which the spec does not name`,
    ];
    expect(found('PersistentVolumeClaim', { storageClassName: 'plain' }, 'v1', old)).toEqual(
      fault('PersistentVolumeClaim'),
    );
    const volumeClaimTemplates = [{ metadata: { annotations: old }, spec: {} }];
    expect(found('StatefulSet', { volumeClaimTemplates }, 'apps/v1')).toEqual(fault('StatefulSet'));
  });

  test('volumes of other kinds are none of a pod', () => {
    const disks = template({ name: 'root', containerDisk: { image: 'x' } });
    const machine = lines('VirtualMachine', disks, 'kubevirt.io/v1');
    expect(only('GW-STORAGE-012', machine)).toEqual([]);
    const odd = lines('Thing', { template: { spec: { volumes: 'many' } } }, 'example.no/v1');
    expect(only('GW-STORAGE-012', odd)).toEqual([]);
    const deployment = lines('Deployment', template({ name: 'share', nfs: {} }), 'apps/v1');
    expect(only('GW-STORAGE-012', deployment)).toHaveLength(1);
  });

  test.each<[string, object, string]>([
    [
      'PersistentVolumeClaim',
      { storageClassName: 'gp3' },
      'claims class gp3, which the spec does not name',
    ],
    [
      'StatefulSet',
      { volumeClaimTemplates: [claim('gp3')] },
      'claims class gp3, which the spec does not name',
    ],
    [
      'Deployment',
      template({ name: 'share', nfs: { server: 'a' } }),
      'mounts volume share past PersistentVolumes',
    ],
    [
      'CronJob',
      { jobTemplate: { spec: template({ name: 'c', csi: { driver: 'nfs.csi' } }) } },
      'mounts volume c past PersistentVolumes',
    ],
    [
      'Pod',
      { volumes: [{ name: 'e', ephemeral: { volumeClaimTemplate: claim('gp3') } }] },
      'claims class gp3, which the spec does not name',
    ],
  ])('that do not: %s', (kind, spec, fault) =>
    expect(only('GW-STORAGE-012', lines(kind, spec))).toEqual([
      `GW-STORAGE-012 ${kind} db (oslo/x) ${fault}`,
    ]),
  );
});

test('local volumes have one copy', () => {
  const dataDisks = [DataDisk.byId('virtio-a', { capacity: Size.gibibytes(10) })];
  const own = [osloMachine(1, { dataDisks }), osloMachine(2), osloMachine(3)];
  expect(said(render({}, { ...inside, machines: own }).cluster)).toEqual([
    'GW-STORAGE-004 1 local volume is on one disk each',
  ]);
});

describe('images and archives', () => {
  const lines = (
    sources: Record<string, string>,
    changes: object = {},
    options: object = {},
    more: (chart: Chart, cluster: Cluster) => void = () => undefined,
  ) => {
    const residency = Residency.of(['NO'], { anchors: [anchor], sources });
    return said(
      render(options, { ...inside, residency, ...changes }, (chart, cluster) => {
        KubeProxy.recommended({ operatingSystem: cluster.operatingSystem }).create(
          chart,
          'kube-proxy',
          cluster,
        );
        new NodeLocalDns(chart, 'dns', { cluster });
        new TunedCalico(chart, 'cni', { cluster });
        new NodeBootstrap(chart, 'nodes', { cluster });
        more(chart, cluster);
      }).cluster,
    );
  };

  test('from where nobody has looked up', () => {
    const found = lines({});
    expect(found.map((line) => line.split(':')[0])).toEqual([
      'GW-STORAGE-006 nobody says in which country dl.k8s.io is',
      'GW-STORAGE-006 nobody says in which country ghcr.io is',
      'GW-STORAGE-006 nobody says in which country github.com is',
      'GW-STORAGE-006 nobody says in which country quay.io is',
      'GW-STORAGE-006 nobody says in which country registry.k8s.io is',
    ]);
    expect(found[1]).toMatch(/ghcr\.io is: kube-vip:v/);
    expect(found[3]).toMatch(/quay\.io is: .*node/);
  });

  test('from outside', () => {
    const found = lines({ 'quay.io': 'US', 'dl.k8s.io': 'US' });
    expect(only('GW-STORAGE-005', found)).toEqual([
      expect.stringMatching(/^GW-STORAGE-005 dl\.k8s\.io is in US, allowed are NO: kubeadm, /),
      expect.stringMatching(/^GW-STORAGE-005 quay\.io is in US, allowed are NO: /),
    ]);
    expect(only('GW-STORAGE-010', found)).toEqual([]);
  });

  test('from a mirror inside', () => {
    const mirror = {
      imageRegistry: 'mirror.example.no/k8s',
      downloadBaseUrl: 'https://mirror.example.no/dl',
    };
    expect(lines({ 'mirror.example.no': 'NO' }, mirror)).toEqual([]);
  });

  test('of the doctor, which the command brings along', () => {
    const doctor = (chart: Chart, cluster: Cluster) => {
      new EtcdOnNvme(chart, 'etcd', { cluster });
      NetworkDoctor.configure().create(chart, 'doctor', cluster);
    };
    const found = lines({}, {}, {}, doctor);
    expect(found.find((line) => line.includes('which country docker.io is'))).toMatch(/netshoot/);
    expect(found.find((line) => line.includes('which country ghcr.io is'))).toMatch(/kubestr/);
    const exempt = { imageExemptNamespaces: ['calico-system', 'tigera-operator'] };
    const refused = lines({ 'mirror.example.no': 'NO' }, {}, exempt, doctor);
    expect(only('GW-STORAGE-010', refused)).toEqual([
      expect.stringMatching(
        /^GW-STORAGE-010 pods in groundwork-doctor would be refused: docker\.io\/nicolaka\/netshoot:\S+, ghcr\.io\/\S+$/,
      ),
    ]);
  });

  test('without a host are those of the host that a runtime adds', () => {
    const pod = (chart: Chart, image: string) =>
      new ApiObject(chart, 'own', {
        ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'own' } },
        spec: { containers: [{ image }] },
      } as any);
    const of = (source: string, image: string) =>
      lines({ [source]: 'NO' }, {}, {}, (chart) => void pod(chart, image)).filter((line) =>
        /00[56] .*docker\.io/.test(line),
      );
    expect(of('docker.io', 'nginx:1')).toEqual([]);
    expect(of('docker.io/library', 'nginx:1')).toEqual([]);
    expect(of('docker.io/org', 'org/app:1')).toEqual([]);
    expect(of('docker.io/org', 'nginx:1')).toEqual([
      'GW-STORAGE-006 nobody says in which country docker.io is: nginx:1',
    ]);
  });

  test('that the policy would keep out of its own cluster', () => {
    const found = lines({ 'mirror.example.no': 'NO' });
    expect(only('GW-STORAGE-010', found).map((line) => line.split(':')[0])).toEqual([
      'GW-STORAGE-010 pods in calico-system would be refused',
      'GW-STORAGE-010 pods in tigera-operator would be refused',
    ]);
    const exempt = { imageExemptNamespaces: ['calico-system', 'tigera-operator'] };
    expect(only('GW-STORAGE-010', lines({ 'mirror.example.no': 'NO' }, {}, exempt))).toEqual([]);
    const warned = { enforcement: ResidencyEnforcement.WARN };
    expect(only('GW-STORAGE-010', lines({ 'mirror.example.no': 'NO' }, {}, warned))).toEqual([]);
  });
});

test('what is not enforced, or only somebody says', () => {
  const { cluster } = render(
    { enforcement: ResidencyEnforcement.WARN, classes: [files], otherClasses: ['ceph'] },
    { ...inside, residency: Residency.of(['NO']) },
  );
  expect(said(cluster)).toEqual([
    'GW-STORAGE-007 enforcement is Warn: objects outside are let in',
    'GW-STORAGE-008 class ceph is made by somebody else, and claims may name it',
    'GW-STORAGE-008 that class files (nfs.csi.k8s.io) keeps data in NO is the word of the spec',
    'GW-STORAGE-009 the residency has no anchor: where machines are is told by the spec alone',
  ]);
});

test('machines of others are labelled by hand', () => {
  const { cluster } = render({}, inside, undefined, true);
  expect(said(cluster)[0]).toBe(
    'GW-STORAGE-011 cp-1 needs labels: kubectl label node cp-1 topology.kubernetes.io/zone=oslo-1 topology.kubernetes.io/region=oslo cdk8s-groundwork/country=NO',
  );
  expect(said(cluster)).toHaveLength(3);
});

test('every rule has an id of this room', () => {
  expect(storageRules.map(({ id }) => id).sort()).toEqual(
    Array.from({ length: 12 }, (_, n) => `GW-STORAGE-${String(n + 1).padStart(3, '0')}`),
  );
});
