import { Residency, ResidencyEnforcement } from '../../lib';
import { anchor, cinder, files, judged, render } from './storage';

const residency = Residency.of(['NO'], {
  anchors: [anchor],
  sources: { 'mirror.example.no': 'NO', 'quay.io': 'US' },
});
const { of, cluster } = render(
  { classes: [cinder, files], otherClasses: ['ceph'], podDrivers: ['secrets-store.csi.k8s.io'] },
  { residency },
);
const policy = (name: string) => of('ValidatingAdmissionPolicy', `groundwork-residency-${name}`);

describe('classes', () => {
  const judge = (fields: object) => judged(policy('classes'), { provisioner: 'x.csi', ...fields });
  const REFUSED = ['allowedTopologies must keep volumes in NO: each term names a zone there'];
  const term = (key: string, ...values: string[]) => ({ matchLabelExpressions: [{ key, values }] });
  const ZONE = 'topology.kubernetes.io/zone';

  test.each<[string, object]>([
    ['a zone of the spec', { allowedTopologies: [term(ZONE, 'oslo-1', 'bergen-1')] }],
    ['what a driver calls it', { allowedTopologies: [term(cinder.topologyKey!, 'az1')] }],
    [
      'a narrower term beside it',
      {
        allowedTopologies: [
          {
            matchLabelExpressions: [
              { key: 'example.no/rack', values: ['r1'] },
              { key: ZONE, values: ['oslo-1'] },
            ],
          },
        ],
      },
    ],
    ['no provisioner', { provisioner: 'kubernetes.io/no-provisioner' }],
    ['a driver that the spec answers for', { provisioner: 'nfs.csi.k8s.io' }],
  ])('%s is let in', (_, fields) => expect(judge(fields)).toEqual([]));

  test.each<[string, object]>([
    ['no topology', {}],
    ['no term', { allowedTopologies: [] }],
    ['another zone', { allowedTopologies: [term(ZONE, 'oslo-1', 'dublin-1')] }],
    ['one alternative outside', { allowedTopologies: [term(ZONE, 'oslo-1'), term(ZONE, 'dub')] }],
    ['a key that says nothing', { allowedTopologies: [term('example.no/rack', 'r1')] }],
    ['a term without a key', { allowedTopologies: [{}] }],
    ["one driver's name under another's key", { allowedTopologies: [term(ZONE, 'az1')] }],
  ])('%s is refused', (_, fields) => expect(judge(fields)).toEqual(REFUSED));

  test('allowedTopologies may change later, so a change is judged as well, and only that', () => {
    const class_ = (...zones: string[]) => ({
      provisioner: 'x.csi',
      ...(zones.length === 0 ? {} : { allowedTopologies: [term(ZONE, ...zones)] }),
    });
    const change = (now: object, before: object) => judged(policy('classes'), now, before);
    expect(change(class_(), class_('oslo-1'))).toEqual(REFUSED);
    expect(change(class_('dublin-1'), class_('oslo-1'))).toEqual(REFUSED);
    expect(change(class_('bergen-1'), class_('oslo-1'))).toEqual([]);
    // What was there before stays, whatever else of it changes.
    expect(change({ ...class_('dub'), metadata: { labels: {} } }, class_('dub'))).toEqual([]);
    expect(change({ ...class_(), allowVolumeExpansion: true }, class_())).toEqual([]);
    expect(policy('classes').spec.matchConstraints.resourceRules[0].operations).toEqual([
      'CREATE',
      'UPDATE',
    ]);
  });
});

describe('volumes', () => {
  const judge = (spec: object) => judged(policy('volumes'), { spec });
  const REFUSED = [
    'nodeAffinity must keep the volume in NO: each term names a machine or zone there',
  ];
  const on = (...terms: object[][]) => ({
    nodeAffinity: {
      required: { nodeSelectorTerms: terms.map((matchExpressions) => ({ matchExpressions })) },
    },
  });
  const host = (operator: string, ...values: string[]) => ({
    key: 'kubernetes.io/hostname',
    operator,
    values,
  });

  test('our own, one on a machine of the spec, and one of a driver by its own topology', () => {
    expect(judge(of('PersistentVolume').spec)).toEqual([]);
    expect(judge({ hostPath: { path: '/srv' }, ...on([host('In', 'cp-1')]) })).toEqual([]);
    const key = cinder.topologyKey;
    expect(judge({ csi: {}, ...on([{ key, operator: 'In', values: ['az1'] }]) })).toEqual([]);
    expect(judge({ csi: { driver: 'nfs.csi.k8s.io' } })).toEqual([]);
  });

  test.each<[string, object]>([
    ['an NFS export', { nfs: { server: 'files.example.com', path: '/' } }],
    ['a driver without topology', { csi: { driver: 'x.csi' } }],
    ['a machine of nobody', on([host('In', 'cp-9')])],
    ['every machine but one', on([host('NotIn', 'cp-1')])],
    ['one alternative outside', on([host('In', 'cp-1')], [host('In', 'cp-9')])],
    ['an empty term', on([])],
  ])('%s is refused', (_, spec) => expect(judge(spec)).toEqual(REFUSED));

  test('a change of the affinity is judged, one of a volume from before is not', () => {
    const change = (now: object, before: object) =>
      judged(policy('volumes'), { spec: now }, { spec: before });
    expect(change(on([host('In', 'cp-9')]), on([host('In', 'cp-1')]))).toEqual(REFUSED);
    expect(change({}, on([host('In', 'cp-1')]))).toEqual(REFUSED);
    expect(change({ nfs: {}, claimRef: {} }, { nfs: {} })).toEqual([]);
    const outside = on([host('In', 'cp-9')]);
    expect(change({ ...outside, claimRef: {} }, outside)).toEqual([]);
    expect(policy('volumes').spec.matchConstraints.resourceRules[0].operations).toContain('UPDATE');
  });
});

test('claims name a class of the spec, none, or a volume that is there', () => {
  const judge = (spec: object) => judged(policy('claims'), { metadata: {}, spec });
  for (const storageClassName of ['resident-local', 'block', 'files', 'ceph', '']) {
    expect(judge({ storageClassName })).toEqual([]);
  }
  expect(judge({})).toEqual([]);
  expect(judge({ storageClassName: 'gp3' })).toEqual([
    'storageClassName must be one of block, ceph, files, resident-local',
  ]);
});

describe('the class of a claim', () => {
  const OLD_NAME = 'volume.beta.kubernetes.io/storage-class';
  const claim = (storageClassName?: string, annotations?: object) => ({
    metadata: annotations === undefined ? {} : { annotations },
    spec: storageClassName === undefined ? {} : { storageClassName },
  });
  const judge = (now: object, before?: object) => judged(policy('claims'), now, before);

  test('is what its old annotation says, where it has one', () => {
    expect(judge(claim(undefined, { [OLD_NAME]: 'gp3' }))).toHaveLength(1);
    expect(judge(claim('block', { [OLD_NAME]: 'gp3' }))).toHaveLength(1);
    expect(judge(claim(undefined, { [OLD_NAME]: 'block' }))).toEqual([]);
    expect(judge(claim(undefined, { other: 'gp3' }))).toEqual([]);
  });

  test('may be filled in later, and is judged then', () => {
    expect(judge(claim('gp3'), claim())).toHaveLength(1);
    expect(judge(claim('block'), claim())).toEqual([]);
    expect(policy('claims').spec.matchConstraints.resourceRules[0].operations).toContain('UPDATE');
  });

  test('of one from before stays', () => {
    expect(judge(claim('gp3', { a: 'b' }), claim('gp3'))).toEqual([]);
    expect(judge(claim('gp3'), claim(undefined, { [OLD_NAME]: 'gp3' }))).toEqual([]);
  });
});

test('pods mount nothing past claims', () => {
  const judge = (...volumes: object[]) =>
    judged(policy('pods'), {
      spec: { volumes: volumes.map((v, n) => ({ name: `v${n}`, ...v })) },
    });
  expect(judged(policy('pods'), { spec: {} })).toEqual([]);
  expect(
    judge(
      { emptyDir: {} },
      { configMap: {} },
      { projected: {} },
      { persistentVolumeClaim: {} },
      { ephemeral: {} },
      { hostPath: {} },
      { csi: { driver: 'secrets-store.csi.k8s.io' } },
    ),
  ).toEqual([]);
  const refused = [expect.stringMatching(/^volumes of a pod must be claims, or of the machine/)];
  expect(judge({ emptyDir: {} }, { nfs: { server: 's', path: '/' } })).toEqual(refused);
  expect(judge({ csi: { driver: 'nfs.csi.k8s.io' } })).toEqual(refused);
  expect(judge({ aKindOfNextYear: {} })).toEqual(refused);
});

describe('images', () => {
  const pod = (...images: string[]) => ({
    spec: { containers: images.map((image) => ({ image })) },
  });
  const INSIDE = 'mirror.example.no/k8s/app:1';
  const judge = (object: object, old: object | null = null) =>
    judged(policy('images'), object, old);

  test('come from a known host in an allowed country', () => {
    expect(judge(pod(INSIDE))).toEqual([]);
    expect(judge(pod(INSIDE, 'quay.io/app:1', 'nginx:1'))).toEqual([
      'images must come from mirror.example.no, got quay.io/app:1, nginx:1',
    ]);
    expect(judge(pod('mirror.example.no.evil.example/app:1'))).toHaveLength(1);
  });

  test('of every kind of container, and of volumes', () => {
    const spec = (more: object) => ({ spec: { ...pod(INSIDE).spec, ...more } });
    expect(judge(spec({ initContainers: [{ image: 'a:1' }] }))).toHaveLength(1);
    expect(judge(spec({ ephemeralContainers: [{ image: 'a:1' }] }))).toHaveLength(1);
    expect(judge(spec({ volumes: [{ image: { reference: 'a:1' } }] }))).toHaveLength(1);
    expect(judge(spec({ volumes: [{ emptyDir: {} }, { image: {} }] }))).toEqual([]);
  });

  test('of a pod that is there already may stay, and may not be exchanged for others', () => {
    expect(judge(pod('a:1'), pod('a:1'))).toEqual([]);
    expect(judge(pod('a:2'), pod('a:1'))).toEqual([
      'images must come from mirror.example.no, got a:2',
    ]);
  });

  test('are judged only where a source inside is known, and never of static pods', () => {
    expect(policy('images').spec.matchConstraints.namespaceSelector).toEqual({
      matchExpressions: [
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] },
      ],
    });
    expect(render().storage.policyNames).not.toContain('groundwork-residency-images');
    const outside = Residency.of(['NO'], { anchors: [anchor], sources: { 'quay.io': 'US' } });
    expect(render({}, { residency: outside }).storage.policyNames).not.toContain(
      'groundwork-residency-images',
    );
  });
});

describe('machines', () => {
  const node = (country?: string, zone?: string, more: object = {}) => ({
    metadata: {
      labels: {
        ...(country === undefined ? {} : { 'cdk8s-groundwork/country': country }),
        ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }),
        ...more,
      },
    },
  });
  const judge = (object: object, old: object | null = null) => judged(policy('nodes'), object, old);

  test('say in which zone of the spec they are', () => {
    expect(judge(node('NO', 'oslo-1'))).toEqual([]);
    const refused = [
      'label topology.kubernetes.io/zone must name a zone and cdk8s-groundwork/country its country, allowed are NO; in the spec oslo-1 is in NO, bergen-1 is in NO',
    ];
    expect(judge(node('IE', 'dublin-1'))).toEqual(refused);
    expect(judge(node('IE', 'oslo-1'))).toEqual(refused);
    expect(judge(node('NO'))).toEqual(refused);
    expect(judge(node(undefined, 'oslo-1'))).toEqual(refused);
    expect(judge(node())).toEqual(refused);
    expect(judge({ metadata: {} })).toEqual(refused);
  });

  test('of a zone that is new in the spec register before the policy knows it', () => {
    expect(judge(node('NO', 'trondheim-1'))).toEqual([]);
  });

  test('are in the country that the spec gives their zone', () => {
    const policyOfTwo = Residency.of(['NO', 'SE'], { anchors: [anchor] });
    const { of: other } = render({}, { residency: policyOfTwo });
    const nodes = other('ValidatingAdmissionPolicy', 'groundwork-residency-nodes');
    expect(judged(nodes, node('SE', 'oslo-1'))).toHaveLength(1);
    expect(judged(nodes, node('SE', 'malmo-1'))).toEqual([]);
  });

  test('that are there may change in everything else', () => {
    expect(judge(node('IE', 'x', { a: 'b' }), node('IE', 'x'))).toEqual([]);
    expect(judge({ metadata: {} }, { metadata: {} })).toEqual([]);
    expect(judge(node(undefined, undefined, { a: 'b' }), { metadata: {} })).toEqual([]);
    expect(judge(node('IE', 'x'), node('NO', 'oslo-1'))).toHaveLength(1);
  });

  test('that were there before come back after a restart of their kubelet', () => {
    // It creates its Node anew each time. Refused by any other word it would never look whether there is
    // one, and the machine would stay NotReady.
    for (const { reason } of policy('nodes').spec.validations) {
      expect(reason).toBe('Forbidden');
    }
  });

  test('of others do not, so they are not asked', () => {
    expect(render({}, { machines: undefinedDisks() }, undefined, true).storage.policyNames).toEqual(
      [
        'groundwork-residency-classes',
        'groundwork-residency-volumes',
        'groundwork-residency-claims',
        'groundwork-residency-pods',
      ],
    );
  });
});

function undefinedDisks() {
  return cluster.machines.filter(({ dataDisks }) => dataDisks.length === 0);
}

test('every policy is bound, refuses and tells the audit log', () => {
  const { storage, of: other } = render({ enforcement: ResidencyEnforcement.WARN });
  for (const name of storage.policyNames) {
    expect(other('ValidatingAdmissionPolicyBinding', name).spec).toEqual({
      policyName: name,
      validationActions: ['Warn', 'Audit'],
    });
  }
  expect(of('ValidatingAdmissionPolicyBinding').spec.validationActions).toEqual(['Deny', 'Audit']);
  expect(policy('claims').spec.failurePolicy).toBe('Fail');
});
