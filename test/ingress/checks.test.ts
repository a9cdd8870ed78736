import { Chart, Duration, Size } from 'cdk8s';
import { ApiEndpoint, CniKind, LoadBalancerKind } from '../../lib/cluster';
import { HardenedNginxIngress, RealIp, type HardenedNginxIngressOptions } from '../../lib/ingress';
import { SHUTDOWN_SECONDS } from '../../lib/ingress/sizing';
import { tuning as nodeTuning } from '../../lib/node/tuning';
import '../../lib/testing/jest';
import { osloCluster, osloMachine } from '../support/oslo';
import { tempApp } from '../support/temp-app';
import { edge, findingIds, withWorkers } from './edge';

const wrong: Array<[HardenedNginxIngressOptions, string]> = [
  [
    { image: 'docker.io/nginx/nginx-ingress:5.6.0-alpine' },
    'image must be a release that works, got docker.io/nginx/nginx-ingress:5.6.0-alpine; choose another one: it quotes exact locations, so ACME HTTP-01 challenges stop without an error; fixed in 5.6.1',
  ],
  [
    { image: 'nginx-ingress' },
    'image must be a full reference with a tag or a digest, got nginx-ingress; write for example docker.io/nginx/nginx-ingress:5.5.4',
  ],
  [
    { httpNodePort: 80 },
    'httpNodePort must be between 30000 and 32767, got 80; the API server assigns node ports from this range and refuses others',
  ],
  [
    { httpsNodePort: 32768 },
    'httpsNodePort must be between 30000 and 32767, got 32768; the API server assigns node ports from this range and refuses others',
  ],
  [
    { httpsNodePort: 30080 },
    'httpsNodePort must be another port than httpNodePort, got 30080; give one of them another number',
  ],
  [
    { replicas: 1 },
    'replicas must be between 2 and 100, got 1; one replica alone makes the loss of its machine an outage',
  ],
  [
    { workerProcesses: 1.5 },
    'workerProcesses must be a whole number between 1 and 64, got 1.5; give one for each core the edge may use',
  ],
  [
    { workerConnections: 100 },
    'workerConnections must be between 256 and 65536, got 100; leave it out to let memoryLimit decide',
  ],
  [
    { upstreamKeepalive: 0 },
    'upstreamKeepalive must be between 1 and 1024, got 0; leave it out to take 64',
  ],
  [
    { connectionsPerAddress: 20000 },
    'connectionsPerAddress must be between 0 and 2048, got 20000; that is all the requests a replica has at once, half its connections; 0 means no limit',
  ],
  [
    { memoryLimit: Size.mebibytes(512), workerConnections: 4096 },
    "memoryLimit must be at least 3072 MiB for 4 workerProcesses with 4096 connections each, twice during a reload, got 512 MiB; raise it or set workerConnections to 256 or less; 256 MiB of it are the controller's own",
  ],
  [
    { memoryLimit: Size.mebibytes(256) },
    "memoryLimit must be at least 432 MiB for 4 workerProcesses with 256 connections each, twice during a reload, got 256 MiB; raise it or run fewer workerProcesses; 256 MiB of it are the controller's own",
  ],
  [
    { memoryLimit: Size.kibibytes(700_001) },
    'memoryLimit must be between 1024 KiB and 1073741824 KiB in steps of 1024 KiB, got 700001 KiB; leave it out to take the default',
  ],
  [
    { clientMaxBodySize: Size.kibibytes(0) },
    'clientMaxBodySize must be between 1 KiB and 16777216 KiB in steps of 1 KiB, got 0 KiB; leave it out to take the default',
  ],
  [
    { clientTimeouts: { header: Duration.millis(500) } },
    'clientTimeouts.header must be between 1 s and 300 s in whole milliseconds, got 0.5 s; leave it out to take the default',
  ],
  [
    { upstreamTimeouts: { connect: Duration.minutes(2) } },
    'upstreamTimeouts.connect must be between 1 s and 75 s in whole milliseconds, got 120 s; leave it out to take the default',
  ],
  [
    { hstsMaxAge: Duration.millis(1500) },
    'hstsMaxAge must be between 0 s and 63072000 s in whole seconds, got 1.5 s; leave it out to take the default',
  ],
  [
    { headerBuffers: { size: Size.mebibytes(1) } },
    'headerBuffers.size must be between 1 KiB and 64 KiB in steps of 1 KiB, got 1024 KiB; leave it out to take the default',
  ],
  [
    { headerBuffers: { count: 0 } },
    'headerBuffers.count must be between 1 and 16, got 0; leave it out to take 4',
  ],
  [
    { trustedProxies: ['0.0.0.0/0'] },
    'trustedProxies must be narrower than the whole internet, got 0.0.0.0/0; name the proxies; a client that is trusted chooses its own address and escapes every limit',
  ],
  [
    { trustedProxies: ['::/0'] },
    'trustedProxies must be narrower than the whole internet, got ::/0; name the proxies; a client that is trusted chooses its own address and escapes every limit',
  ],
  [
    { trustedProxies: ['192.0.2.1/24'] },
    'trustedProxies must be addresses or canonical CIDRs, got 192.0.2.1/24; write for example 192.0.2.10 or 192.0.2.0/28',
  ],
  [
    { realIp: RealIp.fromProxyProtocol(['0.0.0.0/0']) },
    'realIp must be narrower than the whole internet, got 0.0.0.0/0; name the proxies; a client that is trusted chooses its own address and escapes every limit',
  ],
  [
    { realIp: RealIp.fromProxies([]) },
    'realIp must be at least one address or network, got nothing; name who may say what the address of a client is, or leave it out',
  ],
  [
    { realIp: RealIp.fromProxies(['192.0.2.1']), trustedProxies: ['192.0.2.2'] },
    'trustedProxies must be left out beside realIp, got 192.0.2.2; name every proxy in realIp',
  ],
  [
    { responseBuffers: { header: Size.kibibytes(16) } },
    'responseBuffers must be such that all buffers but one hold twice the larger size, 32 KiB, got 7 × 4 KiB; raise responseBuffers.count to 9 or responseBuffers.size',
  ],
  [
    { responseBuffers: { count: 1 } },
    'responseBuffers.count must be between 2 and 64, got 1; leave it out to take 8',
  ],
  [
    { clientBodyBuffer: Size.kibibytes(4) },
    'clientBodyBuffer must be between 8 KiB and 1024 KiB in steps of 1 KiB, got 4 KiB; leave it out to take the default',
  ],
  [
    { upstreamRetries: { timeout: Duration.seconds(10) } },
    'upstreamRetries.timeout must be longer than upstreamTimeouts.connect, 10 s, got 10 s; a backend that is gone takes all of it, and no other could be tried; raise it or set upstreamRetries.tries to 1',
  ],
  [
    { upstreamRetries: { tries: 0 } },
    'upstreamRetries.tries must be between 1 and 10, got 0; leave it out to take 3',
  ],
  [
    { shutdown: { grace: Duration.seconds(60) } },
    'shutdown.grace must be at least 80 s: 15 s preStop, 60 s drain, 5 s for the exit, got 60 s; raise it or leave it out; SIGKILL would cut requests that were promised their time',
  ],
  [
    { shutdown: { drain: Duration.millis(1500) } },
    'shutdown.drain must be between 1 s and 3600 s in whole seconds, got 1.5 s; leave it out to take the default',
  ],
  [
    { requestRate: { perSecond: 0 } },
    'requestRate.perSecond must be between 1 and 100000, got 0; leave requestRate out for no limit',
  ],
  [
    { http2MaxStreams: 257 },
    'http2MaxStreams must be between 1 and 256, got 257; leave it out to take the default',
  ],
  [
    { expectedConcurrency: 0 },
    'expectedConcurrency must be between 1 and 1000000, got 0; give the requests in flight to the busiest Service at the peak, or leave it out',
  ],
  [
    { hstsPreload: true },
    'hstsIncludeSubdomains must be true with hstsPreload, got false; the list of the browsers takes whole domains only; set it, or leave hstsPreload out',
  ],
  [
    { hstsPreload: true, hstsIncludeSubdomains: true, hstsMaxAge: Duration.days(30) },
    'hstsMaxAge must be at least 365 days with hstsPreload, got 30 days; the list of the browsers takes nothing shorter; leave it out to take a year',
  ],
  [
    { autoscaling: { maxReplicas: 6, targetCpuPercent: 100 } },
    'autoscaling.targetCpuPercent must be between 10 and 90, got 100; leave it out to take 60',
  ],
  [
    { ingressClassName: 'Public' },
    'ingressClassName must be an RFC 1123 subdomain, got Public; use lower-case letters, digits, hyphens and dots',
  ],
  [
    { metricsNamespace: 'a.b' },
    'metricsNamespace must be an RFC 1123 label, got a.b; name the namespace whose Prometheus reads the metrics',
  ],
  [
    { statusAddress: 'https://edge' },
    'statusAddress must be an IP address or an RFC 1123 subdomain, got https://edge; give what clients reach the edge by, without scheme and port',
  ],
];

test.each(wrong)('refused: %j', (options, text) => {
  expect(() => edge(options)).toThrow(new Error(`[chart/ingress] ${text}`));
});

test('several mistakes come in one error', () => {
  expect(() => edge({ replicas: 1, httpNodePort: 80 })).toThrow(
    /replicas must be[^\n]*\n\[chart\/ingress\] httpNodePort must be/,
  );
});

test('a cluster has one edge', () => {
  const { cluster, ingress } = edge();
  expect(() => new HardenedNginxIngress(ingress, 'second', { cluster })).toThrow(
    '[chart/ingress/second] cluster must be a cluster without another construct of this room (ingress), got chart/ingress; remove one of the two',
  );
});

test('configure() is the construct with its options', () => {
  const app = tempApp();
  const chart = new Chart(app, 'chart');
  const configuration = HardenedNginxIngress.configure({ replicas: 5 });
  const created = configuration.create(chart, 'ingress', osloCluster(app));
  expect(created).toBeInstanceOf(HardenedNginxIngress);
  expect((created as HardenedNginxIngress).replicas).toBe(5);
  expect(chart.toJson()).toEqual(edge({ replicas: 5 }).objects.all);
});

describe('findings', () => {
  test('the flagship: old nginx, and nothing that gives an address', () => {
    const e = edge();
    expect(findingIds(e.cluster)).toEqual([
      'GW-INGRESS-001',
      'GW-INGRESS-003',
      'GW-INGRESS-005',
      'GW-INGRESS-010',
    ]);
    expect(e.cluster).toHaveFinding('GW-INGRESS-005', {
      message: 'nothing gives the edge an address; it answers on node ports 30080 and 30043',
    });
    expect(e.cluster.findings().every((f) => f.severity !== 'error')).toBe(true);
  });

  test('004: more than 15 seconds for a header', () => {
    const header = (seconds: number) =>
      edge({ clientTimeouts: { header: Duration.seconds(seconds) } });
    expect(findingIds(header(15).cluster)).not.toContain('GW-INGRESS-004');
    expect(header(16).cluster).toHaveFinding('GW-INGRESS-004', {
      message: 'with 16 s for the header, 256 slow clients a second fill a replica',
    });
  });

  test('006: machines without a replica refuse', () => {
    expect(edge({}, withWorkers(5)).cluster).toHaveFinding('GW-INGRESS-006', {
      message: '3 of 8 machines answer on the node ports, the others refuse',
    });
    expect(edge({ replicas: 2 }).cluster).toHaveFinding('GW-INGRESS-006', {
      message: '2 of 3 machines answer on the node ports, the others refuse',
    });
  });

  test('005 and 006 are silent where a load balancer gives an address', () => {
    const { cluster } = edge({}, { ...withWorkers(5), loadBalancer: LoadBalancerKind.METALLB_L2 });
    expect(findingIds(cluster)).toEqual(['GW-INGRESS-001', 'GW-INGRESS-003', 'GW-INGRESS-010']);
  });

  test('007 and 009: what the network plugin makes of the policy', () => {
    expect(findingIds(edge({}, { cni: CniKind.FLANNEL }).cluster)).toContain('GW-INGRESS-007');
    expect(findingIds(edge({}, { cni: CniKind.OTHER }).cluster)).toContain('GW-INGRESS-009');
    expect(findingIds(edge({}, { cni: CniKind.CALICO }).cluster)).toEqual([
      'GW-INGRESS-001',
      'GW-INGRESS-003',
      'GW-INGRESS-005',
      'GW-INGRESS-010',
    ]);
  });

  test('008: replicas that take more than half of their machine', () => {
    const small = {
      machines: [osloMachine(1, { memory: Size.gibibytes(2) })],
      endpoint: ApiEndpoint.external({ address: '10.20.0.11' }),
    };
    const e = edge({ memoryLimit: Size.mebibytes(768), workerProcesses: 1 }, small);
    expect(e.cluster).toHaveFinding('GW-INGRESS-008', {
      message: 'replicas reserve 1536 MiB of a machine and the smallest has 2048 MiB',
    });
    const busy = edge({ memoryLimit: Size.gibibytes(2), autoscaling: { maxReplicas: 15 } });
    expect(busy.cluster).toHaveFinding('GW-INGRESS-008', {
      message: 'replicas reserve 10240 MiB of a machine and the smallest has 16384 MiB',
    });
  });

  test('010: a restart without a drain has the seconds of the kubelet that this library configures', () => {
    const seconds = (name: 'shutdownGracePeriod' | 'shutdownGracePeriodCriticalPods') =>
      parseInt(nodeTuning.get(name), 10);
    expect(SHUTDOWN_SECONDS).toBe(
      seconds('shutdownGracePeriod') - seconds('shutdownGracePeriodCriticalPods'),
    );
    const e = edge();
    expect(e.cluster).toHaveFinding('GW-INGRESS-010', {
      severity: 'note',
      message:
        'a replica takes up to 80 s to stop; at a restart that nobody drained for, the kubelet gives it 30 s: requests are cut after 15 s',
    });
    expect(e.cluster._summary('ingress')!.drainSeconds).toBe(e.pod.terminationGracePeriodSeconds);
  });

  test('011: one address that fills the temporary files of a replica', () => {
    const body = (mebibytes: number, connectionsPerAddress = 100) =>
      edge({ clientMaxBodySize: Size.mebibytes(mebibytes), connectionsPerAddress });
    expect(findingIds(body(80).cluster)).not.toContain('GW-INGRESS-011');
    expect(body(81).cluster).toHaveFinding('GW-INGRESS-011', {
      message: 'one address may write 8200 MiB at once, and a replica is evicted at 8192 MiB',
    });
    expect(findingIds(body(81, 20).cluster)).not.toContain('GW-INGRESS-011');
    expect(findingIds(body(20, 0).cluster)).toContain('GW-INGRESS-011');
  });
});
