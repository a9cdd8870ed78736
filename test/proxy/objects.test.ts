import { Yaml, Size } from 'cdk8s';
import { KubeProxyMode, KubernetesVersion, Phase } from '../../lib/cluster';
import { KubeProxyDetectLocalMode, KubeProxyNames } from '../../lib/proxy';
import { findLeaks } from '../../lib/testing';
import { unexplainedLeaves } from '../support/coverage';
import { validateStrictly } from '../support/strict-schema';
import { describeWithUpstream } from '../support/upstream';
import { phases } from '../support/phases';
import { modes, render, renderMode, type AnyOptions, type Mode } from './support';

test('the objects, all in the first phase', () => {
  const { chart, objects } = render();
  expect(
    objects.all.map(({ kind, metadata: { namespace, name } }) => [kind, namespace, name]),
  ).toEqual([
    ['ServiceAccount', 'kube-system', 'kube-proxy'],
    ['ClusterRoleBinding', undefined, 'kubeadm:node-proxier'],
    ['ConfigMap', 'kube-system', 'kube-proxy'],
    ['DaemonSet', 'kube-system', 'kube-proxy'],
  ]);
  expect(phases(chart).map((line) => line.split(' ')[0])).toEqual(Array(4).fill(Phase.KUBE_PROXY));
});

test('the service account may be what system:node-proxier is, and no more', () => {
  expect(render().objects.all[1]).toMatchObject({
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: 'system:node-proxier',
    },
    subjects: [{ kind: 'ServiceAccount', name: 'kube-proxy', namespace: 'kube-system' }],
  });
});

test('the ConfigMap has the two keys that kubeadm looks for', () => {
  expect(Object.keys(render().objects.all[2].data)).toEqual(['config.conf', 'kubeconfig.conf']);
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

describe('what the containers may do', () => {
  const pod = (mode: Mode, options: AnyOptions = {}) =>
    renderMode(mode, options).daemonSet.spec.template.spec;

  test.each([KubeProxyMode.IPTABLES, KubeProxyMode.NFTABLES] as const)(
    '%s mode: all at the start, NET_ADMIN alone afterwards',
    (mode) => {
      const { initContainers, containers } = pod(mode);
      expect(initContainers).toHaveLength(1);
      const [init] = initContainers;
      const [main] = containers;
      expect(init).toMatchObject({
        name: 'kube-proxy-init',
        image: main.image,
        env: main.env,
        resources: main.resources,
        securityContext: { privileged: true },
      });
      // The same configuration twice: the first ends by itself.
      expect(init.command).toEqual([...main.command, '--init-only']);
      // privileged is said: kubeadm's true would stay where its objects are taken over.
      expect(main.securityContext).toEqual({
        privileged: false,
        allowPrivilegeEscalation: false,
        capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
      });
      const mounts = (container: any) => container.volumeMounts.map((m: any) => m.mountPath);
      expect(mounts(init)).toEqual(['/var/lib/kube-proxy', '/run/xtables.lock', '/lib/modules']);
      expect(mounts(main)).toEqual(['/var/lib/kube-proxy', '/run/xtables.lock']);
      expect(init).not.toHaveProperty('livenessProbe');
      expect(init).not.toHaveProperty('startupProbe');
    },
  );

  test('IPVS mode: one privileged container', () => {
    const { initContainers, containers } = pod(KubeProxyMode.IPVS);
    expect(initContainers).toBeUndefined();
    expect(containers[0].securityContext).toEqual({ privileged: true });
  });

  test('a score below what kubelet gives needs another capability', () => {
    const added = (oomScoreAdj?: number) =>
      pod(KubeProxyMode.NFTABLES, { oomScoreAdj }).containers[0].securityContext.capabilities.add;
    expect([undefined, -997, -998].map(added)).toEqual([
      ['NET_ADMIN'],
      ['NET_ADMIN'],
      ['NET_ADMIN', 'SYS_RESOURCE'],
    ]);
  });

  test.each(modes)('%s mode is probed where its health check listens', (mode) => {
    const [{ livenessProbe, startupProbe }] = pod(mode, {
      healthzBindAddress: '0.0.0.0:10356',
    }).containers;
    expect([livenessProbe, startupProbe].map(({ httpGet }) => httpGet)).toEqual(
      Array(2).fill({ path: '/livez', port: 10356 }),
    );
  });
});

test.each(modes)('names of its own in %s mode, beside those of kubeadm', (mode) => {
  const name = `kube-proxy-${mode}`;
  const { objects, daemonSet } = renderMode(mode, { names: KubeProxyNames.OWN });
  expect(objects.all.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([
    ['ServiceAccount', name],
    ['ClusterRoleBinding', name],
    ['ConfigMap', name],
    ['DaemonSet', name],
  ]);
  expect(objects.all[1].subjects).toEqual([
    { kind: 'ServiceAccount', name, namespace: 'kube-system' },
  ]);
  expect(daemonSet.spec.selector.matchLabels).toEqual({ 'k8s-app': name });
  expect(daemonSet.spec.template.metadata.labels).toMatchObject({ 'k8s-app': name });
  const { serviceAccountName, volumes, containers } = daemonSet.spec.template.spec;
  expect([serviceAccountName, volumes[0].configMap.name, containers[0].name]).toEqual(
    Array(3).fill(name),
  );
  expect(Object.keys(objects.all[2].data)).toEqual(['config.conf', 'kubeconfig.conf']);
});

test.each(modes)('nothing in the output of %s mode looks like a secret', (mode) => {
  expect(findLeaks('00-kube-proxy', Yaml.stringify(...renderMode(mode).objects.all))).toEqual([]);
});

const byBridge = {
  detectLocalMode: KubeProxyDetectLocalMode.BRIDGE_INTERFACE,
  bridgeInterface: 'cni0',
};

test.each(modes)('every value of %s mode has a decision, or is a fact or structure', (mode) => {
  const { cluster, objects, configuration, kubeconfig } = renderMode(mode, byBridge);
  const pod = 'DaemonSet.spec.template.spec';
  const explained = {
    decisions: cluster.decisions(),
    facts: [
      'KubeProxyConfiguration.clusterCIDR',
      'Config.clusters.cluster.server',
      `${pod}.*.image`,
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
      `${pod}.*.name`,
      `${pod}.*.command`,
      `${pod}.*.env`,
      `${pod}.*.volumeMounts`,
    ],
  };
  const unexplained = [...objects.all, configuration, kubeconfig].flatMap((object) =>
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
  test.each(modes.flatMap((mode) => ['1.35', '1.36'].map((minor) => [mode, minor] as const)))(
    'accepts every field of %s mode in %s',
    (mode, minor) => {
      const { objects } = renderMode(mode, {}, { imagePullSecrets: ['mirror'] });
      expect(objects.all.flatMap((object) => validateStrictly(object, minor))).toEqual([]);
    },
  );
});
