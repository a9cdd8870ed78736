import { join } from 'node:path';
import { stringify } from 'yaml';
import { planMarkdown, planText } from '../../lib/cli/diff/text';
import { writeTree } from '../../lib/testing/tree';
import { tempDir } from '../support/temp-app';
import { cli } from './cli';
import { planOf, told, type Files } from './diff-support';

interface Given {
  readonly kind: string;
  readonly apiVersion?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly file?: string;
  readonly metadata?: object;
  readonly [field: string]: unknown;
}

/** A folder with one object. */
function folder(given: Given): Files {
  const { kind, apiVersion = 'v1', name = 'a', namespace, file, metadata, ...rest } = given;
  const object = { apiVersion, kind, metadata: { name, namespace, ...metadata }, ...rest };
  return { [file ?? 'own.k8s.yaml']: stringify(object) };
}

const between = (before: Given, after: Partial<Given>) =>
  planOf(folder(before), folder({ ...before, ...after }));
const spec = (kind: string, old: object, now: object, more: Partial<Given> = {}) =>
  between({ kind, ...more, spec: old }, { spec: now });

describe('what a field does', () => {
  test.each<[string, ReturnType<typeof between>, string, string[]]>([
    [
      'the address that a Service asks for',
      between(
        { kind: 'Service' },
        { metadata: { annotations: { 'metallb.io/loadBalancerIPs': '192.0.2.7' } } },
      ),
      'breaks-connections',
      ['manifests'],
    ],
    [
      'machines that answer for a Service',
      spec('Service', { externalTrafficPolicy: 'Cluster' }, { externalTrafficPolicy: 'Local' }),
      'breaks-connections',
      ['manifests'],
    ],
    [
      'who gives a Service its address',
      spec('Service', { loadBalancerClass: 'a.example/b' }, { loadBalancerClass: 'a.example/c' }),
      'breaks-connections',
      ['replace', 'manifests'],
    ],
    [
      'the second family of a Service',
      spec('Service', { ipFamilies: ['IPv4'] }, { ipFamilies: ['IPv4', 'IPv6'] }),
      'live',
      ['manifests'],
    ],
    [
      'the first family of a Service',
      spec('Service', { ipFamilies: ['IPv4', 'IPv6'] }, { ipFamilies: ['IPv6', 'IPv4'] }),
      'breaks-connections',
      ['replace', 'manifests'],
    ],
    [
      'a node port that was given by chance',
      spec('Service', { ports: [{ port: 80 }] }, { ports: [{ port: 80, nodePort: 30080 }] }),
      'breaks-connections',
      ['manifests'],
    ],
    [
      'where new volumes may lie',
      between(
        { kind: 'StorageClass', allowedTopologies: [{ values: ['a'] }] },
        { allowedTopologies: [{ values: ['b'] }] },
      ),
      'live',
      ['manifests'],
    ],
    [
      'when volumes are bound',
      between(
        { kind: 'StorageClass', volumeBindingMode: 'Immediate' },
        { volumeBindingMode: 'WaitForFirstConsumer' },
      ),
      'live',
      ['replace', 'manifests'],
    ],
    [
      'class of a claim',
      spec('PersistentVolumeClaim', { storageClassName: 'a' }, { storageClassName: 'b' }),
      'drain',
      [],
    ],
    [
      'size of a claim',
      spec(
        'PersistentVolumeClaim',
        { resources: { requests: { storage: '1Gi' } } },
        { resources: { requests: { storage: '2Gi' } } },
      ),
      'live',
      ['manifests'],
    ],
    [
      'routes that a filter lets through',
      spec('BGPFilter', { exportV4: [] }, { exportV4: [{ action: 'Reject' }] }),
      'breaks-connections',
      ['manifests'],
    ],
    [
      'the packet filter of Felix',
      spec('FelixConfiguration', { nftablesMode: 'Auto' }, { nftablesMode: 'Enabled' }),
      'breaks-connections',
      ['manifests'],
    ],
    [
      'the port of a listener',
      spec(
        'Gateway',
        { listeners: [{ name: 'web', port: 80 }] },
        { listeners: [{ name: 'web', port: 8080 }] },
      ),
      'breaks-connections',
      ['manifests'],
    ],
    [
      'a listener more',
      spec(
        'Gateway',
        { listeners: [{ name: 'web', port: 80 }] },
        {
          listeners: [
            { name: 'web', port: 80 },
            { name: 'tls', port: 443 },
          ],
        },
      ),
      'live',
      ['manifests'],
    ],
    [
      'the Service of the NGINX gateway',
      spec(
        'NginxProxy',
        { kubernetes: { service: { type: 'LoadBalancer' } } },
        { kubernetes: { service: { type: 'NodePort' } } },
      ),
      'breaks-connections',
      ['manifests'],
    ],
    [
      'a version that a definition no longer serves',
      spec(
        'CustomResourceDefinition',
        { versions: [{ name: 'v1' }, { name: 'v1beta1' }] },
        { versions: [{ name: 'v1' }] },
      ),
      'breaks-connections',
      ['manifests'],
    ],
    [
      'a range that grows',
      spec(
        'IPAddressPool',
        { addresses: ['192.0.2.8-192.0.2.9', '192.0.2.64/28'] },
        { addresses: ['192.0.2.0-192.0.2.11', '192.0.2.64/27'] },
      ),
      'live',
      ['manifests'],
    ],
    [
      'a range that moves',
      spec(
        'IPAddressPool',
        { addresses: ['192.0.2.8-192.0.2.9'] },
        { addresses: ['192.0.2.9-192.0.2.11'] },
      ),
      'breaks-connections',
      ['manifests'],
    ],
    [
      'ranges in another order',
      spec(
        'IPAddressPool',
        { addresses: ['192.0.2.8/29', '192.0.2.64/28'] },
        { addresses: ['192.0.2.64/28', '192.0.2.8/29'] },
      ),
      'live',
      ['manifests'],
    ],
    [
      'a pool more that is announced',
      spec('L2Advertisement', { ipAddressPools: ['a'] }, { ipAddressPools: ['a', 'b'] }),
      'live',
      ['manifests'],
    ],
  ])('%s', (_name, { effect, steps }, wanted, stages) => {
    expect({ effect, stages: steps.map(({ stage }) => stage) }).toEqual({ effect: wanted, stages });
  });

  test('a pool of addresses for Services is made anew, by the group that Calico checks', () => {
    const { steps, effect } = spec(
      'IPPool',
      { cidr: '192.0.2.0/27' },
      { cidr: '192.0.2.0/26' },
      { apiVersion: 'projectcalico.org/v3', name: 'edge' },
    );
    expect(effect).toBe('breaks-connections');
    expect(steps.map(({ stage }) => stage)).toEqual(['replace', 'manifests']);
    expect(steps[0]!.commands).toEqual(['kubectl delete ippool.projectcalico.org edge']);
  });

  test('a word of a name is one word of a shell', () => {
    const { steps } = between(
      { kind: 'StorageClass', name: 'a; reboot', provisioner: 'b' },
      { provisioner: 'c' },
    );
    expect(steps[0]!.commands).toEqual([expect.stringMatching(/^kubectl delete storageclass 'a;/)]);
  });

  test('addresses that are no longer announced are lost, more of them are not', () => {
    const announced = (...cidrs: string[]) => ({
      serviceLoadBalancerIPs: cidrs.map((cidr) => ({ cidr })),
    });
    const [few, many] = [
      announced('192.0.2.0/27'),
      announced('192.0.2.0/27', '198.51.100.0/24'),
    ] as const;
    expect(spec('BGPConfiguration', few, many).effect).toBe('live');
    expect(spec('BGPConfiguration', many, few).effect).toBe('breaks-connections');
    expect(spec('BGPConfiguration', few, {}).effect).toBe('breaks-connections');
  });

  test.each(['Ingress', 'HTTPRoute', 'IngressClass', 'PersistentVolume'])(
    'without a %s something ends',
    (kind) => {
      const gone = planOf(
        { ...folder({ kind }), ...folder({ kind: 'ConfigMap', file: 'b.k8s.yaml' }) },
        folder({ kind: 'ConfigMap', file: 'b.k8s.yaml' }),
      );
      expect(gone).toMatchObject({ effect: 'breaks-connections', steps: [{ stage: 'orphans' }] });
    },
  );
});

describe('what is compared', () => {
  const containers = (args: string[], image: string) => ({
    template: { spec: { containers: [{ name: 'c', args, image }] } },
  });

  test('an order counts also where something else differs', () => {
    const plan = spec(
      'DaemonSet',
      containers(['one', 'two'], 'a:1'),
      containers(['two', 'one'], 'a:2'),
    );
    expect(told(plan)).toEqual([
      'rollout DaemonSet a spec.template.spec.containers[c].image',
      'rollout DaemonSet a spec.template.spec.containers[c].args',
    ]);
    expect(plan.changes.flatMap(({ fields }) => fields)).toContainEqual({
      path: 'spec.template.spec.containers[c].args',
      type: 'changed',
      before: '["one","two"]',
      after: '["two","one"]',
    });
  });

  test('what comes between others moves nothing', () => {
    const plan = spec(
      'DaemonSet',
      containers(['one', 'two'], 'a:1'),
      containers(['zero', 'one', 'and', 'two'], 'a:1'),
    );
    expect(told(plan).map((one) => one.replace(/.*args/, ''))).toEqual(['[zero]', '[and]']);
  });

  test('lines of a file in another order are a change', () => {
    const machine = (...lines: string[]) => ({
      'nodes/cp-1/files/etc/groundwork/firewall.nft': ['# rules', ...lines, ''].join('\n'),
    });
    const plan = planOf(machine('drop all', 'accept 6443'), machine('accept 6443', 'drop all'));
    expect(plan.changes).toMatchObject([{ effect: 'live', fields: [{ before: '(these lines)' }] }]);
    expect(planOf(machine('a'), machine('# why', '', 'a')).effect).toBe('nothing');
  });

  test('of a Secret only names are told', () => {
    const secret = (value: string) =>
      folder({ kind: 'Secret', stringData: { key: value, [value]: '' } });
    const plan = planOf(secret('hunter2'), secret('hunter3'));
    expect(told(plan)).toContain('live Secret a stringData.key');
    const { fields } = plan.changes[0]!;
    expect(fields).toContainEqual({
      path: 'stringData.key',
      type: 'changed',
      before: '(hidden)',
      after: '(another)',
    });
    expect(fields.flatMap(({ before, after }) => [before, after]).join()).not.toContain('hunter');
  });

  test('nothing in a value reaches the terminal as a command', () => {
    const plan = between(
      { kind: 'ConfigMap', data: { a: 'b' } },
      { data: { a: '\u001b[2J\rc\u009b' } },
    );
    for (const text of [planText(plan), planMarkdown(plan)]) {
      expect(text).toContain('data.a: b -> ');
      // eslint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    }
  });

  test("a user's chart is no phase, whatever the end of its name", () => {
    const file = 'my-20-cni.k8s.yaml';
    const { steps } = spec('ConfigMap', { a: 1 }, { a: 2 }, { file });
    expect(steps[0]!.commands).toEqual([
      expect.stringMatching(/^kubectl apply --server-side -f .*\/my-20-cni\.k8s\.yaml$/),
    ]);
  });

  test("waves in a user's chart do not make an engine of the rest", () => {
    const own = folder({
      kind: 'ConfigMap',
      metadata: { annotations: { 'argocd.argoproj.io/sync-wave': '3' } },
    });
    const phased = (n: number) => ({
      ...own,
      ...folder({ kind: 'Installation', spec: { n }, file: '20-cni.k8s.yaml' }),
    });
    expect(planOf(phased(1), phased(2)).steps[0]!.commands).toEqual([
      expect.stringMatching(/apply\.sh --from 20-cni$/),
    ]);
  });
});

describe('an engine that prunes', () => {
  const flux = (kustomization: object, more: Files = {}): Files => ({
    ...more,
    'flux/kustomization.yaml': '',
    ...folder({
      kind: 'Kustomization',
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      name: 'oslo-50-ingress',
      namespace: 'flux-system',
      file: 'flux/50-ingress.yaml',
      spec: kustomization,
    }),
  });
  const edge = folder({ kind: 'Service', file: '50-ingress/50-ingress.k8s.yaml' });
  const spared = { path: './clusters/oslo/50-ingress', prune: false };

  test('deletes with the commit what is gone from a folder', () => {
    const pruned = { ...spared, prune: true };
    const plan = planOf(flux(pruned, edge), flux(pruned));
    expect(plan.changes).toMatchObject([
      {
        effect: 'breaks-connections',
        stage: 'manifests',
        why: 'The engine deletes it as soon as it finds the new output: what it runs, announces or holds ends at once',
      },
    ]);
    expect(plan.steps.map(({ stage }) => stage)).toEqual(['manifests']);
  });

  test('else it stays until somebody deletes it', () => {
    const plan = planOf(flux(spared, edge), flux(spared));
    expect(plan.steps.map(({ stage }) => stage)).toEqual(['orphans']);
  });

  test('a Kustomization takes along what it applied', () => {
    const plan = planOf({ ...flux(spared), ...edge }, edge);
    expect(told(plan)).toEqual(['breaks-connections Kustomization flux-system/oslo-50-ingress']);
    expect(plan.changes[0]!.how).toContain('"deletionPolicy":"Orphan"');
  });
});

describe('folders that are damaged', () => {
  test.each([
    ['own.k8s.yaml', 'just words', /own\.k8s\.yaml must hold objects, got one without a kind$/],
    [
      'nodes/cp-1/files/etc/groundwork/kubelet.conf.d/50-machine.conf',
      'a: [1',
      /50-machine\.conf of a machine must be YAML: /,
    ],
    [
      'nodes/cp-1/files/etc/groundwork/kubeadm.conf',
      'a: [1',
      /kubeadm\.conf of a machine must be YAML: /,
    ],
    ['report/explain.ndjson', '{', /explain\.ndjson must have one JSON object a line: /],
  ])('%s is named, without a stack', async (file, text, message) => {
    const good = { 'own.k8s.yaml': '', 'nodes/cp-1/files/etc/hosts': '' };
    const root = tempDir();
    const [old, now] = [
      writeTree(join(root, 'old'), { ...good, [file]: '' }),
      writeTree(join(root, 'new'), { ...good, [file]: text }),
    ];
    const { code, error } = await cli(['diff', old, now]);
    expect({ code, error: error.trim() }).toEqual({
      code: 1,
      error: expect.stringMatching(message),
    });
  });

  test('an empty gate is refused', async () => {
    const now = writeTree(join(tempDir(), 'new'), { 'own.k8s.yaml': '' });
    const { code, error } = await cli(['diff', now, now, '--fail-on', '']);
    expect({ code, error }).toEqual({
      code: 1,
      error: expect.stringContaining(', got nothing; separate them by commas'),
    });
    expect((await cli(['diff', now, now, '--fail-on', 'rebuild, drain'])).code).toBe(0);
  });
});
