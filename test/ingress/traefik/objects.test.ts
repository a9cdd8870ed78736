import { Duration, Size } from 'cdk8s';
import {
  ApiEndpoint,
  LoadBalancerKind,
  Machine,
  Zone,
  type ClusterProps,
} from '../../../lib/cluster';
import { EdgeExposure, EdgeKind, type HardenedTraefikOptions } from '../../../lib/ingress';
import { unexplainedLeaves } from '../../support/coverage';
import { dualStack } from '../../support/dual-stack';
import { osloMachine } from '../../support/oslo';
import { validateStrictly } from '../../support/strict-schema';
import { describeWithUpstream } from '../../support/upstream';
import { withWorkers } from '../edge';
import { compatible, edge, upstreamGrants } from './traefik';

const everything: HardenedTraefikOptions = {
  trustedProxies: ['192.0.2.10', '198.51.100.0/24'],
  statusAddress: 'edge.oslo.example',
  metricsNamespace: 'monitoring',
  accessLog: true,
  defaultIngressClass: true,
  ingressClassName: 'public',
  image: 'mirror.example.no/library/traefik:v3.7.14',
};
const variants: Array<[string, HardenedTraefikOptions, Partial<ClusterProps>]> = [
  ['three control planes', {}, {}],
  ['in place of ingress-nginx', compatible, {}],
  ['every option', everything, { imagePullSecrets: ['mirror'] }],
  ['every option, in place of ingress-nginx', { ...compatible, ...everything }, {}],
  ['ports of the machines', { exposure: EdgeExposure.HOST_PORT }, {}],
  ['one on each machine', { ...compatible, kind: EdgeKind.DAEMON_SET }, withWorkers(2)],
  ['more when busy', { autoscaling: { maxReplicas: 6 } }, withWorkers(6)],
  ['workers in two zones', {}, twoZones()],
  ['one machine', {}, { machines: [osloMachine(1)] }],
  ['a load balancer', compatible, { loadBalancer: LoadBalancerKind.METALLB_L2 }],
  ['IPv6', {}, ipv6()],
  ['both families', {}, dualStack()],
];

function twoZones(): Partial<ClusterProps> {
  const { machines } = withWorkers(2);
  return {
    machines: [...machines!, Machine.worker('w-3', { zone: 'oslo-2', address: '10.21.0.11' })],
    zones: [
      Zone.of('oslo-1', { country: 'NO', nodeCidr: '10.20.0.0/24' }),
      Zone.of('oslo-2', { country: 'NO', nodeCidr: '10.21.0.0/24' }),
    ],
  };
}

function ipv6(): Partial<ClusterProps> {
  return {
    machines: [osloMachine(1, { address: '2001:db8::11' })],
    zones: [Zone.of('oslo-1', { country: 'NO', nodeCidr: '2001:db8::/64' })],
    endpoint: ApiEndpoint.kubeVip('2001:db8::10'),
    podCidr: 'fd00:1::/56',
    serviceCidr: 'fd00:2::/112',
  };
}

describeWithUpstream('schema of Kubernetes 1.35 and 1.36', () => {
  test.each(variants)('%s', (_name, options, facts) => {
    for (const minor of ['1.35', '1.36']) {
      expect(edge(options, facts).objects.all.flatMap((o) => validateStrictly(o, minor))).toEqual(
        [],
      );
    }
  });
});

test.each(variants)('every leaf has a reason: %s', (_name, options, facts) => {
  const { cluster, objects, staticFile, dynamicFile } = edge(options, facts);
  const explained = {
    decisions: cluster.decisions(),
    facts: ['*.spec.template.spec.containers.image', '*.spec.template.spec.imagePullSecrets'],
    structural: [
      'ClusterRoleBinding.roleRef',
      'ClusterRoleBinding.subjects',
      'ServiceAccount.automountServiceAccountToken',
      // Each value of both files is looked at below.
      'ConfigMap.data',
      'IngressClass.spec.controller',
      'NetworkPolicy.spec.podSelector',
      'NetworkPolicy.spec.policyTypes',
      'Service.spec.selector',
      'Service.spec.ports.name',
      'Service.spec.ports.port',
      'Service.spec.ports.protocol',
      'Service.spec.ports.targetPort',
      'PodDisruptionBudget.spec.selector',
      'PriorityClass.description',
      'HorizontalPodAutoscaler.spec.scaleTargetRef',
      '*.spec.selector',
      '*.spec.strategy.type',
      '*.spec.updateStrategy.type',
      '*.spec.template.metadata',
      '*.spec.template.spec.serviceAccountName',
      '*.spec.template.spec.automountServiceAccountToken',
      '*.spec.template.spec.*.name',
      '*.spec.template.spec.containers.args',
      '*.spec.template.spec.containers.ports',
      '*.spec.template.spec.containers.*.httpGet',
      '*.spec.template.spec.containers.volumeMounts',
      '*.spec.template.spec.volumes.configMap',
    ],
  };
  expect(objects.all.flatMap((o) => unexplainedLeaves(o, explained))).toEqual([]);
  const files = { 'traefik.yaml': staticFile, 'dynamic.yaml': dynamicFile };
  const inFiles = Object.entries(files).flatMap(([file, content]) =>
    unexplainedLeaves(
      { kind: `ConfigMap.data.${file}`, ...content },
      {
        decisions: explained.decisions,
        facts: [],
        structural: [`ConfigMap.data.${file}.kind`, `ConfigMap.data.${file}.entryPoints.*.address`],
      },
    ),
  );
  expect(inFiles).toEqual([]);
});

test.each(variants)(
  'no decision twice, or about a part that is not there: %s',
  (_n, options, facts) => {
    const { cluster, objects, pod } = edge(options, facts);
    const keys = cluster.decisions().map((d) => d.key);
    const kinds = objects.all.map((o) => o.kind);
    expect(keys.filter((key) => ![...kinds, 'Edge'].includes(key.split('.')[0]))).toEqual([]);
    for (const part of ['affinity', 'tolerations']) {
      const key = new RegExp(`^(Deployment|DaemonSet)\\.spec\\.template\\.spec\\.${part}$`);
      expect(keys.some((k) => key.test(k))).toBe(part in pod);
    }
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  },
);

test.each(variants)('decisions have a reason and a source: %s', (_name, options, facts) => {
  for (const { why, source, upstream } of edge(options, facts).cluster.decisions()) {
    expect(why.length).toBeGreaterThan(10);
    expect(source.length).toBeGreaterThan(7);
    expect(upstream).not.toBe('');
  }
});

test('it is started with the file of the ConfigMap, and a new file is a new pod', () => {
  const { pod, container, objects } = edge();
  const { name } = objects.find('ConfigMap').metadata;
  expect(pod.volumes[0]).toEqual({ name: 'config', configMap: { name } });
  expect(container.volumeMounts[0]).toEqual({
    name: 'config',
    mountPath: '/etc/traefik',
    readOnly: true,
  });
  expect(container.args).toEqual(['--configFile=/etc/traefik/traefik.yaml']);
  const hash = (options: HardenedTraefikOptions) =>
    edge(options).objects.find('Deployment').spec.template.metadata.annotations[
      'cdk8s-groundwork/config-hash'
    ];
  expect(hash({ accessLog: true })).not.toBe(hash({}));
  // The second file as well.
  expect(hash({ connectionsPerAddress: 7 })).not.toBe(hash({ connectionsPerAddress: 8 }));
  expect(hash({ replicas: 7 })).toBe(hash({}));
});

test('entry points, ports, probes and policy are about the same ports', () => {
  const { container, staticFile, objects } = edge({ metricsNamespace: 'monitoring' });
  const ports = Object.fromEntries(
    container.ports.map((p: any) => [p.name, `:${p.containerPort}`]),
  );
  const address = (name: string) => staticFile.entryPoints[name].address;
  expect(ports).toEqual({
    http: address('web'),
    https: address('websecure'),
    ping: address('traefik'),
    metrics: address('metrics'),
  });
  expect(container.readinessProbe.httpGet).toEqual({ path: '/ping', port: 'ping' });
  expect(container.livenessProbe.httpGet).toEqual({ path: '/ping', port: 'ping' });
  expect(objects.find('NetworkPolicy').spec.ingress).toEqual([
    {
      ports: [
        { port: 8000, protocol: 'TCP' },
        { port: 8443, protocol: 'TCP' },
      ],
    },
    {
      from: [
        { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
      ],
      ports: [{ port: 9100, protocol: 'TCP' }],
    },
  ]);
  expect(edge().container.ports.map((p: any) => p.name)).toEqual(['http', 'https', 'ping']);
});

test('Pod Security restricted admits it, without any capability', () => {
  const { pod, container, objects } = edge();
  expect(objects.find('Namespace').metadata.labels['pod-security.kubernetes.io/enforce']).toBe(
    'restricted',
  );
  expect(pod.securityContext).toEqual({
    runAsGroup: 65532,
    runAsNonRoot: true,
    runAsUser: 65532,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  });
  expect(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC).toBeUndefined();
  expect(pod.enableServiceLinks).toBe(false);
});

test('ports of the machine: a privileged namespace, pods as restricted as before, and one rollout at a time', () => {
  const { container, objects, cluster } = edge({ exposure: EdgeExposure.HOST_PORT });
  expect(objects.find('Namespace').metadata.labels['pod-security.kubernetes.io/enforce']).toBe(
    'privileged',
  );
  expect(container.ports.slice(0, 2)).toEqual([
    { name: 'http', containerPort: 8000, hostPort: 80, protocol: 'TCP' },
    { name: 'https', containerPort: 8443, hostPort: 443, protocol: 'TCP' },
  ]);
  expect(container.securityContext.capabilities).toEqual({ drop: ['ALL'] });
  const { spec } = objects.find('DaemonSet');
  expect(spec.updateStrategy.rollingUpdate).toEqual({ maxSurge: 0, maxUnavailable: 1 });
  expect(spec.template.metadata.annotations['cdk8s-groundwork/config-hash']).toMatch(/^\w{12}$/);
  expect(cluster._summary('ingress')).toMatchObject({ hostPorts: [80, 443], nodePorts: [] });
  const [machine] = cluster.machines;
  expect(cluster.ledger.forMachine(machine).ports.map((p) => p.key)).toEqual(
    expect.arrayContaining(['80/tcp from anywhere', '443/tcp from anywhere']),
  );
});

test('SIGKILL comes after waiting, accepting, draining and leaving', () => {
  const shutdown = { preStop: Duration.seconds(20), drain: Duration.minutes(2) };
  const { pod, container, staticFile, cluster } = edge({ shutdown });
  for (const point of ['web', 'websecure']) {
    const { requestAcceptGraceTimeout, graceTimeOut } =
      staticFile.entryPoints[point].transport.lifeCycle;
    const seconds =
      container.lifecycle.preStop.sleep.seconds +
      parseInt(requestAcceptGraceTimeout, 10) +
      parseInt(graceTimeOut, 10);
    expect(seconds).toBe(140);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(seconds + 5);
  }
  expect(cluster._summary('ingress')!.drainSeconds).toBe(pod.terminationGracePeriodSeconds);
});

test('no traffic before there are routes', () => {
  expect(edge().container.readinessProbe.initialDelaySeconds).toBe(10);
  expect(edge().container.livenessProbe).not.toHaveProperty('initialDelaySeconds');
});

test('memory is one number for the kubelet and nine tenths of it for Go', () => {
  const { container } = edge({ memoryLimit: Size.mebibytes(1000) });
  expect(container.resources.requests.memory).toBe('1000Mi');
  expect(container.resources.limits.memory).toBe('1000Mi');
  expect(container.env).toEqual([{ name: 'GOMEMLIMIT', value: '900MiB' }]);
});

test('CPU and memory follow the smallest machine', () => {
  expect(edge({}, withWorkers(2, 2, Size.gibibytes(4))).container.resources).toEqual({
    requests: { cpu: '250m', 'ephemeral-storage': '66Mi', memory: '512Mi' },
    limits: { cpu: '1', 'ephemeral-storage': '66Mi', memory: '512Mi' },
  });
});

test('every right is one of upstream, and what no cache needs is left out', () => {
  const listed = ({ objects }: ReturnType<typeof edge>) =>
    objects
      .find('ClusterRole')
      .rules.flatMap((r: any) =>
        r.resources.map(
          (resource: string) => `${r.apiGroups[0]}/${resource}: ${r.verbs.join(' ')}`,
        ),
      );
  const flat = (grants: string[]) =>
    grants.flatMap((grant) => {
      const [resource, verbs] = grant.split(': ');
      return verbs.split(' ').map((verb) => `${resource} ${verb}`);
    });
  const cases = [
    { options: {}, upstream: upstreamGrants.kubernetesIngress, own: '/nodes' },
    { options: compatible, upstream: upstreamGrants.kubernetesIngressNGINX, own: '/configmaps' },
  ];
  for (const { options, upstream, own } of cases) {
    const ours = listed(edge({ ...options, statusAddress: '192.0.2.1' }));
    expect(flat(ours).filter((grant) => !flat(upstream).includes(grant))).toEqual([]);
    expect(ours).toEqual([
      `${own}: list watch`,
      '/secrets: list watch',
      '/services: list watch',
      'discovery.k8s.io/endpointslices: list watch',
      'networking.k8s.io/ingressclasses: list watch',
      'networking.k8s.io/ingresses: list watch',
      'networking.k8s.io/ingresses/status: update',
    ]);
    expect(listed(edge(options))).toEqual(ours.slice(0, -1));
  }
});

test('the class names the controller of the provider', () => {
  expect(edge().objects.find('IngressClass')).toMatchObject({
    metadata: { name: 'traefik' },
    spec: { controller: 'traefik.io/ingress-controller' },
  });
  expect(
    edge({ defaultIngressClass: true }).objects.find('IngressClass').metadata.annotations[
      'ingressclass.kubernetes.io/is-default-class'
    ],
  ).toBe('true');
});

test('control planes without workers are tolerated; workers keep the replicas', () => {
  expect(edge().pod.tolerations).toEqual([
    { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
  ]);
  expect(edge({}, withWorkers(2)).pod.tolerations).toBeUndefined();
});

test('the Service keeps client addresses and asks for an address where one is given', () => {
  expect(edge().objects.find('Service').spec).toMatchObject({
    type: 'NodePort',
    externalTrafficPolicy: 'Local',
  });
  expect(
    edge({}, { loadBalancer: LoadBalancerKind.METALLB_BGP }).objects.find('Service').spec,
  ).toMatchObject({ type: 'LoadBalancer', externalTrafficPolicy: 'Local' });
});

test('machines with a replica open the node ports, others do not', () => {
  const { cluster } = edge({ httpNodePort: 30001, httpsNodePort: 30002 }, withWorkers(1));
  const ports = (name: string) =>
    cluster.ledger
      .forMachine(cluster.machines.find((m) => m.name === name)!)
      .ports.map((p) => p.key);
  expect(ports('w-1')).toEqual(['30001/tcp from anywhere', '30002/tcp from anywhere']);
  expect(ports('cp-1')).toEqual([]);
});

test('the image is pinned by digest, and mirror and pull secrets are used', () => {
  const { pod, container } = edge(
    {},
    { imageRegistry: 'mirror.example.no', imagePullSecrets: ['mirror'] },
  );
  expect(pod.imagePullSecrets).toEqual([{ name: 'mirror' }]);
  expect(container.image).toMatch(
    /^mirror\.example\.no\/library\/traefik:v3\.7\.14@sha256:[0-9a-f]{64}$/,
  );
});

test('a machine that is alone can be drained', () => {
  expect(edge({}, { machines: [osloMachine(1)] }).objects.all.map((o) => o.kind)).not.toContain(
    'PodDisruptionBudget',
  );
  expect(edge().objects.find('PodDisruptionBudget').spec.maxUnavailable).toBe(1);
});

test('the same input renders the same bytes', () => {
  expect(JSON.stringify(edge(everything).objects)).toBe(JSON.stringify(edge(everything).objects));
});
