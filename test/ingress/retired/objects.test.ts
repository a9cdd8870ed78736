import { readFileSync } from 'node:fs';
import { Size } from 'cdk8s';
import { parseAllDocuments } from 'yaml';
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
import { describeWithUpstream, upstreamFile } from '../../support/upstream';
import { withWorkers } from '../edge';
import { droppedGrants, flags } from './flags';
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
        retired(own, options, facts).objects.flatMap((o) => validateStrictly(o, minor)),
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
  expect(objects.flatMap((o) => unexplainedLeaves(o, explained))).toEqual([]);
});

test.each(variants)(
  'no decision is about a part that is not there: %s',
  (_name, own, options, facts) => {
    const { cluster, objects } = retired(own, options, facts);
    const keys = cluster.decisions().map((d) => d.key);
    const kinds = objects.map((o) => o.kind);
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
  const { container, only, objects } = retired(
    { configMapName: 'mine' },
    { ingressClassName: 'public' },
    { loadBalancer: LoadBalancerKind.CALICO },
  );
  const { namespace, name } = only('ConfigMap').metadata;
  expect(name).toBe('mine');
  expect(only('Deployment').metadata.namespace).toBe(namespace);
  expect(container.args).toContain(`--configmap=$(POD_NAMESPACE)/${name}`);
  const { metadata, spec } = only('IngressClass');
  expect(container.args).toContain(`--ingress-class=${metadata.name}`);
  expect(container.args).toContain(`--controller-class=${spec.controller}`);
  const service = only('Service');
  expect(service.metadata.namespace).toBe(namespace);
  expect(container.args).toContain(`--publish-service=$(POD_NAMESPACE)/${service.metadata.name}`);
  const role = objects.find((o) => o.kind === 'Role' && o.metadata.namespace === namespace);
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
  const { only, objects } = retired({ webhook: true });
  expect(only('Namespace').metadata.labels['pod-security.kubernetes.io/enforce']).toBe(
    'restricted',
  );
  const pods = objects.filter((o) => ['Deployment', 'Job'].includes(o.kind));
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
  const { pod, container, only } = retired();
  const drain = parseInt(only('ConfigMap').data['worker-shutdown-timeout'], 10);
  const sleep = container.lifecycle.preStop.sleep.seconds;
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(sleep + drain + 5);
  expect(container.args).toContain('--post-shutdown-grace-period=0');
});

test('integers have no unit, and clients are who they say only behind named proxies', () => {
  const alone = retired().only('ConfigMap').data;
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
  expect(behind.only('ConfigMap').data).toMatchObject({
    'enable-real-ip': 'true',
    'proxy-real-ip-cidr': '192.0.2.10,198.51.100.0/24',
    'forwarded-for-header': 'X-Forwarded-For',
    'keep-alive': '75',
  });
});

test('idle connections to backends are one pool, which five Services and no more than a quarter fill', () => {
  const pool = (options: HardenedNginxIngressOptions) =>
    retired({}, options).only('ConfigMap').data['upstream-keepalive-connections'];
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
  const [cluster] = edge.only('ClusterRole').rules;
  expect(edge.only('ClusterRole').rules).toHaveLength(1);
  expect(cluster.resources).toEqual(['ingressclasses']);
  const secrets = edge.objects.filter((o) =>
    (o.rules ?? []).some((r: any) => r.resources.includes('secrets')),
  );
  expect(secrets.map((o) => [o.kind, o.metadata.namespace])).toEqual([['Role', 'shop']]);
  const hash = (e: Edge) =>
    e.only('Deployment').spec.template.metadata.annotations['cdk8s-groundwork/config-hash'];
  expect(hash(edge)).toMatch(/^[0-9a-f]+$/);
  expect(hash(of({ 'use-gzip': 'true' }))).not.toBe(hash(edge));
  expect(retired().only('Deployment').spec.template.metadata.annotations).toBeUndefined();
});

test('the Deployment says what is inside and what is open in it', () => {
  const { annotations } = retired().only('Deployment').metadata;
  expect(annotations['cdk8s-groundwork/retired']).toBe(
    'archived 2026-03-24, no fixes since; kept because: annotations of 300 Ingresses are being moved',
  );
  expect(annotations['cdk8s-groundwork/nginx']).toBe('1.27.1');
  expect(annotations['cdk8s-groundwork/open-advisories']).toContain('CVE-2026-42945');
  const fork = retired(
    { nginxVersion: '1.30.6' },
    { image: 'mirror.example.no/fork/ingress-nginx:2026.11.1' },
  ).only('Deployment').metadata.annotations;
  expect(fork['cdk8s-groundwork/nginx']).toBe('1.30.6');
  expect(fork['cdk8s-groundwork/open-advisories']).not.toContain('CVE-2026-42945');
});

test('without the webhook there is nothing of it; with it API servers reach it and nobody else', () => {
  const kinds = (e: Edge) => e.objects.map((o) => o.kind);
  const without = retired();
  expect(kinds(without)).not.toContain('Job');
  expect(kinds(without)).not.toContain('ValidatingWebhookConfiguration');
  expect(JSON.stringify(without.objects)).not.toMatch(/8443|certgen|admission-webhook/);
  const policies = (e: Edge) => e.objects.filter((o) => o.kind === 'NetworkPolicy');
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

describeWithUpstream('upstream deployment 1.15.1', () => {
  const theirs: any[] = parseAllDocuments(
    readFileSync(upstreamFile('manifests', 'ingress-nginx-1.15.1-baremetal.yaml'), 'utf8'),
  ).map((d) => d.toJS());
  const find = (list: any[], kind: string, name: string) =>
    list.find((o) => o.kind === kind && o.metadata.name === name);
  const rules = (list: any[], name: string) => [
    ...find(list, 'ClusterRole', name).rules,
    ...find(list, 'Role', name).rules,
  ];

  test("every right of ours is one of upstream's, and what we leave out is listed", () => {
    const oracle = grants(rules(theirs, 'ingress-nginx'));
    const full = grants(
      rules(retired({}, { statusAddress: '192.0.2.1' }).objects, 'ingress-nginx'),
    );
    expect([...full].filter((g) => !oracle.has(g))).toEqual([]);
    const least = grants(rules(retired().objects, 'ingress-nginx'));
    expect(byResource([...oracle].filter((g) => !least.has(g)))).toEqual(
      Object.keys(droppedGrants),
    );
    expect([...full].filter((g) => !least.has(g)).sort()).toEqual([
      'coordination.k8s.io/leases create',
      'coordination.k8s.io/leases get',
      'coordination.k8s.io/leases update',
      'networking.k8s.io/ingresses/status update',
    ]);
    const watched = retired({ watchNamespace: 'shop' }, { statusAddress: '192.0.2.1' }).objects;
    const all = grants([
      ...rules(watched, 'ingress-nginx'),
      ...find(watched, 'Role', 'ingress-nginx-watched').rules,
    ]);
    expect([...all].filter((g) => !oracle.has(g))).toEqual([]);
  });

  test('no right to write anything cluster-wide but events and status', () => {
    const { rules: all } = retired({}, { statusAddress: '192.0.2.1' }).only('ClusterRole');
    const writes = all.filter((r: any) =>
      r.verbs.some((v: string) => !['get', 'list', 'watch'].includes(v)),
    );
    expect(writes.flatMap((r: any) => r.resources)).toEqual(['events', 'ingresses/status']);
  });

  test('same names, selector, class, user, capability, ports, certificate and environment', () => {
    const edge = retired({ webhook: true });
    const name = 'ingress-nginx-controller';
    const deployment = find(theirs, 'Deployment', name);
    const [container] = deployment.spec.template.spec.containers;
    expect(find(edge.objects, 'Deployment', name).spec.selector).toEqual(deployment.spec.selector);
    expect(edge.only('IngressClass').spec).toEqual(find(theirs, 'IngressClass', 'nginx').spec);
    const { seccompProfile, ...security } = container.securityContext;
    expect(edge.container.securityContext).toEqual(security);
    expect(edge.pod.securityContext).toEqual({ seccompProfile });
    expect(edge.container.image).toBe(container.image);
    expect(edge.container.env).toEqual(container.env);
    const ports = (list: any[]) => list.map((p) => `${p.name} ${p.containerPort}`);
    expect(ports(edge.container.ports)).toEqual(expect.arrayContaining(ports(container.ports)));
    expect(edge.container.readinessProbe.httpGet.path).toBe(container.readinessProbe.httpGet.path);
    const certificate = (list: string[]) => list.filter((a) => a.startsWith('--validating'));
    expect(certificate(edge.container.args)).toEqual(certificate(container.args));
  });

  test('the webhook is whole: the same kinds, and the same configuration, Jobs and Service', () => {
    const edge = retired({ webhook: true });
    const names = (list: any[]) =>
      list.map((o) => `${o.kind} ${o.metadata.name}`).filter((o) => o.includes('admission'));
    expect(names(edge.objects)).toEqual(expect.arrayContaining(names(theirs)));
    const [ours] = edge.only('ValidatingWebhookConfiguration').webhooks;
    const [oracle] = find(
      theirs,
      'ValidatingWebhookConfiguration',
      'ingress-nginx-admission',
    ).webhooks;
    expect(ours).toEqual(oracle);
    for (const job of ['ingress-nginx-admission-create', 'ingress-nginx-admission-patch']) {
      const [mine] = find(edge.objects, 'Job', job).spec.template.spec.containers;
      const [container] = find(theirs, 'Job', job).spec.template.spec.containers;
      expect([mine.image, mine.args, mine.env]).toEqual([
        container.image,
        container.args,
        container.env,
      ]);
    }
    const admission = 'ingress-nginx-controller-admission';
    const { selector, ports } = find(edge.objects, 'Service', admission).spec;
    const service = find(theirs, 'Service', admission).spec;
    expect(selector).toEqual(service.selector);
    expect(ports[0]).toMatchObject({
      port: service.ports[0].port,
      targetPort: service.ports[0].targetPort,
    });
    const surplus = [...grants(rules(edge.objects, 'ingress-nginx-admission'))].filter(
      (g) => !grants(rules(theirs, 'ingress-nginx-admission')).has(g),
    );
    expect(surplus).toEqual([]);
  });
});

function grants(rules: any[]): Set<string> {
  return new Set(
    rules.flatMap((r) =>
      r.apiGroups.flatMap((g: string) =>
        r.resources.flatMap((resource: string) =>
          r.verbs.map((v: string) => `${g}/${resource} ${v}`),
        ),
      ),
    ),
  );
}

function byResource(list: string[]): string[] {
  const verbs = new Map<string, string[]>();
  for (const [resource, verb] of list.map((g) => g.split(' '))) {
    verbs.set(resource, [...(verbs.get(resource) ?? []), verb]);
  }
  return [...verbs].map(([resource, v]) => `${resource}: ${v.sort().join(' ')}`).sort();
}
