import { Chart } from 'cdk8s';
import { ObjectSet } from '../../lib/testing';
import { osloCluster } from '../support/oslo';
import { IpvsKubeProxy } from '../../lib';
import { tempApp } from '../support/temp-app';

const agent = (name: string, namespace: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace, annotations: { 'example.org/why': 'a\nb\nc' } },
  spec: {
    hostNetwork: true,
    containers: [
      { name: 'init', args: [] },
      { name: 'agent', image: 'example.org/agent:v1', args: ['--a', '--b=2', '--c'] },
    ],
    ...spec,
  },
});
const role = { kind: 'ClusterRole', metadata: { name: 'agent' } };
const objects = new ObjectSet([
  agent('agent', 'kube-system'),
  agent('agent', 'edge', { hostNetwork: false }),
  agent('other', 'edge'),
  role,
]);

describe('find', () => {
  test('one object by kind, name and namespace', () => {
    expect(objects.find('DaemonSet', 'agent', 'edge').spec.hostNetwork).toBe(false);
    expect(objects.find('DaemonSet', 'other')).toBe(objects.all[2]);
    expect(objects.find('ClusterRole')).toBe(role);
    expect(objects.find('ClusterRole', 'agent', '')).toBe(role);
  });

  test.each([
    [
      ['DeamonSet'],
      'no object is of kind DeamonSet; nearest is DaemonSet; there are ClusterRole, DaemonSet',
    ],
    [
      ['DaemonSet', 'agnet', 'edge'],
      'no object is DaemonSet edge/agnet; nearest is DaemonSet edge/agent; ' +
        'there are DaemonSet edge/agent, DaemonSet edge/other, DaemonSet kube-system/agent',
    ],
    [
      ['ClusterRole', 'agent', 'edge'],
      'no object is ClusterRole edge/agent; there is only ClusterRole agent',
    ],
    [
      ['DaemonSet', 'agent'],
      '2 objects are DaemonSet agent: DaemonSet kube-system/agent, DaemonSet edge/agent; ask with a namespace',
    ],
    [
      ['DaemonSet'],
      '3 objects are DaemonSet: DaemonSet kube-system/agent, DaemonSet edge/agent, DaemonSet edge/other; ask with a name',
    ],
  ] as Array<[[string, string?, string?], string]>)('%j', (asked, message) => {
    expect(() => objects.find(...asked)).toThrow(new Error(message));
  });

  test('two kinds of one name, as in a folder for Flux, are told apart by their API', () => {
    const kustomization = (apiVersion: string, metadata?: object) => ({
      ...{ apiVersion, kind: 'Kustomization', metadata },
    });
    const flux = { name: 'a', namespace: 'flux-system' };
    const set = new ObjectSet([
      kustomization('kustomize.config.k8s.io/v1beta1', flux),
      kustomization('kustomize.toolkit.fluxcd.io/v1', flux),
    ]);
    expect(() => set.find('Kustomization', 'a', 'flux-system')).toThrow(
      new Error(
        '2 objects are Kustomization flux-system/a: kustomize.config.k8s.io/v1beta1 Kustomization flux-system/a, ' +
          'kustomize.toolkit.fluxcd.io/v1 Kustomization flux-system/a; ask with findLike, and an apiVersion or whatever tells them apart',
      ),
    );
    expect(set.findLike({ apiVersion: /toolkit/ })).toBe(set.all[1]);
  });

  test('among many names the first twelve are listed, the nearest in any case', () => {
    const many = new ObjectSet(
      [...Array(15).keys()].map((n) => ({ kind: 'Role', metadata: { name: `r${n + 10}` } })),
    );
    expect(() => many.find('Role', 'r244')).toThrow(/nearest is Role r24; .* Role r21 and 3 more$/);
    expect(() => new ObjectSet([]).find('Role')).toThrow(
      new Error('no object is of kind Role; there is none'),
    );
  });
});

describe('findLike', () => {
  test.each<[string, object]>([
    ['named fields', { kind: 'DaemonSet', metadata: { namespace: 'kube-system' } }],
    ['a regular expression', { metadata: { name: /^oth/ } }],
    ['a matcher of a framework', { metadata: { name: expect.stringContaining('the') } }],
    ['a field that must be absent', { spec: undefined }],
    [
      'items of a list, in their order',
      {
        metadata: { name: 'agent', namespace: 'kube-system' },
        spec: { containers: [{ name: 'agent', args: ['--a', '--c'] }] },
      },
    ],
    ['an empty list', { metadata: { name: 'other' }, spec: { containers: [{ args: [] }] } }],
  ])('finds by %s', (_, part) => {
    expect(objects.all).toContain(objects.findLike(part));
  });

  const errorOf = (part: object) => {
    try {
      return `found ${JSON.stringify(objects.findLike(part))}`;
    } catch (error) {
      return (error as Error).message;
    }
  };

  test('names the nearest object and every place where it differs', () => {
    const part = {
      kind: 'DaemonSet',
      metadata: { name: 'agent' },
      spec: {
        hostNetwork: false,
        priorityClassName: 'high',
        containers: [{ name: 'agent', image: /v2$/ }],
      },
    };
    expect(errorOf(part)).toBe(
      [
        `no object is like {"kind":"DaemonSet","metadata":{"name":"agent"},"spec":{"hostNetwork":false,"priorityClassName":"high","containers":[{"name":"agent","image":"/v2$/"}]}}; nearest is DaemonSet edge/agent`,
        'spec.priorityClassName: expected "high", got nothing',
        'spec.containers[1].image: expected /v2$/, got "example.org/agent:v1"',
      ].join('\n  '),
    );
  });

  test('a matcher is named with what it wants, and values that JSON has not are shown', () => {
    const spec = {
      a: expect.stringContaining('v2'),
      b: expect.not.arrayContaining([1]),
      c: expect.any(Number),
      d: { asymmetricMatch: () => false },
      e: String,
      f: 7n,
    };
    const text = errorOf({ kind: 'DaemonSet', metadata: { name: 'other' }, spec });
    expect(text.split('\n').slice(1)).toEqual([
      '  spec.a: expected StringContaining "v2", got nothing',
      '  spec.c: expected Any<Number>, got nothing',
      '  spec.d: expected a match, got nothing',
      '  spec.e: expected "function String() { [native code] }", got nothing',
      '  spec.f: expected "7", got nothing',
    ]);
    expect(errorOf({ spec: { b: expect.objectContaining({ a: /x/ }) } })).toContain(
      'expected ObjectContaining {"a":"/x/"}, got nothing',
    );
  });

  test('an object of the kind and name is nearer than one that is alike otherwise', () => {
    expect(
      errorOf({
        kind: 'ClusterRole',
        metadata: { name: 'agent', namespace: 'edge' },
        spec: { hostNetwork: true },
      }),
    ).toContain(
      'nearest is ClusterRole agent\n  metadata.namespace: expected "edge", got nothing\n  spec: expected {"hostNetwork":true}, got nothing',
    );
  });

  test('an item that is not in a list, and one in the wrong order', () => {
    const args = (...list: string[]) => ({
      metadata: { name: 'other' },
      spec: { containers: [{ name: 'agent', args: list }] },
    });
    expect(errorOf(args('--d'))).toContain(
      '\n  spec.containers[1].args[]: expected "--d", got ["--a","--b=2","--c"]',
    );
    expect(errorOf(args('--c', '--a'))).toContain('args[]: expected "--a", got []');
    expect(errorOf({ metadata: { name: 'other' }, spec: { containers: [] } })).toContain(
      'spec.containers: expected [], got [{"name":"init","args":[]},',
    );
  });

  test('of a long text the first line that differs, of a strange key its quotes', () => {
    const annotations = { 'example.org/why': 'a\nx\nc' };
    expect(errorOf({ kind: 'DaemonSet', metadata: { name: 'other', annotations } })).toContain(
      '\n  metadata.annotations["example.org/why"], line 2: expected "x", got "b"',
    );
  });

  test('several, or none to be near', () => {
    expect(errorOf({ metadata: { namespace: 'edge' } })).toBe(
      '2 objects are like {"metadata":{"namespace":"edge"}}: DaemonSet edge/agent, DaemonSet edge/other',
    );
    expect(() => new ObjectSet([]).findLike({ kind: 'Role' })).toThrow(
      new Error('no object is like {"kind":"Role"}; there is none at all'),
    );
    expect(objects.allLike({ kind: 'Role' })).toEqual([]);
  });
});

describe('where objects come from', () => {
  test('a construct, whatever the rules say about it', () => {
    const chart = new Chart(tempApp(), 'oslo');
    new IpvsKubeProxy(chart, 'kube-proxy', { cluster: osloCluster(chart) });
    const set = ObjectSet.of(chart);
    expect(set.names).toContain('DaemonSet kube-system/kube-proxy');
    expect(set.ofKind('ConfigMap')).toHaveLength(1);
  });

  test('manifests of a tree, and nothing else of it', () => {
    const tree = {
      'b.k8s.yaml': 'kind: B\n---\n---\nkind: C\nmetadata: {name: c}\n',
      'a.yml': 'kind: A\n',
      'nodes/cp-1/files/x.conf': 'kind: D\n',
    };
    expect(ObjectSet.fromTree(tree).names).toEqual(['A', 'B', 'C c']);
    expect(() => ObjectSet.fromYaml('a: [')).toThrow('Flow sequence');
    expect(() => ObjectSet.fromTree({ 'a/bad.yaml': 'a: [' })).toThrow(
      /^a\/bad\.yaml: Flow sequence/,
    );
  });

  test('a list of kubectl is its items, and what is no object is refused', () => {
    const list = 'apiVersion: v1\nkind: List\nitems:\n- kind: A\n- kind: B\n';
    expect(ObjectSet.fromYaml(`${list}---\nkind: C\n`.replace(/\n/g, '\r\n')).names).toEqual([
      ...['A', 'B', 'C'],
    ]);
    expect(() => ObjectSet.fromTree({ 'values.yaml': 'kind: A\n---\n- a\n' })).toThrow(
      new Error('values.yaml: a document must be an object, got ["a"]'),
    );
  });
});
