import { Size } from 'cdk8s';
import { ApiEndpoint, LoadBalancerKind } from '../../../lib/cluster';
import { EdgeExposure, EdgeKind, RealIp } from '../../../lib/ingress';
import { dualStack } from '../../support/dual-stack';
import { osloMachine } from '../../support/oslo';
import { withWorkers } from '../edge';
import { fabric, shop } from './fabric';
import { everyOption, everyOwn } from './variants';

test('a replica has as many processes as the largest machine has cores, and memory for them', () => {
  const { objects, workload, ingress } = fabric({}, {}, withWorkers(2, 8, Size.gibibytes(32)));
  const { workerConnections } = objects.find('NginxProxy').spec;
  // 1 GiB holds 8 × 512 connections of 56 KiB twice and half as many requests of 128 KiB.
  expect(workerConnections).toBe(512);
  expect(ingress.breakEvenRate).toBe(Math.floor((8 * 512) / 10));
  expect(workload.container.resources).toEqual({
    requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '1024Mi' },
    limits: { cpu: '4', memory: '1Gi', 'ephemeral-storage': '8356Mi' },
  });
});

test('what has no field goes by one patch: rank, rollout, keys of certificates in memory', () => {
  const { workload } = fabric();
  expect(workload.patches).toEqual([
    {
      type: 'StrategicMerge',
      value: {
        spec: {
          minReadySeconds: 10,
          strategy: {
            type: 'RollingUpdate',
            rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
          },
          template: {
            spec: {
              priorityClassName: 'groundwork-edge',
              volumes: [
                { name: 'nginx-secrets', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
              ],
            },
          },
        },
      },
    },
  ]);
});

test('nginx quits before the image is told to end, and SIGKILL comes after all of it', () => {
  const { workload, directives } = fabric(everyOwn, everyOption);
  const [shell, flag, script] = workload.container.lifecycle.preStop.exec.command;
  expect([shell, flag]).toEqual(['/bin/sh', '-c']);
  expect(script).toBe(
    'sleep 20; kill -QUIT "$(cat /var/run/nginx/nginx.pid)"; while [ -e /var/run/nginx/nginx.pid ]; do sleep 1; done',
  );
  expect(directives('main')).toContain('worker_shutdown_timeout 120s;');
  expect(workload.pod.terminationGracePeriodSeconds).toBe(20 + 120 + 5);
});

test('replicas spread, and stand where workloads run', () => {
  const alone = fabric();
  expect(alone.workload.replicas).toBe(3);
  expect(alone.workload.pod.tolerations).toEqual([
    { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
  ]);
  expect(alone.workload.pod.topologySpreadConstraints).toEqual([
    {
      maxSkew: 1,
      whenUnsatisfiable: 'DoNotSchedule',
      topologyKey: 'kubernetes.io/hostname',
      labelSelector: { matchLabels: { 'gateway.networking.k8s.io/gateway-name': 'edge' } },
      matchLabelKeys: ['pod-template-hash'],
    },
  ]);
  const workers = fabric({}, {}, withWorkers(2)).workload.pod;
  expect(workers.tolerations).toBeUndefined();
  expect(Object.keys(workers.affinity)).toEqual(['nodeAffinity']);
});

test('a DaemonSet has neither replicas nor spread nor budget; host ports take 80 and 443', () => {
  const { objects, workload } = fabric({}, { exposure: EdgeExposure.HOST_PORT });
  const { kubernetes } = objects.find('NginxProxy').spec;
  expect(Object.keys(kubernetes).sort()).toEqual(['daemonSet', 'service']);
  expect(workload.container.hostPorts).toEqual([
    { port: 80, containerPort: 80 },
    { port: 443, containerPort: 443 },
  ]);
  expect(workload.pod.topologySpreadConstraints).toBeUndefined();
  expect(workload.patches[0].value.spec.updateStrategy.type).toBe('RollingUpdate');
  expect(kubernetes.service).toEqual({ type: 'ClusterIP' });
  const budgets = objects.ofKind('PodDisruptionBudget');
  expect(budgets.map((o) => o.metadata.name)).toEqual(['nginx-gateway']);
  expect(fabric({}, { kind: EdgeKind.DAEMON_SET }).workload.container.hostPorts).toBeUndefined();
});

test('more replicas when their cores are busy', () => {
  const { autoscaling, replicas } = fabric({}, { autoscaling: { maxReplicas: 6 } }).workload;
  expect(replicas).toBeUndefined();
  expect(autoscaling).toMatchObject({ enable: true, minReplicas: 3, maxReplicas: 6 });
  // 60 % of 4 cores, which is half of a machine's 8.
  expect(autoscaling.metrics[0].resource.target).toEqual({
    type: 'AverageValue',
    averageValue: '2400m',
  });
});

test.each([
  ['docker.example/nginx-gateway-fabric/nginx:2.6.6', 'nginx:2.6.6'],
  [
    `docker.example:5000/nginx-gateway-fabric/nginx@sha256:${'a'.repeat(64)}`,
    `nginx@sha256:${'a'.repeat(64)}`,
  ],
  [
    `docker.example/nginx-gateway-fabric/nginx:2.6.6@sha256:${'b'.repeat(64)}`,
    `nginx:2.6.6@sha256:${'b'.repeat(64)}`,
  ],
])('the two fields of an image, joined as the controller joins them: %s', (image, end) => {
  const own = { controlPlaneImage: 'docker.example/nginx-gateway-fabric:2.6.6' };
  const fields = fabric(own, { image }).workload.container.image;
  expect(`${fields.repository}:${fields.tag}`).toBe(image);
  expect(image.endsWith(end)).toBe(true);
});

test('who may say what the address of a client is', () => {
  const spec = (options: object) =>
    fabric({}, options).objects.find('NginxProxy').spec.rewriteClientIP;
  const trusted = ['192.0.2.10', '198.51.100.0/24', '2001:db8::/64'];
  const addresses = [
    { type: 'IPAddress', value: '192.0.2.10' },
    { type: 'CIDR', value: '198.51.100.0/24' },
    { type: 'CIDR', value: '2001:db8::/64' },
  ];
  expect(spec({})).toBeUndefined();
  expect(spec({ trustedProxies: trusted })).toEqual({
    mode: 'XForwardedFor',
    setIPRecursively: true,
    trustedAddresses: addresses,
  });
  expect(spec({ realIp: RealIp.fromProxyProtocol(trusted) })).toMatchObject({
    mode: 'ProxyProtocol',
  });
});

test('the Service has an address where one is given, node ports where none is', () => {
  const service = (...args: Parameters<typeof fabric>) =>
    fabric(...args).objects.find('NginxProxy').spec.kubernetes.service;
  expect(service({}, { httpNodePort: 30001, httpsNodePort: 30002 })).toEqual({
    type: 'NodePort',
    externalTrafficPolicy: 'Local',
    nodePorts: [
      { port: 30001, listenerPort: 80 },
      { port: 30002, listenerPort: 443 },
    ],
  });
  expect(
    service(
      {},
      { loadBalancerAddress: '10.20.0.200' },
      { loadBalancer: LoadBalancerKind.METALLB_L2 },
    ),
  ).toMatchObject({
    type: 'LoadBalancer',
    patches: [
      {
        type: 'StrategicMerge',
        value: { metadata: { annotations: { 'metallb.io/loadBalancerIPs': '10.20.0.200' } } },
      },
    ],
  });
});

test('listens as the pod network is', () => {
  const family = (facts: Parameters<typeof fabric>[2]) =>
    fabric({}, {}, facts).objects.find('NginxProxy').spec.ipFamily;
  expect(family({})).toBe('ipv4');
  expect(family(dualStack())).toBe('dual');
});

test('metrics of both planes are served when somebody may read them', () => {
  const off = fabric();
  expect(off.objects.find('NginxProxy').spec.metrics).toEqual({ disable: true });
  expect(off.objects.find('NetworkPolicy', 'edge').spec.ingress).toHaveLength(1);
  const { objects } = fabric({}, { metricsNamespace: 'monitoring' });
  expect(objects.find('NginxProxy').spec.metrics).toEqual({ port: 9113 });
  for (const name of ['edge', 'nginx-gateway']) {
    expect(objects.find('NetworkPolicy', name).spec.ingress[1]).toEqual({
      from: [
        { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
      ],
      ports: [{ port: 9113, protocol: 'TCP' }],
    });
  }
});

test('the pods that strangers reach cannot reach the API server; the others reach nothing else', () => {
  const { objects } = fabric(
    { gatewayNamespaces: ['blog'] },
    {},
    { endpoint: ApiEndpoint.kubeVip('10.20.0.10', { port: 8443 }) },
  );
  const block = (cidr: string) => ({ ipBlock: { cidr } });
  const tcp = (port: number) => ({ port, protocol: 'TCP' });
  expect(objects.find('NetworkPolicy', 'edge').spec.egress).toEqual([
    { to: [block('10.244.0.0/16')], ports: [{ protocol: 'TCP' }] },
    {
      to: [block('10.96.0.10/32'), block('10.244.0.0/16')],
      ports: [{ port: 53, protocol: 'UDP' }, tcp(53)],
    },
    { to: [block('10.96.0.0/16')], ports: [tcp(443)] },
  ]);
  const { ingress, egress } = objects.find('NetworkPolicy', 'nginx-gateway').spec;
  expect(egress).toEqual([
    {
      to: ['10.20.0.11/32', '10.20.0.12/32', '10.20.0.13/32'].map(block),
      ports: [tcp(6443), tcp(8443)],
    },
    { to: [block('10.96.0.1/32')], ports: [tcp(443)] },
  ]);
  expect(ingress).toEqual([
    {
      from: [
        {
          namespaceSelector: {
            matchExpressions: [
              {
                key: 'kubernetes.io/metadata.name',
                operator: 'In',
                values: ['blog', 'nginx-gateway'],
              },
            ],
          },
          podSelector: {
            matchExpressions: [
              { key: 'gateway.networking.k8s.io/gateway-name', operator: 'Exists' },
            ],
          },
        },
      ],
      ports: [tcp(8443)],
    },
  ]);
});

test('listeners: plain HTTP with a redirect, and one for each host name', () => {
  const { objects } = fabric({
    httpsListeners: [shop, { name: 'rest', certificateSecrets: ['one', 'two'] }],
    routeNamespaceLabels: { edge: 'public' },
  });
  const allowedRoutes = {
    namespaces: { from: 'Selector', selector: { matchLabels: { edge: 'public' } } },
  };
  expect(objects.find('Gateway').spec.listeners).toEqual([
    { name: 'http', protocol: 'HTTP', port: 80, allowedRoutes },
    {
      name: 'shop',
      hostname: 'shop.example',
      protocol: 'HTTPS',
      port: 443,
      tls: { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: 'shop-tls' }] },
      allowedRoutes,
    },
    {
      name: 'rest',
      protocol: 'HTTPS',
      port: 443,
      tls: {
        mode: 'Terminate',
        certificateRefs: [
          { kind: 'Secret', name: 'one' },
          { kind: 'Secret', name: 'two' },
        ],
      },
      allowedRoutes,
    },
  ]);
  expect(objects.all.map((o) => o.kind)).toContain('HTTPRoute');
  const redirects = (...args: Parameters<typeof fabric>) =>
    fabric(...args).objects.all.some((o) => o.kind === 'HTTPRoute');
  expect(redirects()).toBe(false);
  expect(redirects({ httpsListeners: [shop], redirectsToHttps: false })).toBe(false);
  expect(fabric().objects.find('Gateway').spec.listeners[0].allowedRoutes.namespaces).toEqual({
    from: 'All',
  });
});

test('the control plane is two pods, one on a single machine, each with a budget where it helps', () => {
  const two = fabric();
  expect(two.objects.find('Deployment').spec.replicas).toBe(2);
  expect(two.objects.find('PodDisruptionBudget', 'nginx-gateway').spec.maxUnavailable).toBe(1);
  const one = fabric({}, {}, { machines: [osloMachine(1)] });
  expect(one.objects.find('Deployment').spec.replicas).toBe(1);
  expect(one.objects.ofKind('PodDisruptionBudget')).toEqual([]);
});
