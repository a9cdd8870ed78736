import { ApiObject, Yaml, Size } from 'cdk8s';
import { KubernetesVersion, Phase, phaseOf } from '../../lib/cluster';
import { findLeaks } from '../../lib/testing';
import { unexplainedLeaves } from '../support/coverage';
import { validateStrictly } from '../support/strict-schema';
import { describeWithUpstream } from '../support/upstream';
import { render } from './support';

test('the objects, all in the first phase', () => {
  const { chart, objects } = render();
  expect(objects.map(({ kind, metadata: { namespace, name } }) => [kind, namespace, name])).toEqual(
    [
      ['ServiceAccount', 'kube-system', 'kube-proxy'],
      ['ClusterRoleBinding', undefined, 'kubeadm:node-proxier'],
      ['ConfigMap', 'kube-system', 'kube-proxy'],
      ['DaemonSet', 'kube-system', 'kube-proxy'],
    ],
  );
  const phases = chart.node
    .findAll()
    .filter((c) => c instanceof ApiObject)
    .map(phaseOf);
  expect(phases).toEqual(Array(4).fill(Phase.KUBE_PROXY));
});

test('the service account may be what system:node-proxier is, and no more', () => {
  expect(render().objects[1]).toMatchObject({
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:node-proxier',
    },
    subjects: [{ kind: 'ServiceAccount', name: 'kube-proxy', namespace: 'kube-system' }],
  });
});

test('the ConfigMap has the two keys that kubeadm looks for', () => {
  expect(Object.keys(render().objects[2].data)).toEqual(['config.conf', 'kubeconfig.conf']);
});

describe('the DaemonSet', () => {
  test('runs on the host, everywhere, before everything', () => {
    const { spec } = render().daemonSet;
    expect(spec.selector.matchLabels).toEqual({ 'k8s-app': 'kube-proxy' });
    expect(spec.template.metadata.labels).toMatchObject({ 'k8s-app': 'kube-proxy' });
    expect(spec.updateStrategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: '10%' },
    });
    expect(spec.template.spec).toMatchObject({
      serviceAccountName: 'kube-proxy',
      automountServiceAccountToken: true,
      hostNetwork: true,
      dnsPolicy: 'Default',
      priorityClassName: 'system-node-critical',
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ operator: 'Exists' }],
    });
  });

  test('starts kube-proxy with its file and the name of the node', () => {
    const [container] = render().daemonSet.spec.template.spec.containers;
    expect(container).toMatchObject({
      image: 'registry.k8s.io/kube-proxy:v1.36.4',
      command: [
        '/usr/local/bin/kube-proxy',
        '--config=/var/lib/kube-proxy/config.conf',
        '--hostname-override=$(NODE_NAME)',
      ],
      env: [{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
      securityContext: { privileged: true },
      resources: { requests: { cpu: '50m', memory: '64Mi' } },
      livenessProbe: { httpGet: { path: '/livez', port: 10256 } },
      startupProbe: { httpGet: { path: '/livez', port: 10256 } },
    });
    expect(container.resources).not.toHaveProperty('limits');
  });

  test('waits longer at the start than kube-proxy waits for its node', () => {
    const [{ startupProbe }] = render().daemonSet.spec.template.spec.containers;
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBeGreaterThan(300);
  });

  test('mounts what it names', () => {
    const { containers, volumes } = render().daemonSet.spec.template.spec;
    expect(
      containers[0].volumeMounts.map((m: any) => [m.name, m.mountPath, m.readOnly ?? false]),
    ).toEqual([
      ['kube-proxy', '/var/lib/kube-proxy', true],
      ['xtables-lock', '/run/xtables.lock', false],
      ['lib-modules', '/lib/modules', true],
    ]);
    expect(volumes).toEqual([
      { name: 'kube-proxy', configMap: { name: 'kube-proxy' } },
      { name: 'xtables-lock', hostPath: { path: '/run/xtables.lock', type: 'FileOrCreate' } },
      { name: 'lib-modules', hostPath: { path: '/lib/modules' } },
    ]);
  });

  test('follows the release, the mirror and the override', () => {
    const image = (...args: Parameters<typeof render>) =>
      render(...args).daemonSet.spec.template.spec.containers[0].image;
    expect(image({}, { kubernetesVersion: KubernetesVersion.of('1.35.2') })).toBe(
      'registry.k8s.io/kube-proxy:v1.35.2',
    );
    expect(image({}, { imageRegistry: 'mirror.example.no/k8s' })).toBe(
      'mirror.example.no/k8s/kube-proxy:v1.36.4',
    );
    expect(image({ image: 'mirror.example.no/kp:v1.36.4-hardened' })).toBe(
      'mirror.example.no/kp:v1.36.4-hardened',
    );
  });

  test('takes requests and pull secrets', () => {
    const { daemonSet } = render(
      { cpuRequestMillicores: 200, memoryRequest: Size.gibibytes(1) },
      { imagePullSecrets: ['mirror'] },
    );
    const { containers, imagePullSecrets } = daemonSet.spec.template.spec;
    expect(containers[0].resources.requests).toEqual({ cpu: '200m', memory: '1024Mi' });
    expect(imagePullSecrets).toEqual([{ name: 'mirror' }]);
    expect(render().daemonSet.spec.template.spec).not.toHaveProperty('imagePullSecrets');
  });

  test('is rolled when the configuration changes, and only then', () => {
    const hash = (...args: Parameters<typeof render>) =>
      render(...args).daemonSet.spec.template.metadata.annotations['cdk8s-groundwork/config-hash'];
    expect(hash()).toMatch(/^[0-9a-f]{12}$/);
    expect(hash()).toBe(hash());
    expect(hash({ masqueradeAll: true })).not.toBe(hash());
    expect(hash({ image: 'example.no/kp:v1' })).toBe(hash());
  });
});

test('nothing in the output looks like a secret', () => {
  expect(findLeaks('00-kube-proxy', Yaml.stringify(...render().objects))).toEqual([]);
});

test('every value has a decision, or is a fact or the shape of the object', () => {
  const { cluster, objects, configuration, kubeconfig } = render();
  const pod = 'DaemonSet.spec.template.spec';
  const explained = {
    decisions: cluster.decisions(),
    facts: [
      'KubeProxyConfiguration.clusterCIDR',
      'Config.clusters.cluster.server',
      `${pod}.containers.image`,
    ],
    structural: [
      'ClusterRoleBinding.roleRef',
      'ClusterRoleBinding.subjects',
      // Parsed and looked into as documents of their own.
      'ConfigMap.data',
      'KubeProxyConfiguration.clientConnection.kubeconfig',
      'Config.clusters.name',
      'Config.clusters.cluster.certificate-authority',
      'Config.contexts',
      'Config.current-context',
      'Config.users',
      'DaemonSet.spec.selector',
      'DaemonSet.spec.updateStrategy.type',
      'DaemonSet.spec.template.metadata',
      `${pod}.serviceAccountName`,
      `${pod}.automountServiceAccountToken`,
      `${pod}.nodeSelector`,
      `${pod}.volumes`,
      `${pod}.containers.name`,
      `${pod}.containers.command`,
      `${pod}.containers.env`,
      `${pod}.containers.volumeMounts`,
    ],
  };
  const unexplained = [...objects, configuration, kubeconfig].flatMap((object) =>
    unexplainedLeaves(object, explained),
  );
  expect(unexplained).toEqual([]);
});

test('a value of the spec says so in its decision', () => {
  const decision = (...args: Parameters<typeof render>) =>
    render(...args)
      .cluster.decisions()
      .find(({ key }) => key === 'KubeProxyConfiguration.ipvs.strictARP');
  expect(decision({ strictArp: false })).toMatchObject({ path: 'oslo/kube-proxy', value: 'false' });
  expect(decision({ strictArp: false })!.why).toMatch(/^Chosen in the spec\. Otherwise true: /);
  expect(decision()!.why).toMatch(/^Service addresses stand on kube-ipvs0/);
});

describeWithUpstream('the API server', () => {
  test.each(['1.35', '1.36'])('of %s accepts every field', (minor) => {
    const { objects } = render({}, { imagePullSecrets: ['mirror'] });
    expect(objects.flatMap((object) => validateStrictly(object, minor))).toEqual([]);
  });
});
