import { Size } from 'cdk8s';
import {
  DataDisk,
  NvmeControlPlane,
  ReclaimPolicy,
  Residency,
  type NvmeControlPlaneProps,
} from '../../lib';
import { phaseOf } from '../../lib/cluster';
import { osloPlane } from '../control-plane/oslo-plane';
import { unexplainedLeaves } from '../support/coverage';
import { osloMachine } from '../support/oslo';
import { validateStrictly } from '../support/strict-schema';
import { tempApp } from '../support/temp-app';
import { describeWithUpstream } from '../support/upstream';
import { anchor, cinder, files, judged, render } from './storage';

const sources = { 'mirror.example.no': 'NO' };
const all = render(
  { classes: [cinder, files], defaultClass: 'block' },
  { residency: Residency.of(['NO'], { anchors: [anchor], sources }) },
);

test('the class of local volumes waits for the pod', () => {
  const { of } = all;
  expect(of('StorageClass', 'resident-local')).toMatchObject({
    provisioner: 'kubernetes.io/no-provisioner',
    reclaimPolicy: 'Retain',
    volumeBindingMode: 'WaitForFirstConsumer',
  });
  expect(of('StorageClass', 'resident-local').metadata.annotations).toBeUndefined();
});

test('the class of a driver keeps to zones in the words of the driver', () => {
  const { of } = all;
  const { metadata, ...fields } = of('StorageClass', 'block');
  expect(metadata.annotations).toEqual({ 'storageclass.kubernetes.io/is-default-class': 'true' });
  expect(fields).toEqual({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    provisioner: 'cinder.csi.openstack.org',
    reclaimPolicy: 'Delete',
    allowVolumeExpansion: false,
    volumeBindingMode: 'WaitForFirstConsumer',
    allowedTopologies: [
      {
        matchLabelExpressions: [{ key: 'topology.cinder.csi.openstack.org/zone', values: ['az1'] }],
      },
    ],
  });
});

test('by default it keeps to every zone, by its name', () => {
  const own = { name: 'x', provisioner: 'x.csi', reclaimPolicy: ReclaimPolicy.RETAIN };
  const { of } = render({ classes: [{ ...own, mountOptions: ['noatime'] }] });
  expect(of('StorageClass', 'x')).toMatchObject({
    reclaimPolicy: 'Retain',
    mountOptions: ['noatime'],
    allowedTopologies: [
      {
        matchLabelExpressions: [
          { key: 'topology.kubernetes.io/zone', values: ['oslo-1', 'bergen-1'] },
        ],
      },
    ],
  });
});

test('a driver that reports regions gets the regions of the zones', () => {
  const topologyKey = 'topology.kubernetes.io/region';
  const { of } = render({ classes: [{ name: 'x', provisioner: 'x.csi', topologyKey }] });
  expect(of('StorageClass', 'x').allowedTopologies).toEqual([
    { matchLabelExpressions: [{ key: topologyKey, values: ['oslo', 'bergen-1'] }] },
  ]);
});

test('the class of a driver without topology says its country, and whose word that is', () => {
  const { of } = all;
  expect(of('StorageClass', 'files').metadata.annotations).toEqual({
    'cdk8s-groundwork/country': 'NO',
  });
  expect(of('StorageClass', 'files').allowedTopologies).toBeUndefined();
  expect(of('StorageClass', 'files').parameters).toEqual(files.parameters);
});

test('every disk becomes one volume, on its own machine', () => {
  const { of, storage } = all;
  expect(storage.volumeNames).toEqual(['w-1.s64gnx0w1', 'w-1.virtio-data-2']);
  const { metadata, spec } = of('PersistentVolume', 'w-1.virtio-data-2');
  expect(metadata.labels).toMatchObject({
    'cdk8s-groundwork/country': 'NO',
    'kubernetes.io/hostname': 'w-1',
    'topology.kubernetes.io/region': 'bergen-1',
    'topology.kubernetes.io/zone': 'bergen-1',
  });
  expect(metadata.annotations).toEqual({ 'cdk8s-groundwork/disk': 'by-id virtio-Data_2' });
  expect(spec).toEqual({
    capacity: { storage: '100Gi' },
    volumeMode: 'Filesystem',
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName: 'resident-local',
    local: { path: '/mnt/disks/virtio_data_2/volume' },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          {
            matchExpressions: [
              { key: 'kubernetes.io/hostname', operator: 'In', values: ['w-1'] },
              { key: 'topology.kubernetes.io/zone', operator: 'In', values: ['bergen-1'] },
            ],
          },
        ],
      },
    },
  });
});

test('a directory is taken as it is, also on machines of others', () => {
  const dataDisks = [DataDisk.directory('/mnt/nvme1/volume', { capacity: Size.gibibytes(10) })];
  const machines = [osloMachine(1), osloMachine(2), osloMachine(3, { dataDisks })];
  const { of, cluster } = render({}, { machines }, undefined, true);
  expect(of('PersistentVolume').spec.local).toEqual({ path: '/mnt/nvme1/volume' });
  expect(of('PersistentVolume').metadata.name).toBe('cp-3.mnt-nvme1-volume');
  expect(cluster.ledger.forMachine(machines[2]!).units).toEqual([]);
});

test('without disks there is no class for them', () => {
  const machines = [1, 2, 3].map((n) => osloMachine(n));
  expect(render({}, { machines }).storage.classNames).toEqual([]);
});

test('policies come in a phase before, since those of before judge by the spec of before', () => {
  const phases = all.nodes.map((node) => `${phaseOf(node)} ${node.kind}`);
  expect([...new Set(phases)].sort()).toEqual([
    '55-residency ValidatingAdmissionPolicy',
    '55-residency ValidatingAdmissionPolicyBinding',
    '60-storage-policy PersistentVolume',
    '60-storage-policy StorageClass',
  ]);
});

test('all is explained', () => {
  const { objects, cluster } = all;
  const facts = [
    'StorageClass.provisioner',
    'StorageClass.parameters',
    'StorageClass.allowedTopologies',
    'StorageClass.allowVolumeExpansion',
    'PersistentVolume.spec.capacity',
    'PersistentVolume.spec.local',
    'PersistentVolume.spec.nodeAffinity',
    'PersistentVolume.spec.storageClassName',
  ];
  const structural = [
    'ValidatingAdmissionPolicy.spec.matchConstraints',
    'ValidatingAdmissionPolicy.spec.variables',
    'ValidatingAdmissionPolicy.spec.validations',
    'ValidatingAdmissionPolicyBinding.spec.policyName',
  ];
  const explained = { decisions: cluster.decisions(), facts, structural };
  expect(objects.flatMap((object) => unexplainedLeaves(object, explained))).toEqual([]);
});

describeWithUpstream('upstream', () => {
  test.each(['1.35', '1.36'])('Kubernetes %s takes every object', (minor) => {
    expect(all.objects.flatMap((object) => validateStrictly(object, minor))).toEqual([]);
  });
});

describe('the whole control plane', () => {
  const machines = [1, 2, 3].map((n) => osloMachine(n));
  const plane = (changes: Partial<NvmeControlPlaneProps>) =>
    osloPlane(tempApp(), { machines, ...changes });
  const labels = (control: NvmeControlPlane) =>
    Object.entries(control.nodeFiles()).find(
      ([path, text]) => path.includes('cp-1') && text.includes('node-labels'),
    )?.[1];

  test('with a residency has the storage, and nodes that say their country', () => {
    const control = plane({ residency: Residency.eea() });
    expect(control.node.tryFindChild('storage')).toBeDefined();
    expect(labels(control)).toContain('cdk8s-groundwork/country=NO');
  });

  test('without one has neither', () => {
    const control = plane({});
    expect(control.node.tryFindChild('storage')).toBeUndefined();
    expect(labels(control)).toContain('topology.kubernetes.io/zone=oslo-1');
    expect(labels(control)).not.toContain('country');
  });

  test('has no pod that its own policy refuses', () => {
    const control = plane({ residency: Residency.eea() });
    const objects: any[] = control.toJson();
    const policy = objects.find(({ metadata }) => metadata.name === 'groundwork-residency-pods');
    const pods = objects.flatMap(({ spec }) => spec?.template?.spec ?? []);
    expect(pods.length).toBeGreaterThan(3);
    expect(pods.flatMap((spec) => judged(policy, { spec }))).toEqual([]);
    expect(control.cluster.findings().map(({ id }) => id)).not.toContain('GW-CLUSTER-016');
  });
});
