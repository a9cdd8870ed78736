import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResourceValidationArgs } from '@pulumi/policy';
import { parseAllDocuments } from 'yaml';
import { object, resource, violations } from './judge';
import { edgeControllers } from '../../../lib/catalog';
import { groundworkPolicies, type GroundworkPolicyOptions } from '../../../lib/pulumi/policies';
import { HOST_NETWORK } from '../../../lib/pulumi/policies/object-policies';
import { thrown } from '../outputs/known';

const judge = (...resources: ResourceValidationArgs[]) =>
  violations(groundworkPolicies(), ...resources);
const workload = (image: string, more: object = {}, kind = 'Deployment') =>
  object({
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'edge', namespace: 'web' },
    spec: { template: { spec: { containers: [{ name: 'one', image }], ...more } } },
  });

const EXAMPLES = join(__dirname, '../../../examples');
const rendered = readdirSync(EXAMPLES)
  .map((name) => ({ name, folder: join(EXAMPLES, name, 'expected') }))
  .map(({ name, folder }) => ({ name, objects: objectsIn(folder) }))
  .filter(({ objects }) => objects.length > 0);

function objectsIn(folder: string): any[] {
  let files: string[];
  try {
    files = readdirSync(folder);
  } catch {
    return [];
  }
  return files
    .filter((file) => file.endsWith('.k8s.yaml'))
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')))
    .map((document) => document.toJS());
}

test.each(rendered)('nothing mandatory is wrong with the example $name', ({ objects }) => {
  const mandatory = groundworkPolicies().filter((one) => one.enforcementLevel === 'mandatory');
  expect(violations(mandatory, ...objects.map(object))).toEqual([]);
});

test('every name on the allow-list of host networks is used, but for modes of kube-proxy and a doctor that stays', () => {
  const used = rendered
    .flatMap(({ objects }) => objects)
    .filter((one) => JSON.stringify(one).includes('"hostNetwork":true'))
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  expect(HOST_NETWORK.filter((name) => !used.includes(name))).toEqual([
    'groundwork-doctor/inspector',
    'kube-system/kube-proxy-iptables',
    'kube-system/kube-proxy-ipvs',
    'kube-system/kube-proxy-nftables',
  ]);
});

describe('findings', () => {
  const row = (more: object) => ({
    id: 'GW-INGRESS-001',
    severity: 'warning',
    path: 'oslo/ingress',
    message: 'nginx is old',
    remedy: 'take a newer one',
    reference: 'https://nginx.org',
    ...more,
  });
  const stack = (...findings: object[]) =>
    resource('cdk8s-groundwork:index:Cdk8sStack', { findings });
  const LINE = 'GW-INGRESS-001 [oslo/ingress] nginx is old; take a newer one';

  test('are reported by severity', () => {
    const all = ['error', 'warning', 'note'].map((severity) => row({ severity }));
    expect(judge(stack(...all))).toEqual([
      `findings-mandatory: ${LINE}`,
      `findings-advisory: ${LINE}`,
    ]);
  });

  test('are silent when somebody acknowledged them, whatever the options say', () => {
    const policies = groundworkPolicies({ findings: { 'GW-INGRESS-001': 'mandatory' } });
    expect(violations(policies, stack(row({ acknowledged: 'until May' })))).toEqual([]);
  });

  test.each<[GroundworkPolicyOptions, string[]]>([
    [{ severities: { warning: 'mandatory' } }, [`findings-mandatory: ${LINE}`]],
    [{ severities: { warning: 'disabled' } }, []],
    [{ findings: { 'GW-INGRESS-001': 'remediate' } }, [`findings-mandatory: ${LINE}`]],
    [
      { severities: { warning: 'mandatory' }, findings: { 'GW-INGRESS-001': 'advisory' } },
      [`findings-advisory: ${LINE}`],
    ],
  ])('get the level of %j', (options, expected) => {
    expect(violations(groundworkPolicies(options), stack(row({})))).toEqual(expected);
  });

  test('of others are not ours', () => {
    const error = row({ severity: 'error' });
    expect(judge(resource('acme:index:Audit', { findings: [error] }), stack({ id: 1 }))).toEqual(
      [],
    );
    expect(judge(resource('cdk8s-groundwork:index:X', { findings: 'none' }))).toEqual([]);
  });
});

describe('the mode of kube-proxy', () => {
  const head = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
  const config = (text: string) =>
    object({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
      data: { 'config.conf': text },
    });

  test.each([
    `${head}mode: ipvs`,
    `${head}mode: "nftables"`,
    '{"kind":"KubeProxyConfiguration","mode":"iptables"}',
  ])('is said in %j', (text) => {
    expect(judge(config(text))).toEqual([]);
  });

  test.each([
    ['', 'nothing'],
    ['mode: ""', 'nothing'],
    ['# mode: ipvs\nipvs:\n  mode: ipvs', 'nothing'],
    ['mode: userspace', 'userspace'],
  ])('is missed in %j', (text, got) => {
    expect(judge(config(head + text))).toEqual([
      `kube-proxy-mode: kube-system/kube-proxy mode in config.conf must be one of iptables, ipvs, nftables, got ${got}; say it: an upgrade of kube-proxy changes the mode otherwise`,
    ]);
  });

  test('is asked of patches that say something, and of no other ConfigMap', () => {
    const patch = (props: object) => resource('kubernetes:core/v1:ConfigMapPatch', props);
    expect(judge(config('kind: Something'), config(': ['), patch({}))).toEqual([]);
    expect(judge(patch(config(head).props))).toHaveLength(1);
  });
});

describe('the network of the machine', () => {
  const onHost = (kind: string) => workload('a/b:1.0.0', { hostNetwork: true }, kind);
  const said =
    'host-network: web/edge hostNetwork must be false, got true; network policies do not hold there and pods see the ports of the machine; take it away, or allow the workload by name';

  test.each(['DaemonSet', 'Deployment', 'StatefulSet', 'Job', 'ReplicaSet'])(
    'is refused to a %s that nobody named',
    (kind) => {
      const allowing = groundworkPolicies({ hostNetwork: ['web/edge'] });
      expect(judge(onHost(kind))).toEqual([said]);
      expect(violations(allowing, onHost(kind))).toEqual([]);
    },
  );

  test('is refused to pods, templates and jobs by the clock', () => {
    const metadata = { name: 'edge', namespace: 'web' };
    const spec = { hostNetwork: true, containers: [] };
    const template = { spec };
    expect(
      judge(
        object({ apiVersion: 'v1', kind: 'Pod', metadata, spec }),
        object({ apiVersion: 'v1', kind: 'PodTemplate', metadata, template }),
        object({
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata,
          spec: { jobTemplate: { spec: { template } } },
        }),
      ),
    ).toEqual([said, said, said]);
  });
});

describe('the edge', () => {
  test('is not the retired ingress-nginx, unless its construct says why', () => {
    const image = 'mirror.example/ingress-nginx/controller:v1.15.1';
    const retired = (one: ResourceValidationArgs) =>
      judge(one).filter((line) => line.startsWith('retired'));
    expect(retired(workload(image))).toEqual([
      `retired-ingress-nginx: web/edge image ${image} must be a controller that is maintained, got ingress-nginx or a fork of it; move to HardenedNginxIngress or HardenedTraefik; \`audit-ingress\` says what that takes`,
    ]);
    const kept = workload(image);
    const annotations = { 'cdk8s-groundwork/retired': 'why' };
    kept.props.metadata = { ...kept.props.metadata, annotations };
    expect(retired(kept)).toEqual([]);
  });

  test('is no broken release', () => {
    const [release, { why, fixedIn }] = Object.entries(edgeControllers.nic.broken.value)[0]!;
    const image = `nginx/nginx-ingress:${release}`;
    expect(judge(workload(image))[0]).toContain(
      `broken-release: web/edge image ${image} must be a release that works, got ${why}; fixed in ${fixedIn}; `,
    );
  });

  test('has no open advisory, nor has the nginx in it, said once for each image', () => {
    const image = 'nginx/nginx-ingress:5.3.0';
    const lines = judge(workload(image, { initContainers: [{ name: 'init', image }] }));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^vulnerable-release: web\/edge image nginx\/nginx-ingress:5\.3\.0 must be without open advisories, got CVE-2025-14727, .*; use \d+\.\d+\.\d+ or newer$/,
    );
    expect(lines[1]).toMatch(
      /^vulnerable-release: web\/edge image nginx\/nginx-ingress:5\.3\.0 must be built on nginx 1\.\d+\.\d+, got 1\.29\.3: CVE-/,
    );
  });
});

describe('volumes', () => {
  const REGION = 'topology.kubernetes.io/region';
  const ZONE = 'topology.kubernetes.io/zone';
  const residency = { regions: ['no-1', 'no-2'], zones: ['oslo-1'] };
  const said = (...resources: ResourceValidationArgs[]) =>
    violations(groundworkPolicies({ residency }), ...resources);
  const storageClass = (allowedTopologies?: object[], provisioner = 'csi.example') =>
    object({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'fast' },
      provisioner,
      allowedTopologies,
    });
  const volume = (...terms: object[][]) => {
    const nodeSelectorTerms = terms.map((matchExpressions) => ({ matchExpressions }));
    return object({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'pv-1' },
      spec: { nodeAffinity: { required: { nodeSelectorTerms } } },
    });
  };
  const inside = { matchLabelExpressions: [{ key: REGION, values: ['no-1'] }] };
  const outside = { matchLabelExpressions: [{ key: REGION, values: ['no-1', 'se-1'] }] };
  const must = `must be ${REGION} in no-1, no-2 or ${ZONE} in oslo-1`;

  test('are no question without the option', () => {
    expect(judge(storageClass())).toEqual([]);
  });

  test('stay where every term keeps to the places', () => {
    const host = { key: 'kubernetes.io/hostname', operator: 'In', values: ['w-1'] };
    expect(
      said(
        storageClass([inside]),
        storageClass(undefined, 'kubernetes.io/no-provisioner'),
        volume([{ key: ZONE, operator: 'In', values: ['oslo-1'] }, host]),
      ),
    ).toEqual([]);
  });

  test.each([
    [storageClass(), 'fast allowedTopologies', 'nothing'],
    [storageClass([inside, outside]), 'fast allowedTopologies', `${REGION} In no-1, se-1`],
    [
      volume([{ key: REGION, operator: 'NotIn', values: ['se-1'] }]),
      'pv-1 nodeAffinity',
      `${REGION} NotIn se-1`,
    ],
    [volume([{ key: REGION, operator: 'Exists' }]), 'pv-1 nodeAffinity', `${REGION} Exists`],
    [volume(), 'pv-1 nodeAffinity', 'nothing'],
  ])('may be elsewhere where one term does not: %#', (one, prop, got) => {
    expect(said(one)).toEqual([
      `residency: ${prop} ${must}, got ${got}; a volume elsewhere takes its data there`,
    ]);
  });
});

describe('secrets', () => {
  const token = 'abcdef.0123456789abcdef';
  const begin = '-----BEGIN RSA PRIVATE KEY-----';
  const key = `${begin}\n${'MIIEow'.repeat(8)}\n-----END RSA PRIVATE KEY-----\n`;
  const metadata = { name: 'settings', namespace: 'web' };
  const configMap = (data: object, annotations = {}) =>
    object({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, annotations }, data });

  test('are found in whatever is no Secret, and never shown', () => {
    const env = [{ name: 'TOKEN', value: token }];
    const lines = judge(
      configMap({ join: `kubeadm join --token ${token}`, 'tls.key': key }),
      workload('a/b:1.0.0', { containers: [{ env }] }),
    );
    expect(lines).toEqual([
      'secrets-outside-secrets: web/settings data.join must be free of secrets, got a bootstrap token; keep it in a Secret, which ConfigMap can name',
      'secrets-outside-secrets: web/settings data.tls.key must be free of secrets, got a private key; keep it in a Secret, which ConfigMap can name',
      'secrets-outside-secrets: web/edge spec.template.spec.containers.0.env.0.value must be free of secrets, got a bootstrap token; keep it in a Secret, which Deployment can name',
    ]);
  });

  test('belong into Secrets, and digests are none', () => {
    const digest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(
      judge(
        object({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { token, key } }),
        configMap({ sums: `${digest}  file\n` }, { 'checksum/config': digest }),
        resource('kubernetes:yaml/v2:ConfigGroup', { objs: [{ kind: 'Secret', data: { key } }] }),
        resource('tls:index/privateKey:PrivateKey', { privateKeyPem: key }),
      ),
    ).toEqual([]);
  });
});

describe('of a cluster of ours', () => {
  const parents = 'cdk8s-groundwork:index:NvmeControlPlaneStack';

  test('machines are not replaced for a change of user-data', () => {
    const server = (ignoreChanges: string[], above = parents) =>
      resource(
        'hcloud:index/server:Server',
        { userData: '#cloud-config' },
        { parents: above, opts: { ignoreChanges } },
      );
    expect(judge(server([]))).toEqual([
      'user-data-replacement: ignoreChanges must be a list with userData, got nothing; a typing error in a sysctl would rebuild a member of etcd',
    ]);
    // The cluster may be a part of something larger.
    expect(judge(server([], `acme:index:Site$${parents}`))).toHaveLength(1);
    expect(judge(server(['userData']), server([], 'acme:index:Farm'))).toEqual([]);
  });

  test('authorities are protected', () => {
    const certificate = (isCaCertificate: boolean, protect: boolean) =>
      resource(
        'tls:index/selfSignedCert:SelfSignedCert',
        { isCaCertificate },
        { parents, opts: { protect } },
      );
    expect(judge(certificate(true, false))).toEqual([
      'protected-authorities: protect must be true, got false; without its authority nothing in the cluster trusts anything any more',
    ]);
    expect(judge(certificate(true, true), certificate(false, false))).toEqual([]);
  });
});

test('the provider changes objects in place, and knows its cluster', () => {
  const provider = (props: object) => resource('pulumi:providers:kubernetes', props);
  const mutable = 'objects with a fixed name are deleted and made again otherwise, for each change';
  expect(judge(provider({ enableConfigMapMutable: 'false' }))).toEqual([
    `provider-settings: enableConfigMapMutable must be true, got false; ${mutable}`,
    `provider-settings: enableSecretMutable must be true, got nothing; ${mutable}`,
    'provider-settings: clusterIdentifier must be set, got nothing; give the cluster a name of its own: every object is replaced when the kubeconfig changes otherwise',
  ]);
  const clusterIdentifier = 'oslo';
  expect(
    judge(
      provider({ enableConfigMapMutable: 'true', enableSecretMutable: true, clusterIdentifier }),
      provider({ renderYamlToDirectory: 'out' }),
    ),
  ).toEqual([]);
});

test('kube-proxy has a DNS cache beside it', () => {
  const daemonSet = (name: string) =>
    object({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace: 'kube-system' },
    });
  expect(judge(daemonSet('kube-proxy'))).toEqual([
    'node-local-dns: DaemonSet node-local-dns must be beside kube-proxy, got nothing; add NodeLocalDns: two queries at once race in conntrack, and one waits five seconds',
  ]);
  expect(judge(daemonSet('kube-proxy-ipvs'), daemonSet('node-local-dns'))).toEqual([]);
  expect(judge(daemonSet('fluentd'))).toEqual([]);
});

describe('options', () => {
  test('set levels by name, and names are unique', () => {
    const policies = groundworkPolicies({ levels: { 'groundwork-host-network': 'disabled' } });
    const names = policies.map(({ name }) => name);
    expect(policies[names.indexOf('groundwork-host-network')]!.enforcementLevel).toBe('disabled');
    expect(new Set(names).size).toBe(names.length);
  });

  test('that nobody can mean are refused', () => {
    expect(thrown(() => groundworkPolicies({ residency: {}, hostNetwork: ['edge'] }))).toBe(
      '[policies] residency must be at least one region or zone, got nothing; leave it out where volumes may be anywhere\n' +
        '[policies] hostNetwork must be workloads as namespace/name, got edge; name each of them',
    );
    expect(
      thrown(() =>
        groundworkPolicies({
          findings: { 'GW-ETCD-10': 'mandatory' },
          severities: { warning: 'mandatroy' as any },
        }),
      ),
    ).toBe(
      '[policies] findings must be by the id of a finding, such as GW-ETCD-010, got GW-ETCD-10; docs/checks.md lists them\n' +
        '[policies] warning in severities must be one of advisory, mandatory, remediate, disabled, got mandatroy; leave it out for the default',
    );
    expect(
      thrown(() => groundworkPolicies({ levels: { 'groundwork-user-data-secret': 'mandatory' } })),
    ).toBe(
      '[policies] groundwork-user-data-secret in levels must be remediate or disabled, got mandatory; it only puts things right, and would say nothing',
    );
    const levels = { 'groundwork-residency': 'advisory' } as const;
    expect(thrown(() => groundworkPolicies({ levels }))).toMatch(
      /^\[policies\] levels must be by the name of a policy, one of groundwork-findings-mandatory, .*, got groundwork-residency; groundwork-residency is there when residency is given$/,
    );
  });
});
