import { Size } from 'cdk8s';
import { LoadBalancerKind, type ClusterProps } from '../../../lib/cluster';
import {
  EdgeExposure,
  EdgePreset,
  RealIp,
  TlsPolicy,
  type HardenedNginxIngressOptions,
  type RetiredIngressNginxOptions,
} from '../../../lib/ingress';
import { unexplainedLeaves } from '../../support/coverage';
import { dualStack } from '../../support/dual-stack';
import { osloMachine } from '../../support/oslo';
import { validateStrictly } from '../../support/strict-schema';
import { describeWithUpstream } from '../../support/upstream';
import { withWorkers } from '../edge';
import { flags } from './flags';
import { retired, type Edge } from './render';

type Variant = [
  string,
  Partial<RetiredIngressNginxOptions>,
  HardenedNginxIngressOptions,
  Partial<ClusterProps>,
];

const everything: Partial<RetiredIngressNginxOptions> = {
  webhook: true,
  watchNamespace: 'shop',
  configMapName: 'mine',
  configMapOverrides: { 'use-gzip': 'true', 'ssl-early-data': 'true' },
  nginxVersion: '1.30.7',
};
const everyOption: HardenedNginxIngressOptions = {
  trustedProxies: ['192.0.2.10'],
  statusAddress: 'edge.oslo.example',
  metricsNamespace: 'monitoring',
  defaultIngressClass: true,
  ingressClassName: 'public',
  image: 'mirror.example.no/fork/ingress-nginx:2026.11.21',
};
/** Both limits of a body are one key. */
const ONE_LIMIT = { grpcMaxBodySize: Size.gibibytes(5) };
const variants: Variant[] = [
  ['three control planes', {}, {}, {}],
  ['every option', everything, everyOption, { imagePullSecrets: ['mirror'] }],
  ['the webhook', { webhook: true }, {}, {}],
  ['no admission policy', { admissionPolicy: false }, {}, {}],
  ['workers', {}, {}, withWorkers(2)],
  ['one machine', {}, {}, { machines: [osloMachine(1)] }],
  ['a load balancer', {}, {}, { loadBalancer: LoadBalancerKind.METALLB_L2 }],
  ['both families', {}, {}, dualStack()],
  ['host ports', {}, { exposure: EdgeExposure.HOST_PORT }, {}],
  ['an autoscaler', {}, { autoscaling: { maxReplicas: 6 } }, {}],
  ['uploads', {}, { preset: EdgePreset.UPLOADS, ...ONE_LIMIT }, {}],
  [
    'the PROXY protocol, a rate, TLS 1.3 alone',
    {},
    {
      realIp: RealIp.fromProxyProtocol(['192.0.2.10']),
      requestRate: { perSecond: 50 },
      tlsPolicy: TlsPolicy.MODERN,
      httpSnippets: ['map $host $tenant { default none; }'],
      mainSnippets: ['env TENANT;'],
    },
    {},
  ],
];

describeWithUpstream('schema of Kubernetes 1.35 and 1.36', () => {
  test.each(variants)('%s', (_name, own, options, facts) => {
    for (const minor of ['1.35', '1.36']) {
      expect(
        retired(own, options, facts).objects.all.flatMap((o) => validateStrictly(o, minor)),
      ).toEqual([]);
    }
  });
});

test.each(variants)('every leaf has a reason: %s', (_name, own, options, facts) => {
  const { cluster, objects, workload } = retired(own, options, facts);
  const { kind } = workload;
  const explained = {
    decisions: cluster.decisions(),
    facts: [
      `${kind}.spec.template.spec.containers.image`,
      `${kind}.spec.template.spec.imagePullSecrets`,
    ],
    structural: [
      'ClusterRoleBinding.roleRef',
      'ClusterRoleBinding.subjects',
      'RoleBinding.roleRef',
      'RoleBinding.subjects',
      'ServiceAccount.automountServiceAccountToken',
      'ConfigMap.data.http-snippet',
      'ConfigMap.data.main-snippet',
      'HorizontalPodAutoscaler.spec.scaleTargetRef',
      'IngressClass.spec.controller',
      'NetworkPolicy.spec.podSelector',
      'NetworkPolicy.spec.policyTypes',
      'Service.spec.selector',
      'Service.spec.ports.name',
      'Service.spec.ports.port',
      'Service.spec.ports.protocol',
      'Service.spec.ports.targetPort',
      'ValidatingAdmissionPolicyBinding.spec.policyName',
      'PodDisruptionBudget.spec.selector',
      'PriorityClass.description',
      `${kind}.spec.selector`,
      `${kind}.spec.strategy.type`,
      `${kind}.spec.updateStrategy.type`,
      `${kind}.spec.template.metadata`,
      `${kind}.spec.template.spec.serviceAccountName`,
      `${kind}.spec.template.spec.automountServiceAccountToken`,
      `${kind}.spec.template.spec.*.name`,
      `${kind}.spec.template.spec.containers.args`,
      `${kind}.spec.template.spec.containers.env`,
      `${kind}.spec.template.spec.containers.ports`,
      `${kind}.spec.template.spec.containers.readinessProbe.httpGet`,
      `${kind}.spec.template.spec.containers.volumeMounts`,
      `${kind}.spec.template.spec.volumes.secret`,
    ],
  };
  expect(objects.all.flatMap((o) => unexplainedLeaves(o, explained))).toEqual([]);
});

test.each(variants)(
  'no decision is about a part that is not there: %s',
  (_name, own, options, facts) => {
    const { cluster, objects } = retired(own, options, facts);
    const keys = cluster.decisions().map((d) => d.key);
    const kinds = objects.all.map((o) => o.kind);
    expect(keys.filter((key) => !['Edge', ...kinds].includes(key.split('.')[0]))).toEqual([]);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  },
);

test('arguments: each is a flag of 1.15.1, and each but names and addresses is a decision', () => {
  const named = [
    'configmap',
    'controller-class',
    'election-id',
    'ingress-class',
    'publish-service',
    'publish-status-address',
    'validating-webhook',
    'validating-webhook-certificate',
    'validating-webhook-key',
  ];
  for (const [, own, options, facts] of variants) {
    const { cluster, container, workload } = retired(own, options, facts);
    const keys = cluster.decisions().map((d) => d.key);
    const [program, ...rest] = container.args as string[];
    expect(program).toBe('/nginx-ingress-controller');
    for (const argument of rest) {
      expect(argument).toMatch(/^--[a-z-]+=.+$/);
      const [flag] = argument.slice(2).split('=');
      expect(flags).toContain(flag);
      expect(
        named.includes(flag) ||
          keys.includes(`${workload.kind}.spec.template.spec.containers.args.${flag}`),
      ).toBe(true);
    }
  }
});

test('the controller is told the ConfigMap, class, Service and Lease that are rendered', () => {
  const { container, objects } = retired(
    { configMapName: 'mine' },
    { ingressClassName: 'public' },
    { loadBalancer: LoadBalancerKind.CALICO },
  );
  const { namespace, name } = objects.find('ConfigMap').metadata;
  expect(name).toBe('mine');
  expect(objects.find('Deployment').metadata.namespace).toBe(namespace);
  expect(container.args).toContain(`--configmap=$(POD_NAMESPACE)/${name}`);
  const { metadata, spec } = objects.find('IngressClass');
  expect(container.args).toContain(`--ingress-class=${metadata.name}`);
  expect(container.args).toContain(`--controller-class=${spec.controller}`);
  const service = objects.find('Service');
  expect(service.metadata.namespace).toBe(namespace);
  expect(container.args).toContain(`--publish-service=$(POD_NAMESPACE)/${service.metadata.name}`);
  const role = objects.all.find((o) => o.kind === 'Role' && o.metadata.namespace === namespace);
  const lease = role.rules.find((r: any) => r.resourceNames !== undefined).resourceNames;
  expect(container.args).toContain(`--election-id=${lease}`);
});

test('an address of the user goes into the status instead of that of the Service', () => {
  const { container } = retired(
    {},
    { statusAddress: '192.0.2.1' },
    { loadBalancer: LoadBalancerKind.METALLB_L2 },
  );
  // Together the two are refused at the start.
  expect(container.args.filter((a: string) => a.startsWith('--publish'))).toEqual([
    '--publish-status-address=192.0.2.1',
  ]);
  expect(container.args).toContain('--update-status=true');
});

test('Pod Security restricted admits every container, with the root that upstream needs', () => {
  const { objects } = retired({ webhook: true });
  expect(objects.find('Namespace').metadata.labels['pod-security.kubernetes.io/enforce']).toBe(
    'restricted',
  );
  const pods = objects.all.filter((o) => ['Deployment', 'Job'].includes(o.kind));
  expect(pods).toHaveLength(3);
  for (const { kind, spec } of pods) {
    const pod = spec.template.spec;
    expect(pod.securityContext.seccompProfile.type).toBe('RuntimeDefault');
    for (const { securityContext } of pod.containers) {
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: kind === 'Job',
        runAsNonRoot: true,
      });
      expect(securityContext.capabilities.drop).toEqual(['ALL']);
    }
  }
});

test('keys and passwords stay in memory, and every volume has a bound', () => {
  const { pod, container } = retired();
  for (const { name, emptyDir } of pod.volumes) {
    expect(emptyDir.sizeLimit).toMatch(/^\d+Mi$/);
    expect([name, emptyDir.medium]).toEqual([name, name === 'temporary' ? undefined : 'Memory']);
  }
  expect(container.volumeMounts.map((m: any) => m.mountPath)).toEqual([
    '/etc/ingress-controller/ssl',
    '/etc/ingress-controller/auth',
    '/tmp/nginx',
  ]);
});

test('a full nginx does not get its replica killed, and leaves the Service only after half a minute', () => {
  const { container } = retired();
  expect(container.livenessProbe.httpGet).toBeUndefined();
  expect(container.livenessProbe.exec.command.join(' ')).toContain('/tmp/nginx/nginx.pid');
  const { failureThreshold, periodSeconds } = container.readinessProbe;
  expect(failureThreshold * periodSeconds).toBe(30);
});

test('SIGKILL comes after waiting, draining and leaving, and the controller adds no wait of its own', () => {
  const { pod, container, objects } = retired();
  const drain = parseInt(objects.find('ConfigMap').data['worker-shutdown-timeout'], 10);
  const sleep = container.lifecycle.preStop.sleep.seconds;
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(sleep + drain + 5);
  expect(container.args).toContain('--post-shutdown-grace-period=0');
});

test('integers have no unit, and clients are who they say only behind named proxies', () => {
  const alone = retired().objects.find('ConfigMap').data;
  expect(alone).toMatchObject({
    'client-header-timeout': '10',
    'client-body-timeout': '10',
    'keep-alive': '10',
    'proxy-read-timeout': '120',
    'proxy-body-size': '20m',
    'use-forwarded-headers': 'false',
  });
  expect(alone).not.toHaveProperty('proxy-real-ip-cidr');
  const behind = retired({}, { trustedProxies: ['192.0.2.10', '198.51.100.0/24'] });
  expect(behind.objects.find('ConfigMap').data).toMatchObject({
    'enable-real-ip': 'true',
    'proxy-real-ip-cidr': '192.0.2.10,198.51.100.0/24',
    'forwarded-for-header': 'X-Forwarded-For',
    'keep-alive': '75',
  });
});

test('idle connections to backends are one pool, which five Services and no more than a quarter fill', () => {
  const pool = (options: HardenedNginxIngressOptions) =>
    retired({}, options).objects.find('ConfigMap').data['upstream-keepalive-connections'];
  const size = { workerProcesses: 1, workerConnections: 4096 };
  expect(pool(size)).toBe('320');
  expect(pool({ ...size, upstreamKeepalive: 100 })).toBe('500');
  expect(pool({ workerProcesses: 1, workerConnections: 512 })).toBe('128');
});

test('one watched namespace: Secrets are read there and nowhere else, and pods follow their ConfigMap', () => {
  const of = (entries: Record<string, string>) =>
    retired({ watchNamespace: 'shop', configMapOverrides: entries });
  const edge = of({});
  expect(edge.container.args).toContain('--watch-namespace=shop');
  const [cluster] = edge.objects.find('ClusterRole').rules;
  expect(edge.objects.find('ClusterRole').rules).toHaveLength(1);
  expect(cluster.resources).toEqual(['ingressclasses']);
  const secrets = edge.objects.all.filter((o) =>
    (o.rules ?? []).some((r: any) => r.resources.includes('secrets')),
  );
  expect(secrets.map((o) => [o.kind, o.metadata.namespace])).toEqual([['Role', 'shop']]);
  const hash = (e: Edge) =>
    e.objects.find('Deployment').spec.template.metadata.annotations['cdk8s-groundwork/config-hash'];
  expect(hash(edge)).toMatch(/^[0-9a-f]+$/);
  expect(hash(of({ 'use-gzip': 'true' }))).not.toBe(hash(edge));
  expect(retired().objects.find('Deployment').spec.template.metadata.annotations).toBeUndefined();
});

test('the Deployment says what is inside and what is open in it', () => {
  const { annotations } = retired().objects.find('Deployment').metadata;
  expect(annotations['cdk8s-groundwork/retired']).toBe(
    'archived 2026-03-24, no fixes since; kept because: annotations of 300 Ingresses are being moved',
  );
  expect(annotations['cdk8s-groundwork/nginx']).toBe('1.27.1');
  expect(annotations['cdk8s-groundwork/open-advisories']).toContain('CVE-2026-42945');
  const fork = retired(
    { nginxVersion: '1.30.6' },
    { image: 'mirror.example.no/fork/ingress-nginx:2026.11.1' },
  ).objects.find('Deployment').metadata.annotations;
  expect(fork['cdk8s-groundwork/nginx']).toBe('1.30.6');
  expect(fork['cdk8s-groundwork/open-advisories']).not.toContain('CVE-2026-42945');
});

test('without the webhook there is nothing of it; with it API servers reach it and nobody else', () => {
  const kinds = (e: Edge) => e.objects.all.map((o) => o.kind);
  const without = retired();
  expect(kinds(without)).not.toContain('Job');
  expect(kinds(without)).not.toContain('ValidatingWebhookConfiguration');
  expect(JSON.stringify(without.objects)).not.toMatch(/8443|certgen|admission-webhook/);
  const policies = (e: Edge) => e.objects.ofKind('NetworkPolicy');
  const open = policies(retired({ webhook: true })).flatMap((p) =>
    p.spec.ingress.filter((rule: any) => rule.ports.some((port: any) => port.port === 8443)),
  );
  expect(open).toEqual([
    {
      from: ['10.20.0.11/32', '10.20.0.12/32', '10.20.0.13/32'].map((cidr) => ({
        ipBlock: { cidr },
      })),
      ports: [{ port: 8443, protocol: 'TCP' }],
    },
  ]);
});

test('the same input renders the same bytes', () => {
  const bytes = () => JSON.stringify(retired(everything, everyOption).objects);
  expect(bytes()).toBe(bytes());
});
