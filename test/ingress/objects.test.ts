import { Duration, Size } from 'cdk8s';
import { ApiEndpoint, LoadBalancerKind, Machine, Zone, type ClusterProps } from '../../lib/cluster';
import {
  EdgeExposure,
  EdgeKind,
  EdgePreset,
  RealIp,
  TlsPolicy,
  type HardenedNginxIngressOptions,
} from '../../lib/ingress';
import { unexplainedLeaves } from '../support/coverage';
import { dualMachine, dualStack } from '../support/dual-stack';
import { osloMachine } from '../support/oslo';
import { validateStrictly } from '../support/strict-schema';
import { describeWithUpstream } from '../support/upstream';
import { edge, withWorkers } from './edge';
import { flags } from './nic';

const everything: HardenedNginxIngressOptions = {
  trustedProxies: ['192.0.2.10', '198.51.100.0/24'],
  statusAddress: 'edge.oslo.example',
  metricsNamespace: 'monitoring',
  defaultIngressClass: true,
  ingressClassName: 'public',
  image: 'mirror.example.no/nginx/nginx-ingress:5.5.4',
};
const variants: Array<[string, HardenedNginxIngressOptions, Partial<ClusterProps>]> = [
  ['three control planes', {}, {}],
  ['every option', everything, { imagePullSecrets: ['mirror'] }],
  ['workers in two zones', {}, twoZones()],
  ['one machine', {}, { machines: [osloMachine(1)] }],
  ['a load balancer', {}, { loadBalancer: LoadBalancerKind.METALLB_L2 }],
  ['IPv6', {}, ipv6()],
  ['both families', {}, dualStack()],
  ['a replica on each machine, on its own ports', { exposure: EdgeExposure.HOST_PORT }, {}],
  ['more replicas when busy', { autoscaling: { maxReplicas: 6 } }, {}],
  ['a daemon on each worker', { kind: EdgeKind.DAEMON_SET }, withWorkers(2)],
  ['uploads', { preset: EdgePreset.UPLOADS }, {}],
  ['streams', { preset: EdgePreset.GRPC_STREAMING, tlsPolicy: TlsPolicy.MODERN }, {}],
  [
    'the PROXY protocol',
    {
      preset: EdgePreset.BEHIND_POOLING_LB,
      realIp: RealIp.fromProxyProtocol(['192.0.2.0/28']),
      requestRate: { perSecond: 50 },
      http2: false,
      shutdown: { preStop: Duration.seconds(0) },
    },
    {},
  ],
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
  const { cluster, objects, workload } = edge(options, facts);
  const { kind } = workload;
  const explained = {
    decisions: cluster.decisions(),
    facts: [
      `${kind}.spec.template.spec.containers.image`,
      `${kind}.spec.template.spec.initContainers.image`,
      `${kind}.spec.template.spec.imagePullSecrets`,
    ],
    structural: [
      'ClusterRoleBinding.roleRef',
      'ClusterRoleBinding.subjects',
      'RoleBinding.roleRef',
      'RoleBinding.subjects',
      'ServiceAccount.automountServiceAccountToken',
      'ConfigMap.data.http-snippets',
      'IngressClass.spec.controller',
      'NetworkPolicy.spec.podSelector',
      'NetworkPolicy.spec.policyTypes',
      'Service.spec.selector',
      'Service.spec.ports.name',
      'Service.spec.ports.port',
      'Service.spec.ports.protocol',
      'Service.spec.ports.targetPort',
      'PodDisruptionBudget.spec.selector',
      'ValidatingAdmissionPolicyBinding.spec.policyName',
      'PriorityClass.description',
      `${kind}.spec.selector`,
      'Deployment.spec.strategy.type',
      'DaemonSet.spec.updateStrategy.type',
      'HorizontalPodAutoscaler.spec.scaleTargetRef',
      `${kind}.spec.template.metadata`,
      `${kind}.spec.template.spec.serviceAccountName`,
      `${kind}.spec.template.spec.automountServiceAccountToken`,
      `${kind}.spec.template.spec.*.name`,
      `${kind}.spec.template.spec.containers.args`,
      `${kind}.spec.template.spec.containers.env`,
      `${kind}.spec.template.spec.containers.ports`,
      `${kind}.spec.template.spec.containers.readinessProbe.httpGet`,
      `${kind}.spec.template.spec.*.volumeMounts`,
      `${kind}.spec.template.spec.initContainers.command`,
    ],
  };
  expect(objects.all.flatMap((o) => unexplainedLeaves(o, explained))).toEqual([]);
});

test.each(variants)(
  'no decision is about a part that is not there: %s',
  (_name, options, facts) => {
    const { cluster, objects, pod } = edge(options, facts);
    const keys = cluster.decisions().map((d) => d.key);
    const kinds = objects.all.map((o) => o.kind);
    // What the options add up to is no part of an object.
    const parts = keys.filter((key) => !key.startsWith('Edge.'));
    expect(parts.filter((key) => !kinds.includes(key.split('.')[0]))).toEqual([]);
    for (const part of ['affinity', 'tolerations']) {
      expect(keys.some((key) => key.endsWith(`.spec.template.spec.${part}`))).toBe(part in pod);
    }
    expect(keys.includes('Service.spec.ipFamilyPolicy')).toBe(
      'ipFamilyPolicy' in objects.find('Service').spec,
    );
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  },
);

test('arguments: each is a flag of 5.5.4, and each but the two names is a decision', () => {
  for (const [, options, facts] of variants) {
    const { cluster, container, workload } = edge(options, facts);
    const keys = cluster.decisions().map((d) => d.key);
    for (const argument of container.args as string[]) {
      const [flag] = argument.slice(1).split('=');
      expect(flags).toContain(flag);
      const named = [
        'nginx-configmaps',
        'ingress-class',
        'external-service',
        'leader-election-lock-name',
      ];
      expect(
        named.includes(flag) ||
          keys.includes(`${workload.kind}.spec.template.spec.containers.args.${flag}`),
      ).toBe(true);
    }
  }
});

test('the controller is told the ConfigMap, class, Service and Lease that are rendered', () => {
  const { container, objects } = edge(
    { ingressClassName: 'public', statusAddress: '192.0.2.1' },
    { loadBalancer: LoadBalancerKind.CALICO },
  );
  const { namespace, name } = objects.find('ConfigMap').metadata;
  expect(container.args).toContain(`-nginx-configmaps=$(POD_NAMESPACE)/${name}`);
  expect(objects.find('Deployment').metadata.namespace).toBe(namespace);
  expect(container.args).toContain(`-ingress-class=${objects.find('IngressClass').metadata.name}`);
  expect(container.args).toContain(`-external-service=${objects.find('Service').metadata.name}`);
  const lease = objects
    .find('Role')
    .rules.find((r: any) => r.resourceNames !== undefined).resourceNames;
  expect(container.args).toContain(`-leader-election-lock-name=${lease}`);
  expect(
    objects.find('ClusterRole').rules.find((r: any) => r.resourceNames !== undefined).resourceNames,
  ).toEqual(['public']);
});

test('Pod Security restricted admits both containers', () => {
  const { pod, objects } = edge();
  expect(objects.find('Namespace').metadata.labels['pod-security.kubernetes.io/enforce']).toBe(
    'restricted',
  );
  expect(
    objects.find('Namespace').metadata.labels['pod-security.kubernetes.io/enforce-version'],
  ).toBe('v1.36');
  expect(pod.securityContext.seccompProfile.type).toBe('RuntimeDefault');
  expect(pod.hostNetwork ?? pod.hostPID ?? pod.hostIPC).toBeUndefined();
  for (const c of [...pod.initContainers, ...pod.containers]) {
    expect(c.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 101,
      capabilities: { drop: ['ALL'] },
    });
    expect(['', 'NET_BIND_SERVICE']).toContain((c.securityContext.capabilities.add ?? []).join());
    expect((c.ports ?? []).some((p: any) => 'hostPort' in p)).toBe(false);
  }
  const [init, main] = [pod.initContainers[0], pod.containers[0]];
  expect(Object.keys(pod.volumes.find((v: any) => v.name === init.volumeMounts[0].name))).toContain(
    'emptyDir',
  );
  expect(main.volumeMounts.map((m: any) => m.name).sort()).toEqual(
    pod.volumes.map((v: any) => v.name).sort(),
  );
  for (const volume of pod.volumes) {
    expect(volume.emptyDir.sizeLimit).toMatch(/^\d+Mi$/);
  }
});

test('SIGKILL comes after waiting, draining and leaving', () => {
  const { pod, container, objects } = edge();
  const drain = parseInt(objects.find('ConfigMap').data['worker-shutdown-timeout'], 10);
  const sleep = container.lifecycle.preStop.sleep.seconds;
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(sleep + drain + 5);
});

test('no critical pod: the kubelet may evict it for its disk, and a rank above applications is declared', () => {
  const { pod, objects } = edge();
  const { metadata, value, globalDefault } = objects.find('PriorityClass');
  expect(pod.priorityClassName).toBe(metadata.name);
  expect(metadata.name).not.toMatch(/^system-/);
  // From 2,000,000,000 on a pod is critical; users may go half that far.
  expect(value).toBe(1_000_000_000);
  expect(globalDefault).toBeUndefined();
});

test('the limit of disk holds every volume on disk, and logs', () => {
  const { pod, container } = edge();
  const mebibytes = (text: string) => Number(/^(\d+)Mi$/.exec(text)![1]);
  const disk = pod.volumes.filter((v: any) => v.emptyDir.medium !== 'Memory');
  const sizes = disk.map((v: any) => mebibytes(v.emptyDir.sizeLimit));
  const { limits, requests } = container.resources;
  const limit = mebibytes(limits['ephemeral-storage']);
  expect(limit).toBe(sizes.reduce((sum: number, size: number) => sum + size, 0) + 100);
  expect(mebibytes(requests['ephemeral-storage'])).toBeLessThan(limit);
});

test('a controller short of CPU has five seconds to say that it is ready', () => {
  expect(edge().container.readinessProbe).toMatchObject({ periodSeconds: 5, timeoutSeconds: 5 });
});

test('one zone: no spread over zones, neither rendered nor explained', () => {
  const { cluster, pod } = edge();
  expect(pod.topologySpreadConstraints.map((c: any) => c.topologyKey)).toEqual([
    'kubernetes.io/hostname',
  ]);
  const row = cluster.decisions().find((d) => d.key.endsWith('.topologySpreadConstraints'))!;
  expect(row.value).not.toContain('zones');
});

test('what is said about the seconds before SIGTERM depends on who sends the traffic', () => {
  const why = (e: ReturnType<typeof edge>) =>
    e.cluster.decisions().find((d) => d.key.endsWith('.preStop.sleep.seconds'))!.why;
  expect(why(edge())).toContain('a balancer learns nothing in these seconds');
  expect(why(edge({}, { loadBalancer: LoadBalancerKind.METALLB_L2 }))).toContain('turn to other');
});

test('control planes without workers are tolerated; workers keep the replicas, and the spread counts them alone', () => {
  const alone = edge();
  expect(alone.pod.tolerations).toEqual([
    { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
  ]);
  expect(alone.pod.affinity).toBeUndefined();
  const { pod } = edge({}, withWorkers(2));
  expect(pod.tolerations).toBeUndefined();
  const [term] =
    pod.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
  expect(term.matchExpressions).toEqual([
    { key: 'node-role.kubernetes.io/control-plane', operator: 'DoesNotExist' },
  ]);
});

test.each([
  [{}, 3],
  [{ machines: [osloMachine(1)] }, 2],
  [withWorkers(1), 2],
  [withWorkers(2), 2],
  [withWorkers(7), 3],
])('replicas follow the machines (%#)', (facts, expected) => {
  const { ingress, objects } = edge({}, facts);
  expect(objects.find('Deployment').spec.replicas).toBe(expected);
  expect(ingress.replicas).toBe(expected);
});

test('a machine that is alone can be drained', () => {
  expect(edge({}, { machines: [osloMachine(1)] }).objects.all.map((o) => o.kind)).not.toContain(
    'PodDisruptionBudget',
  );
  expect(edge().objects.find('PodDisruptionBudget').spec.maxUnavailable).toBe(1);
});

test('IPv6 pods get IPv6 listeners and policies', () => {
  const { container, objects } = edge({}, ipv6());
  expect(container.args).toContain('-disable-ipv6=false');
  expect(JSON.stringify(objects.find('NetworkPolicy').spec.egress)).toContain('2001:db8::11/128');
});

test('both families: listeners, Service and policy serve both, the API server is reached by the first', () => {
  const { container, objects } = edge({}, dualStack({ machines: [dualMachine(1)] }));
  expect(container.args).toContain('-disable-ipv6=false');
  expect(objects.find('Service').spec.ipFamilyPolicy).toBe('PreferDualStack');
  const block = (cidr: string) => ({ ipBlock: { cidr } });
  expect(objects.find('NetworkPolicy').spec.egress).toEqual([
    { to: [block('10.244.0.0/16'), block('fd00:244::/56')], ports: [{ protocol: 'TCP' }] },
    { to: [block('10.20.0.11/32')], ports: [{ port: 6443, protocol: 'TCP' }] },
    { to: [block('10.96.0.1/32')], ports: [{ port: 443, protocol: 'TCP' }] },
  ]);
});

test('one family: no second one on listeners and Service', () => {
  const { container, objects } = edge();
  expect(container.args).toContain('-disable-ipv6=true');
  expect(objects.find('Service').spec).not.toHaveProperty('ipFamilyPolicy');
});

test('zones spread softly, machines strictly, revisions apart', () => {
  const constraints = edge({}, twoZones()).pod.topologySpreadConstraints;
  expect(
    constraints.map((c: any) => [
      c.topologyKey,
      c.whenUnsatisfiable,
      c.maxSkew,
      c.matchLabelKeys.join(),
    ]),
  ).toEqual([
    ['kubernetes.io/hostname', 'DoNotSchedule', 1, 'pod-template-hash'],
    ['topology.kubernetes.io/zone', 'ScheduleAnyway', 1, 'pod-template-hash'],
  ]);
});

test('the NetworkPolicy lets clients in, and out to pods and API servers only', () => {
  const { spec } = edge(
    {},
    { endpoint: ApiEndpoint.kubeVip('10.20.0.10', { port: 8443 }) },
  ).objects.find('NetworkPolicy');
  expect(spec.ingress).toEqual([
    {
      ports: [
        { port: 80, protocol: 'TCP' },
        { port: 443, protocol: 'TCP' },
      ],
    },
  ]);
  expect(spec.egress).toEqual([
    { to: [{ ipBlock: { cidr: '10.244.0.0/16' } }], ports: [{ protocol: 'TCP' }] },
    {
      to: ['10.20.0.11/32', '10.20.0.12/32', '10.20.0.13/32'].map((cidr) => ({
        ipBlock: { cidr },
      })),
      ports: [
        { port: 6443, protocol: 'TCP' },
        { port: 8443, protocol: 'TCP' },
      ],
    },
    { to: [{ ipBlock: { cidr: '10.96.0.1/32' } }], ports: [{ port: 443, protocol: 'TCP' }] },
  ]);
});

test('metrics are served, and to one namespace', () => {
  const { container, objects } = edge({ metricsNamespace: 'monitoring' });
  expect(container.args).toContain('-enable-prometheus-metrics=true');
  expect(container.ports).toContainEqual({
    name: 'prometheus',
    containerPort: 9113,
    protocol: 'TCP',
  });
  expect(objects.find('NetworkPolicy').spec.ingress[1]).toEqual({
    from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
    ports: [{ port: 9113, protocol: 'TCP' }],
  });
});

test('the Service keeps client addresses and asks for an address where one is given', () => {
  expect(edge().objects.find('Service').spec).toMatchObject({
    type: 'NodePort',
    externalTrafficPolicy: 'Local',
  });
  const balanced = edge({}, { loadBalancer: LoadBalancerKind.METALLB_BGP });
  expect(balanced.objects.find('Service').spec).toMatchObject({
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
  });
  expect(balanced.container.args).toContain('-report-ingress-status=true');
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

test('pull secrets and mirror are used', () => {
  const { pod, container } = edge(
    {},
    { imageRegistry: 'mirror.example.no', imagePullSecrets: ['mirror'] },
  );
  expect(pod.imagePullSecrets).toEqual([{ name: 'mirror' }]);
  expect(container.image).toBe('mirror.example.no/nginx/nginx-ingress:5.5.4');
  expect(pod.initContainers[0].image).toBe(container.image);
});

test('the same input renders the same bytes', () => {
  expect(JSON.stringify(edge(everything).objects)).toBe(JSON.stringify(edge(everything).objects));
});

test('memory and CPU of the smallest machine size a replica', () => {
  const { container } = edge({}, withWorkers(2, 2, Size.gibibytes(4)));
  expect(container.resources).toEqual({
    requests: { cpu: '250m', 'ephemeral-storage': '1024Mi', memory: '512Mi' },
    limits: { cpu: '1', 'ephemeral-storage': '8340Mi', memory: '512Mi' },
  });
});
