import { Duration, Size } from 'cdk8s';
import { ApiEndpoint, CniKind, LoadBalancerKind, PortSource } from '../../lib/cluster';
import {
  EdgeExposure,
  EdgeKind,
  EdgePreset,
  RealIp,
  type HardenedNginxIngressOptions,
} from '../../lib/ingress';
import '../../lib/testing/jest';
import { unitOf } from '../support/containerd';
import { osloMachine } from '../support/oslo';
import { edge, findingIds, withWorkers, type Edge } from './edge';

const HOST_PORTS = { exposure: EdgeExposure.HOST_PORT };
const of = (id: string, e: Edge) => e.cluster.findings().filter((f) => f.id === id);
const ports = ({ cluster }: Edge, name: string) =>
  cluster.ledger.forMachine(cluster.machines.find((m) => m.name === name)!).ports.map((p) => p.key);

describe('host ports', () => {
  test('a replica on each machine, on its ports 80 and 443, and nothing on node ports', () => {
    const e = edge(HOST_PORTS, withWorkers(2));
    expect(e.workload.kind).toBe('DaemonSet');
    expect(e.ingress.replicas).toBe(2);
    expect(e.container.ports.slice(0, 2)).toEqual([
      { name: 'http', containerPort: 80, hostPort: 80, protocol: 'TCP' },
      { name: 'https', containerPort: 443, hostPort: 443, protocol: 'TCP' },
    ]);
    expect(e.workload.spec.updateStrategy.rollingUpdate).toEqual({
      maxUnavailable: 1,
      maxSurge: 0,
    });
    expect(e.objects.find('Service').spec).toEqual({
      type: 'ClusterIP',
      selector: { 'app.kubernetes.io/name': 'nginx-ingress' },
      ports: [
        { name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' },
        { name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' },
      ],
    });
    expect(ports(e, 'w-1')).toEqual(['443/tcp from anywhere', '80/tcp from anywhere']);
    expect(ports(e, 'cp-1')).toEqual([]);
  });

  test('the namespace admits them, and the pods stay restricted in everything else', () => {
    const { objects, pod } = edge(HOST_PORTS);
    const { labels } = objects.find('Namespace').metadata;
    expect(labels['pod-security.kubernetes.io/enforce']).toBe('privileged');
    expect(pod.hostNetwork).toBeUndefined();
    expect(pod.securityContext.seccompProfile.type).toBe('RuntimeDefault');
    for (const c of [...pod.initContainers, ...pod.containers]) {
      expect(c.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  test('with a number of replicas the old one goes first, and there are no more than machines', () => {
    const e = edge({ ...HOST_PORTS, kind: EdgeKind.DEPLOYMENT, replicas: 2 });
    expect(e.workload.spec.strategy.rollingUpdate).toEqual({ maxUnavailable: 1, maxSurge: 0 });
    expect(e.cluster).toHaveFinding('GW-INGRESS-021', {
      message: '2 of 3 machines answer on ports 80 and 443',
    });
    expect(() => edge({ ...HOST_PORTS, kind: EdgeKind.DEPLOYMENT, replicas: 4 })).toThrow(
      new Error(
        '[chart/ingress] replicas must be at most 3 with EdgeExposure.HOST_PORT, one for each machine that can run it, got 4; lower it, or use EdgeKind.DAEMON_SET; ports 80 and 443 of a machine go to one replica',
      ),
    );
  });

  test('a load balancer still gives the Service its address', () => {
    const e = edge(HOST_PORTS, { loadBalancer: LoadBalancerKind.METALLB_L2 });
    expect(e.objects.find('Service').spec).toMatchObject({ type: 'LoadBalancer' });
    expect(ports(e, 'cp-1')).toEqual(['443/tcp from anywhere', '80/tcp from anywhere']);
  });

  test('015: somebody else has the port, or the API does', () => {
    expect(() =>
      edge(HOST_PORTS, { endpoint: ApiEndpoint.kubeVip('10.20.0.10', { port: 443 }) }),
    ).toThrow(
      ['cp-1', 'cp-2', 'cp-3']
        .map(
          (name) =>
            `[oslo] GW-INGRESS-015 [chart/ingress] port 443 of ${name} is taken: the Kubernetes API; use EdgeExposure.NODE_PORT or a load balancer, or give the other one another port`,
        )
        .join('\n  '),
    );
    const other = edge(HOST_PORTS, withWorkers(1));
    other.cluster.ledger.requirePort('79-81', {
      by: other.cluster,
      why: 'a web server of old',
      protocol: 'tcp',
      from: PortSource.ANYWHERE,
      machines: ['w-1'],
    });
    expect(of('GW-INGRESS-015', other)).toMatchObject([
      { severity: 'error', message: 'port 80 of w-1 is taken: a web server of old (oslo)' },
    ]);
    expect(findingIds(edge(HOST_PORTS).cluster)).not.toContain('GW-INGRESS-015');
  });

  test('005 and 006 are about node ports; 020 asks whether the plugin serves host ports', () => {
    expect(findingIds(edge(HOST_PORTS, { cni: CniKind.CALICO }).cluster)).toEqual([
      'GW-INGRESS-001',
      'GW-INGRESS-003',
      'GW-INGRESS-010',
    ]);
    const unknown = edge(HOST_PORTS, { cni: CniKind.OTHER });
    expect(unknown.cluster).toHaveFinding('GW-INGRESS-020', {
      message: 'nobody can tell here whether ports 80 and 443 are served',
    });
  });
});

describe('the firewall of the machines', () => {
  test.each([
    [LoadBalancerKind.NONE, ['30043/tcp from anywhere', '30080/tcp from anywhere']],
    [LoadBalancerKind.OTHER, ['30043/tcp from anywhere', '30080/tcp from anywhere']],
    [LoadBalancerKind.METALLB_BGP, []],
    [LoadBalancerKind.CALICO, []],
  ])('opens node ports where clients come by them: %s', (loadBalancer, expected) => {
    expect(ports(edge({}, { loadBalancer }), 'cp-1')).toEqual(expected);
  });
});

describe('a DaemonSet', () => {
  test('on node ports its successors start first, and nothing spreads or counts it', () => {
    const e = edge({ kind: EdgeKind.DAEMON_SET }, withWorkers(3));
    expect(e.workload.spec).not.toHaveProperty('replicas');
    expect(e.workload.spec.updateStrategy.rollingUpdate).toEqual({
      maxUnavailable: 0,
      maxSurge: 1,
    });
    expect(e.pod).not.toHaveProperty('topologySpreadConstraints');
    expect(e.objects.all.map((o) => o.kind)).not.toContain('PodDisruptionBudget');
    expect(e.objects.find('Service').spec.type).toBe('NodePort');
    expect(e.ingress.replicas).toBe(3);
    // A drain passes it by.
    expect(e.cluster).toHaveFinding('GW-INGRESS-010', {
      remedy:
        'take the machine out of DNS or the balancer before a planned restart, and wait for its connections to end',
    });
  });

  test.each<[HardenedNginxIngressOptions, string]>([
    [
      { kind: EdgeKind.DAEMON_SET, replicas: 3 },
      'replicas must be left out with EdgeKind.DAEMON_SET, got 3; there is one replica on each machine; set kind to EdgeKind.DEPLOYMENT for a number',
    ],
    [
      { ...HOST_PORTS, autoscaling: { maxReplicas: 9 } },
      'autoscaling must be left out with EdgeKind.DAEMON_SET, got at most 9; there is one replica on each machine; set kind to EdgeKind.DEPLOYMENT for a number',
    ],
  ])('takes no number: %j', (options, text) => {
    expect(() => edge(options)).toThrow(new Error(`[chart/ingress] ${text}`));
  });
});

describe('autoscaling', () => {
  test('is an amount of CPU, leaves the number to the autoscaler, and goes down slowly', () => {
    const e = edge({ autoscaling: { maxReplicas: 6 } });
    expect(e.workload.spec).not.toHaveProperty('replicas');
    expect(e.objects.find('HorizontalPodAutoscaler').spec).toEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nginx-ingress' },
      minReplicas: 3,
      maxReplicas: 6,
      metrics: [
        {
          type: 'Resource',
          // 60 % of four cores.
          resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '2400m' } },
        },
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 600,
          policies: [{ type: 'Pods', value: 1, periodSeconds: 80 }],
        },
      },
    });
    expect(e.cluster).toHaveFinding('GW-INGRESS-014', {
      message:
        'nothing in this spec serves metrics.k8s.io, which takes the edge from 3 to 6 replicas',
    });
  });

  test('needs somewhere to go', () => {
    expect(() => edge({ autoscaling: { maxReplicas: 3 } })).toThrow(
      new Error(
        '[chart/ingress] autoscaling.maxReplicas must be more than replicas, 3, got 3; raise it, or leave autoscaling out',
      ),
    );
  });
});

test('the address that a load balancer is asked for', () => {
  const annotations = (loadBalancer: LoadBalancerKind) =>
    edge({ loadBalancerAddress: '192.0.2.80' }, { loadBalancer }).objects.find('Service').metadata
      .annotations;
  expect(annotations(LoadBalancerKind.METALLB_L2)).toEqual({
    'metallb.io/loadBalancerIPs': '192.0.2.80',
  });
  expect(annotations(LoadBalancerKind.CALICO)).toEqual({
    'projectcalico.org/loadBalancerIPs': '["192.0.2.80"]',
  });
  expect(() => edge({ loadBalancerAddress: '192.0.2.80' })).toThrow(
    new Error(
      '[chart/ingress] loadBalancerAddress must be left out without a load balancer that can be asked for an address, got 192.0.2.80; add MetalLB or a Calico pool to the cluster, or say in statusAddress what clients reach the edge by',
    ),
  );
  expect(() =>
    edge({ loadBalancerAddress: 'edge' }, { loadBalancer: LoadBalancerKind.CALICO }),
  ).toThrow(
    new Error(
      '[chart/ingress] loadBalancerAddress must be an IP address, got edge; give one address of a pool of the load balancer',
    ),
  );
});

describe('rules about limits', () => {
  const limited = (content: string) => {
    const e = edge();
    e.cluster.ledger.requireFile('/etc/systemd/system/containerd.service.d/90-files.conf', {
      by: e.cluster,
      why: 'house rules',
      content,
    });
    return of('GW-INGRESS-012', e).map((f) => f.message);
  };

  test('012: a drop-in of containerd that allows too few files', () => {
    expect(limited('[Service]\nLimitNOFILE=4096\n')).toEqual(
      ['cp-1', 'cp-2', 'cp-3'].map(
        (name) => `a process needs 5120 files and containerd on ${name} allows 4096`,
      ),
    );
    expect(limited('[Service]\nLimitNOFILE=1024:5120\n')).toEqual([]);
    expect(limited('[Service]\nLimitNOFILE=1024\nLimitNOFILE=infinity\n')).toEqual([]);
  });

  test('012: our own unit asks for nothing, and what systemd leaves it is more than any edge needs', () => {
    expect(unitOf()).not.toContain('LimitNOFILE');
    const e = edge({
      workerConnections: 65536,
      workerProcesses: 2,
      memoryLimit: Size.gibibytes(40),
    });
    expect(e.objects.find('ConfigMap').data['worker-rlimit-nofile']).toBe(`${65536 + 2 * 65535}`);
    expect(of('GW-INGRESS-012', e)).toEqual([]);
  });

  test('013: the list of the browsers is joined knowingly', () => {
    const e = edge({ hstsIncludeSubdomains: true, hstsPreload: true });
    expect(of('GW-INGRESS-013', e)).toMatchObject([
      {
        severity: 'warning',
        message: 'every host with TLS may be put on the preload list, with all names below it',
      },
    ]);
  });

  test('016: a balancer that may hide clients, and limits for each of them', () => {
    const other = { loadBalancer: LoadBalancerKind.OTHER };
    expect(edge({}, other).cluster).toHaveFinding('GW-INGRESS-016', {
      message: 'nobody can tell here whether the load balancer keeps the address of clients',
    });
    for (const options of [{ connectionsPerAddress: 0 }, { trustedProxies: ['192.0.2.1'] }]) {
      expect(of('GW-INGRESS-016', edge(options, other))).toEqual([]);
    }
  });

  test('017: nobody in front speaks the PROXY protocol', () => {
    const realIp = RealIp.fromProxyProtocol(['192.0.2.1']);
    expect(() => edge({ realIp }, { loadBalancer: LoadBalancerKind.METALLB_BGP })).toThrow(
      'GW-INGRESS-017 [chart/ingress] realIp asks for the PROXY protocol, which metallb-bgp does not send; leave realIp out: with externalTrafficPolicy Local clients keep their address',
    );
    expect(of('GW-INGRESS-017', edge({ realIp }))).toEqual([]);
    const headers = edge(
      { realIp: RealIp.fromProxies(['192.0.2.1']) },
      { loadBalancer: LoadBalancerKind.METALLB_BGP },
    );
    expect(of('GW-INGRESS-017', headers)).toEqual([]);
  });

  test('018: fewer idle connections than the peak needs', () => {
    const e = edge({ expectedConcurrency: 3000, upstreamKeepalive: 32 });
    expect(e.cluster).toHaveFinding('GW-INGRESS-018', {
      message:
        '3000 requests over 3 replicas with 4 processes need 250 idle connections each, and upstreamKeepalive is 32',
    });
    expect(of('GW-INGRESS-018', edge({ expectedConcurrency: 3000 }))).toEqual([]);
    expect(of('GW-INGRESS-018', edge({ expectedConcurrency: 1_000_000 }))[0].message).toContain(
      'upstreamKeepalive is 1024',
    );
  });

  test('019: no limit for an address', () => {
    expect(edge({ connectionsPerAddress: 0 }).cluster).toHaveFinding('GW-INGRESS-019', {
      message: 'one address may have all 2048 requests of a replica',
    });
  });
});

test('one machine that is alone runs a daemon on its own ports', () => {
  const e = edge(HOST_PORTS, { machines: [osloMachine(1)] });
  expect(e.ingress.replicas).toBe(1);
  expect(e.pod.tolerations).toHaveLength(1);
});

test('GW-INGRESS-022: a proxy in front keeps connections for longer than the edge', () => {
  const said = (options: HardenedNginxIngressOptions) =>
    edge(options)
      .cluster.findings()
      .filter(({ id }) => id === 'GW-INGRESS-022')
      .map(({ message }) => message);
  const realIp = RealIp.fromProxies(['192.0.2.1']);
  const keepalive = (seconds: number) => ({ keepalive: Duration.seconds(seconds) });
  expect(said({ realIp })).toEqual([]);
  expect(said({ realIp, clientTimeouts: keepalive(64) })).toEqual([
    'idle connections are closed after 64 s, those of 192.0.2.1 among them',
  ]);
  expect(said({ realIp, clientTimeouts: keepalive(65) })).toEqual([]);
  expect(said({ realIp, preset: EdgePreset.BEHIND_POOLING_LB })).toEqual([]);
  // A balancer of connections hands on those of clients, and keeps none of its own.
  const balancer = RealIp.fromProxyProtocol(['192.0.2.1']);
  expect(said({ realIp: balancer, clientTimeouts: keepalive(64) })).toEqual([]);
  expect(said({ clientTimeouts: keepalive(64) })).toEqual([]);
});
